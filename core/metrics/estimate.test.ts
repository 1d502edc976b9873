import { describe, expect, test } from 'vitest';
import { Random } from '../stats/index.ts';
import { estimate } from './index.ts';
import type { ClassPredictions, MetricRequest, NumberPredictions, Predictions, Variant } from './types.ts';

const byDefault: Variant = { kind: 'default' };
const options = { draws: 2000, seed: 0, baseline: null };

function binary(actual: number[], predicted: number[], scores: number[] | null = null): ClassPredictions {
  return {
    task: 'binary',
    classes: ['no', 'yes'],
    actual: Int32Array.from(actual),
    predicted: Int32Array.from(predicted),
    scores: scores === null ? null : Float64Array.from(scores),
    probabilities: true,
    positive: 1,
  };
}

function one(
  predictions: Predictions,
  metric: string,
  more: Partial<MetricRequest> = {},
  baseline?: Predictions,
) {
  const request = { metric, variant: byDefault, rows: null, level: 0.95, ...more };
  const [found] = estimate(predictions, [request], { ...options, baseline: baseline ?? null });
  if (found === undefined) {
    throw new Error('no estimate');
  }
  return found;
}

/** Labels, scores and predictions with some noise, of a fixed seed. */
function sample(n: number, seed: number, share = 0.4): ClassPredictions {
  const random = new Random(seed);
  const actual = Array.from({ length: n }, () => (random.uniform() < share ? 1 : 0));
  const scores = actual.map((y) => 1 / (1 + Math.exp(-(1.5 * (y - 0.5) + random.normal()))));
  return binary(
    actual,
    scores.map((score) => (score > 0.5 ? 1 : 0)),
    scores,
  );
}

function intervalOf(found: ReturnType<typeof one>) {
  const { estimate: own } = found;
  if (!own.defined || own.interval === null) {
    throw new Error('no interval');
  }
  return own.interval;
}

