/** Gate results as the model gate writes them, realistic and hostile, for the tests of every renderer. */

import type { Evaluation } from '../../core/metrics/types.ts';
import {
  check,
  classification,
  facts,
  hostileTexts,
  metric,
  type SampleResult,
  sampleResult,
  wilsonish,
} from './gate-sample-parts.ts';

export { check, classification, hostileTexts, type SampleResult, sampleResult } from './gate-sample-parts.ts';

export function passingBinary(): SampleResult {
  return sampleResult(
    [
      check({ id: 'accuracy >= 0.85', value: 0.912, reason: '0.912 is at least 0.85' }),
      check({
        id: 'roc_auc >= 0.9',
        metric: 'roc_auc',
        value: 0.9631,
        threshold: 0.9,
        condition: '>= 0.9',
        reason: '0.9631 is at least 0.9',
      }),
      check({
        id: 'latency_p95 < 20ms',
        metric: 'latency_p95',
        unit: 'milliseconds',
        value: 5.67,
        interval: { level: 0.95, low: 5.1, high: 6.9, method: 'order-statistic' },
        threshold: 20,
        condition: '< 20ms',
        reason: '5.67 ms is below 20 ms',
      }),
    ],
    classification(['benign', 'malignant']),
    { notices: ['The label column holds 0 and 1; class 1 is taken as positive.'] },
  );
}

export function failingBinary(): SampleResult {
  return sampleResult(
    [
      check({ id: 'accuracy >= 0.85', value: 0.912, reason: '0.912 is at least 0.85' }),
      check({
        id: 'recall(malignant) >= 0.85',
        metric: 'recall',
        selector: 'malignant',
        value: 0.84996,
        interval: wilsonish(0.84996, 190),
        n: 190,
        verdict: 'fail',
        reason: '0.84996 is below 0.85',
      }),
      check({
        id: 'accuracy >= baseline - 0.01',
        value: 0.912,
        threshold: 0.924,
        condition: '>= baseline - 0.01',
        baseline: 0.934,
        difference: {
          value: -0.022,
          interval: { level: 0.95, low: -0.043, high: -0.003, method: 'newcombe-paired' },
        },
        verdict: 'fail',
        reason:
          'accuracy is 0.022 below the baseline (95% interval 0.003 to 0.043 below), more than the 0.01 allowed',
      }),
      check({
        id: 'warn: ece <= 0.05',
        metric: 'ece',
        severity: 'warn',
        value: 0.071,
        interval: wilsonish(0.071, 500),
        threshold: 0.05,
        condition: '<= 0.05',
        verdict: 'fail',
        reason: '0.071 is above 0.05',
      }),
      check({
        id: 'accuracy(region=EU) >= 0.8 at 95%',
        selector: 'region=EU',
        value: 0.81,
        interval: wilsonish(0.81, 60),
        threshold: 0.8,
        condition: '>= 0.8',
        n: 60,
        verdict: 'inconclusive',
        reason: 'the 95% interval 0.7107 to 0.9093 holds 0.8; about 5,900 rows would settle it, there are 60',
      }),
    ],
    classification(['benign', 'malignant'], { baseline: true }),
  );
}

export function threeClasses(): SampleResult {
  return sampleResult(
    [
      check({
        id: 'f1(macro) >= 0.8 at 95%',
        metric: 'f1',
        selector: 'macro',
        value: 0.8954,
        interval: wilsonish(0.8954, 500),
        threshold: 0.8,
        condition: '>= 0.8',
        reason: 'the 95% interval 0.8686 to 0.9222 lies at or above 0.8',
      }),
    ],
    classification(['setosa', 'versicolor', 'virginica'], { baseline: true }),
  );
}

export function fortyClasses(): SampleResult {
  const classes = Array.from({ length: 40 }, (_, index) => `category ${String(index).padStart(2, '0')}`);
  return sampleResult([check({ id: 'accuracy >= 0.85' })], classification(classes));
}

export function inconclusive(): SampleResult {
  return sampleResult(
    [
      check({
        id: 'accuracy >= 0.85 at 95%',
        value: 0.86,
        interval: wilsonish(0.86, 80),
        n: 80,
        verdict: 'inconclusive',
        reason:
          'the 95% interval 0.7839 to 0.9361 holds 0.85; about 46,300 rows would settle it, there are 80',
      }),
      check({
        id: 'roc_auc >= 0.9',
        metric: 'roc_auc',
        value: null,
        interval: null,
        verdict: 'inconclusive',
        reason: 'roc_auc is undefined: the test data hold one class only',
      }),
    ],
    classification(['no', 'yes']),
  );
}

