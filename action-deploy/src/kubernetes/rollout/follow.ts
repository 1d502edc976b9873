/** Looks at workloads until their rollout has ended one way or the other. */

import { type KubeObject, listAt, numberAt, textAt } from '../../../../core/kubernetes/index.ts';
import type { RollingWorld } from '../../types.ts';
import { ApiFailure, fieldManager } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { nameOf } from '../state/comparable.ts';
import { diagnose, type Suspicion } from './diagnose.ts';
import { refusedPods } from './platform-trouble.ts';
import { Settling } from './settling.ts';
import type { Sight } from './sight.ts';
import { type Progress, progressOf } from './status.ts';
import { type Expected, supersededBy } from './superseded.ts';

export interface Followed {
  readonly sight: Sight;
  readonly expected: Expected;
}

export type Ending =
  | { readonly is: 'complete' }
  /** What is certain comes first. */
  | { readonly is: 'failed'; readonly suspicions: readonly Suspicion[] }
  | { readonly is: 'timed-out'; readonly suspicions: readonly Suspicion[] }
  | { readonly is: 'cancelled' }
  | { readonly is: 'superseded'; readonly text: string };

export interface FollowOptions {
  readonly workloads: readonly Followed[];
  /** When this rollout began, by the server's clock: ISO 8601. */
  readonly since: string;
  /** Pods that ran well before this time count without having to settle: ISO 8601, by the server's clock. */
  readonly settleSince: string;
  readonly deadline: Date;
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly clock: () => Date;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly tell: RollingWorld['tell'];
  /** Where set, what is complete goes on being looked at until this is settled. */
  readonly until?: Promise<unknown>;
  readonly wake: Wake;
}

/** Ends a pause early: something has changed. */
export class Wake {
  private ring = new AbortController();

  readonly changed = (): void => this.ring.abort();

  /** Returns after the time, at the signal, or when something has changed since the last pause. */
  async pause(
    sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<void> {
    await sleep(milliseconds, AbortSignal.any([this.ring.signal, signal]));
    this.ring = new AbortController();
  }
}

/** Changes come in bursts: one look for all of them. */
const burstMs = 50;

export async function follow(options: FollowOptions): Promise<Ending> {
  const { workloads, deadline, signal, patience, clock, sleep, wake } = options;
  const looker = new Looker(options);
  let isDone = options.until === undefined;
  void options.until?.then(
    () => {
      isDone = true;
      wake.changed();
    },
    () => {
      isDone = true;
      wake.changed();
    },
  );
  for (;;) {
    if (signal.aborted) return { is: 'cancelled' };
    const look = looker.look();
    if (look.superseded !== null) return { is: 'superseded', text: look.superseded };
    if (look.certain.length > 0) return { is: 'failed', suspicions: [...look.certain, ...look.others] };
    if (look.complete === workloads.length && isDone) {
      // A success is told of what is there, and not of what a watch has told so far.
      const confirmed = (await refresh(options)) ? looker.look() : null;
      if (confirmed?.complete === workloads.length) return { is: 'complete' };
    }
    const left = deadline.getTime() - clock().getTime();
    if (left <= 0) return { is: 'timed-out', suspicions: [...look.others, ...looker.troubles()] };
    await wake.pause(sleep, Math.min(patience.tickMs, left), signal);
    await sleep(Math.min(burstMs, left), signal);
  }
}

/** False: not in time, or it could not be asked. */
async function refresh({ workloads, deadline, signal, clock, sleep }: FollowOptions): Promise<boolean> {
  const over = new AbortController();
  const left = Math.max(0, deadline.getTime() - clock().getTime());
  const timer = sleep(left, over.signal).then(() => over.abort());
  const bounded = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.all(workloads.map(({ sight }) => sight.refresh(bounded)));
    return true;
  } catch (error) {
    if (error instanceof ApiFailure) return false;
    throw error;
  } finally {
    over.abort();
    await timer;
  }
}

interface Look {
  readonly certain: readonly Suspicion[];
  readonly others: readonly Suspicion[];
  readonly complete: number;
  readonly superseded: string | null;
}

class Looker {
  private readonly options: FollowOptions;
  /** When each suspicion was seen first, in milliseconds. */
  private firstSeen = new Map<string, number>();
  private readonly told = new Map<string, string>();
  private readonly seen = new Set<Sight>();
  private readonly settling = new Settling();

  constructor(options: FollowOptions) {
    this.options = options;
  }

