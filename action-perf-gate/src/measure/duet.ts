/** Baseline and candidate under one schedule: their lives, those that may be judged, and the checks against the baseline. */

import { formatCount } from '../../../core/gate/index.ts';
import type { Check, Measurement } from '../../../core/gate/types.ts';
import { requestNameOf } from '../catalogue.ts';
import { compareDuet, type DuetPlan, type LifeReading, measureDuet, readLife } from '../duet/index.ts';
import type { Config } from '../inputs/index.ts';
import type { Life, Runs } from '../run/index.ts';
import type { PerfDetails } from '../types.ts';
import { placesByName } from './reading.ts';

export interface Duet {
  /** Those in which the generator kept its schedule. */
  readonly lives: readonly Life[];
  /** Why too few of them are left; null: there are enough. */
  readonly void: string | null;
  readonly measure: (check: Check) => Measurement;
  readonly record: NonNullable<PerfDetails['duet']>;
  readonly notices: readonly string[];
}

const level = 0.95;
/** With fewer lives an interval says hardly anything. */
const fewestLives = 4;

export function readDuet(config: Config, runs: Runs, plan: DuetPlan): Duet {
  const sound = runs.lives.filter(({ load }) => load.health.void === null);
  const enough = plan.restarts
    ? sound.length >= Math.min(fewestLives, runs.lives.length)
    : sound.length === runs.lives.length;
  const lives = enough ? sound : runs.lives;
  const [reason] = runs.lives.flatMap(({ load }) => load.health.void ?? []);
  const left = runs.lives.length - lives.length;
  const options = { restarts: plan.restarts, level };
  const places = placesByName(config.requests.templates.map(({ name }) => name));
  const readings = (name: string | null): LifeReading[] =>
    lives.flatMap((life) => readingsOf(plan, life, name === null ? null : (places.get(name) ?? new Set())));
  const comparison = compareDuet(readings(null), options);
  return {
    lives,
    void: enough ? null : (reason ?? 'no life is left'),
    measure: (check) => {
      const name = check.selector === null ? null : requestNameOf(check.selector);
      return measureDuet(check, readings(name), options);
    },
    record: { ...comparison, lives: lives.length, left_out: left },
    notices: [
      ...comparison.notices,
      ...(left === 0
        ? []
        : [
            `${formatCount(left)} of ${formatCount(runs.lives.length)} lives are left out: in them ${reason}`,
          ]),
    ],
  };
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
