/** How many pods serve, at every moment: what the API server tells by watches, event by event. */

import { type Json, listAt, numberAt, textAt } from '../../../core/kubernetes/index.ts';
import { KubeApi, type KubeObject } from '../../support/kubernetes/api.ts';
import type { ControlPlane } from '../../support/kubernetes/index.ts';

export interface Samples {
  /** `status.availableReplicas` of the Deployment, at each of its events. */
  readonly available: readonly number[];
  /** Endpoints that the Service sends requests to, at each event of its slices. */
  readonly serving: readonly number[];
}

/** Watches the Deployment and the Service of this name while `act` runs. */
export async function sampleWhile(
  { url, ca, adminToken }: ControlPlane,
  namespace: string,
  name: string,
  act: () => Promise<void>,
): Promise<Samples> {
  const api = new KubeApi(url, ca, adminToken);
  const ended = new AbortController();
  const available: number[] = [];
  const serving: number[] = [];
  const slices = new Map<string, number>();
  const first = { deployment: Promise.withResolvers<void>(), slices: Promise.withResolvers<void>() };
  const follows = [
    api.follow<KubeObject>(
      `/apis/apps/v1/namespaces/${namespace}/deployments?fieldSelector=metadata.name%3D${name}`,
      ({ object }) => {
        available.push(numberAt(object as unknown as Json, 'status', 'availableReplicas') ?? 0);
        first.deployment.resolve();
      },
      ended.signal,
    ),
    api.follow<KubeObject>(
      `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D${name}`,
      ({ type, object }) => {
        const slice = object as unknown as Json;
        const ready = listAt(slice, 'endpoints').filter((one) => isReady(one)).length;
        slices.set(textAt(slice, 'metadata', 'uid'), type === 'DELETED' ? 0 : ready);
        serving.push([...slices.values()].reduce((sum, count) => sum + count, 0));
        first.slices.resolve();
      },
      ended.signal,
    ),
  ];
  try {
    await Promise.all([first.deployment.promise, first.slices.promise]);
    await act();
  } finally {
    ended.abort();
    await Promise.all(follows);
    api.close();
  }
  return { available, serving };
}

function isReady(endpoint: Json): boolean {
  const { conditions } = endpoint as { conditions?: { ready?: boolean } };
  return conditions?.ready === true;
}
