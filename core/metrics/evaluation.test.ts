import { expect, test } from 'vitest';
import { Random } from '../stats/index.ts';
import { estimate, evaluate } from './index.ts';
import type { ClassPredictions } from './types.ts';

/** The vector of scikit-learn's documentation of roc_curve and precision_recall_curve. */
const vector: ClassPredictions = {
  task: 'binary',
  classes: ['0', '1'],
  actual: Int32Array.of(0, 0, 1, 1),
  predicted: Int32Array.of(0, 0, 0, 1),
  scores: Float64Array.of(0.1, 0.4, 0.35, 0.8),
  probabilities: true,
  positive: 1,
};

test('curves of four rows, worked on paper', () => {
  const { roc, precisionRecall, confusion, calibration } = evaluate(vector);
  expect(confusion).toEqual([
    [2, 0],
    [1, 1],
  ]);
  expect(roc).toEqual([
    {
      className: '1',
      auc: 0.75,
      points: [
        [0, 0],
        [0, 0.5],
        [0.5, 0.5],
        [0.5, 1],
        [1, 1],
      ],
    },
  ]);
  expect(precisionRecall[0]?.averagePrecision).toBeCloseTo(5 / 6, 12);
  expect(precisionRecall[0]?.points).toEqual([
    [0, 1],
    [0.5, 1],
    [0.5, 0.5],
    [1, 2 / 3],
    [1, 0.5],
  ]);
  // 0.1 is in the first bin, [0, 0.1]; 0.35 and 0.4 share (0.3, 0.4]; 0.8 is in (0.7, 0.8].
  expect(calibration).toEqual([
    { low: 0, high: 0.1, n: 1, meanScore: 0.1, observed: 0 },
    { low: 0.3, high: 0.4, n: 2, meanScore: 0.375, observed: 0.5 },
    { low: 0.7, high: 0.8, n: 1, meanScore: 0.8, observed: 1 },
  ]);
});

test('many rows: at most 200 points, with the ends, and the area under them is the AUC', () => {
  const random = new Random(2);
  const n = 50_000;
  const actual = Int32Array.from({ length: n }, () => (random.uniform() < 0.02 ? 1 : 0));
  const scores = Float64Array.from(actual, (y) => 1 / (1 + Math.exp(-(2 * y - 3 + random.normal()))));
  const predictions = { ...vector, actual, scores, predicted: actual };
  const { roc, precisionRecall } = evaluate(predictions);
  const points = roc[0]?.points ?? [];
  expect(points.length).toBeGreaterThan(100);
  expect(points.length).toBeLessThanOrEqual(200);
  expect([points[0], points.at(-1)]).toEqual([
    [0, 0],
    [1, 1],
  ]);
  let area = 0;
  for (const [i, [x, y]] of points.entries()) {
    const [before, beforeY] = points[i - 1] ?? [0, 0];
    area += ((x - before) * (y + beforeY)) / 2;
  }
  const [auc] = estimate(
    predictions,
    [{ metric: 'roc_auc', variant: { kind: 'default' }, rows: null, level: 0.95 }],
    {
      draws: 2,
      seed: 0,
      baseline: null,
    },
  );
  expect(auc?.estimate).toMatchObject({ value: roc[0]?.auc });
  expect(Math.abs(area - (roc[0]?.auc ?? 0))).toBeLessThan(0.002);
  expect(precisionRecall[0]?.points.length).toBeLessThanOrEqual(200);
  expect(precisionRecall[0]?.points.at(-1)?.[0]).toBe(1);
});

test('more classes: a curve for each, one without rows has none', () => {
  const { roc, calibration } = evaluate({
    task: 'multiclass',
    classes: ['a', 'b', 'c'],
    actual: Int32Array.of(0, 1, 1),
    predicted: Int32Array.of(0, 1, 0),
    scores: Float64Array.of(0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.5, 0.4, 0.1),
    probabilities: true,
    positive: null,
  });
  expect(roc.map(({ className, auc }) => [className, auc])).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', null],
  ]);
  expect(calibration.reduce((sum, { n }) => sum + n, 0)).toBe(3);
});

test('labels only: a confusion matrix and nothing else', () => {
  const { roc, precisionRecall, calibration, confusion } = evaluate({ ...vector, scores: null });
  expect([roc, precisionRecall, calibration]).toEqual([[], [], []]);
  expect(confusion?.flat()).toEqual([2, 0, 1, 1]);
});

test('residuals: every row counted once, at most 500 shown, evenly', () => {
  const n = 2000;
  const actual = Float64Array.from({ length: n }, (_, i) => i);
  const predicted = actual.map((y) => y - (y % 7));
  const { residuals } = evaluate({ task: 'regression', actual, predicted });
  expect(residuals?.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(n);
  expect(residuals?.histogram[0]?.low).toBe(0);
  expect(residuals?.histogram.at(-1)?.high).toBe(6);
  expect(residuals?.sample).toHaveLength(500);
  expect(residuals?.sample[1]).toEqual([0, 4]);
  const same = evaluate({ task: 'regression', actual, predicted: actual }).residuals;
  expect(same?.histogram).toEqual([{ low: 0, high: 0, count: n }]);
});
