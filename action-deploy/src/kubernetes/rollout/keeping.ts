/** What becomes of the record of the former state when a rollout ends, and what it says of other runs. */

import { ApiFailure, type KubeApi } from '../client/index.ts';
import { keyOf, type Prepared } from '../plan/index.ts';
import {
  endRecord,
  type FormerObject,
  isOwnRecord,
  type RolloutRecord,
  removeRecord,
} from '../state/record.ts';

/** Objects other than workloads do not say whose they are: the record does. */
export async function isTakenOver(
  api: KubeApi,
  { recordPlace }: Prepared,
  record: RolloutRecord,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return !(await isOwnRecord(api, recordPlace, record, signal));
  } catch (error) {
    // Where nothing can be asked nothing can be put back either, which the way back says.
    if (!(error instanceof ApiFailure)) throw error;
    return false;
  }
}

/**
 * A notice; null: the record is gone. One that stays behind would send a later rollback too far back, so that it is marked as
 * ended where it cannot be deleted.
 */
export async function forget(
  api: KubeApi,
  { recordPlace }: Prepared,
  record: RolloutRecord,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await removeRecord(api, recordPlace, record, signal);
    return null;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const isEnded = await endRecord(api, recordPlace, record, signal).then(
      () => true,
      () => false,
    );
    const rest = isEnded ? '' : ' Delete it, or a later rollback goes back to what it holds.';
    return `Secret ${recordPlace.name} could not be deleted: ${error.message}.${rest}`;
  }
}

/** A notice of objects that an earlier rollout may have changed and this one leaves out: nobody goes back to what they were. */
export function leftOut(record: RolloutRecord, { objects, namespace }: Prepared): string[] {
  const known = new Set(objects.map(({ object, resource }) => keyOf(object, resource)));
  const names = record.objects
    .filter((one) => !known.has(keyOfFormer(one)))
    .map((one) => shown(one, namespace));
  if (names.length === 0) return [];
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    `${names.join(', ')} ${are} not among what is deployed, and may be as an earlier rollout that did not end left ${them}.`,
  ];
}

function keyOfFormer({ resource, namespace, name }: FormerObject): string {
  const metadata = namespace === null ? { name } : { name, namespace };
  return keyOf({ kind: resource.kind, metadata }, resource);
}

/** `Deployment/web`, with its namespace where it is not the usual one. */
export function shown({ resource, name, namespace }: FormerObject, usual: string): string {
  const elsewhere = namespace !== null && namespace !== usual ? `${namespace}/` : '';
  return `${resource.kind}/${elsewhere}${name}`;
}
