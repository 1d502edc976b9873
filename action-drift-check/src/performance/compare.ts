/** Whether the model has become worse: the same metrics on both sides, which share no row. */

import {
  contrastFactor,
  formatValue,
  holdsFor,
  impliedCheck,
  judge,
  metricKey,
  renderCheck,
} from '../../../core/gate/index.ts';
import type { Bound, Check, Condition, Estimate, Judged } from '../../../core/gate/types.ts';
import { InputError } from '../../../core/inputs/index.ts';
import {
  classificationMetrics,
  estimate,
  formatMetricName,
  parseMetricSelector,
  variantProblem,
} from '../../../core/metrics/index.ts';
import type { MetricRequest, Predictions, Variant } from '../../../core/metrics/types.ts';
import { criticalValue, moverDifference, normalCdf } from '../../../core/stats/index.ts';
import { driftCatalogue, isPerformance } from '../catalogue.ts';
import type { PerformanceMetric } from '../types.ts';
import type { BothPredictions } from './to-predictions.ts';

export interface MeasuredMetric {
  readonly metric: string;
  readonly variant: Variant;
  /** As thresholds spell it. */
  readonly name: string;
  readonly reference: Estimate;
  readonly current: Estimate;
  readonly change: Estimate;
  /** Two-sided, of no change; null: it cannot be tested. */
  readonly p: number | null;
}

const level = 0.95;
const draws = 2000;

/** Those that are shown, and those that thresholds name. @throws InputError for an average or class that the task has not */
export function measurePerformance(
  { reference, current }: BothPredictions,
  checks: readonly Check[],
): MeasuredMetric[] {
  const asked = new Map<string, { metric: string; variant: Variant }>();
  const classes = reference.task === 'regression' ? [] : reference.classes;
  const add = (metric: string, variant: Variant): void => {
    asked.set(formatMetricName(metric, variant, classes), { metric, variant });
  };
  for (const { metric, variant } of usualMetrics(reference)) add(metric, variant);
  for (const check of checks.filter(({ metric }) => isPerformance(metric)))
    add(check.metric, variantOf(check, reference));
  const requests = [...asked.values()].map((each): MetricRequest => ({ ...each, rows: null, level }));
  const options = { draws, seed: 0, baseline: null };
  const before = estimate(reference, requests, options);
  const now = estimate(current, requests, options);
  return [...asked].map(([name, { metric, variant }], index) => {
    const was = (before[index] as (typeof before)[number]).estimate;
    const is = (now[index] as (typeof now)[number]).estimate;
    return { metric, variant, name, reference: was, current: is, ...changeOf(was, is) };
  });
}

function usualMetrics(predictions: Predictions): { metric: string; variant: Variant }[] {
  const plain = { kind: 'default' } as const;
  const macro = { kind: 'average', average: 'macro' } as const;
  if (predictions.task === 'regression') {
    return ['rmse', 'mae', 'r2'].map((metric) => ({ metric, variant: plain }));
  }
  if (predictions.task === 'multiclass') {
    return [
      { metric: 'accuracy', variant: plain },
      { metric: 'f1', variant: macro },
    ];
  }
  const scored = predictions.scores === null ? [] : ['roc_auc'];
  return ['accuracy', 'f1', ...scored].map((metric) => ({ metric, variant: plain }));
}

function variantOf(check: Check, predictions: Predictions): Variant {
  const { variant, slice } = parseMetricSelector(check.metric, check.selector);
  const problem = (message: string): InputError =>
    new InputError([
      {
        input: 'thresholds',
        message: `line ${check.place?.line ?? 1}: \`${renderCheck(check)}\`: ${message}`,
      },
    ]);
  if (slice.length > 0) throw problem('slices are for the model gate; here a metric is of all rows');
  if (variant === null) return resolved({ kind: 'default' });
  if (variant.kind !== 'class') return resolved(variant);
  if (predictions.task === 'regression') throw problem('a regression has no classes');
  const index = predictions.classes.indexOf(variant.name);
  if (index < 0)
    throw problem(
      `there is no class ${JSON.stringify(variant.name)} among ${predictions.classes.slice(0, 8).join(', ')}`,
    );
  return resolved({ kind: 'class', index });

  function resolved(found: Variant): Variant {
    const isClassification = classificationMetrics.has(check.metric);
    if (isClassification !== (predictions.task !== 'regression')) {
      throw problem(
        `labels and predictions are ${isClassification ? 'quantities' : 'classes'}, and it is a metric of the other kind`,
      );
    }
    const wrong =
      predictions.task === 'regression' ? null : variantProblem(check.metric, found, predictions.task);
    if (wrong !== null) throw problem(wrong);
    return found;
  }
}

