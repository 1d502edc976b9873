import { setTimeout as sleepFor } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import { ApiFailure } from '../client/index.ts';
import { usualPatience } from '../patience.ts';
import { type Ending, follow, Wake } from './follow.ts';
import type { Sight } from './sight.ts';
import type { PodView } from './views.ts';

const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'u', generation: 1 },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'app', readinessProbe: {} }] } } },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
} as unknown as KubeObject;

async function followed(seen: Partial<Sight>, leftMs: number, signal = new AbortController().signal) {
  const sight = {
    object,
    place: { kind: 'Deployment', name: 'web' },
    units: { fresh: [], former: [] },
    events: [],
    newestSet: null,
    trouble: null,
    refresh: async () => {},
    ...seen,
  } as unknown as Sight;
  return follow({
    workloads: [{ sight, expected: { applied: sight.object ?? object, digest: null } }],
    since: '2026-01-01T00:00:00Z',
    settleSince: '2026-01-01T00:00:00Z',
    deadline: new Date(Date.now() + leftMs),
    signal,
    patience: { ...usualPatience, tickMs: 10 },
    clock: () => new Date(),
    sleep: (milliseconds, ends) => sleepFor(milliseconds, undefined, { signal: ends }).catch(() => {}),
    tell: () => {},
    wake: new Wake(),
  });
}

/** Does not answer until the call is ended. */
const refresh = (ends: AbortSignal): Promise<void> =>
  new Promise((_resolve, reject) => {
    const end = (): void => reject(new ApiFailure('over', { code: null, reason: 'CANCELLED', said: '' }));
    if (ends.aborted) end();
    ends.addEventListener('abort', end);
  });

test('a server that no longer answers does not keep it beyond the deadline', { timeout: 5000 }, async () => {
  expect(await followed({ refresh }, 200)).toMatchObject({ is: 'timed-out' });
});

test('nor a job that is cancelled', { timeout: 5000 }, async () => {
  const cancel = new AbortController();
  const ending = followed({ refresh }, 60_000, cancel.signal);
  setTimeout(() => cancel.abort(), 100);
  expect(await ending).toEqual({ is: 'cancelled' });
});

describe('former pods of a StatefulSet, whatever its status counts', () => {
  const setOf = (spec: object): KubeObject =>
    ({
      ...object,
      kind: 'StatefulSet',
      spec: { ...(object.spec as object), replicas: 2, ...spec },
      status: { observedGeneration: 1, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 },
    }) as unknown as KubeObject;
  const partition = { updateStrategy: { rollingUpdate: { partition: 1 } } };
  test.each<[string, object, Partial<PodView>, Ending['is']]>([
    ['one that has to go', {}, { name: 'web-1', leaving: false }, 'timed-out'],
    ['one that is on its way', {}, { name: 'web-1', leaving: true }, 'complete'],
    ['one below the partition', partition, { name: 'web-0', leaving: false }, 'complete'],
    ['one in the partition', partition, { name: 'web-1', leaving: false }, 'timed-out'],
    [
      'one below the partition where ordinals begin later',
      { ...partition, ordinals: { start: 5 } },
      { name: 'web-5', leaving: false },
      'complete',
    ],
  ])('%s', async (_name, spec, pod, expected) => {
    const units = { fresh: [], former: [{ containers: [], ...pod } as unknown as PodView] };
    const place = { kind: 'StatefulSet', name: 'web' } as Sight['place'];
    const ending = await followed({ object: setOf(spec), place, units }, 300);
    expect(ending.is).toBe(expected);
  });
});
