import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Behaviour } from './behaviours.ts';
import { type End, live } from './life.ts';
import type { Container } from './pod-types.ts';

interface Lived {
  readonly end: End;
  /** Started, ready. */
  readonly stands: readonly (readonly [boolean, boolean])[];
  readonly events: readonly string[];
  readonly problems: readonly string[];
}

/** Stopped after `stopMs`, if it has not ended before. */
async function liveFor(
  behaviour: Behaviour,
  stopMs: number,
  options: { readonly container?: Partial<Container>; readonly graceMs?: number } = {},
): Promise<Lived> {
  const stands: [boolean, boolean][] = [];
  const events: string[] = [];
  const problems: string[] = [];
  const stop = new AbortController();
  const over = live(behaviour, {
    container: { name: 'app', image: 'web', ...options.container },
    event: (_, reason, message) => void events.push(`${reason}: ${message}`),
    stand: (started, ready) => void stands.push([started, ready]),
    problem: (text) => void problems.push(text),
    evict: () => stop.abort(),
    speed: 1_000,
    stop: stop.signal,
    graceMs: () => options.graceMs ?? 30_000,
  });
  await Promise.race([over, sleep(stopMs)]);
  stop.abort();
  return { end: await over, stands, events, problems };
}

const readinessProbe = { periodSeconds: 5 };

test.each([
  ['not-ready', 'readinessProbe'],
  ['not-live', 'livenessProbe'],
  ['not-started', 'startupProbe'],
] as const)(
  'a script %s for a container without its probe is told, and the container is ready',
  async (kind, probe) => {
    const { stands, problems, events } = await liveFor({ kind }, 150);
    expect(problems).toEqual([`container app has no ${probe} that could fail`]);
    expect(stands.at(-1)).toEqual([true, true]);
    expect(events).toEqual(['Killing: Stopping container app']);
  },
);

test('without probes a service is ready as soon as it runs', async () => {
  const { stands } = await liveFor({ kind: 'runs', readyMs: 60_000 }, 20);
  expect(stands).toEqual([[true, true]]);
});

test('a service that takes long fails its probe until it is ready', async () => {
  const { stands, events } = await liveFor({ kind: 'runs', readyMs: 22 }, 200, {
    container: { readinessProbe },
  });
  expect(stands).toEqual([
    [true, false],
    [true, true],
  ]);
  expect(events[0]).toBe('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503');
  expect(events.at(-1)).toBe('Killing: Stopping container app');
});

test.each([
  ['heeds SIGTERM', false, 30_000, 0],
  ['does not heed SIGTERM', true, 30_000, 137],
  ['is not asked', false, 0, 137],
])('one that %s', async (_, ignoresTerm, graceMs, exitCode) => {
  expect((await liveFor({ kind: 'runs', ignoresTerm }, 10, { graceMs })).end.exitCode).toBe(exitCode);
});

test('liveness is given as many chances as the probe has', async () => {
  const livenessProbe = { periodSeconds: 1, failureThreshold: 4 };
  const behaviour: Behaviour = { kind: 'not-live', message: 'hangs', afterMs: 0 };
  const { end, events } = await liveFor(behaviour, 5_000, { container: { livenessProbe } });
  expect(events).toEqual([
    ...Array.from({ length: 4 }, () => 'Unhealthy: Liveness probe failed: hangs'),
    'Killing: Container app failed liveness probe, will be restarted',
  ]);
  expect(end).toEqual({ exitCode: 137, reason: 'Error' });
});

test.each([
  [{ kind: 'crashes' }, { exitCode: 1, reason: 'Error' }],
  [
    { kind: 'crashes', exitCode: 3, message: 'why' },
    { exitCode: 3, reason: 'Error', message: 'why' },
  ],
  [
    { kind: 'crashes', reason: 'OOMKilled' },
    { exitCode: 137, reason: 'OOMKilled' },
  ],
  [{ kind: 'completes' }, { exitCode: 0, reason: 'Completed' }],
] as const)('the end of %j', async (behaviour, end) => {
  expect((await liveFor(behaviour, 5_000)).end).toEqual(end);
});
