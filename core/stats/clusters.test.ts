import { describe, expect, test } from 'vitest';
import { clusteredQuantileInterval, effectiveTrials, quantileInterval, Random } from './index.ts';

/** Clusters of 100 log-normal values; those of one cluster share a factor. */
function draw(clusters: number, sharedDeviation: number, random: Random): Float64Array[] {
  return Array.from({ length: clusters }, () => {
    const shared = sharedDeviation * random.normal();
    return Float64Array.from({ length: 100 }, () => Math.exp(0.5 * random.normal() + shared));
  });
}

describe('effective trials', () => {
  test('clusters that are all or nothing count as one trial each, less for being few', () => {
    const clusters = Array.from({ length: 20 }, (_, index) => ({
      successes: index % 2 ? 50 : 0,
      trials: 50,
    }));
    // The design effect is 50 * 20 / 19; z = 1.960, t = 2.093 with 19 degrees of freedom.
    expect(effectiveTrials(clusters, 0.95)).toBeCloseTo(
      ((1000 / 50) * (19 / 20) * 1.96 ** 2) / 2.093 ** 2,
      2,
    );
  });

  test('clusters that are more alike than chance count in full', () => {
    const clusters = Array.from({ length: 20 }, () => ({ successes: 5, trials: 50 }));
    expect(effectiveTrials(clusters, 0.95)).toBe(1000);
  });

  test('one cluster, and no success at all, count in full', () => {
    expect(effectiveTrials([{ successes: 5, trials: 50 }], 0.95)).toBe(50);
    expect(effectiveTrials(Array(9).fill({ successes: 0, trials: 50 }), 0.95)).toBe(450);
  });
});

describe('the interval of a quantile', () => {
  test('of one cluster is that of order statistics', () => {
    const values = Float64Array.from({ length: 500 }, (_, index) => (index * 7919) % 500);
    expect(clusteredQuantileInterval([values], 0.95, 0.95)).toEqual(
      quantileInterval(values.slice().sort(), 0.95, 0.95),
    );
  });

  test('does not exist where the values are too few, or none', () => {
    expect(clusteredQuantileInterval([new Float64Array(40).fill(1)], 0.95, 0.95)).toBeNull();
    expect(clusteredQuantileInterval([], 0.5, 0.95)).toBeNull();
  });

  test.each([
    [0.5, 1],
    [0.95, Math.exp(0.5 * 1.6449)],
  ])('holds the true %d quantile in 95 of 100 runs, values of a cluster alike or not', (quantile, single) => {
    for (const shared of [0, 0.25]) {
      const truth = single ** Math.hypot(1, shared / 0.5);
      let [held, naive] = [0, 0];
      const runs = 400;
      for (let run = 0; run < runs; run++) {
        const clusters = draw(20, shared, new Random(run, 9));
        const { low, high } = clusteredQuantileInterval(clusters, quantile, 0.95) ?? { low: 1, high: 0 };
        if (low <= truth && truth <= high) held++;
        const pooled = Float64Array.from(clusters.flatMap((cluster) => [...cluster])).sort();
        const plain = quantileInterval(pooled, quantile, 0.95) ?? { low: 1, high: 0 };
        if (plain.low <= truth && truth <= plain.high) naive++;
      }
      // Three standard errors of a share of 400.
      expect(held / runs).toBeGreaterThan(0.95 - 3 * 0.011);
      if (shared > 0) expect(naive / runs).toBeLessThan(0.75);
    }
  });
});
