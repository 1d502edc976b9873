/** What a pod needs of Secrets and ConfigMaps; messages as pkg/kubelet/kubelet_pods.go and pkg/volume have them. */

import type { KubeApi } from '../api.ts';
import type { Container, Pod } from './pod-types.ts';

type Kind = 'secret' | 'configmap';

interface Stored {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** Why the container's environment cannot be made; null: it can. */
export async function environmentProblem(
  api: KubeApi,
  pod: Pod,
  container: Container,
): Promise<string | null> {
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    for (const [kind, ref] of [['secret', secretRef] as const, ['configmap', configMapRef] as const]) {
      if (ref === undefined || ref.optional === true) continue;
      if ((await find(api, pod, kind, ref.name)) === undefined) return `${kind} "${ref.name}" not found`;
    }
  }
  for (const { valueFrom } of container.env ?? []) {
    const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
    for (const [kind, ref] of [['secret', secretKeyRef] as const, ['configmap', configMapKeyRef] as const]) {
      if (ref === undefined || ref.optional === true) continue;
      const stored = await find(api, pod, kind, ref.name);
      if (stored === undefined) return `${kind} "${ref.name}" not found`;
      if (!(ref.key in { ...stored.data, ...stored.binaryData })) {
        const where = kind === 'secret' ? 'Secret' : 'ConfigMap';
        return `couldn't find key ${ref.key} in ${where} ${pod.metadata.namespace}/${ref.name}`;
      }
    }
  }
  return null;
}

/** Why the first volume that cannot be mounted cannot; null: all can. */
export async function volumeProblem(api: KubeApi, pod: Pod): Promise<string | null> {
  for (const { name, secret, configMap } of pod.spec.volumes ?? []) {
    const needs = [
      { kind: 'secret', ref: secret?.optional === true ? undefined : secret?.secretName } as const,
      { kind: 'configmap', ref: configMap?.optional === true ? undefined : configMap?.name } as const,
    ];
    for (const { kind, ref } of needs) {
      if (ref !== undefined && (await find(api, pod, kind, ref)) === undefined) {
        return `MountVolume.SetUp failed for volume "${name}" : ${kind} "${ref}" not found`;
      }
    }
  }
  return null;
}

function find(api: KubeApi, pod: Pod, kind: Kind, name: string): Promise<Stored | undefined> {
  return api.find(`/api/v1/namespaces/${pod.metadata.namespace}/${kind}s/${name}`);
}
