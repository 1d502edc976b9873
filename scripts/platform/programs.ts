/** Programs of the platform: started each in a process group of its own, waited for, and ended, whatever happens. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../tools/process.ts';
import { signalGroup } from './groups.ts';

const usualReadyMs = 60_000;
const graceMs = 8_000;
/** Of a program's output, for the case that it ends. */
const keptBytes = 64 * 1024;

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers with success once the program can be used. */
  readonly readyUrl: string;
  /** How long that may take; default: a minute. */
  readonly readyMs?: number;
}

/** A program that comes to an end by itself. */
export interface Task {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** All that it gets beside PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface TaskResult {
  /** 1 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Programs {
  /** What they write goes here, and with it. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  /** Called when a program ends by itself. */
  onLost: (message: string) => void = () => {};
  readonly #watcher: ChildProcess;
  readonly #running = new Map<string, ChildProcess>();
  #stopping = false;

  constructor() {
    this.#watcher = spawn(process.execPath, [join(import.meta.dirname, 'watcher.ts')], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Once it has gone nobody would clean up after a run that is killed.
    this.#watcher.once('exit', () => {
      if (!this.#stopping) this.onLost('the watcher of the platform has ended');
    });
    // The pipe to one that has gone is broken.
    this.#watcher.stdin?.on('error', () => {});
    this.#tell(`folder ${this.folder}`);
  }

  /** The process that cleans up after a run that is killed; 0: there is none. */
  get watcher(): number {
    return this.#watcher.pid ?? 0;
  }

  /** @throws Error with the last lines that the program has written. */
  async start(program: Program): Promise<void> {
    const { name, command, args, env, readyUrl, readyMs = usualReadyMs } = program;
    if (this.#stopping) throw new Error(`${name} is not started: the platform stops`);
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: this.folder, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-keptBytes);
      });
    }
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
      child.once('exit', (code, signal) => resolve(`has ended (${signal ?? `exit code ${code}`})`));
    });
    if (child.pid !== undefined) {
      this.#running.set(name, child);
      this.#tell(`group ${child.pid}`);
    }
    const over = new AbortController();
    // Nobody asks what has ended; the process would live for as long as somebody did.
    void ended.then(() => over.abort());
    const why = await Promise.race([ended, untilReady(readyUrl, readyMs, over.signal)]);
    if (why !== null) throw new Error(`${name} ${why}\n${lastLines(said, 15)}`.trimEnd());
    void ended.then((how) => {
      if (!this.#stopping) this.onLost(`${name} ${how}\n${lastLines(said, 15)}`.trimEnd());
    });
  }

  /** Runs it to its end, or to the end of all programs. @throws Error when it cannot be started. */
  async run({ name, command, args, env, cwd }: Task): Promise<TaskResult> {
    if (this.#stopping) throw new Error(`${name} is not started: the platform stops`);
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env.PATH, HOME: this.folder, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    }
    const key = `${name} ${child.pid}`;
    if (child.pid !== undefined) {
      this.#running.set(key, child);
      this.#tell(`group ${child.pid}`);
    }
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`)));
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    this.#running.delete(key);
    return { code, ...said };
  }

  /** Ends all of them and removes the folder; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const groups = [...this.#running.values()].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    for (const group of groups) signalGroup(group, 'SIGTERM');
    const deadline = performance.now() + graceMs;
    while (performance.now() < deadline && groups.some((group) => signalGroup(group, 0))) await sleep(50);
    for (const group of groups) signalGroup(group, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
    this.#watcher.stdin?.end();
  }

  #tell(line: string): void {
    this.#watcher.stdin?.write(`${line}\n`);
  }
}

/** Null once it answers; else what to say. */
async function untilReady(url: string, readyMs: number, over: AbortSignal): Promise<string | null> {
  const deadline = performance.now() + readyMs;
  while (performance.now() < deadline && !over.aborted) {
    try {
      const signal = AbortSignal.any([over, AbortSignal.timeout(2_000)]);
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      if (response.ok) return null;
    } catch {
      // Not listening yet.
    }
    await sleep(100, undefined, { signal: over }).catch(() => {});
  }
  return `did not answer at ${url} within ${readyMs / 1000} s`;
}