describe('what does not exist says why', () => {
  const mixed = binary([0, 1, 1], [0, 1, 0], [0.1, 0.8, 0.4]);
  const threeClasses: ClassPredictions = {
    ...binary([0, 1, 2], [0, 1, 1]),
    task: 'multiclass',
    classes: ['a', 'b', 'c'],
    positive: null,
  };
  const numbers: NumberPredictions = {
    task: 'regression',
    actual: Float64Array.of(1),
    predicted: Float64Array.of(2),
  };
  test.each<[string, Predictions, string, string]>([
    ['no rows', binary([], []), 'accuracy', 'there are no rows'],
    ['labels of one class', binary([1, 1], [1, 0], [0.7, 0.2]), 'roc_auc', 'all rows are of class "yes"'],
    ['no positive', binary([0, 0], [1, 0], [0.7, 0.2]), 'average_precision', 'no row is of class "yes"'],
    ['labels without scores', binary([0, 1], [0, 1]), 'log_loss', 'log_loss needs scores'],
    ['margins', { ...mixed, probabilities: 'a score is 4.2' }, 'brier', 'a score is 4.2'],
    ['margins', { ...mixed, probabilities: 'a score is 4.2' }, 'ece', 'needs probabilities'],
    ['an average not chosen', threeClasses, 'f1', 'f1(macro), f1(micro), f1(weighted) or f1(<class>)'],
    ['an average not chosen', { ...threeClasses, scores: new Float64Array(9) }, 'roc_auc', 'roc_auc(macro)'],
    ['everything of one class', binary([1, 1], [1, 1]), 'kappa', 'all labels and predictions are "yes"'],
    ['one row', numbers, 'r2', 'at least two rows'],
    ['another task', numbers, 'accuracy', 'not a metric of regression'],
    ['another task', mixed, 'rmse', 'not a metric of classification'],
  ])('%s: %s', (_, predictions, metric, reason) => {
    expect(one(predictions, metric).estimate).toMatchObject({
      defined: false,
      reason: expect.stringContaining(reason),
    });
  });

  test('fairness: three classes, one group, a group without positives', () => {
    const request = (index: number[], names: string[]) => ({
      groups: { index: Int32Array.from(index), names },
    });
    const metric = 'equal_opportunity_difference';
    expect(one(threeClasses, metric, request([0, 1, 1], ['a', 'b'])).estimate).toMatchObject({
      reason: expect.stringContaining('two classes'),
    });
    expect(one(mixed, metric, request([0, 0, 0], ['a'])).estimate).toMatchObject({
      reason: expect.stringContaining('compares groups, and the rows have 1'),
    });
    expect(one(mixed, metric, request([0, 1, 1], ['a', 'b'])).estimate).toMatchObject({
      reason: expect.stringContaining('group "a" has no row with a positive label'),
    });
  });

  test('nothing is ever NaN, whatever the few rows are', () => {
    const metrics = ['accuracy', 'balanced_accuracy', 'precision', 'recall', 'f1', 'mcc', 'kappa'];
    const scored = ['log_loss', 'brier', 'roc_auc', 'average_precision', 'ece'];
    for (let code = 0; code < 64; code++) {
      const bit = (k: number) => (code >> k) & 1;
      const n = 1 + (code % 3);
      const rows = [0, 1, 2].slice(0, n);
      const predictions = binary(
        rows.map((i) => bit(i)),
        rows.map((i) => bit(3 + i)),
        rows.map((i) => bit(3 + i)),
      );
      const requests = [...metrics, ...scored].map((metric) => ({
        metric,
        variant: byDefault,
        rows: null,
        level: 0.95,
        contrastFactor: 1.1,
      }));
      const baseline = { ...predictions, predicted: predictions.actual };
      const text = JSON.stringify(
        estimate(predictions, requests, { ...options, draws: 50, baseline }),
        (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? 'NOT A NUMBER' : v),
      );
      expect(text).not.toContain('NOT A NUMBER');
    }
  });
});

describe('conventions are told', () => {
  test('zero division', () => {
    const never = binary([0, 1, 1, 0], [0, 0, 0, 0]);
    const precision = one(never, 'precision');
    expect(precision.estimate).toMatchObject({
      defined: true,
      value: 0,
      n: 0,
      interval: { low: 0, high: 1 },
    });
    expect(precision.notes).toEqual([
      'precision of class "yes" is 0 by convention: the model never predicts it',
    ]);
    expect(one(never, 'mcc').notes).toEqual(['mcc is 0 by convention: all predictions are of one class']);
    expect(one(binary([0, 0], [0, 1]), 'recall').notes).toEqual([
      'recall of class "yes" is 0 by convention: no row of the data is of it',
    ]);
  });
});

