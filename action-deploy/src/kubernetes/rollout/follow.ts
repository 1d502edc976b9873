/** Looks at workloads until their rollout has ended one way or the other. */

import type { RollingWorld } from '../../types.ts';
import { ApiFailure, at, fieldManager, type KubeObject, listAt, numberAt, textAt } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { nameOf } from '../state/comparable.ts';
import { diagnose, type Suspicion } from './diagnose.ts';
import { refusedPods } from './platform-trouble.ts';
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
      const confirmed = (await refresh(workloads)) ? looker.look() : null;
      if (confirmed?.complete === workloads.length) return { is: 'complete' };
    }
    const left = deadline.getTime() - clock().getTime();
    if (left <= 0) return { is: 'timed-out', suspicions: [...look.others, ...looker.troubles()] };
    await wake.pause(sleep, Math.min(patience.tickMs, left), signal);
    await sleep(Math.min(burstMs, left), signal);
  }
}

async function refresh(workloads: readonly Followed[]): Promise<boolean> {
  return Promise.all(workloads.map(({ sight }) => sight.refresh())).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApiFailure) return false;
      throw error;
    },
  );
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
    const now = this.options.clock().getTime();
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
      if (this.settling.isSettled(followed, progress.is === 'complete', this.options, now)) complete += 1;
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

/** How long pods have been complete without a restart. */
class Settling {
  private readonly since = new Map<Sight, { restarts: number; at: number }>();

  isSettled(
    { sight }: Followed,
    isComplete: boolean,
    { since, patience }: FollowOptions,
    now: number,
  ): boolean {
    if (!isComplete || sight.object === null) {
      this.since.delete(sight);
      return false;
    }
    // Pods from before this rollout have run for long.
    const made = sight.units.fresh.filter(({ createdAt }) => createdAt >= since);
    const restarts = made.flatMap(({ containers }) => containers).reduce((sum, one) => sum + one.restarts, 0);
    const known = this.since.get(sight);
    const held = known?.restarts === restarts ? known : { restarts, at: now };
    this.since.set(sight, held);
    const isCertain = made.length === 0 || (restarts === 0 && isProbed(sight.object));
    const minReady = (numberAt(sight.object, 'spec', 'minReadySeconds') ?? 0) * 1000;
    return isCertain || now - held.at >= patience.settleMs - minReady;
  }
}

/** Ready means more than running, for each container. */
export function isProbed(workload: KubeObject): boolean {
  const containers = listAt(workload, 'spec', 'template', 'spec', 'containers');
  return containers.every((container) => at(container, 'readinessProbe') !== undefined);
}

function none(superseded: string): Look {
  return { certain: [], others: [], complete: 0, superseded };
}

/**
 * When something of it was changed from here last, by the server's clock: a Deployment keeps the condition of a former rollout
 * until it comes on with this one.
 */
function appliedAt(applied: KubeObject): string {
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
