/** Every metric of the model gate, with its definition and where that comes from. */

import type { Direction, MetricCatalogue, MetricDefinition, SelectorReading, Unit } from '../gate/types.ts';
import { type MetricSelector, readFairnessSelector, readMetricSelector, writeSelector } from './selector.ts';
import type { Variant } from './types.ts';

const sklearn = (name: string): string =>
  `https://scikit-learn.org/stable/modules/generated/sklearn.metrics.${name}.html`;
const fairlearn = (name: string): string =>
  `https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.${name}.html`;

type Entry = readonly [
  name: string,
  label: string,
  direction: Direction,
  unit: Unit,
  source: string,
  definition: string,
];

const averaged = new Set(['precision', 'recall', 'f1']);
const ranked = new Set(['roc_auc', 'average_precision']);

function refuseVariant(text: string): SelectorReading {
  const reading = readMetricSelector(text);
  if (!reading.ok || reading.variant === null) {
    return reading;
  }
  return {
    ok: false,
    message: 'this metric takes no average and no class',
    offset: 0,
    allowed: 'slices as column=value',
  };
}

function refuseMicro(text: string): SelectorReading {
  const reading = readMetricSelector(text);
  if (!reading.ok || reading.variant?.kind !== 'average' || reading.variant.average !== 'micro') {
    return reading;
  }
  return {
    ok: false,
    message: 'there is no micro average of this metric',
    offset: 0,
    allowed: 'macro, weighted or a class',
  };
}

function define([name, label, direction, unit, source, definition]: Entry): [string, MetricDefinition] {
  const base = { name, label, direction, unit, source, definition, selector: 'optional' } as const;
  if (averaged.has(name)) {
    return [
      name,
      {
        ...base,
        selectorHelp: 'macro, micro, weighted or a class; column=value for a slice',
        readSelector: readMetricSelector,
      },
    ];
  }
  if (ranked.has(name)) {
    return [
      name,
      {
        ...base,
        selectorHelp: 'macro, weighted or a class; column=value for a slice',
        readSelector: refuseMicro,
      },
    ];
  }
  return [name, { ...base, selectorHelp: 'column=value for a slice', readSelector: refuseVariant }];
}

function defineOperational([name, label, direction, unit, source, definition]: Entry): [
  string,
  MetricDefinition,
] {
  return [name, { name, label, direction, unit, source, definition, selectorHelp: null, selector: 'never' }];
}

function defineFairness([name, label, direction, unit, source, definition]: Entry): [
  string,
  MetricDefinition,
] {
  return [
    name,
    {
      name,
      label,
      direction,
      unit,
      source,
      definition,
      selector: 'required',
      selectorHelp: 'a column, whose values are the groups; column=value for a slice',
      readSelector: readFairnessSelector,
    },
  ];
}

const classification: readonly Entry[] = [
  [
    'accuracy',
    'Accuracy',
    'higher',
    'ratio',
    sklearn('accuracy_score'),
    'Share of rows whose predicted class is the actual one.',
  ],
  [
    'balanced_accuracy',
    'Balanced accuracy',
    'higher',
    'ratio',
    sklearn('balanced_accuracy_score'),
    'Mean of the recalls of the classes that are in the data.',
  ],
  [
    'precision',
    'Precision',
    'higher',
    'ratio',
    sklearn('precision_score'),
    'Share of the rows predicted as a class that are of it; 0 when there are none.',
  ],
  [
    'recall',
    'Recall',
    'higher',
    'ratio',
    sklearn('recall_score'),
    'Share of the rows of a class that are predicted as it; 0 when there are none.',
  ],
  [
    'f1',
    'F1',
    'higher',
    'ratio',
    sklearn('f1_score'),
    'Harmonic mean of precision and recall; 0 when both are 0.',
  ],
  [
    'mcc',
    'Matthews correlation',
    'higher',
    'number',
    sklearn('matthews_corrcoef'),
    'Correlation of actual and predicted class, -1 to 1; 0 when either is constant.',
  ],
  [
    'kappa',
    "Cohen's kappa",
    'higher',
    'number',
    sklearn('cohen_kappa_score'),
    'Agreement of actual and predicted class beyond what their frequencies alone give.',
  ],
  [
    'log_loss',
    'Log loss',
    'lower',
    'number',
    sklearn('log_loss'),
    'Mean negative logarithm of the probability given to the actual class, probabilities clipped to [2.2e-16, 1 - 2.2e-16].',
  ],
  [
    'brier',
    'Brier score',
    'lower',
    'number',
    sklearn('brier_score_loss'),
    'Mean squared distance of the probability from the outcome; with more than two classes the sum over classes, 0 to 2.',
  ],
  [
    'roc_auc',
    'ROC AUC',
    'higher',
    'ratio',
    sklearn('roc_auc_score'),
    'Probability that a row of the class scores higher than a row that is not, ties counting half; averages are one-vs-rest.',
  ],
  [
    'average_precision',
    'Average precision',
    'higher',
    'ratio',
    sklearn('average_precision_score'),
    'Precision at each score threshold, weighted by the rise in recall; averages are one-vs-rest.',
  ],
  [
    'ece',
    'Expected calibration error',
    'lower',
    'ratio',
    'https://arxiv.org/abs/1706.04599',
    'Mean distance between score and observed frequency in ten bins of equal width, weighted by rows; the first bin is [0, 0.1], the others are (0.1, 0.2] to (0.9, 1]. Binary: the positive score; multiclass: the top score and whether its class is the actual one.',
  ],
];

