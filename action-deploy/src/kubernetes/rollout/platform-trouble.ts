/** Pods that cannot even be made: quotas, policies, webhooks. */

import { type KubeObject, oneLine, type WorkloadKind } from '../../../../core/kubernetes/index.ts';
import type { Patience } from '../patience.ts';
import type { Suspicion } from './diagnose.ts';
import { conditionOf } from './status.ts';
import type { EventView } from './views.ts';

/**
 * Of a Deployment, its newest ReplicaSet says it by its condition ReplicaFailure (the Deployment's own is of any of them); of a
 * StatefulSet and a DaemonSet only events tell. `since`: older ones are of a former revision. ISO 8601, of the server.
 */
export function refusedPods(
  kind: WorkloadKind,
  object: KubeObject,
  newestSet: KubeObject | null,
  events: readonly EventView[],
  since: string,
  patience: Patience,
): Suspicion | null {
  const message = kind === 'Deployment' ? ofCondition(newestSet) : ofEvents(object, events, since);
  if (message === null) return null;
  const isDenied = /denied the request|violates PodSecurity|is invalid|forbidden: unable to validate/i.test(
    message,
  );
  const isQuota = /exceeded quota/i.test(message);
  return {
    key: `${object.metadata.uid}//FailedCreate`,
    certainAfterMs: isDenied ? 0 : patience.quotaMs,
    source: 'event',
    reason: isQuota ? 'ExceededQuota' : 'FailedCreate',
    subject: `${object.kind}/${object.metadata.name}`,
    text: `its pods are refused: ${oneLine(message)}`,
    log: null,
  };
}

function ofCondition(set: KubeObject | null): string | null {
  const condition = set === null ? null : conditionOf(set, 'ReplicaFailure');
  return condition?.status === 'True' ? condition.message : null;
}

function ofEvents(object: KubeObject, events: readonly EventView[], since: string): string | null {
  const own = events.filter(({ uid, at }) => uid === object.metadata.uid && at >= since);
  const failed = own
    .filter(({ reason }) => reason === 'FailedCreate')
    .sort(byTime)
    .at(-1);
  const made = own
    .filter(({ reason }) => reason === 'SuccessfulCreate')
    .sort(byTime)
    .at(-1);
  if (failed === undefined || (made !== undefined && made.at > failed.at)) return null;
  return failed.message;
}

function byTime(a: EventView, b: EventView): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
