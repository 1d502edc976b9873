/** The service as a process of its own, as a container would run it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../../../scripts/tools/process.ts';

export const modelFixtures = resolve(import.meta.dirname, '../../../test/fixtures/models');
const packageFolder = resolve(import.meta.dirname, '..');
export const sources = join(packageFolder, 'src/index.ts');

export interface StartOptions {
  /** Below the fixtures of models, or absolute. */
  readonly model?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is run; default: the bundle, as in the image. */
  readonly program?: string;
  readonly cwd?: string;
  readonly uid?: number;
  /** Wait until it is ready; default: true. False: until it listens. */
  readonly ready?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many forms.
  readonly json: any;
}

export interface RunningService {
  readonly url: string;
  readonly pid: number;
  /** All lines of the log that are JSON. */
  lines(): Record<string, unknown>[];
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
  get(path: string, init?: RequestInit): Promise<Answer>;
  /** JSON unless it is a text. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  metric(name: string): Promise<number>;
}

export async function startService(options: StartOptions = {}): Promise<RunningService> {
  const folder = mkdtempSync(join(tmpdir(), 'ml-api-'));
  const program = options.program ?? (await bundle());
  const child = spawn(process.execPath, [program], {
    cwd: options.cwd ?? folder,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      HOST: '127.0.0.1',
      DRAIN_DELAY: '0ms',
      MODEL_PATH: resolve(modelFixtures, options.model ?? 'logistic-binary/model.onnx'),
      MODEL_NAME: 'model',
      PREDICTION_LOG_PATH: 'none',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => chunks.push(chunk));
  }
  const output = (): string => chunks.join('');
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const stop = async (): Promise<void> => {
    if (isAlive(child)) child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await untilListening(child, output, ended);
    const service = clientOf(url, child, output, ended, stop);
    if (options.ready !== false) await untilReady(service, child);
    return service;
  } catch (error) {
    await stop();
    throw error;
  }
}

let bundled: Promise<string> | null = null;

/** Built once for a file of tests; in node_modules, where the packages are found that it imports. */
function bundle(): Promise<string> {
  bundled ??= build();
  return bundled;
}

async function build(): Promise<string> {
  const packages = join(packageFolder, 'node_modules');
  const folder = join(packages, `.test-${process.pid}`);
  // vitest ends its workers by force: each removes what those before it have left.
  for (const name of globSync('.test-*', { cwd: packages })) {
    const pid = Number(name.slice('.test-'.length));
    if (!isRunning(pid)) rmSync(join(packages, name), { recursive: true, force: true });
  }
  const script = join(packageFolder, 'build.ts');
  const { code, stderr } = await runProcess(process.execPath, [script, folder], { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`build.ts ended with exit code ${code}\n${stderr}`);
  return join(folder, 'index.js');
}

/** What the service says when it cannot start, and its exit code. */
export async function failedStart(options: StartOptions): Promise<{ code: number | null; output: string }> {
  const service = await startService({ ...options, ready: false }).catch((error: unknown) => error);
  if (service instanceof NotStarted) return { code: service.code, output: service.output };
  if (service instanceof Error) throw service;
  const { ended, output, stop } = service as RunningService;
  const code = await Promise.race([ended, sleep(10_000).then(() => null)]);
  await stop();
  return { code, output: output() };
}

class NotStarted extends Error {
  readonly code: number | null;
  readonly output: string;

  constructor(code: number | null, output: string) {
    super(`the service ended with ${code} before it listened:\n${output}`);
    this.code = code;
    this.output = output;
  }
}

function clientOf(
  url: string,
  child: ChildProcess,
  output: () => string,
  ended: Promise<number | null>,
  stop: () => Promise<void>,
): RunningService {
  const get = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
  };
  return {
    url,
    pid: child.pid ?? 0,
    output,
    lines: () =>
      output()
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    signal: (signal) => child.kill(signal),
    ended,
    stop,
    get,
    post: (path, body, headers = {}) =>
      get(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async metric(name) {
      const { text } = await get('/metrics');
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
    },
  };
}

async function untilListening(
  child: ChildProcess,
  output: () => string,
  ended: Promise<number | null>,
): Promise<string> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const url = /listening at (http:\/\/[^"\s]+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (!isAlive(child)) {
      const code = await ended;
      throw new NotStarted(code, output());
    }
    await sleep(10);
  }
  throw new Error(`the service did not listen within 30 s:\n${output()}`);
}

async function untilReady(service: RunningService, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline && isAlive(child)) {
    const answer = await service.get('/ready').catch(() => null);
    if (answer?.status === 200) return;
    await sleep(20);
  }
  throw new Error(`the service did not become ready:\n${service.output()}`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
