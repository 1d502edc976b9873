/** What sample gate results are made of. */

import type { ModelDetails, SliceDetails } from '../../action-validate-model/src/report/details.ts';
import type { CheckRecord, Estimate, GateResult, Interval, Verdict } from '../../core/gate/types.ts';
import type { Evaluation } from '../../core/metrics/types.ts';
import type { ModelFacts } from '../../core/models/types.ts';

export type SampleResult = GateResult<ModelDetails>;

/** Text that breaks reports which trust their data. */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '\n::error::stolen verdict\n::add-mask::x',
  '##[add-mask]x',
  'a | b | c',
  '```\n# heading\n```',
  '`code` **bold** [link](https://evil.example) ![i](https://evil.example/i.png)',
  '@org/team and @someone, fixes #1, GH-2, org/repo#3, https://evil.example www.evil.example',
  '<!-- ml-gates:validate-model: -->',
  'safe\u202etxt.exe',
  'zero\u200bwidth\ufeff',
  '\u001b[31mred\u001b[0m\u0007\u0000',
  '</style></title></svg><h1>x</h1>',
  '--> <!-- ]]> &amp; &#60;',
  '\ud800 lone surrogate',
  'x'.repeat(10_000),
];

export function wilsonish(value: number, n: number, level = 0.95): Interval {
  const half = 1.96 * Math.sqrt((value * (1 - value)) / n + 1 / (4 * n * n));
  return { level, low: Math.max(0, value - half), high: Math.min(1, value + half), method: 'wilson' };
}

export function estimate(value: number, n: number): Estimate {
  return { defined: true, value, interval: wilsonish(value, n), n };
}

export function check(given: Partial<CheckRecord> & { readonly id: string }): CheckRecord {
  const condition = given.condition ?? '>= 0.85';
  return {
    metric: 'accuracy',
    selector: null,
    severity: 'fail',
    unit: 'number',
    value: 0.91,
    interval: wilsonish(0.91, 500),
    threshold: 0.85,
    condition,
    baseline: null,
    difference: null,
    n: 500,
    verdict: 'pass',
    reason: '0.91 is at least 0.85',
    ...given,
  };
}

/** A result around checks and details; the verdict follows from the checks. */
export function sampleResult(
  checks: readonly CheckRecord[],
  details: ModelDetails,
  given: {
    readonly id?: string;
    readonly notices?: readonly string[];
    readonly names?: readonly string[];
  } = {},
): SampleResult {
  const judged = checks.filter((record) => record.severity === 'fail').map((record) => record.verdict);
  const verdict: Verdict = judged.includes('fail')
    ? 'fail'
    : judged.includes('inconclusive')
      ? 'inconclusive'
      : 'pass';
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: (given.names ?? ['model.onnx']).map((name) => ({
      name,
      digest: { sha256: '9f86d081884c7d65'.repeat(4) },
    })),
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: {
      result: verdict === 'pass' ? 'PASSED' : 'FAILED',
      configuration: [{ name: 'test.csv', digest: { sha256: '2c26b46b68ffc68f'.repeat(4) } }],
      passedTests: checks.filter((record) => record.verdict === 'pass').map((record) => record.id),
      warnedTests: [],
      failedTests: checks.filter((record) => record.verdict !== 'pass').map((record) => record.id),
      gate: {
        version: 1,
        action: 'validate-model',
        id: given.id ?? '',
        verdict,
        startedAt: '2026-05-04T09:00:00.000Z',
        finishedAt: '2026-05-04T09:00:07.000Z',
        commit: '0123456789abcdef0123456789abcdef01234567',
        run: { id: 4711, attempt: 1, url: 'https://github.com/org/repo/actions/runs/4711' },
        checks,
        metrics: Object.fromEntries(
          details.metrics.map((metric) => [
            metric.name,
            metric.estimate.defined ? metric.estimate.value : null,
          ]),
        ),
        undefinedMetrics: {},
        notices: given.notices ?? [],
        details,
      },
    },
  };
}

export function facts(name: string): ModelFacts {
  return {
    name,
    kind: 'onnx',
    files: [{ name, sha256: '9f86d081884c7d65'.repeat(4), bytes: 1_234_567 }],
    inputs: [{ name: 'features', type: 'float32', shape: [null, 30] }],
    outputs: [
      { name: 'label', type: 'int64', shape: [null] },
      { name: 'probabilities', type: 'float32', shape: [null, 2] },
    ],
    producer: 'skl2onnx 1.19.1',
    opset: 21,
    classes: null,
  };
}

/** A curve that bows away from the diagonal; the larger the power, the better the model. */
function bowed(power: number, points = 60): readonly (readonly [number, number])[] {
  return Array.from({ length: points }, (_, index) => {
    const x = index / (points - 1);
    return [x, 1 - (1 - x) ** power] as const;
  });
}