  look(): Look {
    const { clock, settleSince, patience } = this.options;
    const now = clock().getTime();
    const suspicions: Suspicion[] = [];
    const stuck: Suspicion[] = [];
    let complete = 0;
    for (const followed of this.options.workloads) {
      const { sight, expected } = followed;
      const { object, place } = sight;
      if (object === null) {
        // A watch that has not told of it yet is no deletion.
        if (!this.seen.has(sight)) continue;
        return none(`${nameOf(expected.applied)} was deleted by somebody else`);
      }
      this.seen.add(sight);
      const superseded = supersededBy(expected, object);
      if (superseded !== null) return none(superseded);
      // The watch has not told of what was applied yet.
      if ((object.metadata.generation ?? 0) < (expected.applied.metadata.generation ?? 0)) continue;
      const progress = progressOf(place.kind, object);
      this.tellProgress(followed, progress);
      if (progress.is === 'on-delete') complete += 1;
      const isComplete = progress.is === 'complete' && !hasFormerPods(sight, object);
      if (this.settling.isSettled(sight, isComplete, { begun: settleSince, patience, now })) complete += 1;
      suspicions.push(...this.suspicionsOf(followed));
      if (progress.is === 'stuck' && progress.at > (appliedAt(expected.applied) || this.options.since))
        stuck.push(stuckSuspicion(followed, progress));
    }
    this.remember(suspicions, now);
    const isCertain = ({ key, certainAfterMs }: Suspicion): boolean =>
      certainAfterMs !== null && now - (this.firstSeen.get(key) ?? now) >= certainAfterMs;
    const certain = suspicions.filter(isCertain);
    const others = suspicions.filter((suspicion) => !isCertain(suspicion));
    // The platform's own words come after what they come from.
    if (stuck.length > 0)
      return { certain: [...certain, ...others, ...stuck], others: [], complete, superseded: null };
    return { certain, others, complete, superseded: null };
  }

  /** What may have kept the truth from being seen. */
  troubles(): Suspicion[] {
    const [trouble] = this.options.workloads.flatMap(({ sight }) => sight.trouble ?? []);
    if (trouble === undefined) return [];
    return [
      {
        key: 'trouble',
        certainAfterMs: null,
        source: 'platform',
        reason: 'Unreachable',
        subject: '',
        text: trouble.message,
        log: null,
      },
    ];
  }

  private suspicionsOf({ sight }: Followed): Suspicion[] {
    const { since, patience } = this.options;
    const { object, place, events } = sight;
    if (object === null) return [];
    const refused = refusedPods(place.kind, object, sight.newestSet, events, since, patience);
    const found = diagnose(sight.units.fresh, events, since, patience);
    return refused === null ? found : [...found, refused];
  }

  private remember(suspicions: readonly Suspicion[], now: number): void {
    // What has passed begins anew when it comes back.
    const kept = new Map<string, number>();
    for (const { key, reason, subject, text } of suspicions) {
      kept.set(key, this.firstSeen.get(key) ?? now);
      if (this.told.get(key) === undefined)
        this.options.tell({
          kind: 'warning',
          subject,
          text: text.includes(reason) ? text : `${reason}: ${text}`,
        });
      this.told.set(key, text);
    }
    this.firstSeen = kept;
  }

  private tellProgress({ expected }: Followed, progress: Progress): void {
    if (progress.is !== 'going' && progress.is !== 'complete') return;
    const subject = nameOf(expected.applied);
    if (this.told.get(subject) === progress.text) return;
    this.told.set(subject, progress.text);
    this.options.tell({ kind: 'progress', subject, text: progress.text });
  }
}

/** The status of a StatefulSet counts new pods, and does not tell of a former one that has not gone yet. */
function hasFormerPods({ place, units }: Sight, object: KubeObject): boolean {
  if (place.kind !== 'StatefulSet') return false;
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const start = numberAt(object, 'spec', 'ordinals', 'start') ?? 0;
  return units.former.some(({ name, leaving }) => !leaving && ordinalOf(name) - start >= partition);
}

function ordinalOf(pod: string): number {
  return Number(pod.slice(pod.lastIndexOf('-') + 1));
}

function none(superseded: string): Look {
  return { certain: [], others: [], complete: 0, superseded };
}

/**
 * When something of it was changed from here last, by the server's clock: a Deployment keeps the condition of a former rollout
 * until it comes on with this one.
 */
export function appliedAt(applied: KubeObject): string {
  const times = listAt(applied, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'manager') === fieldManager)
    .map((entry) => textAt(entry, 'time'));
  return times.sort().at(-1) ?? '';
}

function stuckSuspicion({ expected }: Followed, progress: Extract<Progress, { is: 'stuck' }>): Suspicion {
  return {
    key: `${expected.applied.metadata.uid}//${progress.reason}`,
    certainAfterMs: 0,
    source: 'platform',
    reason: progress.reason,
    subject: nameOf(expected.applied),
    text: `${progress.reason}: ${progress.text}`,
    log: null,
  };
}
