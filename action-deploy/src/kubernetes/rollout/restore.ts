/**
 * The former state, put back: what was applied here before is applied again, which also takes away what was added since; what
 * was made is deleted. What still differs then (a list's element whose defaults were others) is patched.
 */

import {
  drop,
  type Json,
  type KubeObject,
  listAt,
  numberAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import { ApiFailure, fieldManager, type KubeApi } from '../client/index.ts';
import { deploymentAnnotation, nameOf, restorable, sendable } from '../state/comparable.ts';
import { type Difference, differences, pathText, pointer } from '../state/difference.ts';
import { withoutOthers } from '../state/others-fields.ts';
import { appliedBy } from '../state/owned-fields.ts';
import type { FormerObject } from '../state/record.ts';

export type Restored =
  | { readonly is: 'restored'; readonly object: KubeObject }
  | { readonly is: 'removed' }
  /** As it was: this run had not come to it. */
  | { readonly is: 'untouched'; readonly object: KubeObject | null }
  /** Somebody else has deployed it since. */
  | { readonly is: 'left'; readonly why: string }
  | { readonly is: 'failed'; readonly why: string };

/** Never rejects for what the server refuses. `marks`: digests of the plans that are undone. */
export async function restoreOne(
  api: KubeApi,
  record: FormerObject,
  marks: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Restored> {
  const { resource, namespace, name, former } = record;
  try {
    const now = await api.get(resource, namespace, name, signal);
    if (former === null) {
      if (now === null) return { is: 'untouched', object: null };
      if (isOthers(now, former, marks))
        return { is: 'left', why: `${nameOf(now)} was deployed anew by another run` };
      await api.delete(resource, namespace, name, now.metadata.uid ?? null, signal);
      return { is: 'removed' };
    }
    if (now === null) {
      const made = await api.apply(resource, madeAnew(former), { force: true }, signal);
      return { is: 'restored', object: made };
    }
    if (isOthers(now, former, marks))
      return { is: 'left', why: `${nameOf(now)} was deployed anew by another run` };
    return await restoreExisting(api, record, former, now, signal);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    return { is: 'failed', why: error.message };
  }
}

/** Finalizers of others would keep for ever what they know nothing of. */
function madeAnew(former: KubeObject): KubeObject {
  const { finalizers: _, ...metadata } = sendable(former).metadata;
  const own = appliedBy(former, fieldManager).metadata.finalizers;
  return {
    ...sendable(former),
    metadata: own === undefined ? metadata : { ...metadata, finalizers: own },
  } as KubeObject;
}

/** A workload with the mark of another run, which it did not have before. */
function isOthers(now: KubeObject, former: KubeObject | null, marks: ReadonlySet<string>): boolean {
  const mark = markOf(now);
  return mark !== undefined && !marks.has(mark) && mark !== (former === null ? undefined : markOf(former));
}

function markOf(object: KubeObject): string | undefined {
  return object.metadata.annotations?.[deploymentAnnotation];
}

async function restoreExisting(
  api: KubeApi,
  { resource, namespace, name }: FormerObject,
  former: KubeObject,
  now: KubeObject,
  signal: AbortSignal,
): Promise<Restored> {
  const isSame = remaining(former, now).length === 0 && markOf(former) === markOf(now);
  if (isSame && ownUpdates(now).length === 0) return { is: 'untouched', object: now };
  let object = await applyFormer(api, resource, former, now, signal);
  let removed = '';
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const left = remaining(former, object);
    // The server sets by itself what was just taken away, as a default of what somebody else has added: it is back for good.
    const isDefault = left.every(({ from }) => from === undefined) && pathsOf(left) === removed;
    if ((left.length === 0 || isDefault) && ownUpdates(object).length === 0)
      return { is: 'restored', object };
    try {
      if (left.length > 0 && !isDefault) {
        object = await api.patch(resource, namespace, name, operationsFor(left, object), signal);
        removed = pathsOf(left);
      }
      object = await withoutOwnUpdates(api, { resource, namespace, name }, object, signal);
    } catch (error) {
      const isStale = error instanceof ApiFailure && (error.code === 409 || error.code === 422);
      if (!isStale) throw error;
      object = (await api.get(resource, namespace, name, signal)) ?? object;
    }
  }
  const left = remaining(former, object);
  return left.length === 0
    ? { is: 'restored', object }
    : { is: 'failed', why: `${nameOf(former)} still differs in ${pathsOf(left.slice(0, 5))}` };
}

function pathsOf(found: readonly Difference[]): string {
  return found.map(({ path }) => pathText(path)).join(', ');
}

async function applyFormer(
  api: KubeApi,
  resource: FormerObject['resource'],
  former: KubeObject,
  now: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  const applied = appliedBy(former, fieldManager);
  // It was applied in another version, whose fields have other names: all of it is patched.
  if (applied.apiVersion !== former.apiVersion) return now;
  // What an autoscaler or somebody has scaled meanwhile is theirs.
  const sent = isScaledByOthers(now) ? (drop(applied, ['spec', 'replicas']) as KubeObject) : applied;
  return api.apply(resource, sent, {}, signal);
}

/** Others may change the object in between, its controller above all: their version is never overwritten. */
const mostAttempts = 8;

/** Replicas are for autoscalers and people to change meanwhile, where they were not applied from here. */
function remaining(former: KubeObject, now: KubeObject): Difference[] {
  const isOurs = numberAt(appliedBy(former, fieldManager), 'spec', 'replicas') !== null;
  const found = differences(restorable(former), restorable(now), 'whole').filter(
    ({ path }) => !(pathText(path) === 'spec.replicas' && (!isOurs || isScaledByOthers(now))),
  );
  return withoutOthers(found, now);
}

function isScaledByOthers(now: KubeObject): boolean {
  return listAt(now, 'metadata', 'managedFields').some((entry) => textAt(entry, 'subresource') === 'scale');
}

function operationsFor(left: readonly Difference[], now: KubeObject): Json[] {
  const version = now.metadata.resourceVersion ?? '';
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: version },
    ...inPatchOrder(left).map(({ path, from, to }): Json => {
      const last = path.at(-1);
      const isNewElement = to === undefined && typeof last === 'object';
      const at = isNewElement ? `${pointer(path.slice(0, -1))}/-` : pointer(path);
      // `from` is what there was, `to` what there is.
      if (from === undefined) return { op: 'remove', path: at };
      return { op: to === undefined ? 'add' : 'replace', path: at, value: from };
    }),
  ];
}