describe('methods', () => {
  const candidate = sample(300, 5);
  const baseline = { ...sample(300, 6), actual: candidate.actual };

  test.each([
    ['accuracy', 'wilson', 'newcombe-paired'],
    ['recall', 'wilson', 'newcombe-paired'],
    ['precision', 'wilson', 'bootstrap-percentile'],
    ['roc_auc', 'delong', 'delong'],
    ['f1', 'bootstrap-bca', 'bootstrap-percentile'],
    ['log_loss', 'bootstrap-bca', 'bootstrap-percentile'],
    ['ece', 'bootstrap-basic', 'bootstrap-percentile'],
  ])('%s: %s, differences %s', (metric, own, difference) => {
    const found = one(candidate, metric, { contrastFactor: 1 }, baseline);
    expect(intervalOf(found).method).toBe(own);
    expect(found.contrast).toMatchObject({ defined: true, interval: { method: difference } });
    const value = (e: typeof found.estimate | null) => (e?.defined === true ? e.value : Number.NaN);
    expect(value(found.contrast)).toBeCloseTo(value(found.estimate) - value(found.baseline), 12);
  });

  test('a factor other than 1 is a bootstrap of the scaled difference', () => {
    const found = one(candidate, 'accuracy', { contrastFactor: 0.9 }, baseline);
    expect(found.contrast).toMatchObject({ defined: true, interval: { method: 'bootstrap-percentile' } });
  });

  test('n of recall is the rows of the class', () => {
    const positives = candidate.actual.reduce((sum, y) => sum + y, 0);
    expect(one(candidate, 'recall').estimate.n).toBe(positives);
    expect(one(candidate, 'accuracy').estimate.n).toBe(300);
  });

  test('a slice is what its rows alone give', () => {
    const rows = Int32Array.from({ length: 120 }, (_, i) => 2 * i);
    const alone = binary(
      [...rows].map((i) => candidate.actual[i] as number),
      [...rows].map((i) => candidate.predicted[i] as number),
      [...rows].map((i) => candidate.scores?.[i] as number),
    );
    for (const metric of ['f1', 'log_loss', 'roc_auc']) {
      expect(one(candidate, metric, { rows })).toEqual(one(alone, metric));
    }
  });

  test('an estimate depends on the seed and not on what else is asked', () => {
    const requests = ['f1', 'brier', 'mcc', 'log_loss'].map((metric) => ({
      metric,
      variant: byDefault,
      rows: null,
      level: 0.95,
    }));
    const together = estimate(candidate, requests, options);
    expect(together[3]).toEqual(one(candidate, 'log_loss'));
    expect(together[0]).toEqual(one(candidate, 'f1'));
    const [other] = estimate(candidate, requests, { ...options, seed: 1 });
    expect(other).not.toEqual(together[0]);
  });

  test('a higher level is wider', () => {
    for (const metric of ['accuracy', 'f1', 'log_loss', 'roc_auc', 'average_precision', 'ece']) {
      const [narrow, wide] = [0.8, 0.99].map((level) => intervalOf(one(candidate, metric, { level })));
      expect(wide?.low).toBeLessThan(narrow?.low ?? 0);
      expect(wide?.high).toBeGreaterThan(narrow?.high ?? 1);
    }
  });
});

