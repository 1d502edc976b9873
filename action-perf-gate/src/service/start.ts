/** A service from its start until it is ready, watched from then on, and stopped with all its children. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../../core/inputs/index.ts';
import { addressAt } from '../inputs/address.ts';
import type { Side } from '../inputs/index.ts';
import type { Redact } from '../inputs/secrets.ts';
import type { ServiceConfig } from '../inputs/service.ts';
import { serviceEnvironment } from './environment.ts';
import { guard } from './guard.ts';
import { listensOn } from './listeners.ts';
import type { LogFile } from './log-file.ts';
import { hostOf, isListening, type Probe, probe } from './probe.ts';
import { canSeeProcesses, ProcessTree } from './process-tree.ts';
import { type ReadyQuestion, readyQuestion } from './ready.ts';
import { endTree, killTree } from './stop.ts';
import { type Usage, UsageMeter } from './usage.ts';

export interface StartOptions {
  /** As messages name it: `the service`, `the baseline`. */
  readonly title: string;
  readonly side: Side & { readonly service: ServiceConfig };
  readonly port: number;
  /** Absolute; where the command runs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: LogFile;
  readonly redact: Redact;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  /** What the service has to end by itself after SIGTERM; 10 s unless told. */
  readonly graceMs?: number;
}

export interface RunningService {
  readonly readyAfterMs: number;
  /** Null where processes cannot be seen, or where none of them holds the port (a container's client does not). */
  usage(): Usage | null;
  /** The most resident memory that any `usage` has seen. */
  readonly peakBytes: number;
  /** Rejects with a RunError once the service has ended by itself; never resolves. Looked for twice a second. */
  readonly death: Promise<never>;
  /** The same at once: null while it runs. */
  ended(): RunError | null;
  /** Ends it with all its children; safe to call twice. */
  stop(): Promise<void>;
}

const shownLines = 20;
const usualGraceMs = 10_000;
/** A cancelled job has some seconds before the runner kills it (GitHub: SIGTERM after 7.5 s, SIGKILL after 10). */
const cancelledGraceMs = 3000;
const watchMs = 500;

