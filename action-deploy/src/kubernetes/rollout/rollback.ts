/** The way back: everything is put back, and the workloads are looked at until they run as before. */

import { type KubeObject, listAt, oneLine, textAt, workloadKind } from '../../../../core/kubernetes/index.ts';
import type { Rollback, RollingWorld } from '../../types.ts';
import { ApiFailure, type KubeApi, pods } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { nameOf } from '../state/comparable.ts';
import type { FormerObject, RolloutRecord } from '../state/record.ts';
import { appliedAt, type Ending, type Followed, follow, type Wake } from './follow.ts';
import { shown } from './keeping.ts';
import { type Restored, restoreOne } from './restore.ts';
import type { Sight } from './sight.ts';

export interface RollbackOptions {
  readonly api: KubeApi;
  readonly record: RolloutRecord;
  readonly sights: readonly Sight[];
  readonly namespace: string;
  readonly patience: Patience;
  readonly world: RollingWorld;
  readonly wake: Wake;
}

/** A moment before all calls are ended, so that what was seen last can be told. */
const marginMs = 500;

interface TimedOptions extends RollbackOptions {
  readonly until: Date;
}

export interface RolledBack {
  readonly rollback: Rollback;
  /** What runs now, in one line. */
  readonly left: string;
}

/** Never rejects. Has its own time, which is short once the job is cancelled. */
export async function rollBack(options: RollbackOptions): Promise<RolledBack> {
  const { world, patience } = options;
  const time = new AbortController();
  const isOver = world.sleep(patience.rollbackMs, time.signal).then(() => time.abort());
  const hurry = (): void => {
    void world.sleep(patience.cancelledMs, time.signal).then(() => time.abort());
  };
  if (world.signal.aborted) hurry();
  else world.signal.addEventListener('abort', hurry, { once: true });
  try {
    world.tell({ kind: 'rollback', subject: '', text: 'the former state is put back' });
    const until = new Date(world.clock().getTime() + patience.rollbackMs - marginMs);
    return await withinTime({ ...options, until }, time.signal);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    return failed(`the former state could not be put back: ${error.message}`);
  } finally {
    world.signal.removeEventListener('abort', hurry);
    time.abort();
    await isOver;
  }
}

async function withinTime(options: TimedOptions, signal: AbortSignal): Promise<RolledBack> {
  const { api, record, namespace, world } = options;
  const results: { one: FormerObject; result: Restored }[] = [];
  const marks = new Set([record.digest, ...record.earlier]);
  for (const one of inWayBack(record.objects))
    results.push({ one, result: await restoreOne(api, one, marks, signal) });
  for (const { one, result } of results) tell(one, result, namespace, world);
  const problems = results.flatMap(({ result }) =>
    result.is === 'failed' || result.is === 'left' ? [result.why] : [],
  );
  await freeStuckPods(options, results, signal);
  const states = results.flatMap(({ one, result }) => {
    const object =
      result.is === 'restored' ? result.object : result.is === 'untouched' ? result.object : null;
    return object !== null && workloadKind(object) !== null ? [{ one, object }] : [];
  });
  const ending = await untilRunning(options, states, signal);
  const gone = await untilGone(options, results, signal);
  const why = [...problems, ...(ending === null ? [] : [ending]), ...gone];
  if (why.length > 0) return failed(oneLine(why.join('; '), 600));
  const names = states.map(({ object }) => nameOf(object, namespace)).join(', ');
  const removed = results
    .filter(({ result }) => result.is === 'removed')
    .map(({ one }) => shown(one, namespace));
  const parts = [
    ...(names === '' ? [] : [`${names} ${states.length === 1 ? 'runs' : 'run'} as before`]),
    ...(removed.length === 0 ? [] : [`what was made is deleted: ${oneLine(removed.join(', '), 200)}`]),
  ];
  const text = parts.length === 0 ? 'everything is as before' : parts.join('; ');
  world.tell({ kind: 'rollback', subject: '', text });
  return { rollback: { by: 'action', verified: true, text }, left: text };
}

/** Configuration before the workloads that read it; what was made goes last, and in reverse. */
function inWayBack(objects: readonly FormerObject[]): FormerObject[] {
  const former = objects.filter((one) => one.former !== null);
  const isWorkload = (one: FormerObject): boolean => one.former !== null && workloadKind(one.former) !== null;
  return [
    ...former.filter((one) => !isWorkload(one)),
    ...former.filter(isWorkload),
    ...objects.filter((one) => one.former === null).reverse(),
  ];
}

