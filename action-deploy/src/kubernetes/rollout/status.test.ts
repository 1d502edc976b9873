import { describe, expect, test } from 'vitest';
import type { KubeObject, WorkloadKind } from '../../../../core/kubernetes/index.ts';
import { progressOf, revisionOf } from './status.ts';

function workload(kind: WorkloadKind, spec: object, status: object, generation = 2): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', generation, annotations: { 'deployment.kubernetes.io/revision': '7' } },
    spec,
    status: { observedGeneration: 2, ...status },
  } as unknown as KubeObject;
}

/** `is: text`, as `kubectl rollout status` decides. */
function told(kind: WorkloadKind, spec: object, status: object, generation?: number): string {
  const progress = progressOf(kind, workload(kind, spec, status, generation));
  return 'text' in progress ? `${progress.is}: ${progress.text}` : progress.is;
}

describe('Deployment', () => {
  const spec = { replicas: 3 };
  const whole = { replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 3 };
  test.each<[string, object, object, string]>([
    ['complete', spec, whole, 'complete: 3 of 3 pods are available'],
    [
      'one replica by default',
      {},
      { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
      'complete: 1 of 1 pods are available',
    ],
    ['not all are made', spec, { ...whole, updatedReplicas: 1 }, 'going: 1 of 3 new pods are there'],
    ['former ones are there', spec, { ...whole, replicas: 4 }, 'going: 1 former pods are still there'],
    [
      'not all are available',
      spec,
      { ...whole, availableReplicas: 2, unavailableReplicas: 1 },
      'going: 2 of 3 new pods are available',
    ],
    ['none wanted', { replicas: 0 }, {}, 'complete: 0 of 0 pods are available'],
    ['paused', { ...spec, paused: true }, whole, 'paused'],
    [
      'given up',
      spec,
      {
        ...whole,
        conditions: [
          { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
        ],
      },
      'stuck: timed out',
    ],
  ])('%s', (_name, given, status, expected) => {
    expect(told('Deployment', given, status)).toBe(expected);
  });

  test('not seen by its controller yet, whatever the status says', () => {
    expect(told('Deployment', spec, whole, 3)).toBe('going: its controller has not seen the change yet');
  });
});

describe('StatefulSet', () => {
  const revisions = { currentRevision: 'web-2', updateRevision: 'web-2' };
  const whole = { readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3, ...revisions };
  const partition = (count: number): object => ({
    replicas: 3,
    updateStrategy: { rollingUpdate: { partition: count } },
  });
  test.each<[string, object, object, string]>([
    ['complete', { replicas: 3 }, whole, 'complete: 3 of 3 pods are available'],
    [
      'not all are new',
      { replicas: 3 },
      { ...whole, currentRevision: 'web-1', updatedReplicas: 1 },
      'going: 1 of 3 new pods are there',
    ],
    [
      'it goes back while some pods are of the other revision',
      { replicas: 3 },
      { ...whole, updatedReplicas: 2 },
      'going: 2 of 3 new pods are there',
    ],
    [
      'not all are ready',
      { replicas: 3 },
      { ...whole, readyReplicas: 2 },
      'going: 2 of 3 pods are available',
    ],
    [
      'not available for long enough',
      { replicas: 3 },
      { ...whole, availableReplicas: 1 },
      'going: 1 of 3 pods are available',
    ],
    [
      'its partition is new',
      partition(2),
      { ...whole, currentRevision: 'web-1', updatedReplicas: 1 },
      'complete: 3 of 3 pods are available',
    ],
    [
      'its partition is not',
      partition(1),
      { ...whole, currentRevision: 'web-1', updatedReplicas: 1 },
      'going: 1 of 2 pods of the partition are new',
    ],
    ['on delete', { replicas: 3, updateStrategy: { type: 'OnDelete' } }, whole, 'on-delete'],
  ])('%s', (_name, given, status, expected) => {
    expect(told('StatefulSet', given, status)).toBe(expected);
  });
});

describe('DaemonSet', () => {
  const whole = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };
  test.each<[string, object, object, string]>([
    ['complete', {}, whole, 'complete: 2 of 2 pods are available'],
    ['not all are new', {}, { ...whole, updatedNumberScheduled: 1 }, 'going: 1 of 2 new pods are there'],
    ['not all are available', {}, { ...whole, numberAvailable: 0 }, 'going: 0 of 2 pods are available'],
    ['on delete', { updateStrategy: { type: 'OnDelete' } }, whole, 'on-delete'],
  ])('%s', (_name, given, status, expected) => {
    expect(told('DaemonSet', given, status)).toBe(expected);
  });
});

test('names of revisions', () => {
  expect(revisionOf('Deployment', workload('Deployment', {}, {}))).toBe('7');
  expect(revisionOf('StatefulSet', workload('StatefulSet', {}, { updateRevision: 'web-5d4' }))).toBe(
    'web-5d4',
  );
  expect(revisionOf('DaemonSet', workload('DaemonSet', {}, {}))).toBe('2');
});
