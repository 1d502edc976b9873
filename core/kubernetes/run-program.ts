/** A program of the user's, run with bounded time and output. */

import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** Of standard output. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

export type ProgramEnd =
  | { readonly is: 'ended'; readonly code: number; readonly output: string; readonly errors: string }
  /** No such program, or not allowed to run: the system's code. */
  | { readonly is: 'missing'; readonly code: string }
  | { readonly is: 'too-long' }
  | { readonly is: 'too-much' }
  | { readonly is: 'cancelled' };

/** The end of standard error is what is kept: the cause stands there. */
const mostErrorBytes = 64 * 1024;
const graceMs = 2000;

/** What the runner gives to this action alone: inputs, files of the step, tokens of the job. */
const withheld =
  /^(?:INPUT_.*|ACTIONS_RUNTIME_.*|ACTIONS_RESULTS_URL|ACTIONS_CACHE_URL|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY))$/i;

/** Never rejects. Nothing of the program is left running when it returns. */
export function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  const { command, args, folder, timeoutMs, mostBytes, signal } = options;
  if (signal.aborted) return Promise.resolve({ is: 'cancelled' });
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !withheld.test(name)));
  return new Promise((resolve) => {
    // A group of its own, so that what a wrapper script started ends with it.
    const child = spawn(command, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let size = 0;
    let errors = Buffer.alloc(0);
    let end: ProgramEnd | null = null;
    let killing: NodeJS.Timeout | null = null;
    const stop = (why: ProgramEnd): void => {
      end ??= why;
      signalGroup(child.pid, 'SIGTERM');
      killing ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
    };
    const timer = setTimeout(() => stop({ is: 'too-long' }), timeoutMs);
    const onAbort = (): void => stop({ is: 'cancelled' });
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > mostBytes) stop({ is: 'too-much' });
      else output.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      errors = Buffer.concat([errors, part]).subarray(-mostErrorBytes);
    });
    const finish = (last: ProgramEnd): void => {
      clearTimeout(timer);
      if (killing !== null) clearTimeout(killing);
      signal.removeEventListener('abort', onAbort);
      resolve(end ?? last);
    };
    child.once('error', (error) =>
      finish({ is: 'missing', code: 'code' in error ? String(error.code) : error.message }),
    );
    child.once('close', (code) =>
      finish({
        is: 'ended',
        code: code ?? 1,
        output: Buffer.concat(output).toString('utf8'),
        errors: errors.toString('utf8'),
      }),
    );
  });
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}
