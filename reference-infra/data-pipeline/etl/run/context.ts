/** What the parts of a run are given. */

import { join } from 'node:path';
import type { Pipeline } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { Database } from '../postgres/database.ts';
import type { Progress } from '../progress/progress.ts';
import { digestOf } from './digest.ts';
import type { Durable } from './durable.ts';

export interface RunContext {
  readonly pipeline: Pipeline;
  readonly runId: string;
  /** Absolute; below it `work/` for what is not finished, `stage/` for what is. */
  readonly folder: string;
  /** Absolute: sources are relative to it. */
  readonly data: string;
  readonly engine: Engine;
  readonly durable: Durable;
  readonly progress: Progress;
  /** Opened when it is first needed, once for each variable. */
  readonly database: (variable: string) => Promise<Database>;
  /** Seconds, from any start. */
  readonly now: () => number;
}

/** Moves a finished file of `work/` to where it lasts; gives its name in the run's folder, with its digest. */
export async function keep(
  { folder, durable }: RunContext,
  file: string,
  target: string,
): Promise<{ readonly file: string; readonly digest: string }> {
  durable.move(join(folder, file), join(folder, target));
  return { file: target, digest: (await digestOf(join(folder, target))).digest };
}