export function regression(): SampleResult {
  const normal = (index: number) =>
    Math.sin(index * 12.9898) + Math.sin(index * 78.233) + Math.sin(index * 37.719);
  const residuals = Array.from({ length: 30 }, (_, index) => ({
    low: -300 + index * 20,
    high: -280 + index * 20,
    count: Math.round(900 * Math.exp(-((index - 15.5) ** 2) / 30)),
  }));
  const evaluationOf = (spread: number): Evaluation => ({
    confusion: null,
    roc: [],
    precisionRecall: [],
    calibration: [],
    residuals: {
      histogram: residuals,
      sample: Array.from(
        { length: 500 },
        (_, index) => [50 + index + normal(index) * spread, 50 + index] as const,
      ),
    },
  });
  const details = classification(['a', 'b'], { baseline: true });
  return sampleResult(
    [
      check({
        id: 'rmse <= 60',
        metric: 'rmse',
        value: 53.85,
        interval: { level: 0.95, low: 48.1, high: 59.4, method: 'bootstrap-bca' },
        threshold: 60,
        condition: '<= 60',
        reason: '53.85 is at most 60',
      }),
      check({
        id: 'r2 >= 0.4',
        metric: 'r2',
        value: 0.4526,
        interval: wilsonish(0.4526, 90),
        threshold: 0.4,
        condition: '>= 0.4',
        reason: '0.4526 is at least 0.4',
      }),
    ],
    {
      ...details,
      task: 'regression',
      classes: [],
      positiveClass: null,
      candidate: { model: facts('models/ridge.onnx'), evaluation: evaluationOf(25) },
      baseline: { model: facts('models/linear.onnx'), evaluation: evaluationOf(45) },
      metrics: [
        {
          name: 'rmse',
          label: 'Root mean squared error',
          estimate: {
            defined: true,
            value: 53.85,
            interval: { level: 0.95, low: 48.1, high: 59.4, method: 'bootstrap-bca' },
            n: 90,
          },
          baseline: { defined: true, value: 55.2, interval: null, n: 90 },
          difference: {
            defined: true,
            value: -1.35,
            interval: { level: 0.95, low: -3.9, high: 1.1, method: 'bootstrap-bca' },
            n: 90,
          },
        },
        metric('r2', 'R squared', 0.4526, 0.41),
      ],
      slices: details.slices.map((each, index) => ({
        ...each,
        metric: 'rmse',
        estimate: {
          defined: true,
          value: 61 - index * 4,
          interval: { level: 0.95, low: 52 - index * 4, high: 71 - index * 4, method: 'bootstrap-bca' },
          n: each.rows,
        },
        baseline: { defined: true, value: 58 - index * 3, interval: null, n: each.rows },
      })),
    },
  );
}

/** Every text that data can reach is hostile: class names, slices, files, notices, reasons, the id. */
export function hostile(): SampleResult {
  const details = classification(hostileTexts.slice(0, 9), {
    baseline: true,
    slices: hostileTexts.map((text) => `region=${text}`),
  });
  const name = hostileTexts.join(' ');
  return sampleResult(
    hostileTexts.map((text, index) =>
      check({
        id: `recall(${text}) >= 0.85`,
        metric: 'recall',
        selector: text,
        verdict: index % 3 === 0 ? 'fail' : index % 3 === 1 ? 'inconclusive' : 'pass',
        reason: `recall of class ${text} is 0.7`,
        notes: [`never predicted: ${text}`],
      }),
    ),
    {
      ...details,
      data: { name, format: 'csv' },
      candidate: { ...details.candidate, model: { ...facts(name), producer: name } },
      smallSlices: hostileTexts.map((text) => ({ slice: text, rows: 3 })),
    },
    { id: '--> ::error::<b>', notices: hostileTexts, names: hostileTexts },
  );
}

/** Far more than any report can show. */
export function huge(): SampleResult {
  const details = classification(
    Array.from({ length: 400 }, (_, index) => `class number ${index} with a rather long name`),
    { slices: Array.from({ length: 1000 }, (_, index) => `customer_segment=${index}, region=some region`) },
  );
  return sampleResult(
    Array.from({ length: 5000 }, (_, index) =>
      check({
        id: `recall(class number ${index} with a rather long name) >= 0.85`,
        verdict: index % 10 === 9 ? 'fail' : 'pass',
        reason:
          index % 10 === 9
            ? `0.${index} is below 0.85 because of reasons that fill a line`
            : '0.91 is at least 0.85',
      }),
    ),
    {
      ...details,
      candidate: { ...details.candidate, evaluation: { ...details.candidate.evaluation, confusion: null } },
    },
    { notices: Array.from({ length: 400 }, (_, index) => `notice number ${index} ${'word '.repeat(60)}`) },
  );
}

export const samples: Readonly<Record<string, () => SampleResult>> = {
  'binary, passing': passingBinary,
  'binary, failing, with a baseline': failingBinary,
  'three classes': threeClasses,
  'forty classes': fortyClasses,
  inconclusive,
  regression,
  hostile,
  huge,
};
