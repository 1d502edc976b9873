/**
 * Stands in for the kubelets of a cluster: registers nodes, keeps their leases, and does for the pods that are bound to
 * them what a kubelet does through the API: status with conditions and states of containers, events, logs, restarts with
 * back-off, ends within the grace period, evictions. Reasons and messages are those of Kubernetes 1.33.
 *
 * What it does not know: images are never pulled nor run, a script says what they do; no network, so probes and services
 * reach nothing; no exec, attach, port-forward, metrics; volumes other than of Secrets and ConfigMaps are always there;
 * `imagePullPolicy: Never`, lifecycle hooks, resources beyond what the scheduler counts, ephemeral containers, in-place
 * resizing are ignored; a restart count is lost with its pod's node, which does not come back; events are not thinned out.
 * Its own waiting times are shorter than Kubernetes' by `speed`, while messages tell Kubernetes' own.
 */

import { KubeApi, KubeError } from '../api.ts';
import type { ControlPlane } from '../control-plane.ts';
import { type Behaviour, findBehaviour, type Subject } from './behaviours.ts';
import { EventRecorder } from './events.ts';
import { startLogServer } from './log-server.ts';
import { type NodeOptions, registerNode, renewLease } from './nodes.ts';
import { pause } from './pause.ts';
import type { Pod } from './pod-types.ts';
import { PodWorker } from './pod-worker.ts';

export type { Behaviour, Subject } from './behaviours.ts';
export type { NodeOptions } from './nodes.ts';

export interface KubeletOptions {
  /** Default: one, `node-1`. */
  readonly nodes?: readonly NodeOptions[];
  /** Back-offs, periods of probes and grace periods are this many times shorter; default 20. */
  readonly speed?: number;
}

export interface Kubelet {
  /**
   * From now on containers of this subject behave so, from their next life on; see `Subject`: `app=web`,
   * `registry.example/web`, `registry.example/web:2`, `sha256:…`, each with `#container` at will.
   */
  behave(subject: Subject, behaviour: Behaviour): void;
  /** For want of memory, unless a message says otherwise. */
  evict(namespace: string, pod: string, message?: string): void;
  /** The node is heard of no more, and neither are its pods. */
  lose(node: string): void;
  /** What went wrong in here, or was asked for in vain; a test should find none. */
  problems(): readonly string[];
  stop(): Promise<void>;
}

const leaseMs = 2_000;

/** Ends with the control plane, if not before. */
export async function startKubelet(
  controlPlane: ControlPlane,
  options: KubeletOptions = {},
): Promise<Kubelet> {
  const { url, ca, credentials } = controlPlane;
  const api = new KubeApi(url, ca, credentials.tokens.kubelet);
  const script = new Map<Subject, Behaviour>();
  const problems: string[] = [];
  const workers = new Map<string, { readonly pod: Pod; readonly worker: PodWorker }>();
  const lost = new Set<string>();
  const ended = new AbortController();
  const find = (namespace: string, name: string): PodWorker | undefined =>
    [...workers.values()].find(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
    )?.worker;
  const logs = await startLogServer(credentials.authority, (namespace, pod, container, previous) =>
    find(namespace, pod)?.log(container, previous),
  );
  const nodes = options.nodes ?? [{ name: 'node-1' }];
  const recorders = new Map(nodes.map(({ name }) => [name, new EventRecorder(api, name)]));
  const loops: Promise<void>[] = [];
  const stop = async (): Promise<void> => {
    ended.abort();
    for (const { worker } of workers.values()) worker.abandon();
    await Promise.all(loops);
    await Promise.all([...recorders.values()].map((events) => events.settled()));
    await logs.stop();
    api.close();
  };
  controlPlane.onStop(stop);

  let pods = 0;
  const nextAddress = (): string => {
    pods++;
    return `10.244.${pods >> 8}.${pods & 255}`;
  };
  const start = (pod: Pod, events: EventRecorder): PodWorker =>
    new PodWorker(pod, {
      api,
      events,
      nextAddress,
      speed: options.speed ?? 20,
      script: (of, container) => findBehaviour(script, of, container),
      problem: (text) => {
        if (!ended.signal.aborted) problems.push(text);
      },
    });
  const see = (pod: Pod, gone: boolean): void => {
    const { uid } = pod.metadata;
    const known = workers.get(uid)?.worker;
    const events = recorders.get(pod.spec.nodeName ?? '');
    if (gone) {
      known?.abandon();
      workers.delete(uid);
    } else if (events === undefined || lost.has(pod.spec.nodeName ?? '')) return;
    else if (known !== undefined) known.update(pod);
    else workers.set(uid, { pod, worker: start(pod, events) });
  };

  await Promise.all(nodes.map((node) => registerNode(api, node, logs.port)));
  loops.push(
    api
      .follow<Pod>('/api/v1/pods', ({ type, object }) => see(object, type === 'DELETED'), ended.signal)
      .catch((error: unknown) => void problems.push(String(error))),
    keepLeases(),
  );

  async function keepLeases(): Promise<void> {
    do {
      const alive = nodes.filter(({ name }) => !lost.has(name));
      await Promise.all(alive.map(({ name }) => renewLease(api, name))).catch((error: unknown) => {
        if (!ended.signal.aborted && !(error instanceof KubeError)) problems.push(String(error));
      });
    } while (await pause(leaseMs, ended.signal));
  }

  return {
    behave: (subject, behaviour) => void script.set(subject, behaviour),
    evict(namespace, pod, message) {
      const worker = find(namespace, pod);
      if (worker === undefined) throw new Error(`no pod ${namespace}/${pod} runs on these nodes`);
      worker.evict(message);
    },
    lose(node) {
      lost.add(node);
      for (const { pod, worker } of workers.values()) if (pod.spec.nodeName === node) worker.abandon();
    },
    problems: () => [...problems],
    stop,
  };
}
