import { describe, expect, test } from 'vitest';
import type { Estimate } from '../gate/types.ts';
import { Random } from '../stats/index.ts';
import { estimate } from './index.ts';
import type { ClassPredictions, MetricRequest, NumberPredictions } from './types.ts';

/** 400 replications: the standard error of a coverage of 95% is 0.011; three of them are allowed below. */
const replications = 400;
const least = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / replications);
const options = { draws: 300, baseline: null };
const macro = { kind: 'average', average: 'macro' } as const;

function request(metric: string, variant: MetricRequest['variant'] = { kind: 'default' }): MetricRequest {
  return { metric, variant, rows: null, level: 0.95, contrastFactor: 1 };
}

/** Normal scores for classes of 85%, 10% and 5% of the rows; baseline and candidate are independent. */
function threeClasses(random: Random, n: number, apart: number, actual: Int32Array): ClassPredictions {
  const shares = [0.85, 0.1, 0.05];
  const scores = new Float64Array(n * 3);
  const predicted = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const odds = shares.map(
      (share, k) => share * Math.exp(apart * ((k === actual[i] ? apart : 0) + random.normal())),
    );
    const total = odds.reduce((sum, each) => sum + each, 0);
    for (const [k, each] of odds.entries()) {
      scores[i * 3 + k] = each / total;
    }
    predicted[i] = odds.indexOf(Math.max(...odds));
  }
  return {
    task: 'multiclass',
    classes: ['a', 'b', 'c'],
    actual,
    predicted,
    scores,
    probabilities: true,
    positive: null,
  };
}

function pairOf(random: Random, n: number): [ClassPredictions, ClassPredictions] {
  const actual = Int32Array.from({ length: n }, () => {
    const u = random.uniform();
    return u < 0.85 ? 0 : u < 0.95 ? 1 : 2;
  });
  return [threeClasses(random, n, 1.9, actual), threeClasses(random, n, 1.6, actual)];
}

describe('few rows of a class', () => {
  test('one-vs-rest averages hold the truth, 10 of 200 rows in the rarest class', () => {
    const random = new Random(31);
    const requests = [request('roc_auc', macro), request('precision', macro)];
    const [all, other] = pairOf(random, 300_000);
    const truth = estimate(all, requests, { draws: 2, seed: 0, baseline: other });
    const held = { 'auc value': 0, 'auc difference': 0, 'precision value': 0 };
    for (let r = 0; r < replications; r++) {
      const [candidate, baseline] = pairOf(random, 200);
      const found = estimate(candidate, requests, { draws: 300, seed: r, baseline });
      held['auc value'] += holds(found[0]?.estimate, truth[0]?.estimate);
      held['auc difference'] += holds(found[0]?.contrast, truth[0]?.contrast);
      held['precision value'] += holds(found[1]?.estimate, truth[1]?.estimate);
    }
    const short = Object.entries(held).filter(([, count]) => count / replications < least);
    expect(short).toEqual([]);
  });

  test('differences of fairness metrics hold the truth beside a baseline that tells groups apart', () => {
    const random = new Random(32);
    const n = 200;
    const index = Int32Array.from({ length: n }, (_, i) => i % 2);
    const groups = { index, names: ['a', 'b'] };
    const metrics = ['equalized_odds_difference', 'demographic_parity_difference'];
    const held = metrics.map(() => 0);
    for (let r = 0; r < replications; r++) {
      const actual = Int32Array.from({ length: n }, (_, i) => (i >> 1) % 2);
      const side = (gap: number): ClassPredictions => ({
        task: 'binary',
        classes: ['0', '1'],
        actual,
        predicted: Int32Array.from(index, (group) => (random.uniform() < 0.4 + group * gap ? 1 : 0)),
        scores: null,
        probabilities: 'labels only',
        positive: 1,
      });
      const found = estimate(
        side(0),
        metrics.map((metric) => ({ ...request(metric), groups })),
        { draws: 300, seed: r, baseline: side(0.2) },
      );
      for (const [i, { contrast }] of found.entries()) {
        held[i] = (held[i] as number) + holds(contrast, { defined: true, value: -0.2, interval: null, n });
      }
    }
    expect(held.filter((count) => count / replications < least)).toEqual([]);
  });
});

function holds(found: Estimate | null | undefined, truth: Estimate | null | undefined): number {
  if (!found?.defined || found.interval === null || !truth?.defined) {
    return 0;
  }
  return found.interval.low <= truth.value && truth.value <= found.interval.high ? 1 : 0;
}

describe('few rows that carry a metric', () => {
  function withErrors(errors: readonly number[]): NumberPredictions {
    const predicted = Float64Array.from(errors, (_, i) => 10 + (i % 7));
    return { task: 'regression', actual: predicted.map((y, i) => y + (errors[i] as number)), predicted };
  }

  test('are counted in a note, once in the value', () => {
    const errors = Array.from({ length: 200 }, (_, i) => (i === 3 ? 100 : i % 2 === 0 ? 1 : -1.5));
    const [found] = estimate(withErrors(errors), [request('rmse')], { ...options, seed: 1 });
    expect(found?.notes).toEqual([
      '1 of 200 rows (0.5%) make 99% of the variance of the value: its interval may be too short',
    ]);
  });

  test('are not spoken of where the errors are normal', () => {
    const random = new Random(5);
    const errors = Array.from({ length: 1000 }, () => random.normal());
    const requests = ['rmse', 'mae', 'r2', 'mape'].map((metric) => request(metric));
    const found = estimate(withErrors(errors), requests, { ...options, seed: 1 });
    expect(found.flatMap(({ notes }) => notes)).toEqual([]);
  });
});

test('correlations of a perfect model are 1, whatever the counts', () => {
  for (let n = 3; n < 200; n++) {
    const actual = Int32Array.from({ length: n }, (_, i) => (i % 7 === 0 ? 0 : i % 3 === 0 ? 1 : 2));
    const perfect: ClassPredictions = {
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      actual,
      predicted: actual,
      scores: null,
      probabilities: 'labels only',
      positive: null,
    };
    const found = estimate(perfect, [request('mcc'), request('kappa')], {
      draws: 2,
      seed: 1,
      baseline: null,
    });
    for (const { estimate: own } of found) {
      const value = own.defined ? own.value : Number.NaN;
      expect(value).toBeLessThanOrEqual(1);
      expect(value).toBeCloseTo(1, 12);
    }
  }
});
