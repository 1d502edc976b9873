import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment of the child; default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** After this many milliseconds the child and all its descendants are killed and the call rejects. */
  readonly timeoutMs?: number;
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
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            if (group !== undefined) killGroup(group);
          }, options.timeoutMs);

    const settle = (): void => {
      clearTimeout(timer);
      if (group === undefined) return;
      // A program that has ended may have left children behind in its group.
      killGroup(group);
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

/** The last `count` lines that are not blank: what a person needs of a long log. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

/**
 * Ends the process by our `exit` on SIGINT, SIGTERM and SIGHUP, so that the groups that still run are killed;
 * by default a signal would end us without.
 */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.once('exit', () => {
    for (const group of liveGroups) killGroup(group);
  });
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // The group is already gone.
  }
}

function decode(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