/** Current minus reference, by MOVER; p from the side of its interval that faces no change. */
function changeOf(reference: Estimate, current: Estimate): Pick<MeasuredMetric, 'change' | 'p'> {
  const n = Math.min(reference.n, current.n);
  if (!reference.defined)
    return { change: { defined: false, reason: `of the reference: ${reference.reason}`, n }, p: null };
  if (!current.defined) return { change: { defined: false, reason: current.reason, n }, p: null };
  const value = current.value - reference.value;
  if (reference.interval === null || current.interval === null) {
    return { change: { defined: true, value, interval: null, n }, p: null };
  }
  const interval = moverDifference(
    { value: current.value, interval: current.interval },
    { value: reference.value, interval: reference.interval },
  );
  const half = value > 0 ? value - interval.low : interval.high - value;
  const z = half > 0 ? (Math.abs(value) / half) * criticalValue(level) : 0;
  return { change: { defined: true, value, interval, n }, p: 2 * normalCdf(-z) };
}

/** Points that a share may fall, and the part by which an error may grow. */
const usualFall = 0.02;
const usualGrowth = 0.1;

/** What decides unless thresholds name a metric of the model. */
function usualCheck(metrics: readonly MeasuredMetric[]): Check | null {
  const first = metrics[0];
  if (first === undefined) return null;
  const bound: Bound =
    first.metric === 'rmse'
      ? { kind: 'baseline', factor: 1 + usualGrowth, offset: 0, text: `baseline * ${1 + usualGrowth}` }
      : { kind: 'baseline', factor: 1, offset: -usualFall, text: `baseline - ${usualFall}` };
  const condition: Condition = { kind: 'compare', operator: first.metric === 'rmse' ? '<=' : '>=', bound };
  return impliedCheck(first.metric, null, condition);
}

export interface JudgedPerformance {
  readonly judged: readonly Judged[];
  readonly metrics: readonly PerformanceMetric[];
}

/** @param adjusted p of each metric, adjusted with all tests of the run */
export function judgePerformance(
  metrics: readonly MeasuredMetric[],
  adjusted: readonly (number | null)[],
  checks: readonly Check[],
  options: { readonly alpha: number; readonly minRows: number },
): JudgedPerformance {
  const own = checks.filter(({ metric }) => isPerformance(metric));
  const usual = own.length === 0 ? usualCheck(metrics) : null;
  const judged = [...own, ...(usual === null ? [] : [usual])].flatMap((check): Judged[] => {
    const index = metrics.findIndex(({ name }) => name === keyOf(check));
    const found = metrics[index];
    return found === undefined ? [] : [judgeMetric(check, found, adjusted[index] ?? null, options)];
  });
  return {
    judged,
    metrics: metrics.map((metric, index) => {
      const verdicts = judged.filter(({ check }) => keyOf(check) === metric.name);
      return record(
        metric,
        adjusted[index] ?? null,
        verdicts.some(({ verdict }) => verdict === 'fail'),
      );
    }),
  };
}

const keyOf = ({ metric, selector }: Check): string => metricKey(metric, selector);

function judgeMetric(
  check: Check,
  { reference, current, change }: MeasuredMetric,
  adjusted: number | null,
  { alpha, minRows }: { readonly alpha: number; readonly minRows: number },
): Judged {
  const measurement = {
    metric: check.metric,
    selector: check.selector,
    estimate: current,
    baseline: reference,
    contrast: change,
  };
  const unit = driftCatalogue.get(check.metric)?.unit ?? 'number';
  if (contrastFactor(check.condition) === null || check.confidence !== null) {
    return judge(check, measurement, { confidence: level, unit });
  }
  const say = (verdict: Judged['verdict'], reason: string): Judged => ({
    check,
    measurement,
    verdict,
    reason,
  });
  if (!reference.defined || !current.defined) {
    return say('inconclusive', change.defined ? 'it is undefined' : change.reason);
  }
  const n = Math.min(reference.n, current.n);
  if (n < minRows)
    return say(
      'inconclusive',
      `${n} rows with label and prediction are too few to judge; it takes ${minRows} (min-rows)`,
    );
  const [was, is] = [formatValue(reference.value, unit), formatValue(current.value, unit)];
  if (holdsFor(check.condition, current.value, reference.value)) return say('pass', `${is}, was ${was}`);
  if (adjusted !== null && adjusted >= alpha)
    return say(
      'pass',
      `${is}, was ${was}: chance can do that (adjusted p ${formatValue(adjusted, 'number')})`,
    );
  return say('fail', `it went from ${was} to ${is}`);
}

function record(
  { metric, name, reference, current, change, p }: MeasuredMetric,
  adjusted: number | null,
  worse: boolean,
): PerformanceMetric {
  const unit = driftCatalogue.get(metric)?.unit ?? 'number';
  const label = driftCatalogue.get(metric)?.label ?? metric;
  const sentence =
    !reference.defined || !current.defined
      ? `${label} is undefined: ${change.defined ? '' : change.reason}.`
      : worse
        ? `${label} went from ${formatValue(reference.value, unit)} to ${formatValue(current.value, unit)}.`
        : `${label} is ${formatValue(current.value, unit)}, was ${formatValue(reference.value, unit)}.`;
  return { metric: name, reference, current, change, p, adjusted_p: adjusted, worse, sentence };
}
