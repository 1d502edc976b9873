/** Which lives can speak of a metric: those with too few responses are pooled with their neighbours. */

import { formatCount } from '../../../core/gate/index.ts';
import { fewestForSignedRank } from '../../../core/stats/index.ts';
import { type DuetMetric, isLatency, quantileOf } from './metrics.ts';
import { type ArmReading, type LifeReading, poolArm } from './reading.ts';

/**
 * Lives, neighbours pooled where one has too few responses for the quantile: at least one beyond it is expected in each
 * group. At a level of 95% there must be six groups: of 16 lives in pairs, 10 responses of each life for p95, 50 for p99,
 * 500 for p999.
 */
export function groupsFor(
  metric: DuetMetric,
  readings: readonly LifeReading[],
  level: number,
): readonly LifeReading[] | { readonly missing: string } {
  const fewest = fewestForSignedRank(level);
  if (!isLatency(metric) || readings.length < fewest) return readings;
  const least = Math.round(1 / (1 - (quantileOf(metric) ?? 0)));
  const enough = (arm: ArmReading): boolean => arm.latencyMs.length >= least;
  const largest = Math.floor(readings.length / fewest);
  for (let size = 1; size <= largest; size++) {
    const groups = inGroups(readings, size);
    if (groups.every(([baseline, candidate]) => enough(baseline) && enough(candidate))) return groups;
  }
  const [baseline, candidate] = ([0, 1] as const).map((side) =>
    readings.reduce((sum, reading) => sum + reading[side].latencyMs.length, 0),
  );
  const needed = readings.length * Math.ceil(least / largest);
  return {
    missing: `${metric} cannot be compared: it needs ${formatCount(needed)} responses of each service, evenly over all lives, and the services gave ${formatCount(baseline ?? 0)} and ${formatCount(candidate ?? 0)}`,
  };
}

/** Fewer may all fail by chance. */
const fewestDue = 5;

/** A life in which a service answered nothing as expected: the others must not speak for it. */
export function deadLife(
  readings: readonly LifeReading[],
): { readonly index: number; readonly side: 0 | 1 } | null {
  for (const [index, life] of readings.entries()) {
    for (const side of [0, 1] as const) {
      const { failed, latencyMs } = life[side];
      if (failed.length >= fewestDue && latencyMs.length === 0) return { index, side };
    }
  }
  return null;
}

/** Neighbours pooled, `size` and more in each. */
function inGroups(readings: readonly LifeReading[], size: number): readonly LifeReading[] {
  if (size === 1) return readings;
  const count = Math.floor(readings.length / size);
  return Array.from({ length: count }, (_, group): LifeReading => {
    const part = readings.slice(
      Math.floor((group * readings.length) / count),
      Math.floor(((group + 1) * readings.length) / count),
    );
    return [poolArm(part, 0), poolArm(part, 1)];
  });
}
