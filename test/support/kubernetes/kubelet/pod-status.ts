/** A pod's phase and conditions from the states of its containers, as pkg/kubelet/kubelet_pods.go and status/generate.go have it. */

import type { Condition, Container, ContainerStatus, Phase, Pod } from './pod-types.ts';

export interface ContainerStatuses {
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
}

/** `ending`: the pod is being deleted, or its containers will not be started again. */
export function phaseOf(pod: Pod, { init, main }: ContainerStatuses, ending: boolean): Phase {
  const policy = pod.spec.restartPolicy;
  const initFailed = init.some((one) => exitOf(one) !== null && exitOf(one) !== 0 && !isSidecar(pod, one));
  if (initFailed && policy === 'Never') return 'Failed';
  const initialized = isInitialized(pod, { init, main });
  const neverRan = main.some((one) => 'waiting' in one.state && one.lastState.terminated === undefined);
  if (!initialized || neverRan) {
    if (!ending) return 'Pending';
    return 'Failed';
  }
  if (main.some((one) => 'running' in one.state)) return 'Running';
  const good = main.every((one) => 'terminated' in one.state && one.state.terminated.exitCode === 0);
  if (ending) return good ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (good) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/** All but PodScheduled, which is the scheduler's; those of `before` that have not changed keep their time. */
export function conditionsOf(
  pod: Pod,
  statuses: ContainerStatuses,
  phase: Phase,
  before: readonly Condition[],
  now: string,
): Condition[] {
  const containers = containersReady(pod, statuses, phase);
  const conditions: Condition[] = [
    {
      type: 'PodReadyToStartContainers',
      status: phase === 'Succeeded' || phase === 'Failed' ? 'False' : 'True',
    },
    initializedCondition(pod, statuses, phase),
    podReady(pod, containers),
    containers,
  ];
  return conditions.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const same = old?.status === condition.status ? old.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: same ?? now };
  });
}

export function isSidecar(pod: Pod, status: ContainerStatus): boolean {
  return isSidecarContainer(pod.spec.initContainers?.find(({ name }) => name === status.name));
}

export function isSidecarContainer(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

function isInitialized(pod: Pod, { init, main }: ContainerStatuses): boolean {
  if (main.some((one) => 'running' in one.state || exitOf(one) !== null)) return true;
  return init.every((one) => (isSidecar(pod, one) ? one.started : one.ready));
}

/** Of the last life; null: it has not ended yet. */
function exitOf(status: ContainerStatus): number | null {
  if ('terminated' in status.state) return status.state.terminated.exitCode;
  return status.lastState.terminated?.exitCode ?? null;
}

function containersReady(pod: Pod, statuses: ContainerStatuses, phase: Phase): Condition {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const sidecars = statuses.init.filter((one) => isSidecar(pod, one));
  const unready = [...sidecars, ...statuses.main].filter(({ ready }) => !ready).map(({ name }) => name);
  if (unready.length === 0) return { type, status: 'True' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

function podReady(pod: Pod, containers: Condition): Condition {
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const closed = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = pod.status.conditions?.find(({ type }) => type === conditionType);
    if (gate === undefined) {
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    }
    if (gate.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  if (closed.length === 0) return { type: 'Ready', status: 'True' };
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
}

function initializedCondition(pod: Pod, statuses: ContainerStatuses, phase: Phase): Condition {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  if (isInitialized(pod, statuses)) return { type, status: 'True' };
  const incomplete = statuses.init.filter((one) => (isSidecar(pod, one) ? !one.started : !one.ready));
  const message = `containers with incomplete status: [${incomplete.map(({ name }) => name).join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotInitialized', message };
}