function failed(text: string): RolledBack {
  return {
    rollback: { by: 'action', verified: false, text },
    left: `neither the new state nor the former one is known to run: ${text}`,
  };
}

function tell(one: FormerObject, result: Restored, namespace: string, { tell: say }: RollingWorld): void {
  const subject = shown(one, namespace);
  switch (result.is) {
    case 'restored':
      say({ kind: 'rollback', subject, text: 'put back' });
      break;
    case 'removed':
      say({ kind: 'rollback', subject, text: 'deleted, as it was made by this rollout' });
      break;
    case 'left':
    case 'failed':
      say({ kind: 'failure', subject, text: result.why });
      break;
    case 'untouched':
      break;
  }
}

/**
 * A StatefulSet waits for a pod that never becomes ready, even when its template has changed since; Kubernetes wants it to be
 * deleted by hand (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
 */
async function freeStuckPods(
  { api, sights }: RollbackOptions,
  results: readonly { readonly one: FormerObject; readonly result: Restored }[],
  signal: AbortSignal,
): Promise<void> {
  for (const { one, result } of results) {
    if (one.resource.kind !== 'StatefulSet' || result.is !== 'restored') continue;
    const sight = sights.find(({ place }) => place.namespace === one.namespace && place.name === one.name);
    const former = textAt(one.former ?? null, 'status', 'updateRevision');
    for (const pod of sight?.ownPods ?? []) {
      const isFormer = former !== '' && pod.metadata.labels?.['controller-revision-hash'] === former;
      const isReady = listAt(pod, 'status', 'conditions').some(
        (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
      );
      if (isFormer || isReady || pod.metadata.deletionTimestamp !== undefined) continue;
      await api.delete(pods, one.namespace, pod.metadata.name, pod.metadata.uid ?? null, signal);
    }
  }
}

/** What is over by now does not count against former pods. */
const never = '9999-12-31T23:59:59Z';

/** Null: all of them run. Else why not, as far as it is known. */
async function untilRunning(
  options: TimedOptions,
  states: readonly { readonly one: FormerObject; readonly object: KubeObject }[],
  signal: AbortSignal,
): Promise<string | null> {
  const { sights, patience, world, wake, record, namespace } = options;
  const workloads: Followed[] = [];
  const unwatched: string[] = [];
  for (const { one, object } of states) {
    const sight = sights.find(
      ({ place }) =>
        place.namespace === one.namespace && place.name === one.name && place.kind === one.resource.kind,
    );
    if (sight === undefined) unwatched.push(nameOf(object, namespace));
    else workloads.push({ sight, expected: { applied: object, digest: null } });
  }
  if (unwatched.length > 0)
    return `the former state was put back, but ${unwatched.join(', ')} cannot be watched`;
  if (workloads.length === 0) return null;
  const times = [record.startedAt, ...states.map(({ object }) => appliedAt(object))];
  const ending: Ending = await follow({
    workloads,
    since: never,
    settleSince: times.sort().at(-1) ?? record.startedAt,
    deadline: options.until,
    signal,
    patience,
    clock: world.clock,
    sleep: world.sleep,
    tell: world.tell,
    wake,
  });
  switch (ending.is) {
    case 'complete':
      return null;
    case 'superseded':
      return ending.text;
    case 'cancelled':
      return world.signal.aborted
        ? 'the former state was put back, but the job was cancelled before its pods were seen to run'
        : 'the former state was put back, but its pods did not run in time';
    case 'failed':
    case 'timed-out': {
      const [first] = ending.suspicions;
      const why = first === undefined ? '' : `: ${first.subject}, ${first.text}`;
      return `the former state was put back, but does not run${why}`;
    }
  }
}

const pauseMs = 250;

/** What was deleted and is still there at the end of the time. */
async function untilGone(
  { api, namespace, world }: RollbackOptions,
  results: readonly { readonly one: FormerObject; readonly result: Restored }[],
  signal: AbortSignal,
): Promise<string[]> {
  let waiting = results.filter(({ result }) => result.is === 'removed').map(({ one }) => one);
  while (waiting.length > 0) {
    const still: FormerObject[] = [];
    for (const one of waiting) {
      // Where it cannot be asked it is not known to be gone.
      const isGone = await api.get(one.resource, one.namespace, one.name, signal).then(
        (object) => object === null,
        () => false,
      );
      if (!isGone) still.push(one);
    }
    waiting = still;
    if (waiting.length === 0) break;
    if (signal.aborted) return waiting.map((one) => `${shown(one, namespace)} is not gone yet`);
    await world.sleep(pauseMs, signal);
  }
  return [];
}
