/** Pods and events as a rollout looks at them. */

import {
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';

export interface Ended {
  readonly reason: string;
  readonly exitCode: number;
  readonly message: string;
  /** ISO 8601; empty: not told. */
  readonly finishedAt: string;
}

export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly is: 'running' }
  | ({ readonly is: 'ended' } & Ended)
  /** The kubelet has not told of it yet. */
  | { readonly is: 'unknown' };

export interface ContainerView {
  readonly name: string;
  readonly kind: 'init' | 'main';
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  /** ISO 8601; null: it does not run. */
  readonly runningSince: string | null;
  /** Of its life before this one; null: this is the first. */
  readonly last: Ended | null;
}

export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  /** It is being deleted. */
  readonly leaving: boolean;
  readonly phase: string;
  /** Of the pod as a whole: `Evicted`, `UnexpectedAdmissionError`, …; empty mostly. */
  readonly reason: string;
  readonly message: string;
  readonly ready: boolean;
  /** Why no node takes it; null: one does, or nobody has looked yet. */
  readonly unscheduled: { readonly reason: string; readonly message: string } | null;
  /** Init containers first. */
  readonly containers: readonly ContainerView[];
}

export interface EventView {
  /** Of what it tells. */
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** When it was seen last: ISO 8601. */
  readonly at: string;
}

export function podView(pod: KubeObject): PodView {
  const status = objectAt(pod, 'status');
  const scheduled = condition(status, 'PodScheduled');
  const isRefused = textAt(scheduled, 'status') === 'False';
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? '',
    createdAt: pod.metadata.creationTimestamp ?? '',
    startedAt: textAt(status, 'startTime') || null,
    leaving: pod.metadata.deletionTimestamp !== undefined,
    phase: textAt(status, 'phase') || 'Pending',
    reason: textAt(status, 'reason'),
    message: textAt(status, 'message'),
    ready: textAt(condition(status, 'Ready'), 'status') === 'True',
    unscheduled: isRefused
      ? { reason: textAt(scheduled, 'reason'), message: textAt(scheduled, 'message') }
      : null,
    containers: [
      ...containers(pod, 'init', 'initContainers', 'initContainerStatuses'),
      ...containers(pod, 'main', 'containers', 'containerStatuses'),
    ],
  };
}

function condition(status: JsonObject, type: string): Json | undefined {
  return listAt(status, 'conditions').find((item) => textAt(item, 'type') === type);
}

function containers(
  pod: KubeObject,
  kind: ContainerView['kind'],
  list: string,
  statuses: string,
): ContainerView[] {
  const told = new Map(listAt(pod, 'status', statuses).map((item) => [textAt(item, 'name'), item]));
  return listAt(pod, 'spec', list).map((item) => {
    const name = textAt(item, 'name');
    const status = told.get(name);
    return {
      name,
      kind,
      image: textAt(item, 'image'),
      ready: objectAt(status).ready === true,
      restarts: numberAt(status, 'restartCount') ?? 0,
      state: stateOf(objectAt(status, 'state')),
      runningSince: textAt(status, 'state', 'running', 'startedAt') || null,
      last: endedOf(objectAt(status, 'lastState').terminated),
    };
  });
}

function stateOf(state: JsonObject): ContainerState {
  const ended = endedOf(state.terminated);
  if (ended !== null) return { is: 'ended', ...ended };
  if (state.running !== undefined) return { is: 'running' };
  if (state.waiting === undefined) return { is: 'unknown' };
  return {
    is: 'waiting',
    reason: textAt(state, 'waiting', 'reason'),
    message: textAt(state, 'waiting', 'message'),
  };
}

function endedOf(value: Json | undefined): Ended | null {
  if (value === undefined) return null;
  return {
    reason: textAt(value, 'reason'),
    exitCode: numberAt(value, 'exitCode') ?? 0,
    message: textAt(value, 'message'),
    finishedAt: textAt(value, 'finishedAt'),
  };
}

export function eventView(event: KubeObject): EventView {
  return {
    uid: textAt(event, 'involvedObject', 'uid'),
    kind: textAt(event, 'involvedObject', 'kind'),
    name: textAt(event, 'involvedObject', 'name'),
    type: textAt(event, 'type'),
    reason: textAt(event, 'reason'),
    message: textAt(event, 'message'),
    at:
      textAt(event, 'series', 'lastObservedTime') ||
      textAt(event, 'lastTimestamp') ||
      textAt(event, 'eventTime') ||
      (event.metadata.creationTimestamp ?? ''),
  };
}
