import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import { unprovenOf } from './proof.ts';

function object(kind: string, spec: object = {}, status: object = {}): KubeObject {
  const apiVersion = kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  return {
    apiVersion,
    kind,
    metadata: { name: 'web', namespace: 'ml', generation: 2 },
    spec,
    status: { observedGeneration: 2, ...status },
  } as unknown as KubeObject;
}

const partition = (of: number): object => ({
  replicas: 2,
  updateStrategy: { rollingUpdate: { partition: of } },
});
const onDelete = { replicas: 2, updateStrategy: { type: 'OnDelete' } };
const stays = 'so that all of them stay as they are';

test.each<[string, KubeObject, string | null]>([
  ['a Deployment that runs', object('Deployment', { replicas: 1 }), null],
  ['no pods wanted', object('Deployment', { replicas: 0 }), 'wants no pods'],
  ['a CronJob', object('CronJob'), 'was not seen to run'],
  ['pods that nobody has deleted', object('StatefulSet', onDelete, { updatedReplicas: 1 }), 'OnDelete'],
  [
    'pods that somebody has deleted',
    object('StatefulSet', onDelete, { updatedReplicas: 2, availableReplicas: 2 }),
    null,
  ],
  [
    'pods of a DaemonSet that somebody has deleted',
    object(
      'DaemonSet',
      { updateStrategy: { type: 'OnDelete' } },
      { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
    ),
    null,
  ],
  ['a partition of all', object('StatefulSet', partition(2), { updatedReplicas: 0 }), stays],
  ['a partition beyond all', object('StatefulSet', partition(9), { updatedReplicas: 0 }), stays],
  ['a partition of all that are new', object('StatefulSet', partition(2), { updatedReplicas: 2 }), null],
  ['a partition of some', object('StatefulSet', partition(1), { updatedReplicas: 1 }), null],
])('%s', (_name, seen, expected) => {
  const text = unprovenOf(seen, seen, 'ml');
  if (expected === null) expect(text).toBeNull();
  else expect(text).toContain(expected);
});
