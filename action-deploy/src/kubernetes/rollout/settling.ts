/**
 * How long pods have been complete without a restart. A container without a readiness probe counts as ready once its process
 * runs, so that its pods must have run for a while before they count.
 */

import { at, type KubeObject, listAt, numberAt } from '../../../../core/kubernetes/index.ts';
import type { Patience } from '../patience.ts';
import type { Sight } from './sight.ts';
import type { PodView } from './views.ts';

export class Settling {
  private readonly since = new Map<Sight, { restarts: number; at: number }>();

  /**
   * `begun`: when what is looked at began, by the server's clock (ISO 8601): pods that had run for long by then are certain.
   * `now`: in milliseconds.
   */
  isSettled(
    sight: Sight,
    isComplete: boolean,
    { begun, patience, now }: { readonly begun: string; readonly patience: Patience; readonly now: number },
  ): boolean {
    if (!isComplete || sight.object === null) {
      this.since.delete(sight);
      return false;
    }
    const { fresh } = sight.units;
    const made = fresh.filter(
      (pod) => pod.createdAt >= begun || ranSince(pod, Date.parse(begun) - patience.settleMs),
    );
    const restarts = restartsOf(fresh);
    const known = this.since.get(sight);
    const held = known?.restarts === restarts ? known : { restarts, at: now };
    this.since.set(sight, held);
    const isCertain = made.length === 0 || (restartsOf(made) === 0 && isProbed(sight.object));
    const minReady = (numberAt(sight.object, 'spec', 'minReadySeconds') ?? 0) * 1000;
    return isCertain || now - held.at >= patience.settleMs - minReady;
  }
}

function restartsOf(pods: readonly PodView[]): number {
  return pods.flatMap(({ containers }) => containers).reduce((sum, { restarts }) => sum + restarts, 0);
}

/** Some container of it has started after the time (milliseconds), or does not run. */
export function ranSince({ containers, phase }: PodView, time: number): boolean {
  // It is over with those: they are kept to be looked at.
  if (phase === 'Failed' || phase === 'Succeeded') return false;
  return containers.some(
    ({ kind, runningSince }) => kind === 'main' && (runningSince === null || Date.parse(runningSince) > time),
  );
}

/** Ready means more than running, for each container. */
export function isProbed(workload: KubeObject): boolean {
  const containers = listAt(workload, 'spec', 'template', 'spec', 'containers');
  return containers.every((container) => at(container, 'readinessProbe') !== undefined);
}
