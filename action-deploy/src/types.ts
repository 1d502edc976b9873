/** The words of the deploy action, and what its parts ask of each other. */

import type { Judged } from '../../core/gate/types.ts';
import type { Log } from '../../core/report/log.ts';

/** How a run ended. Only the first three are a pass. */
export type Outcome =
  | 'succeeded'
  | 'unchanged'
  | 'planned'
  /** The former state runs again, and was seen to. */
  | 'rolled-back'
  /** Neither the new state nor the former one is known to run. */
  | 'rollback-failed'
  /** Ended badly, and was left as it is. */
  | 'failed'
  | 'timed-out'
  /** A newer deployment of somebody else took its place. */
  | 'superseded';

/** What went wrong, in the order in which it was found; the first one is the root. */
export interface Cause {
  /**
   * What kind of thing told it; the earlier in this list, the nearer to the root: a unit that died, an event of the
   * platform, an alarm or an analysis, the deadline.
   */
  readonly source:
    | 'unit'
    | 'event'
    | 'alarm'
    | 'analysis'
    | 'platform'
    | 'deadline'
    | 'cancelled'
    /** A gate's result or the image scan: nothing was begun. */
    | 'evidence';
  /** The platform's own word: `OOMKilled`, `ImagePullBackOff`, `ResourceInitializationError`, … */
  readonly reason: string;
  /** One line that stands alone: what, where, why. No secrets. */
  readonly text: string;
  /** Last lines of the log of what died, oldest first; empty where they could not be read. */
  readonly logLines: readonly string[];
}

/** Something that happened while the rollout went on; the log tells it at once, the report as a timeline. */
export interface TimelineEvent {
  /** ISO 8601, as the platform tells it; else when it was seen. */
  readonly at: string;
  readonly kind: 'step' | 'progress' | 'warning' | 'failure' | 'analysis' | 'rollback';
  /** Of what: `service web`, `task 1f3c`, `pod web-6d4-x2`; empty for the rollout itself. */
  readonly subject: string;
  readonly text: string;
}

/** One difference between what runs and what would run. */
export interface Change {
  /** Where: `containerDefinitions[app].image`, `Deployment/web spec.template.spec.containers[app].image`. */
  readonly place: string;
  /** As JSON would write it, short; null: not there. Values of secrets are never shown. */
  readonly from: string | null;
  readonly to: string | null;
}

/** What runs, or would run. */
export interface Revision {
  /** As the platform names it: `web:41`, `revision 7`; null where it gets its name when it is made. */
  readonly name: string | null;
  /** Of each container that runs an image: reference by digest where it is known. */
  readonly images: readonly { readonly container: string; readonly image: string }[];
  /** Tasks or pods that are wanted. */
  readonly desired: number | null;
}

/** What would happen. Making one changes nothing. */
export interface Plan {
  /** One line: `service web of cluster prod: web:41 with api@sha256:1f3c… in place of api@sha256:77aa…` */
  readonly headline: string;
  /** There is nothing to do: what runs is what is wanted, and it runs well. */
  readonly unchanged: boolean;
  readonly changes: readonly Change[];
  readonly before: Revision | null;
  readonly after: Revision;
  /** Name of the rollout of just this plan that an earlier run started and that is under way: it is taken up. */
  readonly inProgress: string | null;
  /** Of what runs now. */
  readonly current: Rollout['ids'];
  /** How the platform changes over: `rolling`, `blue-green`, `canary` or `linear`. */
  readonly strategy: string;
  /** What the platform itself waits in any case, in milliseconds: a rollout cannot end earlier. */
  readonly leastMs: number;
  /** What runs now, in one line, counted. */
  readonly left: string;
  /** Set where nothing is to be done and yet what runs proves nothing, as `Rollout.unproven`. */
  readonly unproven: string | null;
  readonly notices: readonly string[];
}

/** A task or a pod, as it was seen last. */
export interface Unit {
  readonly name: string;
  /** Of the new revision, or of the one before. */
  readonly revision: 'new' | 'old';
  /** The platform's word: `RUNNING`, `STOPPED`, `Pending`, … */
  readonly state: string;
  readonly healthy: boolean;
  /** Why it is not; null: it is, or nothing is known. */
  readonly reason: string | null;
  /** ISO 8601 */
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
}

export interface Rollback {
  /** Who did it: the platform (a circuit breaker, an alarm) or this action. */
  readonly by: 'platform' | 'action';
  /** Seen to run as before. */
  readonly verified: boolean;
  /** One line: what was restored, or why it could not be. */
  readonly text: string;
}

/** How a rollout ended. */
export interface Rollout {
  readonly outcome: Exclude<Outcome, 'planned'>;
  /** Empty where the outcome is a good one. */
  readonly causes: readonly Cause[];
  readonly units: readonly Unit[];
  readonly rollback: Rollback | null;
  /** What runs now, in one line; always true of the moment in which it was read. */
  readonly left: string;
  readonly ids: {
    /** Of the platform: ARN of the ECS service deployment; `Deployment/web@7` for Kubernetes. Null: none was started. */
    readonly deployment: string | null;
    readonly taskDefinitionArn: string | null;
    readonly revision: string | null;
  };
  /** Set where the rollout ended well but proved nothing, as with no task or pod wanted: the verdict is inconclusive. */
  readonly unproven: string | null;
  readonly notices: readonly string[];
}

