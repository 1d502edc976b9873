import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment of the child; default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** After this many milliseconds the child's group gets SIGTERM, then SIGKILL, and the call rejects. */
  readonly timeoutMs?: number;
  /** Time between the two signals: programs such as act put their own children into other groups and end them. */
  readonly graceMs?: number;
  /** Called with each chunk of standard error as it comes, to show progress. */
  readonly onStderr?: (chunk: string) => void;
  /** `inherit`: the child writes to our terminal and nothing is collected. */
  readonly output?: 'collect' | 'inherit';
}

export interface ProcessResult {
  /** Exit code; 128 + the signal's number when a signal ended the process, as shells have it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultGraceMs = 5_000;
const exitGraceMs = 1_000;

/** Leaders of the process groups that still run: none may outlive us. */
const liveGroups = new Set<number>();
let exitHookInstalled = false;

/**
 * Runs a program to its end in a process group of its own, so that a time-out, or our own exit, also ends what
 * it started. Rejects when the program cannot be started or runs out of time, not when it exits non-zero.
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  installExitHook();
  return new Promise((resolve, reject) => {
    const inherit = options.output === 'inherit';
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    const group = child.pid;
    if (group !== undefined) liveGroups.add(group);

    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      options.onStderr?.(chunk.toString('utf8'));
    });

    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    if (options.timeoutMs !== undefined && group !== undefined) {
      timer = setTimeout(() => {
        timedOut = true;
        signalGroup(group, 'SIGTERM');
        timer = setTimeout(() => signalGroup(group, 'SIGKILL'), options.graceMs ?? defaultGraceMs);
      }, options.timeoutMs);
    }

    const settle = (): void => {
      clearTimeout(timer);
      if (group === undefined) return;
      // A program that has ended may have left children behind in its group.
      signalGroup(group, 'SIGKILL');
      liveGroups.delete(group);
    };
    // A descendant that holds the pipes open would keep `close` from coming, hence the kill on `exit` already.
    child.once('exit', settle);
    child.once('error', (error) => {
      settle();
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      const text = { stdout: decode(stdout), stderr: decode(stderr) };
      if (timedOut) {
        const tail = lastLines(`${text.stdout}\n${text.stderr}`, 30);
        reject(new Error(`${command} was stopped after ${(options.timeoutMs ?? 0) / 1000} s\n${tail}`));
        return;
      }
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), ...text });
    });
  });
}

/** For a process group that somebody else starts and ends, a server's say: it does not outlive us either. */
export function adoptGroup(group: number): void {
  installExitHook();
  liveGroups.add(group);
}

/** The group has been ended. */
export function releaseGroup(group: number): void {
  liveGroups.delete(group);
}

/** The last `count` lines that are not blank: what a person needs of a long log. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

/**
 * However we end, the groups that still run end with us. A signal would by default end us alone; it is raised again
 * afterwards, instead of calling `process.exit`, which test runners replace.
 */
function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.once('exit', endLiveGroups);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      endLiveGroups();
      process.kill(process.pid, signal);
    });
  }
}

/** Runs in an `exit` handler, too, where nothing asynchronous can: it waits for the grace time by blocking. */
function endLiveGroups(): void {
  if (liveGroups.size === 0) return;
  for (const group of liveGroups) signalGroup(group, 'SIGTERM');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, exitGraceMs);
  for (const group of liveGroups) signalGroup(group, 'SIGKILL');
  liveGroups.clear();
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group is already gone.
  }
}

function decode(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
