import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adoptGroup, lastLines, releaseGroup } from '../../../scripts/tools/process.ts';

export interface ComponentOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where it runs, and where `<name>.log` is written. */
  readonly folder: string;
  /** Asked every 50 ms until it says true; an error counts as false. */
  readonly ready: () => Promise<boolean>;
  /** Default two minutes. */
  readonly readyTimeoutMs?: number;
}

export interface Component {
  readonly name: string;
  readonly pid: number;
  /** What it has written so far, both streams. */
  log(): string;
  /** Kills it and waits until it is gone. What it holds is thrown away, so nothing is lost; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts one process of the control plane; when it does not get ready, none is left and its last lines are told. */
export async function startComponent(options: ComponentOptions): Promise<Component> {
  const path = join(options.folder, `${options.name}.log`);
  const file = openSync(path, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.folder,
    // Proxies of the machine have no part in what happens on loopback.
    env: { PATH: process.env.PATH, HOME: options.folder },
    detached: true,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  const { pid } = child;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended (${code ?? signal})`));
  });
  if (pid === undefined) throw new Error(`${options.name} could not be started: ${await ended}`);
  adoptGroup(pid);
  const log = (): string => readFileSync(path, 'utf8');
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= kill(child, pid);
    return stopping;
  };
  const failure = await firstOf(ended, options.ready, options.readyTimeoutMs ?? 120_000);
  if (failure !== null) {
    await stop();
    throw new Error(`${options.name} did not get ready: ${failure}\n${lastLines(log(), 20)}`);
  }
  return { name: options.name, pid, log, stop };
}

/** Null once it is ready; else why not. */
async function firstOf(
  ended: Promise<string>,
  ready: () => Promise<boolean>,
  timeoutMs: number,
): Promise<string | null> {
  const deadline = performance.now() + timeoutMs;
  let over: string | null = null;
  ended.then((how) => {
    over = how;
  });
  while (performance.now() < deadline) {
    if (over !== null) return over;
    if (await ready().catch(() => false)) return null;
    await sleep(50);
  }
  return `no answer within ${timeoutMs / 1000} s`;
}

async function kill(child: ChildProcess, pid: number): Promise<void> {
  const runs = child.exitCode === null && child.signalCode === null;
  const exit = runs ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve();
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
  await exit;
  releaseGroup(pid);
}
