/** One life of a container: what its probes find while it runs, and how it ends. */

import type { Behaviour } from './behaviours.ts';
import type { Severity } from './events.ts';
import { pause } from './pause.ts';
import type { Container, Probe } from './pod-types.ts';

export interface Living {
  readonly container: Container;
  readonly event: (severity: Severity, reason: string, message: string) => void;
  /** Whether it has started and is ready, from now on. */
  readonly stand: (started: boolean, ready: boolean) => void;
  /** A script that asks for what cannot be. */
  readonly problem: (text: string) => void;
  readonly evict: (message: string | undefined) => void;
  /** Kubernetes' own waiting times are divided by this. */
  readonly speed: number;
  /** Aborted when the pod is to end. */
  readonly stop: AbortSignal;
  /** Milliseconds from then until it is killed, as the pod asks for it. */
  readonly graceMs: () => number;
}

/** How it ended. */
export interface End {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
}

const killed: End = { exitCode: 137, reason: 'Error' };
const defaultMs = 50;

export async function live(behaviour: Behaviour, one: Living): Promise<End> {
  const { stand, stop } = one;
  switch (behaviour.kind) {
    case 'completes':
      standUnprobed(one);
      if (!(await pause(behaviour.afterMs ?? defaultMs, stop))) return await stopped(one, false);
      return { exitCode: 0, reason: 'Completed' };
    case 'crashes': {
      const { reason = 'Error', message, readyMs } = behaviour;
      const afterMs = behaviour.afterMs ?? defaultMs;
      if (readyMs === undefined) standUnprobed(one);
      else await becomeReady(one, readyMs);
      if (!(await pause(afterMs - (readyMs ?? 0), stop))) return await stopped(one, false);
      const exitCode = behaviour.exitCode ?? (reason === 'OOMKilled' ? 137 : 1);
      return { exitCode, reason, ...(message === undefined ? {} : { message }) };
    }
    case 'runs':
      await becomeReady(one, behaviour.readyMs ?? defaultMs);
      await pause(null, stop);
      return await stopped(one, behaviour.ignoresTerm ?? false);
    case 'not-ready':
      await neverReady(one, behaviour.message);
      return await stopped(one, false);
    case 'not-live':
      stand(true, true);
      if (!(await pause(behaviour.afterMs ?? 100, stop))) return await stopped(one, false);
      return await failUntilKilled(one, 'Liveness', behaviour.message);
    case 'not-started':
      stand(false, false);
      return await failUntilKilled(one, 'Startup', behaviour.message);
    case 'evicted':
      stand(true, true);
      if (await pause(behaviour.afterMs ?? 500, stop)) one.evict(behaviour.message);
      return await stopped(one, false);
    // Those who behave so do not come to life: this is a script that was changed at the last moment.
    case 'pull-fails':
    case 'config-fails':
    case 'create-fails':
    case 'start-fails':
      stand(true, true);
      await pause(null, stop);
      return await stopped(one, false);
  }
}

/** Without probes it is ready as soon as it runs; with them, not before they succeed. True: it is ready. */
function standUnprobed({ container: { startupProbe, readinessProbe }, stand }: Living): boolean {
  const ready = startupProbe === undefined && readinessProbe === undefined;
  stand(startupProbe === undefined, ready);
  return ready;
}

async function becomeReady(one: Living, readyMs: number): Promise<void> {
  if (standUnprobed(one)) return;
  const { startupProbe, readinessProbe } = one.container;
  const name = startupProbe === undefined ? 'Readiness' : 'Startup';
  const period = periodOf(one, startupProbe ?? readinessProbe);
  const until = performance.now() + readyMs;
  for (;;) {
    const left = until - performance.now();
    if (!(await pause(Math.max(0, Math.min(left, period)), one.stop))) return;
    if (left <= period) break;
    unhealthy(one, name, undefined);
  }
  one.stand(true, true);
}

async function neverReady(one: Living, message: string | undefined): Promise<void> {
  const { readinessProbe, name } = one.container;
  one.stand(true, readinessProbe === undefined);
  if (readinessProbe === undefined) {
    one.problem(`container ${name} has no readinessProbe that could fail`);
    await pause(null, one.stop);
    return;
  }
  do unhealthy(one, 'Readiness', message);
  while (await pause(periodOf(one, readinessProbe), one.stop));
}

async function failUntilKilled(
  one: Living,
  probe: 'Liveness' | 'Startup',
  message: string | undefined,
): Promise<End> {
  const { livenessProbe, startupProbe, name } = one.container;
  const given = probe === 'Liveness' ? livenessProbe : startupProbe;
  if (given === undefined) {
    one.problem(`container ${name} has no ${probe.toLowerCase()}Probe that could fail`);
    one.stand(true, true);
    await pause(null, one.stop);
    return await stopped(one, false);
  }
  for (let failures = 1; failures <= (given.failureThreshold ?? 3); failures++) {
    unhealthy(one, probe, message);
    if (!(await pause(periodOf(one, given), one.stop))) return await stopped(one, false);
  }
  one.event('Normal', 'Killing', `Container ${name} failed ${probe.toLowerCase()} probe, will be restarted`);
  return killed;
}

async function stopped(one: Living, ignoresTerm: boolean): Promise<End> {
  one.event('Normal', 'Killing', `Stopping container ${one.container.name}`);
  const graceMs = one.graceMs();
  if (graceMs > 0 && !ignoresTerm) return { exitCode: 0, reason: 'Completed' };
  await new Promise((resolve) => setTimeout(resolve, graceMs / one.speed));
  return killed;
}

function unhealthy(
  one: Living,
  probe: 'Startup' | 'Readiness' | 'Liveness',
  message: string | undefined,
): void {
  const said = message ?? 'HTTP probe failed with statuscode: 503';
  one.event('Warning', 'Unhealthy', `${probe} probe failed: ${said}`);
}

/** Milliseconds. */
function periodOf({ speed }: Living, probe: Probe | undefined): number {
  return ((probe?.periodSeconds ?? 10) * 1000) / speed;
}