function falling(power: number, points = 60): readonly (readonly [number, number])[] {
  return Array.from({ length: points }, (_, index) => {
    const x = index / (points - 1);
    return [x, 1 - 0.6 * x ** power] as const;
  });
}

const bins: Evaluation['calibration'] = Array.from({ length: 10 }, (_, index) => ({
  low: index / 10,
  high: (index + 1) / 10,
  n: Math.round(160 - 130 * Math.sin(((index + 0.5) / 10) * Math.PI)),
  meanScore: (index + 0.5) / 10,
  observed: Math.min(1, Math.max(0, (index + 0.5) / 10 + 0.08 * Math.sin(index * 1.3))),
}));

export function evaluation(classes: readonly string[], quality: number): Evaluation {
  const binary = classes.length === 2;
  const size = classes.length;
  const curves = binary ? [classes[1] ?? ''] : classes;
  return {
    confusion: classes.map((_, row) =>
      classes.map((_, column) =>
        row === column
          ? Math.round(200 * quality) + row
          : (row * 7 + column * 13) % (size + 20) > size
            ? row + column
            : 0,
      ),
    ),
    roc: curves.map((className, index) => ({
      className,
      auc: quality - index / 200,
      points: bowed(40 * (quality - 0.75) - index / 2),
    })),
    precisionRecall: curves.map((className, index) => ({
      className,
      averagePrecision: quality - index / 150,
      points: falling(60 * (quality - 0.82)),
    })),
    calibration: bins,
    residuals: null,
  };
}

export function metric(
  name: string,
  label: string,
  value: number,
  baseline: number | null,
): ModelDetails['metrics'][number] {
  return {
    name,
    label,
    estimate: estimate(value, 500),
    baseline: baseline === null ? null : estimate(baseline, 500),
    difference:
      baseline === null
        ? null
        : {
            defined: true,
            value: value - baseline,
            interval: {
              level: 0.95,
              low: value - baseline - 0.021,
              high: value - baseline + 0.019,
              method: 'newcombe-paired',
            },
            n: 500,
          },
  };
}

function slice(name: string, rows: number, value: number, baseline: number | null): SliceDetails {
  return {
    slice: name,
    rows,
    metric: 'accuracy',
    estimate: estimate(value, rows),
    baseline: baseline === null ? null : estimate(baseline, rows),
  };
}

export function classification(
  classes: readonly string[],
  options: { readonly baseline?: boolean; readonly slices?: readonly string[] } = {},
): ModelDetails {
  const old = options.baseline === true;
  const perClass = classes.flatMap((name, index) => [
    metric(`precision(${name})`, 'Precision', 0.8 + (index % 15) / 100, old ? 0.82 : null),
    metric(`recall(${name})`, 'Recall', 0.78 + (index % 17) / 100, old ? 0.81 : null),
    metric(`f1(${name})`, 'F1', 0.79 + (index % 16) / 100, old ? 0.815 : null),
  ]);
  return {
    task: classes.length === 2 ? 'binary' : 'multiclass',
    rows: 500,
    confidence: 0.95,
    classes,
    positiveClass: classes.length === 2 ? (classes[1] ?? null) : null,
    data: { name: 'data/test.csv', format: 'csv' },
    candidate: { model: facts('models/candidate.onnx'), evaluation: evaluation(classes, 0.91) },
    baseline: old ? { model: facts('models/baseline.onnx'), evaluation: evaluation(classes, 0.87) } : null,
    pairedRows: old
      ? {
          bothRight: 400,
          onlyCandidateRight: 30,
          onlyBaselineRight: 12,
          neitherRight: 58,
          mcnemar: { exact: 0.008, midP: 0.0058 },
        }
      : null,
    metrics: [
      metric('accuracy', 'Accuracy', 0.912, old ? 0.934 : null),
      metric('balanced_accuracy', 'Balanced accuracy', 0.897, old ? 0.921 : null),
      metric('f1(macro)', 'F1, macro', 0.8954, old ? 0.92 : null),
      metric('roc_auc', 'ROC AUC', 0.9631, old ? 0.9702 : null),
      {
        name: 'log_loss',
        label: 'Log loss',
        estimate: { defined: false, reason: 'the scores of 3 rows do not sum to 1', n: 500 },
        baseline: null,
        difference: null,
      },
      ...perClass,
    ],
    slices: (options.slices ?? ['region=EU', 'region=US', 'region=APAC', 'region=EU, sex=f']).map(
      (name, index) => slice(name, 60 + index * 41, 0.81 + Math.min(0.18, index * 0.04), old ? 0.9 : null),
    ),
    smallSlices: [
      { slice: 'region=Antarctica', rows: 7 },
      { slice: 'region=MEA', rows: 22 },
    ],
    speed: { batchSize: 4096, batches: 100, latencyP50: 3.21, latencyP95: 5.67, rowsPerSecond: 703_211 },
  };
}
