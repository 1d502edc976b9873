/** Everything in a namespace that a rollout could change, to be compared before and after. */

import type { ControlPlane, KubeObject } from '../support/kubernetes/index.ts';

const collections = [
  'apis/apps/v1/%/deployments',
  'apis/apps/v1/%/statefulsets',
  'apis/apps/v1/%/daemonsets',
  'apis/batch/v1/%/jobs',
  'apis/batch/v1/%/cronjobs',
  'apis/autoscaling/v2/%/horizontalpodautoscalers',
  'apis/networking.k8s.io/v1/%/ingresses',
  'apis/policy/v1/%/poddisruptionbudgets',
  'api/v1/%/configmaps',
  'api/v1/%/secrets',
  'api/v1/%/services',
  'api/v1/%/serviceaccounts',
  'api/v1/%/resourcequotas',
];

type Item = KubeObject & { readonly spec?: unknown; readonly data?: unknown };
interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: unknown;
}

/** By `collection/name`: all but status, counters and what controllers note; with who owns which field. */
export async function stateOf(
  cluster: ControlPlane,
  namespace: string,
): Promise<Record<string, Record<string, unknown>>> {
  const found: Record<string, Record<string, unknown>> = {};
  for (const collection of collections) {
    const path = `/${collection.replace('%', `namespaces/${namespace}`)}`;
    const { items } = await cluster.api.get<{ items: Item[] }>(path);
    for (const item of items) {
      // A controller makes it in each namespace, in its own time.
      if (item.metadata.name === 'kube-root-ca.crt') continue;
      found[`${collection.split('/').at(-1)}/${item.metadata.name}`] = stateOfOne(item);
    }
  }
  return found;
}

function stateOfOne(item: Item): Record<string, unknown> {
  const { status: _, ...rest } = item as Item & { status?: unknown };
  const { metadata } = item;
  const managed = (metadata as unknown as { managedFields?: Entry[] }).managedFields ?? [];
  return {
    ...rest,
    metadata: {
      name: metadata.name,
      uid: metadata.uid,
      labels: metadata.labels,
      annotations: withoutRevision(metadata.annotations ?? {}),
      owners: managed
        .filter(
          ({ manager, subresource }) => manager !== 'fixture:controller-manager' && subresource !== 'status',
        )
        .filter(({ manager }) => !manager.includes('controller-manager'))
        .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })),
    },
  };
}

function withoutRevision(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const kept = new Set(['deployment.kubernetes.io/revision', 'deprecated.daemonset.template.generation']);
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !kept.has(name)));
}
