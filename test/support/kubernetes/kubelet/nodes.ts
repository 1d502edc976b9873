/** Nodes as objects of the API, and the leases that say that they live. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi, KubeObject } from '../api.ts';
import { timestamp } from './pod-types.ts';

export interface NodeOptions {
  readonly name: string;
  /** Default amd64. */
  readonly architecture?: 'amd64' | 'arm64';
  /** What pods may ask for; defaults `8`, `32Gi` and 110 pods. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

interface StoredNode extends KubeObject {
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
}

/** Seconds. */
const leaseDuration = 40;

/** Registers a node whose kubelet listens on this port of loopback; returns when pods can be scheduled on it. */
export async function registerNode(api: KubeApi, node: NodeOptions, port: number): Promise<void> {
  const { name, architecture = 'amd64', cpu = '8', memory = '32Gi', pods = 110 } = node;
  const capacity = { cpu, memory, pods: String(pods), 'ephemeral-storage': '100Gi' };
  await api.create('/api/v1/nodes', {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
        ...node.labels,
      },
    },
    spec: { taints: node.taints ?? [] },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      nodeInfo: {
        architecture,
        operatingSystem: 'linux',
        kubeletVersion: 'v1.33.13',
        containerRuntimeVersion: 'containerd://2.0.5',
        osImage: 'none',
        kernelVersion: '6.1.0',
        kubeProxyVersion: '',
        machineID: name,
        systemUUID: name,
        bootID: name,
      },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
    },
  });
  await api.create('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', {
    metadata: { name },
    spec: { holderIdentity: name, leaseDurationSeconds: leaseDuration, renewTime: microTime() },
  });
  await untilSchedulable(api, name);
}

export async function renewLease(api: KubeApi, name: string): Promise<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
  await api.call('PATCH', path, { spec: { renewTime: microTime() } }, 'merge');
}

/** New nodes are tainted until a controller has seen that they are ready. */
async function untilSchedulable(api: KubeApi, name: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const { spec } = await api.get<StoredNode>(`/api/v1/nodes/${name}`);
    if (!(spec.taints ?? []).some(({ key }) => key === 'node.kubernetes.io/not-ready')) return;
    await sleep(50);
  }
  throw new Error(`node ${name} did not become ready`);
}

function condition(type: string, status: string, reason: string): object {
  const now = timestamp();
  return { type, status, reason, message: reason, lastHeartbeatTime: now, lastTransitionTime: now };
}

/** RFC 3339 with microseconds, as leases keep times. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