describe('no certainty from rows that agree', () => {
  const actual = Array.from({ length: 20 }, (_, i) => i % 2);
  const perfect = binary(
    actual,
    actual,
    actual.map((y) => 0.1 + 0.8 * y),
  );

  test.each([
    'accuracy',
    'balanced_accuracy',
    'precision',
    'recall',
    'f1',
    'mcc',
    'kappa',
    'roc_auc',
    'average_precision',
  ])('%s of 1 on 20 rows is not surely 1', (metric) => {
    const { low, high } = intervalOf(one(perfect, metric));
    expect(high).toBe(1);
    expect(low).toBeLessThan(0.95);
    expect(low).toBeGreaterThan(0.3);
  });

  test("the bound of accuracy-like metrics is Wilson's: 10 of 10 in each class", () => {
    // Wilson for 10 of 10: 10 / (10 + 1.96^2) = 0.7225; two classes in quadrature: 1 - 0.2775 / sqrt 2.
    expect(intervalOf(one(perfect, 'balanced_accuracy')).low).toBeCloseTo(1 - 0.277532 / Math.SQRT2, 5);
  });

  test('losses that are all the same have no interval, and say so', () => {
    const found = one(perfect, 'log_loss');
    expect(found.estimate).toMatchObject({ defined: true, interval: null });
    expect(found.notes).toEqual([expect.stringContaining('all rows have the same loss')]);
  });

  test('a model compared with itself: around 0, narrowing with the rows', () => {
    const width = (n: number, metric: string) => {
      const model = sample(n, 9);
      const { contrast } = one(model, metric, { contrastFactor: 1 }, model);
      if (contrast?.defined !== true || contrast.interval === null) {
        throw new Error(`no interval of ${metric}`);
      }
      expect(contrast.value).toBe(0);
      expect(contrast.interval.low).toBeLessThan(0);
      expect(contrast.interval.high).toBeGreaterThan(0);
      return contrast.interval.high - contrast.interval.low;
    };
    for (const metric of [
      'accuracy',
      'f1',
      'mcc',
      'roc_auc',
      'log_loss',
      'brier',
      'average_precision',
      'ece',
    ]) {
      expect(width(4000, metric), metric).toBeLessThan(width(100, metric) / 10);
    }
  });

  test('two perfect rankings do not prove that they always will be', () => {
    const other = { ...perfect, scores: Float64Array.from(actual, (y) => 0.2 + 0.7 * y) };
    for (const metric of ['average_precision', 'roc_auc', 'f1']) {
      const { contrast } = one(perfect, metric, { contrastFactor: 1 }, other);
      expect(contrast).toMatchObject({ defined: true, value: 0 });
      const interval = contrast?.defined === true ? contrast.interval : null;
      expect(interval?.low, metric).toBeLessThan(-0.05);
      expect(interval?.high, metric).toBeGreaterThan(0.05);
    }
  });

  test('models that differ on one row of 200 are told apart by no more than that row allows', () => {
    const model = sample(200, 12);
    const predicted = model.predicted.slice();
    const row = model.actual.indexOf(1);
    predicted[row] = 1 - (predicted[row] as number);
    const { contrast } = one(model, 'f1', { contrastFactor: 1 }, { ...model, predicted });
    const interval = contrast?.defined === true ? contrast.interval : null;
    // Unseen rows may tip either way: the interval holds 0 well inside.
    expect(interval?.low).toBeLessThan(-0.005);
    expect(interval?.high).toBeGreaterThan(0.005);
  });

  test('the largest error has a value and no interval', () => {
    const found = one(
      { task: 'regression', actual: Float64Array.of(1, 2, 3), predicted: Float64Array.of(1, 4, 3) },
      'max_error',
    );
    expect(found.estimate).toEqual({ defined: true, value: 2, interval: null, n: 3 });
    expect(found.notes).toHaveLength(1);
  });
});

describe('many rows', () => {
  test('what stands in for draws from 20,000 rows on agrees with draws of rows', () => {
    const expected = [
      ['log_loss', 'infinitesimal-jackknife', 'bootstrap-bca'],
      ['brier', 'infinitesimal-jackknife', 'bootstrap-bca'],
      ['average_precision', 'infinitesimal-jackknife', 'bootstrap-bca'],
      ['ece', 'bootstrap-basic', 'bootstrap-basic'],
    ] as const;
    const rows = Int32Array.from({ length: 19_999 }, (_, i) => i);
    const requests = [null, rows].flatMap((of) =>
      expected.map(([metric]) => ({ metric, variant: byDefault, level: 0.95, rows: of })),
    );
    const found = estimate(sample(20_000, 31), requests, options).map(intervalOf);
    for (const [i, [metric, above, below]] of expected.entries()) {
      const [fast, drawn] = [found[i], found[i + expected.length]];
      expect([fast?.method, drawn?.method]).toEqual([above, below]);
      const width = (drawn?.high ?? 0) - (drawn?.low ?? 0);
      // 2,000 draws leave a standard error of 2.1% of the width at each end (Efron 1987, section 9): three of them, and
      // half a percent for the one row less.
      expect(Math.abs((fast?.low ?? 0) - (drawn?.low ?? 0)) / width, metric).toBeLessThan(0.068);
      expect(Math.abs((fast?.high ?? 0) - (drawn?.high ?? 0)) / width, metric).toBeLessThan(0.068);
    }
  });

  test('a few positives among many rows are drawn, not approximated', () => {
    expect(intervalOf(one(sample(20_000, 4, 0.0005), 'average_precision')).method).toBe('bootstrap-bca');
  });
});