const regression: readonly Entry[] = [
  [
    'rmse',
    'RMSE',
    'lower',
    'number',
    sklearn('root_mean_squared_error'),
    'Square root of the mean squared error, in the unit of the label.',
  ],
  [
    'mae',
    'MAE',
    'lower',
    'number',
    sklearn('mean_absolute_error'),
    'Mean absolute error, in the unit of the label.',
  ],
  [
    'mape',
    'MAPE',
    'lower',
    'ratio',
    sklearn('mean_absolute_percentage_error'),
    'Mean of the absolute error over the absolute label, the latter at least 2.2e-16.',
  ],
  [
    'r2',
    'R²',
    'higher',
    'number',
    sklearn('r2_score'),
    'Share of the variance of the label that the prediction explains; for a constant label 1 when all errors are 0, else 0.',
  ],
  [
    'median_absolute_error',
    'Median absolute error',
    'lower',
    'number',
    sklearn('median_absolute_error'),
    'Median of the absolute errors, in the unit of the label.',
  ],
  [
    'max_error',
    'Maximum error',
    'lower',
    'number',
    sklearn('max_error'),
    'Largest absolute error, in the unit of the label.',
  ],
];

/** Measured by the gate itself; its README says how. */
const ownDefinition = 'action-validate-model/README.md';

const operational: readonly Entry[] = [
  [
    'latency_p50',
    'Latency p50',
    'lower',
    'milliseconds',
    ownDefinition,
    'Median time of one batch of predictions.',
  ],
  [
    'latency_p95',
    'Latency p95',
    'lower',
    'milliseconds',
    ownDefinition,
    '95th percentile of the time of one batch of predictions.',
  ],
  [
    'rows_per_second',
    'Rows per second',
    'higher',
    'per-second',
    ownDefinition,
    'Rows predicted per second of prediction time.',
  ],
  ['model_size', 'Model size', 'lower', 'bytes', ownDefinition, 'Size of all files of the model.'],
];

const fairness: readonly Entry[] = [
  [
    'demographic_parity_difference',
    'Demographic parity difference',
    'lower',
    'ratio',
    fairlearn('demographic_parity_difference'),
    'Largest minus smallest share of rows predicted positive among the groups.',
  ],
  [
    'equalized_odds_difference',
    'Equalized odds difference',
    'lower',
    'ratio',
    fairlearn('equalized_odds_difference'),
    'The larger of the differences between groups in true positive rate and in false positive rate.',
  ],
  [
    'equal_opportunity_difference',
    'Equal opportunity difference',
    'lower',
    'ratio',
    fairlearn('equal_opportunity_difference'),
    'Largest minus smallest true positive rate among the groups.',
  ],
];

export const classificationMetrics: MetricCatalogue = new Map(classification.map(define));
export const regressionMetrics: MetricCatalogue = new Map(regression.map(define));
export const operationalMetrics: MetricCatalogue = new Map(operational.map(defineOperational));
export const fairnessMetrics: MetricCatalogue = new Map(fairness.map(defineFairness));

/** All of them, in the order of reports. */
export const modelCatalogue: MetricCatalogue = new Map([
  ...classificationMetrics,
  ...regressionMetrics,
  ...operationalMetrics,
  ...fairnessMetrics,
]);

/**
 * Why a metric cannot have this variant in this task, as one sentence; null when it can. With two classes an average of
 * `roc_auc` or `average_precision` is the binary metric, as scikit-learn has it.
 */
export function variantProblem(
  metric: string,
  variant: Variant,
  task: 'binary' | 'multiclass',
): string | null {
  const choices = averaged.has(metric)
    ? `${metric}(macro), ${metric}(micro), ${metric}(weighted) or ${metric}(<class>)`
    : `${metric}(macro), ${metric}(weighted) or ${metric}(<class>)`;
  if (averaged.has(metric) || ranked.has(metric)) {
    if (variant.kind === 'default' && task === 'multiclass') {
      return `${metric} of more than two classes needs an average or a class: ${choices}`;
    }
    if (ranked.has(metric) && variant.kind === 'average' && variant.average === 'micro') {
      return `there is no micro average of ${metric}: use ${choices}`;
    }
    return null;
  }
  return variant.kind === 'default' ? null : `${metric} takes no average and no class`;
}

/**
 * The selector of a metric, from its canonical text (null: none). The text has passed the catalogue; anything else is
 * a defect of ours.
 */
export function parseMetricSelector(metric: string, text: string | null): MetricSelector {
  if (text === null) {
    return { variant: null, group: null, slice: [] };
  }
  const reading = fairnessMetrics.has(metric) ? readFairnessSelector(text) : readMetricSelector(text);
  if (!reading.ok) {
    throw new Error(`${metric}(${text}) was not read by the catalogue: ${reading.message}`);
  }
  return { variant: reading.variant, group: reading.group, slice: reading.slice };
}

/** As thresholds spell it: `f1(macro)`, `recall("a, b")`, `accuracy`. */
export function formatMetricName(metric: string, variant: Variant, classes: readonly string[]): string {
  if (variant.kind === 'default') {
    return metric;
  }
  const named = variant.kind === 'average' ? variant : classVariant(variant.index, classes);
  return `${metric}(${writeSelector({ variant: named, group: null, slice: [] })})`;
}

/** As reports show it: `F1 (macro)`, `Recall (fraud)`. */
export function metricLabel(metric: string, variant: Variant, classes: readonly string[]): string {
  const label = modelCatalogue.get(metric)?.label ?? metric;
  if (variant.kind === 'default') {
    return label;
  }
  const named = variant.kind === 'average' ? variant.average : classVariant(variant.index, classes).name;
  return `${label} (${named})`;
}

function classVariant(index: number, classes: readonly string[]): { kind: 'class'; name: string } {
  return { kind: 'class', name: classes[index] ?? `#${index}` };
}
