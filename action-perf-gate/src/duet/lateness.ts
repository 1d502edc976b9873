/**
 * What a generator that finds no core does to a comparison. It takes requests up late, which is left out: latencies are
 * compared from the moment it took them up. It sees their ends late as well, which stands in them and makes two services look
 * more alike than they are: 10% of 20 ms are 9% of 22 ms.
 */

import { sampleQuantile } from '../../../core/stats/index.ts';
import type { Contrast } from './contrast.ts';
import { type DuetMetric, metricValue, promptValue } from './metrics.ts';
import type { ArmReading, LifeReading } from './reading.ts';

/** Beyond, latencies are more of the generator than of the services. */
export const mostOfGenerator = 0.5;

/**
 * The part of a compared latency that is the generator's: as much as its lateness in taking requests up adds to it, as it is
 * as late for their ends; the median over lives. 0 for metrics that are no latency.
 */
export function generatorShare(metric: DuetMetric, groups: readonly LifeReading[]): number {
  const shares = groups.map((life) => {
    const total = (of: (metric: DuetMetric, arm: ArmReading) => number | null): number =>
      life.reduce((sum, arm) => sum + (of(metric, arm) ?? Number.NaN), 0);
    const prompt = total(promptValue);
    const share = (total(metricValue) - prompt) / prompt;
    return share > 0 ? Math.min(1, share) : 0;
  });
  return sampleQuantile(
    shares.sort((a, b) => a - b),
    0.5,
  );
}

/** (c + g) / (b + g) - 1 is (c / b - 1) (1 - share): ends and smallest change as they are without g, to the first order. */
export function undiluted(
  { value, interval, detectable }: Omit<Contrast, 'scale'>,
  share: number,
): Omit<Contrast, 'scale'> {
  const stretch = 1 / (1 - share);
  const low = Math.min(interval.low, stretch * interval.low);
  const high = Math.max(interval.high, stretch * interval.high);
  return { value, interval: { ...interval, low, high }, detectable: stretch * detectable };
}
