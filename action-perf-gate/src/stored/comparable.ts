/** Whether an earlier run may be compared with this one: only like with like. */

import type { Environment, LoadRecord } from '../types.ts';
import { engineVersion, type StoredRun } from './record.ts';

/** This run, as far as a comparison needs it. */
export interface CurrentRun {
  readonly environment: Pick<Environment, 'cpu' | 'cores' | 'node' | 'architecture'>;
  readonly load: LoadRecord;
}

/** What forbids the comparison, a sentence without full stop each; empty: nothing does. */
export function obstacles(stored: StoredRun, current: CurrentRun): string[] {
  const found: string[] = [];
  const same = (what: string, then: string | number, now: string | number): void => {
    if (then !== now) found.push(`${what} was ${then}, and is ${now}`);
  };
  if (stored.void !== null) found.push(`the earlier run was void: ${stored.void}`);
  if (stored.wasDuet) found.push('in the earlier run a second service was under load beside it');
  const [before, after] = [stored.environment, current.environment];
  same('the processor', before.cpu, after.cpu);
  same('the number of cores', before.cores, after.cores);
  same('the architecture', before.architecture, after.architecture);
  same('Node', majorOf(before.node), majorOf(after.node));
  same('the version of the generator', stored.estimates.engine, engineVersion);
  const [then, now] = [stored.load, current.load];
  same('the shape of arrivals', then.arrivals, now.arrivals);
  same('the load', stagesText(then), stagesText(now));
  same('the warm-up', `${then.warmup_seconds} s`, `${now.warmup_seconds} s`);
  same('`connections`', then.connections, now.connections);
  same('the timeout', timeText(then), timeText(now));
  same('`expect`', then.expect.join(', '), now.expect.join(', '));
  if (then.digest !== now.digest) found.push('other requests were sent');
  return found;
}

/** What to bear in mind though the runs may be compared. */
export function remarks(stored: StoredRun, current: CurrentRun): string[] {
  return stored.load.seed === current.load.seed
    ? []
    : ['the seed differs, and with it the moments at which requests were due'];
}

const majorOf = (version: string): string => version.replace(/^v/, '').split('.')[0] ?? version;

const stagesText = ({ stages }: LoadRecord): string =>
  stages.map(({ per_second, seconds }) => `${per_second}/s for ${seconds} s`).join(', ');

const timeText = ({ timeout }: LoadRecord): string => `${timeout} ms`;
