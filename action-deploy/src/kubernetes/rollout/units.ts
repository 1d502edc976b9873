/** Pods for the report, as they were seen last. */

import { oneLine } from '../../../../core/kubernetes/index.ts';
import type { Unit } from '../../types.ts';
import type { PodView } from './views.ts';

export function unitsOf(fresh: readonly PodView[], former: readonly PodView[]): Unit[] {
  return [...fresh.map((pod) => unitOf(pod, 'new')), ...former.map((pod) => unitOf(pod, 'old'))];
}

function unitOf(pod: PodView, revision: Unit['revision']): Unit {
  const healthy = pod.ready && !pod.leaving;
  return {
    name: pod.name,
    revision,
    state: pod.leaving ? 'Terminating' : pod.phase,
    healthy,
    reason: healthy ? null : reasonOf(pod),
    startedAt: pod.startedAt,
    stoppedAt: null,
  };
}

function reasonOf(pod: PodView): string | null {
  if (pod.unscheduled !== null) return oneLine(pod.unscheduled.message, 200);
  if (pod.reason !== '') return pod.reason;
  for (const { name, state, ready } of pod.containers) {
    if (state.is === 'waiting' && state.reason !== '') return `${name}: ${state.reason}`;
    if (state.is === 'ended' && state.exitCode !== 0)
      return `${name}: ${state.reason || `exit code ${state.exitCode}`}`;
    if (state.is === 'running' && !ready) return `${name}: not ready`;
  }
  return null;
}
