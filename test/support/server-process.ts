import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { adoptGroup, lastLines, releaseGroup } from '../../scripts/tools/process.ts';

export { freePort } from '../../action-perf-gate/src/service/free-port.ts';

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Answers with success once the server can be used. */
  readonly readyUrl: string;
  readonly readyTimeoutMs?: number;
}

export interface RunningServer {
  /** What it has written so far, both streams. */
  log(): string;
  /** Ends the server and all that it started; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a server in a process group of its own and waits until `readyUrl` answers; on failure nothing is left running. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`it ended (${code ?? signal}) before it was ready`)),
    );
  });
  failed.catch(() => {
    // After the server is ready nobody waits for this any more.
  });
  if (child.pid !== undefined) adoptGroup(child.pid);
  const log = (): string => Buffer.concat(chunks).toString('utf8');
  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ended ??= endGroup(child);
    return ended;
  };
  try {
    await Promise.race([failed, untilReady(options.readyUrl, options.readyTimeoutMs ?? 120_000)]);
  } catch (error) {
    await stop();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${options.command} ${options.args.join(' ')}: ${why}\n${lastLines(log(), 30)}`);
  }
  return { log, stop };
}

async function untilReady(url: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(200);
  }
  throw new Error(`${url} did not answer within ${timeoutMs / 1000} s`);
}

async function endGroup(child: ChildProcess): Promise<void> {
  const group = child.pid;
  if (group === undefined) return;
  signalGroup(group, 'SIGTERM');
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline && signalGroup(group, 0)) await sleep(50);
  signalGroup(group, 'SIGKILL');
  releaseGroup(group);
}

/** False when no process of the group is left. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}
