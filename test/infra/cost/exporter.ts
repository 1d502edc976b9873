/** The exporter as a process of its own, from its bundle, as a container would run it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../../../scripts/tools/process.ts';

const packageFolder = resolve(import.meta.dirname, '../../../reference-infra/cost/exporter');

export interface RunningExporter {
  readonly url: string;
  /** `host:port` */
  readonly address: string;
  /** Lines of the log. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  output(): string;
  /** The samples of `aws_cost…` by their text, without zeros of errors. */
  samples(): Promise<Readonly<Record<string, number>>>;
  get(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly text: string }>;
  /** By SIGTERM; the exit code. */
  end(): Promise<number | null>;
  /** Whatever state it is in. */
  stop(): Promise<void>;
}

export interface ExporterOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly program?: string;
  readonly uid?: number;
  /** Wait until it has asked; default: true. */
  readonly ready?: boolean;
}

/** Keys that are made up: whoever is asked here checks none. */
export const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' };

export async function startExporter(options: ExporterOptions): Promise<RunningExporter> {
  const child = spawn(process.execPath, [options.program ?? (await bundle())], {
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      HOST: '127.0.0.1',
      AWS_EC2_METADATA_DISABLED: 'true',
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
  const ended = once(child, 'close').then(([code]): number | null =>
    typeof code === 'number' ? code : null,
  );
  const stop = async (): Promise<void> => {
    if (isAlive(child)) child.kill('SIGKILL');
    await ended;
  };
  try {
    const url = await until(
      'it listens',
      child,
      output,
      async () => /listening at (http:[^"\s]+)/.exec(output())?.[1],
    );
    const get = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${url}${path}`, init);
      return { status: response.status, text: await response.text() };
    };
    if (options.ready !== false)
      await until(
        'it is ready',
        child,
        output,
        async () => (await get('/ready')).status === 200 || undefined,
      );
    return {
      url,
      address: new URL(url).host,
      output,
      lines: () =>
        output()
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line): Record<string, unknown> => JSON.parse(line)),
      async samples() {
        const { text } = await get('/metrics');
        const lines = text.split('\n').filter((line) => line.startsWith('aws_cost'));
        return Object.fromEntries(
          lines
            .map((line): [string, number] => {
              const at = line.lastIndexOf(' ');
              return [line.slice(0, at), Number(line.slice(at + 1).replace('Inf', 'Infinity'))];
            })
            .filter(([name, value]) => !(name.startsWith('aws_cost_explorer_errors') && value === 0)),
        );
      },
      get,
      async end() {
        child.kill('SIGTERM');
        return await ended;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What it says when it cannot start, and its exit code. */
export async function failedStart(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const { code, stderr } = await runProcess(process.execPath, [await bundle()], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', AWS_EC2_METADATA_DISABLED: 'true', ...env },
    timeoutMs: 30_000,
  });
  return { code, stderr };
}

let bundled: Promise<string> | null = null;

/** Built once for a file of tests; in node_modules, where the packages are found that it imports. */
function bundle(): Promise<string> {
  bundled ??= build();
  return bundled;
}

async function build(): Promise<string> {
  const packages = join(packageFolder, 'node_modules');
  const folder = mkdtempSync(join(packages, `.test-${process.pid}-`));
  // vitest ends its workers by force: each removes what those before it have left.
  for (const name of globSync('.test-*', { cwd: packages })) {
    if (!isRunning(Number(name.split('-')[1])))
      rmSync(join(packages, name), { recursive: true, force: true });
  }
  const { code, stderr } = await runProcess(process.execPath, [join(packageFolder, 'build.ts'), folder], {
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(`build.ts ended with exit code ${code}\n${stderr}`);
  return join(folder, 'index.js');
}

async function until<Value>(
  what: string,
  child: ChildProcess,
  output: () => string,
  ask: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline && isAlive(child)) {
    const value = await ask();
    if (value !== undefined) return value;
    await sleep(25);
  }
  throw new Error(`the exporter ended, or a minute was over, before ${what}:\n${output()}`);
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
