/** One pod on its node, from the moment it is bound until it is gone. */

import { type KubeApi, KubeError } from '../api.ts';
import { type Behaviour, defaultBehaviour } from './behaviours.ts';
import { ContainerRun } from './container-run.ts';
import type { EventRecorder } from './events.ts';
import type { ContainerLog } from './logs.ts';
import { pause } from './pause.ts';
import { type ContainerStatuses, conditionsOf, isSidecarContainer, phaseOf } from './pod-status.ts';
import { type Condition, type Container, type Pod, timestamp } from './pod-types.ts';
import { environmentProblem, volumeProblem } from './references.ts';

export interface Node {
  readonly api: KubeApi;
  readonly events: EventRecorder;
  /** Kubernetes' own waiting times are divided by this. */
  readonly speed: number;
  script(pod: Pod, container: Container): Behaviour | undefined;
  /** One that no pod has had. */
  nextAddress(): string;
  /** Something that makes what is seen untrue. */
  problem(text: string): void;
}

const mountRetryMs = 500;
const lowMemory = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 92Mi.';

export class PodWorker {
  #pod: Pod;
  readonly #node: Node;
  readonly #init: readonly ContainerRun[];
  readonly #main: readonly ContainerRun[];
  readonly #address: string;
  readonly #startTime = timestamp();
  /** The containers are to end. */
  readonly #stop = new AbortController();
  #abandoned = false;
  #ended = false;
  #evicted: string | null = null;
  #conditions: readonly Condition[] = [];
  #dirty = false;
  #publishing: Promise<void> | null = null;

  constructor(pod: Pod, node: Node) {
    this.#pod = pod;
    this.#node = node;
    this.#address = node.nextAddress();
    const init = pod.spec.initContainers ?? [];
    this.#init = init.map((container) => this.#prepare(container, true, 'PodInitializing'));
    const waiting = init.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.#main = pod.spec.containers.map((container) => this.#prepare(container, false, waiting));
    void this.#work();
  }

  /** The pod as it is stored now. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (this.#ended) void this.#remove();
      else this.#stop.abort();
    } else if ((pod.spec.readinessGates ?? []).length > 0) this.#changed();
  }

  /** It is gone, or its node is: nothing more is written. */
  abandon(): void {
    this.#abandoned = true;
    this.#stop.abort();
  }

