/** A plan for ECS: what is shown of it, and what the rollout needs beside that. */

import type { Change, Plan, Revision, Rollout } from '../types.ts';
import type { History } from './history.ts';
import type { JsonObject } from './json.ts';
import type { Deployment, Service } from './model.ts';

/** What `roll` needs of a plan beside what is shown. */
export interface Work {
  readonly service: Service;
  /** Of the deployment that was the newest when the plan was made. */
  readonly primary: Deployment;
  /** What is to be registered. It holds values of variables: never shown, never written. */
  readonly definition: JsonObject;
  readonly container: string;
  /** ARN of a revision with just this content; null: none is registered yet. */
  readonly registered: string | null;
  /** ARN of the task definition that ran well before; null: none is known. */
  readonly former: string | null;
  /** Deployment configuration to set; null: it stays. */
  readonly configuration: JsonObject | null;
  readonly history: History;
}

/** Only the shown part is enumerable: results and logs get nothing else. */
export class EcsPlan implements Plan {
  readonly headline: string;
  readonly unchanged: boolean;
  readonly changes: readonly Change[];
  readonly before: Revision | null;
  readonly after: Revision;
  readonly inProgress: string | null;
  readonly current: Rollout['ids'];
  readonly strategy: string;
  readonly leastMs: number;
  readonly left: string;
  readonly unproven: string | null;
  readonly notices: readonly string[];
  readonly #work: Work;

  constructor(shown: Plan, work: Work) {
    this.headline = shown.headline;
    this.unchanged = shown.unchanged;
    this.changes = shown.changes;
    this.before = shown.before;
    this.after = shown.after;
    this.inProgress = shown.inProgress;
    this.current = shown.current;
    this.strategy = shown.strategy;
    this.leastMs = shown.leastMs;
    this.left = shown.left;
    this.unproven = shown.unproven;
    this.notices = shown.notices;
    this.#work = work;
  }

  get work(): Work {
    return this.#work;
  }
}
