import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import { supersededBy } from './superseded.ts';

interface Seen {
  readonly uid?: string;
  readonly generation?: number;
  readonly mark?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly paused?: boolean;
}

function seen({
  uid = 'u',
  generation = 5,
  mark = 'mine',
  image = 'b',
  replicas = 1,
  paused,
}: Seen): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      uid,
      generation,
      annotations: { 'ml-gates.dev/deployment': mark },
      managedFields: [
        { manager: 'kubectl-set', operation: 'Update', time: '2026-01-02T00:00:00Z' },
        { manager: 'ml-gates-deploy', operation: 'Apply', time: '2026-01-01T00:00:00Z' },
        { manager: 'kube-controller-manager', operation: 'Update', time: '2026-01-03T00:00:00Z' },
        { manager: 'kubelet', subresource: 'status', operation: 'Update', time: '2026-01-04T00:00:00Z' },
      ],
    },
    spec: {
      replicas,
      ...(paused === undefined ? {} : { paused }),
      template: { spec: { containers: [{ image }] } },
    },
  } as unknown as KubeObject;
}

test.each<[string, Seen, string | null]>([
  ['as it was applied', {}, null],
  ['an older state that a watch tells of late', { generation: 4, mark: 'former', image: 'a' }, null],
  ['scaled by somebody', { generation: 6, replicas: 7 }, null],
  [
    'another template',
    { generation: 6, image: 'c' },
    'Deployment/web was changed by kubectl-set while it was rolled out',
  ],
  [
    'paused',
    { generation: 6, paused: true },
    'Deployment/web was paused by kubectl-set while it was rolled out',
  ],
  [
    'another one of the same name',
    { uid: 'v', generation: 1 },
    'Deployment/web was deleted and made anew by somebody else',
  ],
  [
    'by another run, with the same template',
    { generation: 6, mark: 'other', replicas: 2 },
    'Deployment/web was deployed anew by another run while it was rolled out',
  ],
])('%s', (_name, now, text) => {
  expect(supersededBy({ applied: seen({}), digest: 'mine' }, seen(now))).toBe(text);
});
