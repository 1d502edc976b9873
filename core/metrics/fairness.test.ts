import { expect, test } from 'vitest';
import { Random } from '../stats/index.ts';
import { estimate } from './index.ts';
import type { ClassPredictions, MetricRequest } from './types.ts';

const metrics = [
  'demographic_parity_difference',
  'equalized_odds_difference',
  'equal_opportunity_difference',
];
const names = ['a', 'b'];

function request(metric: string, index: Int32Array): MetricRequest {
  return { metric, variant: { kind: 'default' }, rows: null, level: 0.95, groups: { index, names } };
}

function predictionsOf(actual: Int32Array, predicted: Int32Array): ClassPredictions {
  return {
    task: 'binary',
    classes: ['0', '1'],
    actual,
    predicted,
    scores: null,
    probabilities: 'labels only',
    positive: 1,
  };
}

/**
 * 150 rows a group, half of them positive; group a is predicted positive with `rate`, b with rate + gap, whatever the
 * label: so every one of the three differences is `gap`. 400 replications: standard error of a coverage 0.011; three of
 * them are allowed.
 */
test.each([
  [0.4, 0],
  [0.4, 0.05],
  [0.3, 0.25],
])('rate %d, difference %d: intervals hold it at the nominal rate', (rate, gap) => {
  const random = new Random(17);
  const n = 300;
  const index = Int32Array.from({ length: n }, (_, i) => i % 2);
  const held = metrics.map(() => 0);
  const replications = 400;
  for (let r = 0; r < replications; r++) {
    const actual = Int32Array.from({ length: n }, (_, i) => (i >> 1) % 2);
    const predicted = Int32Array.from(index, (group) => (random.uniform() < rate + group * gap ? 1 : 0));
    const found = estimate(
      predictionsOf(actual, predicted),
      metrics.map((metric) => request(metric, index)),
      { draws: 500, seed: r, baseline: null },
    );
    for (const [i, { estimate: own }] of found.entries()) {
      const interval = own.defined ? own.interval : null;
      if (interval !== null && interval.low <= gap && gap <= interval.high) {
        held[i] = (held[i] as number) + 1;
      }
    }
  }
  const noise = 3 * Math.sqrt((0.95 * 0.05) / replications);
  for (const [i, metric] of metrics.entries()) {
    expect((held[i] as number) / replications, metric).toBeGreaterThanOrEqual(0.95 - noise);
  }
});

test('groups whose rates are 0 and 1: MOVER over Wilson, not the certainty of resamples', () => {
  const index = Int32Array.from({ length: 20 }, (_, i) => i % 2);
  const [found] = estimate(predictionsOf(index, index), [request('demographic_parity_difference', index)], {
    draws: 500,
    seed: 0,
    baseline: null,
  });
  // Wilson for 10 of 10 ends at 0.72247; two of them: 1 - 0.27753 sqrt 2.
  expect(found?.estimate).toMatchObject({
    defined: true,
    value: 1,
    interval: { low: expect.closeTo(1 - 0.277533 * Math.SQRT2, 4), high: 1, method: 'mover' },
  });
});

test('rows outside the groups are left out', () => {
  const actual = Int32Array.of(1, 1, 1, 1, 0);
  const predicted = Int32Array.of(1, 0, 1, 1, 1);
  const index = Int32Array.of(0, 0, 1, 1, -1);
  const [found] = estimate(
    predictionsOf(actual, predicted),
    [request('demographic_parity_difference', index)],
    { draws: 100, seed: 0, baseline: null },
  );
  expect(found?.estimate).toMatchObject({ value: 0.5, n: 4 });
});
