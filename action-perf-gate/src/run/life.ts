/** One life: services are started, put under load by one schedule, and stopped. */

import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../../core/inputs/index.ts';
import { addressAt } from '../inputs/address.ts';
import type { Config, Side } from '../inputs/index.ts';
import type { ServiceConfig } from '../inputs/service.ts';
import { type LoadOptions, type LoadResult, type Progress, runLoad, type Schedule } from '../load/index.ts';
import { freePort, type LogFile, type RunningService, startService } from '../service/index.ts';
import { type Track, trackUsage } from './track.ts';

/** A service under load, by its place among the targets. */
export interface Arm {
  /** As messages name it: `the service`, `the baseline`. */
  readonly title: string;
  readonly side: Side;
  /** Null: the gate does not start it. */
  readonly log: LogFile | null;
}

export interface LifeContext {
  readonly config: Config;
  /** In the order of the schedule's targets. */
  readonly arms: readonly Arm[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** What is asked of all services before the first schedule. */
  readonly preflight: (urls: readonly URL[], signal: AbortSignal) => Promise<void>;
  readonly progress: (progress: Progress) => void;
}

export interface LifePlan {
  /** Indices of the arms in the order in which they are started. */
  readonly startOrder: readonly number[];
  readonly schedule: Schedule;
  readonly warmupMs: number;
}

export interface Life {
  readonly load: LoadResult;
  /** Of each arm; null: not started by the gate, or not to be seen. */
  readonly tracks: readonly (Track | null)[];
  /** Of each arm: from its start until it was ready; null: not started by the gate. */
  readonly readyMs: readonly (number | null)[];
}

/** @throws RunError when a service cannot be started or ends, or when the run is cancelled; nothing is left running. */
export async function runLife(plan: LifePlan, context: LifeContext): Promise<Life> {
  const { arms } = context;
  const services: (RunningService | null)[] = arms.map(() => null);
  const urls: URL[] = arms.map(() => new URL('http://127.0.0.1/'));
  try {
    for (const index of plan.startOrder) {
      const arm = arms[index];
      if (arm === undefined) continue;
      const port = arm.side.address.port ?? (await freePort());
      urls[index] = new URL(addressAt(arm.side.address, port));
      services[index] = await startArm(arm, port, context);
    }
    await whileAlive(services, context, async (signal) => await context.preflight(urls, signal));
    const tracks = services.map((service) => (service === null ? null : trackUsage(service)));
    try {
      const started = (originMs: number): void => {
        for (const track of tracks) track?.begin(originMs + plan.warmupMs);
      };
      const load = await whileAlive(
        services,
        context,
        async (signal) => await runLoad({ ...loadOptions(plan, urls, context), signal, started }),
      );
      context.signal.throwIfAborted();
      return {
        load,
        tracks: tracks.map((track) => track?.end() ?? null),
        readyMs: services.map((service) => service?.readyAfterMs ?? null),
      };
    } finally {
      for (const track of tracks) track?.end();
    }
  } finally {
    await Promise.all(services.map(async (service) => await service?.stop()));
  }
}

async function startArm(arm: Arm, port: number, context: LifeContext): Promise<RunningService | null> {
  const { side, title, log } = arm;
  if (!isStarted(side) || log === null) return null;
  return await startService({
    title,
    side,
    port,
    folder: context.config.workspace,
    env: context.env,
    log,
    redact: context.config.redact,
    signal: context.signal,
  });
}

function loadOptions(
  { schedule, warmupMs }: LifePlan,
  urls: readonly URL[],
  { config, progress }: LifeContext,
): LoadOptions {
  return {
    targets: urls.map((url) => ({ url })),
    templates: config.requests.templates,
    schedule,
    warmupMs,
    expects: config.expects,
    timeoutMs: config.timeoutMs,
    connections: config.connections ?? 'auto',
    progress,
  };
}

function isStarted(side: Side): side is Side & { readonly service: ServiceConfig } {
  return side.service !== null;
}

/**
 * What is done while the services must live. One that ends takes it along: what follows would be the timing of nothing, and
 * that it ended is the reason of whatever else has failed.
 */
async function whileAlive<T>(
  services: readonly (RunningService | null)[],
  { config, signal }: LifeContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const done = work(AbortSignal.any([signal, ended.signal]));
  const deaths = services.flatMap((service) => (service === null ? [] : [service.death]));
  const firstDeath = (): RunError | null =>
    signal.aborted
      ? null
      : (services.map((service) => service?.ended() ?? null).find((error) => error !== null) ?? null);
  try {
    const result = await Promise.race([done, ...deaths]);
    // One that ended in the last moments is seen here before its failed requests are taken for its speed.
    const death = firstDeath();
    if (death !== null) throw death;
    return result;
  } catch (error) {
    ended.abort();
    await done.catch(() => undefined);
    // A connection breaks a moment before its process is known to have ended.
    if (!signal.aborted) await sleep(settleMs);
    const reason = firstDeath() ?? error;
    if (reason instanceof RunError) throw new RunError(config.redact(reason.message), { cause: reason });
    throw reason;
  }
}

const settleMs = 100;