/** @throws RunError when it cannot be started, ends, or is not ready in time; nothing of it is left running then. */
export async function startService(options: StartOptions): Promise<RunningService> {
  const { title, side, port, log, redact, signal } = options;
  await refuseStranger(options);
  const from = log.size;
  const startedAt = performance.now();
  const marker = randomUUID();
  const child = spawn('/bin/sh', ['-c', side.service.command.replaceAll('{port}', String(port))], {
    cwd: options.folder,
    env: serviceEnvironment(options.env, port, marker),
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  });
  const command = follow(child);
  const group = child.pid;
  if (group === undefined) {
    await command.ending;
    throw new RunError(`${title} cannot be started: ${command.end?.how ?? 'there is no shell'}`);
  }
  const tree = new ProcessTree(group, marker);
  const stop = stopper(group, marker, tree, () =>
    signal.aborted ? cancelledGraceMs : (options.graceMs ?? usualGraceMs),
  );
  const withLog = (message: string): RunError => {
    const lines = log.lastLines(shownLines, from);
    return new RunError(
      `${title} ${message}; ${lines === '' ? 'it wrote nothing' : `its last lines:\n${lines}`}`,
    );
  };
  try {
    const question = readyQuestion(side, port);
    const deadline = startedAt + side.service.readyTimeoutMs;
    const last = await untilReady(question, command, deadline, signal);
    if (last !== null) {
      const failed = command.end !== null && !command.end.well;
      if (failed) throw withLog(`${command.end?.how} before it was ready`);
      const answer = 'status' in last ? `answers ${last.status}` : `does not answer (${redact(last.error)})`;
      const stood = command.end === null ? '' : `; its start command ${command.end.how}`;
      throw withLog(
        `was not ready within ${side.service.readyTimeoutMs / 1000} s: ${question.shown} ${answer}${stood}`,
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const hasProcesses = canSeeProcesses() && isAlive(tree);
  const isItsPort = listensOn(
    port,
    tree.members().map(({ pid }) => pid),
  );
  const meter = hasProcesses && isItsPort ? new UsageMeter(tree) : null;
  // All processes are looked at only once the command has ended, and may have left a daemon.
  const hasEnded = (): boolean =>
    command.end !== null && (!command.end.well || (hasProcesses && !isAlive(tree)));
  // How the command of a daemon ended says nothing of how the daemon did.
  const daemonEnd = command.end === null ? null : 'ended';
  const ended = (): RunError | null =>
    hasEnded() ? withLog(`${daemonEnd ?? command.end?.how ?? 'ended'} during the run`) : null;
  return {
    readyAfterMs: performance.now() - startedAt,
    usage: () => meter?.sample() ?? null,
    get peakBytes() {
      return meter?.peakBytes ?? 0;
    },
    death: watch(() => {
      log.keepSmall();
      return ended();
    }, stop.began),
    ended,
    stop,
  };
}

/** What listens there already would be measured in the place of the service. */
async function refuseStranger({ title, side, port }: StartOptions): Promise<void> {
  const host = hostOf(new URL(addressAt(side.address, port)));
  if (await isListening(host, port)) {
    throw new RunError(
      `${title} is not started: something listens on port ${port} already, and would be measured in its place`,
    );
  }
}

interface Command {
  /** Null: it still runs. A command that ends well may have left its service in the background. */
  readonly end: { readonly how: string; readonly well: boolean } | null;
  readonly ending: Promise<void>;
}

function follow(child: ChildProcess): Command {
  const { promise, resolve } = Promise.withResolvers<void>();
  const command = { end: null as Command['end'], ending: promise };
  const end = (how: string, well: boolean): void => {
    command.end ??= { how, well };
    resolve();
  };
  child.once('error', (error) => end(error.message, false));
  child.once('exit', (code, by) => end(`ended with ${code === null ? by : `code ${code}`}`, code === 0));
  return command;
}

/** Null once it is ready; else the last answer, when the time is over or the command has failed. */
async function untilReady(
  { url, isReady }: ReadyQuestion,
  command: Command,
  deadline: number,
  signal: AbortSignal,
): Promise<Probe | null> {
  for (let pause = 20; ; pause = Math.min(250, pause * 1.5)) {
    signal.throwIfAborted();
    const last = await probe(url, Math.max(100, deadline - performance.now()), signal);
    signal.throwIfAborted();
    const failed = command.end !== null && !command.end.well;
    if ('status' in last && isReady(last.status) && !failed) return null;
    if (failed || performance.now() > deadline) return last;
    await (command.end === null ? Promise.race([sleep(pause), command.ending]) : sleep(pause));
  }
}

const isAlive = (tree: ProcessTree): boolean => tree.members().some(({ zombie }) => !zombie);

interface Stop {
  (): Promise<void>;
  readonly began: AbortSignal;
}

function stopper(group: number, marker: string, tree: ProcessTree, graceMs: () => number): Stop {
  const watchdog = guard(group, marker);
  const began = new AbortController();
  const killNow = (): void => killTree(group, tree);
  process.on('exit', killNow);
  let ended: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    began.abort();
    ended ??= endTree(group, tree, graceMs()).then(() => {
      watchdog.dismiss();
      process.off('exit', killNow);
    });
    return ended;
  };
  return Object.assign(stop, { began: began.signal });
}

function watch(look: () => RunError | null, until: AbortSignal): Promise<never> {
  const death = new Promise<never>((_, reject) => {
    const timer = setInterval(() => {
      const error = look();
      if (error === null) return;
      clearInterval(timer);
      reject(error);
    }, watchMs);
    until.addEventListener('abort', () => clearInterval(timer));
  });
  death.catch(() => {
    // Whoever waits for it hears of it; after the run nobody does.
  });
  return death;
}
