/** One life: services are started, put under load by one schedule, and stopped. */

import { RunError } from '../../../core/inputs/index.ts';
import { addressAt } from '../inputs/address.ts';
import type { Config, Side } from '../inputs/index.ts';
import type { ServiceConfig } from '../inputs/service.ts';
import { type LoadResult, type Progress, runLoad, type Schedule } from '../load/index.ts';
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
  readonly preflight: (urls: readonly URL[]) => Promise<void>;
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
  const { arms, signal } = context;
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
    await context.preflight(urls);
    const tracks = services.map((service) => (service === null ? null : trackUsage(service)));
    try {
      const load = await loadUntilDeath(plan, urls, services, context, (originMs) => {
        for (const track of tracks) track?.begin(originMs + plan.warmupMs);
      });
      signal.throwIfAborted();
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

function isStarted(side: Side): side is Side & { readonly service: ServiceConfig } {
  return side.service !== null;
}

/** A service that ends takes the run with it: what follows would be the timing of nothing. */
async function loadUntilDeath(
  { schedule, warmupMs }: LifePlan,
  urls: readonly URL[],
  services: readonly (RunningService | null)[],
  { config, signal, progress }: LifeContext,
  started: (originMs: number) => void,
): Promise<LoadResult> {
  const ended = new AbortController();
  const load = runLoad({
    targets: urls.map((url) => ({ url })),
    templates: config.requests.templates,
    schedule,
    warmupMs,
    expects: config.expects,
    timeoutMs: config.timeoutMs,
    connections: config.connections ?? 'auto',
    signal: AbortSignal.any([signal, ended.signal]),
    progress,
    started,
  });
  const deaths = services.flatMap((service) => (service === null ? [] : [service.death]));
  try {
    const result = await Promise.race([load, ...deaths]);
    // One that ended in the last moments is seen here before its failed requests are taken for its speed.
    for (const service of services) {
      const error = signal.aborted ? null : (service?.ended() ?? null);
      if (error !== null) throw error;
    }
    return result;
  } catch (error) {
    ended.abort();
    await load.catch(() => undefined);
    if (error instanceof RunError) throw new RunError(config.redact(error.message), { cause: error });
    throw error;
  }
}