/** Elements that go move those behind them: they go last, and the last of them first. */
function inPatchOrder(left: readonly Difference[]): Difference[] {
  const indexOf = ({ path, from }: Difference): number => {
    const last = path.at(-1);
    return from === undefined && typeof last === 'object' ? last.index : -1;
  };
  return [...left].sort((a, b) => {
    const [first, second] = [indexOf(a), indexOf(b)];
    return (first < 0 ? -1 : 0) - (second < 0 ? -1 : 0) || second - first;
  });
}

/**
 * A patch makes this manager own the fields a second time, as an update, and the next apply would conflict with that: the
 * entry is taken out again.
 */
async function withoutOwnUpdates(
  api: KubeApi,
  { resource, namespace, name }: Omit<FormerObject, 'former'>,
  object: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  const own = ownUpdates(object);
  if (own.length === 0) return object;
  const kept = listAt(object, 'metadata', 'managedFields').filter((entry) => !own.includes(entry));
  const operations = [
    { op: 'test', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion ?? '' },
    { op: 'replace', path: '/metadata/managedFields', value: kept },
  ];
  return api.patch(resource, namespace, name, operations, signal);
}

function ownUpdates(object: KubeObject): Json[] {
  return listAt(object, 'metadata', 'managedFields').filter(
    (entry) => textAt(entry, 'manager') === fieldManager && textAt(entry, 'operation') === 'Update',
  );
}
