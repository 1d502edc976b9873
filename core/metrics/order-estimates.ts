/** Regression metrics that are order statistics of the absolute errors. */

import { moverDifference, quantileInterval, sampleQuantile } from '../stats/index.ts';
import type { Bounded, Prepared, Side } from './prepared.ts';

/** `errors`: absolute errors per row; not empty. */
export function prepareMedian(candidate: Float64Array, baseline: Float64Array | null): Prepared {
  const n = candidate.length;
  const sorted = { candidate: candidate.slice().sort(), baseline: (baseline ?? candidate).slice().sort() };
  const value = (side: Side): number => sampleQuantile(sorted[side], 0.5);
  const tooFew: Bounded = { none: `the interval of a median needs more than ${n} rows` };
  return {
    candidate: { defined: true, value: value('candidate'), n },
    baseline: baseline === null ? null : { defined: true, value: value('baseline'), n },
    notes: [],
    interval: (side, level) => quantileInterval(sorted[side], 0.5, level) ?? tooFew,
    contrast(factor, level) {
      const ours = quantileInterval(sorted.candidate, 0.5, level);
      const theirs = quantileInterval(sorted.baseline, 0.5, level);
      if (ours === null || theirs === null) {
        return tooFew;
      }
      // To first order a median moves with the number of errors above it (Bahadur 1966), so the medians are correlated
      // as the two events "above the median" are.
      const correlation = phi(candidate, value('candidate'), baseline ?? candidate, value('baseline'));
      return moverDifference(
        { value: value('candidate'), interval: ours },
        { value: value('baseline'), interval: theirs },
        factor,
        correlation,
      );
    },
  };
}

/** Correlation of x > a and y > b over the rows. */
function phi(x: Float64Array, a: number, y: Float64Array, b: number): number {
  const n = x.length;
  let first = 0;
  let second = 0;
  let both = 0;
  for (let i = 0; i < n; i++) {
    const above = (x[i] as number) > a;
    const otherAbove = (y[i] as number) > b;
    first += above ? 1 : 0;
    second += otherAbove ? 1 : 0;
    both += above && otherAbove ? 1 : 0;
  }
  const spread = Math.sqrt(first * (n - first) * second * (n - second));
  return spread === 0 ? 0 : (both * n - first * second) / spread;
}

/**
 * The maximum has a value but no interval: the bootstrap of a maximum does not converge (Bickel and Freedman 1981), and
 * no sample bounds the tail that it has not seen.
 */
export function prepareMaximum(candidate: Float64Array, baseline: Float64Array | null): Prepared {
  const n = candidate.length;
  const none = (): Bounded => ({
    none: 'no sample says how far beyond its largest error the next one may lie',
  });
  const largest = (errors: Float64Array): number => errors.reduce((most, error) => Math.max(most, error), 0);
  return {
    candidate: { defined: true, value: largest(candidate), n },
    baseline: baseline === null ? null : { defined: true, value: largest(baseline), n },
    notes: [],
    interval: none,
    contrast: none,
  };
}