/** Where an image is brought to. `plan` comes first; `roll` takes what it gave. */
export interface Target<P extends Plan = Plan> {
  /** @throws RunError or InputError when what is asked for cannot be found or read. */
  plan(image: ResolvedImage, world: World): Promise<P>;
  /**
   * Starts the rollout, or takes up the one that is in progress, and returns when its outcome is known. Does not throw for
   * what goes wrong with the rollout; throws RunError only where nothing was changed.
   */
  roll(plan: P, image: ResolvedImage, world: RollingWorld): Promise<Rollout>;
  /** What the image must be built for; null: the target does not tell. Asked before `plan`. */
  platforms(world: World): Promise<readonly Platform[] | null>;
}

export interface Platform {
  readonly os: string;
  /** As the image specification has it: amd64, arm64. */
  readonly architecture: string;
}

/** What parts may use of the world; passed in, so that tests decide it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; paths in messages are relative to it. */
  readonly workspace: string;
  readonly log: Log;
  readonly clock: () => Date;
  /** Ends early, without an error, when the signal does. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when the job is cancelled (SIGINT, SIGTERM): say what is left, roll back as `rollback` says, end soon. */
  readonly signal: AbortSignal;
}

export interface RollingWorld extends World {
  /** Tells the log at once, and the timeline of the report. */
  readonly tell: (event: Omit<TimelineEvent, 'at'> & { readonly at?: string }) => void;
  /** When the rollout must have ended; a rollback has its own time after it. */
  readonly deadline: Date;
  /** The input `rollback`. */
  readonly rollback: boolean;
  /**
   * How long the new units run before the last judgement of `analysis`, in milliseconds, where the platform itself bakes
   * nothing. When the deadline comes earlier the judgement is `cutShort`.
   */
  readonly bakeMs: number;
  readonly analysis: Analysis | null;
}

/** Judges the new revision between steps by what Prometheus says. */
export interface Analysis {
  /**
   * `stage`: where in the rollout, for the records: `after 10% of the traffic`, `before the old revision goes`.
   * `cutShort`: why it is judged before its time was over (`after 40 s of a bake time of 5 min`); such a round never
   * promotes. Never throws.
   */
  judge(stage: string, world: World, cutShort?: string): Promise<AnalysisRound>;
}

export interface AnalysisRound {
  readonly stage: string;
  /** ISO 8601 */
  readonly at: string;
  /** Promotes only when each line that is not a `warn:` one is a pass. */
  readonly promote: boolean;
  readonly lines: readonly {
    readonly check: string;
    readonly value: number | null;
    readonly verdict: 'pass' | 'fail' | 'inconclusive';
    readonly reason: string;
  }[];
}

/** The image that is deployed, by its digest. */
export interface ResolvedImage {
  /** As it was given. */
  readonly given: string;
  /** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api`, `ghcr.io/octo/api`, `docker.io/library/nginx` */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:…` of what the reference names: an index where there is one. */
  readonly digest: string;
  /** `repository@digest` */
  readonly reference: string;
  readonly platforms: readonly Platform[];
  readonly scan: ScanFindings | null;
}

export interface ScanFindings {
  /** `basic` or `enhanced`, as the registry says. */
  readonly kind: string;
  /** By severity, as the registry names them in lower case: critical, high, medium, low, informational, undefined. */
  readonly counts: Readonly<Record<string, number>>;
  /** The gravest first, at most 20. */
  readonly gravest: readonly {
    readonly id: string;
    readonly severity: string;
    readonly package: string | null;
    readonly uri: string | null;
  }[];
  /** ISO 8601; null: not told. */
  readonly finishedAt: string | null;
}

/** A gate's result document that was looked at. */
export interface EvidenceRecord {
  /** Relative to the workspace. */
  readonly path: string;
  readonly action: string | null;
  readonly verdict: string | null;
  readonly commit: string | null;
  /** `sha256:…` of the file. */
  readonly digest: string | null;
  readonly finishedAt: string | null;
  readonly accepted: boolean;
  /** One line: why it counts, or why not. */
  readonly reason: string;
}

/** `details` of the result document. */
export interface DeployDetails {
  readonly outcome: Outcome;
  readonly target: 'ecs' | 'kubernetes';
  /** One line; null where the outcome is a good one. */
  readonly cause: string | null;
  readonly causes: readonly Cause[];
  readonly image: Omit<ResolvedImage, 'scan'> | null;
  readonly scan: ScanFindings | null;
  readonly plan: Omit<Plan, 'strategy' | 'leastMs' | 'left' | 'unproven'> | null;
  readonly strategy: string;
  readonly evidence: readonly EvidenceRecord[];
  readonly analysis: readonly AnalysisRound[];
  readonly timeline: readonly TimelineEvent[];
  readonly units: readonly Unit[];
  readonly rollback: Rollback | null;
  readonly left: string;
  readonly ids: Rollout['ids'];
  /** Of GitHub; null where none was made. */
  readonly deployment: {
    readonly id: number;
    readonly environment: string;
    readonly url: string | null;
  } | null;
}

/** Checks that a part gives to the verdict, beside what it records. */
export interface Checked<Record> {
  readonly record: Record;
  readonly judged: readonly Judged[];
}