  evict(message: string = lowMemory): void {
    if (this.#ended || this.#evicted !== null) return;
    this.#evicted = message;
    this.#node.events.record(this.#pod, 'Warning', 'Evicted', message);
    this.#stop.abort();
  }

  /** The log of a container, or why there is none; undefined: the pod has no such container. */
  log(container: string, previous: boolean): ContainerLog | string | undefined {
    const run = [...this.#init, ...this.#main].find((one) => one.container.name === container);
    return run?.log(previous);
  }

  #prepare(container: Container, init: boolean, waiting: string): ContainerRun {
    return new ContainerRun(container, init, waiting, {
      pod: () => this.#pod,
      behaviour: () =>
        this.#node.script(this.#pod, container) ?? defaultBehaviour(this.#pod, container, init),
      event: (severity, reason, message) => {
        if (!this.#abandoned) this.#node.events.record(this.#pod, severity, reason, message, container);
      },
      changed: () => this.#changed(),
      problem: (text) => this.#node.problem(`pod ${this.#pod.metadata.name}: ${text}`),
      environmentProblem: () => environmentProblem(this.#node.api, this.#pod, container),
      evict: (message) => this.evict(message),
      speed: this.#node.speed,
      stop: this.#stop.signal,
      graceMs: () => this.#graceMs(),
    });
  }

  /** A node in want of memory does not wait. */
  #graceMs(): number {
    return this.#evicted === null ? (this.#pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000 : 0;
  }

  async #work(): Promise<void> {
    try {
      if (this.#pod.metadata.deletionTimestamp === undefined) {
        this.#changed();
        await this.#runContainers();
      }
      this.#ended = true;
      this.#changed();
      await this.#publishing;
      if (this.#pod.metadata.deletionTimestamp !== undefined) await this.#remove();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #runContainers(): Promise<void> {
    const { restartPolicy } = this.#pod.spec;
    const restarts = { Always: 'always', OnFailure: 'on-failure', Never: 'never' } as const;
    if (!(await this.#mounted())) return;
    const beside: Promise<void>[] = [];
    for (const run of this.#init) {
      if (isSidecarContainer(run.container)) {
        beside.push(run.run('always'));
        while (!run.status().started) if (!(await pause(20, this.#stop.signal))) break;
      } else {
        await run.run(restartPolicy === 'Never' ? 'never' : 'on-failure');
        if (!run.status().ready) break;
      }
    }
    const initialized = this.#init.every((run) => run.status().ready || run.status().started);
    if (initialized && !this.#stop.signal.aborted) {
      await Promise.all(this.#main.map((run) => run.run(restarts[restartPolicy])));
    }
    // Sidecars do not keep a pod that has done its work.
    this.#stop.abort();
    await Promise.all(beside);
  }

  async #mounted(): Promise<boolean> {
    for (;;) {
      const problem = await volumeProblem(this.#node.api, this.#pod);
      if (problem === null) return !this.#stop.signal.aborted;
      this.#node.events.record(this.#pod, 'Warning', 'FailedMount', problem);
      if (!(await pause(mountRetryMs, this.#stop.signal))) return false;
    }
  }

  /** Writes the status soon; changes that come while one is written are written together. */
  #changed(): void {
    this.#dirty = true;
    this.#publishing ??= this.#publish()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#publishing = null;
      });
  }

  async #publish(): Promise<void> {
    // What changes at the same moment belongs into one status.
    await Promise.resolve();
    while (this.#dirty && !this.#abandoned) {
      this.#dirty = false;
      const { uid } = this.#pod.metadata;
      await this.#persist(() =>
        this.#node.api.call('PATCH', `${this.#path()}/status`, { metadata: { uid }, status: this.#status() }),
      );
    }
  }

  #status(): object {
    const statuses: ContainerStatuses = {
      init: this.#init.map((run) => run.status()),
      main: this.#main.map((run) => run.status()),
    };
    const evicted = this.#evicted !== null && this.#ended;
    const phase = evicted ? 'Failed' : phaseOf(this.#pod, statuses, this.#ended);
    this.#conditions = conditionsOf(this.#pod, statuses, phase, this.#conditions, timestamp());
    const disrupted: readonly Condition[] =
      this.#evicted === null
        ? []
        : [
            {
              type: 'DisruptionTarget',
              status: 'True',
              reason: 'TerminationByKubelet',
              message: this.#evicted,
              lastTransitionTime: timestamp(),
            },
          ];
    return {
      phase,
      ...(evicted ? { reason: 'Evicted', message: this.#evicted } : {}),
      conditions: [...disrupted, ...this.#conditions],
      hostIP: '127.0.0.1',
      hostIPs: [{ ip: '127.0.0.1' }],
      podIP: this.#address,
      podIPs: [{ ip: this.#address }],
      startTime: this.#startTime,
      ...(statuses.init.length === 0 ? {} : { initContainerStatuses: statuses.init }),
      containerStatuses: statuses.main,
    };
  }

  /** As the kubelet does when all containers have ended: only now may the object go. */
  async #remove(): Promise<void> {
    if (this.#abandoned) return;
    this.#abandoned = true;
    await this.#publishing;
    const { uid } = this.#pod.metadata;
    await this.#persist(() =>
      this.#node.api.call('DELETE', this.#path(), { gracePeriodSeconds: 0, preconditions: { uid } }),
    ).catch((error: unknown) => this.#failed(error, true));
  }

  /** As a kubelet does: what a busy server or a lost connection has kept from it, it says again. */
  async #persist(say: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await say();
        return;
      } catch (error) {
        const isFinal = error instanceof KubeError && error.status < 500 && error.status !== 429;
        if (isFinal || attempt === 5) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
      }
    }
  }

  #failed(error: unknown, removing = false): void {
    // Somebody else has removed it, or put another one of the same name in its place.
    const gone = error instanceof KubeError && (error.status === 404 || error.status === 409);
    if (gone) this.#abandoned = true;
    if (gone || (this.#abandoned && !removing)) return;
    this.#node.problem(
      `pod ${this.#pod.metadata.name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  #path(): string {
    const { name, namespace } = this.#pod.metadata;
    return `/api/v1/namespaces/${namespace}/pods/${name}`;
  }
}
