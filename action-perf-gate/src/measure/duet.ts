/** Baseline and candidate under one schedule: their lives, those that may be judged, and the checks against the baseline. */

import { formatCount } from '../../../core/gate/index.ts';
import type { Check, Measurement } from '../../../core/gate/types.ts';
import { requestNameOf } from '../catalogue.ts';
import {
  compareDuet,
  type DuetComparison,
  type DuetPlan,
  type LifeReading,
  measureDuet,
  readLife,
} from '../duet/index.ts';
import type { Config } from '../inputs/index.ts';
import type { Life, Runs } from '../run/index.ts';
import type { PerfDetails } from '../types.ts';
import { placesByName } from './reading.ts';

export interface Duet {
  /** Those in which the generator kept its schedule, for the numbers of each service by itself. */
  readonly lives: readonly Life[];
  /** Why these say nothing; null: they do. */
  readonly void: string | null;
  /** Why the services cannot be compared; null: they can. */
  readonly voidAgainst: string | null;
  readonly measure: (check: Check) => Measurement;
  readonly record: NonNullable<PerfDetails['duet']>;
  readonly notices: readonly string[];
}

const level = 0.95;
/** With fewer lives an interval says hardly anything. */
const fewestLives = 4;

/**
 * A late generator spoils the numbers of a service, but it is late for both: comparisons use its lives, and allow for how
 * late it was (`duet/contrast.ts`). Only where it had no ports or memory left, its failures are not the services'.
 */
export function readDuet(config: Config, runs: Runs, plan: DuetPlan): Duet {
  const onTime = runs.lives.filter(({ load }) => load.health.void === null);
  const enough = plan.restarts
    ? onTime.length >= Math.min(fewestLives, runs.lives.length)
    : onTime.length === runs.lives.length;
  const lives = enough ? onTime : runs.lives;
  const compared = runs.lives.filter(({ load }) => !load.health.exhausted);
  const [reason = null] = runs.lives.flatMap(({ load }) => load.health.void ?? []);
  const options = { restarts: plan.restarts, level };
  const places = placesByName(config.requests.templates.map(({ name }) => name));
  const known = new Map<string | null, LifeReading[]>();
  const readings = (name: string | null): LifeReading[] => {
    const requests = name === null ? null : (places.get(name) ?? new Set<number>());
    const found = known.get(name) ?? compared.flatMap((life) => readingsOf(plan, life, requests));
    known.set(name, found);
    return found;
  };
  const comparison = compareDuet(readings(null), options);
  const late = runs.lives.length - onTime.length;
  return {
    lives,
    void: enough ? null : reason,
    voidAgainst: compared.length === 0 ? reason : null,
    measure: (check) => {
      const name = check.selector === null ? null : requestNameOf(check.selector);
      return withSentence(measureDuet(check, readings(name), options), comparison);
    },
    record: { ...comparison, lives: compared.length, left_out: runs.lives.length - compared.length },
    notices: [
      ...comparison.notices,
      ...(late === 0
        ? []
        : [
            `in ${formatCount(late)} of ${formatCount(runs.lives.length)} lives ${reason?.split(':')[0]}; comparisons allow for it, other numbers ${enough ? 'leave these lives out' : 'are void'}`,
          ]),
    ],
  };
}

/** `p95 is 24% slower (20 to 27), 25.9 ms against 20.9 ms` is what a reader wants to know first. */
function withSentence(measurement: Measurement, { metrics }: DuetComparison): Measurement {
  const told = metrics.find(({ metric }) => metric === measurement.metric);
  if (told === undefined || told.change === null || measurement.selector !== null) return measurement;
  return { ...measurement, notes: [told.sentence, ...(measurement.notes ?? [])] };
}

function readingsOf(
  plan: DuetPlan,
  { load, tracks }: Life,
  requests: ReadonlySet<number> | null,
): LifeReading[] {
  return readLife(plan, load.samples, {
    cpu: [tracks[0] ?? null, tracks[1] ?? null],
    peakBytes: [tracks[0]?.peakBytes ?? null, tracks[1]?.peakBytes ?? null],
    ...(requests === null ? {} : { requests }),
  });
}
