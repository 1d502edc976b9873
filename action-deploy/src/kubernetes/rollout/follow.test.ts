import { expect, test } from 'vitest';
import { ApiFailure, type KubeObject } from '../client/index.ts';
import { usualPatience } from '../patience.ts';
import { type Ending, follow, Wake } from './follow.ts';
import type { Sight } from './sight.ts';

const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'u', generation: 1 },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'app', readinessProbe: {} }] } } },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
} as unknown as KubeObject;

/** Follows a workload that is complete, whose API server does not answer until the call is ended. */
async function followSilent(leftMs: number, signal: AbortSignal): Promise<Ending> {
  const sight = {
    object,
    place: { kind: 'Deployment', name: 'web' },
    units: { fresh: [], former: [] },
    events: [],
    newestSet: null,
    trouble: null,
    refresh: (ends: AbortSignal) =>
      new Promise((_resolve, reject) => {
        const end = (): void => reject(new ApiFailure('over', { code: null, reason: 'CANCELLED', said: '' }));
        if (ends.aborted) end();
        ends.addEventListener('abort', end);
      }),
  } as unknown as Sight;
  return follow({
    workloads: [{ sight, expected: { applied: object, digest: null } }],
    since: '2026-01-01T00:00:00Z',
    settleSince: '2026-01-01T00:00:00Z',
    deadline: new Date(Date.now() + leftMs),
    signal,
    patience: { ...usualPatience, tickMs: 10 },
    clock: () => new Date(),
    sleep: (milliseconds, ends) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        const end = (): void => {
          clearTimeout(timer);
          resolve();
        };
        if (ends.aborted) end();
        ends.addEventListener('abort', end);
      }),
    tell: () => {},
    wake: new Wake(),
  });
}

test('a server that no longer answers does not keep it beyond the deadline', { timeout: 5000 }, async () => {
  expect(await followSilent(200, new AbortController().signal)).toMatchObject({ is: 'timed-out' });
});

test('nor a job that is cancelled', { timeout: 5000 }, async () => {
  const cancel = new AbortController();
  const ending = followSilent(60_000, cancel.signal);
  setTimeout(() => cancel.abort(), 100);
  expect(await ending).toEqual({ is: 'cancelled' });
});
