/** What goes wrong, and when. */

import type { Stage } from './state.ts';
import type { FailureName, TaskFailure } from './task-failures.ts';

/** What becomes of a task. */
export type Fate =
  | { readonly kind: 'runs' }
  /** It stays PENDING for ever. */
  | { readonly kind: 'pending' }
  /** It runs and is never healthy; nothing stops it. */
  | { readonly kind: 'unhealthy' }
  /** It dies; `afterMs` in place of the time of the failure's own. */
  | {
      readonly kind: 'dies';
      readonly of: FailureName | TaskFailure;
      readonly afterMs?: number;
      readonly logLines?: readonly string[];
    }
  /** The scheduler finds no place; the events say it, and no task is made. */
  | { readonly kind: 'unplaced'; readonly reason?: string };

export interface FateRule {
  /**
   * Tasks of which revision: those that were there when the simulator began (`old`; it is about tasks that are started
   * later), all others (`new`), or as a function says.
   */
  readonly of: 'new' | 'old' | ((task: StartedTask) => boolean);
  readonly fate: Fate;
  /** Only the first so many tasks of each deployment. Default: all. */
  readonly first?: number;
}

export interface StartedTask {
  readonly service: string;
  readonly taskDefinition: string;
  readonly images: readonly string[];
  /** Of its deployment, from 1. */
  readonly number: number;
}

/** What a Lambda function at a stage answers. `silent`: it never does. */
export type HookAnswer = 'SUCCEEDED' | 'FAILED' | 'invalid' | 'silent';

export interface Happening {
  readonly when:
    | { readonly afterMs: number; readonly since?: 'start' | 'deployment' }
    /** As soon as a service deployment is in that stage. */
    | { readonly stage: Stage; readonly step?: number };
  readonly do: (others: Others) => void;
}

export interface Scenario {
  /** The first rule that fits decides; default: tasks run and are healthy. */
  readonly fates?: readonly FateRule[];
  /** By stage; default: SUCCEEDED after ten seconds. */
  readonly hooks?: Readonly<Partial<Record<Stage, HookAnswer>>>;
  /** Happen once each, in virtual time. `deployment`: since the last call of UpdateService that started one. */
  readonly happenings?: readonly Happening[];
  /** So many reads after each write still show the state before it. */
  readonly staleReads?: number;
  /** Virtual milliseconds that go by before each call; for code whose clock is not the simulator's. Default: none. */
  readonly msPerCall?: number;
}

/** What others do to the account meanwhile, and what happens in it by itself. */
export interface Others {
  /** Somebody deploys that image (a new revision of the service's family), or that task definition. */
  deploy(service: string, what: { readonly image: string } | { readonly taskDefinition: string }): void;
  scale(service: string, desiredCount: number): void;
  deleteService(service: string): void;
  /** Of a service: the running task that is the oldest dies, by default by a spot interruption. */
  killTask(service: string, how?: FailureName): void;
  setAlarm(name: string, value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'): void;
  /** Somebody ends what goes on: StopServiceDeployment with ROLLBACK. */
  rollBack(service: string): void;
  deregisterTaskDefinition(reference: string): void;
  log(group: string, stream: string, message: string): void;
  event(service: string, message: string): void;
}
