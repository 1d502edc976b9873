/** Measures what checks and report ask for, all in one pass over the predictions. */

import { contrastFactor, metricKey, percentText } from '../../../core/gate/index.ts';
import type { Check, Estimate, Measurement } from '../../../core/gate/types.ts';
import { estimate, formatMetricName, metricLabel } from '../../../core/metrics/index.ts';
import type { MetricEstimate, MetricRequest, Predictions } from '../../../core/metrics/types.ts';
import { moverDifference } from '../../../core/stats/index.ts';
import type { Coded } from '../predictions/codes.ts';
import type { Task } from '../predictions/settle-task.ts';
import type { BoundCheck } from './selected-checks.ts';
import { rowsWhere, type Slice } from './slices.ts';

export interface MeasureOptions {
  readonly confidence: number;
  readonly seed: number;
  readonly minSliceSize: number;
  readonly groups: ReadonlyMap<string, Coded>;
  readonly baseline: Predictions | null;
  /** The baseline is the candidate's own file: its differences are zero, not estimates. */
  readonly sameModel: boolean;
  /** Numbers of the baseline when it is a result document: no rows to pair. */
  readonly recorded: ReadonlyMap<string, Estimate> | null;
}

export interface Operational {
  readonly latency_p50: Estimate;
  readonly latency_p95: Estimate;
  readonly rows_per_second: Estimate;
  readonly model_size: Estimate;
}

/** 2,000 draws: the Monte-Carlo error of a 95% bound is then a tenth of the interval's own error. */
const draws = 2_000;

/** All numbers of a run from one call, so that every interval comes from the same draws. */
export interface Numbers {
  /** One per check, in their order. */
  readonly measurements: readonly Measurement[];
  /** One per reported metric, in their order. */
  readonly reported: readonly MetricEstimate[];
  /** One per slice, in their order. */
  readonly slices: readonly MetricEstimate[];
}

export function measureAll(
  predictions: Predictions,
  asked: {
    readonly checks: readonly BoundCheck[];
    readonly reported: readonly NamedRequest[];
    readonly slices: readonly Slice[];
  },
  operational: { readonly candidate: Operational; readonly baseline: Operational | null },
  options: MeasureOptions,
): Numbers {
  const own = asked.checks.map((bound) => requestOf(bound, options));
  const requests = [
    ...own.filter((request) => request !== null),
    ...asked.reported.map(({ metric, variant }) => reportRequest(metric, variant, null, options)),
    ...asked.slices.map(({ rows }) =>
      reportRequest(sliceMetric(predictions), { kind: 'default' }, rows, options),
    ),
  ];
  const estimates = estimate(predictions, requests, {
    draws,
    seed: options.seed,
    baseline: options.baseline,
  });
  const take = function* (): Generator<MetricEstimate, never> {
    yield* estimates;
    throw new Error('an estimate is missing');
  };
  const next = take();
  return {
    measurements: asked.checks.map((bound, i) => {
      const request = own[i] ?? null;
      return request === null
        ? operationalMeasurement(bound, operational)
        : toMeasurement(bound, next.next().value, request, options);
    }),
    reported: asked.reported.map(() => next.next().value),
    slices: asked.slices.map(() => next.next().value),
  };
}

/** What slices are compared by. */
export function sliceMetric(predictions: Predictions): string {
  return predictions.task === 'regression' ? 'rmse' : 'accuracy';
}

function reportRequest(
  metric: string,
  variant: MetricRequest['variant'],
  rows: Int32Array | null,
  { confidence, baseline }: MeasureOptions,
): MetricRequest {
  return { metric, variant, rows, level: confidence, ...(baseline === null ? {} : { contrastFactor: 1 }) };
}

function requestOf(bound: BoundCheck, options: MeasureOptions): MetricRequest | null {
  const { check, family, variant, slice } = bound;
  if (family === 'operational') return null;
  const rows = slice.length === 0 ? null : rowsWhere(slice, options.groups);
  const factor = contrastFactor(check.condition) ?? (options.baseline === null ? null : 1);
  const group = bound.group === null ? undefined : options.groups.get(bound.group);
  return {
    metric: check.metric,
    variant,
    rows,
    level: check.confidence ?? options.confidence,
    ...(group === undefined ? {} : { groups: { index: group.codes, names: group.names } }),
    ...(factor === null ? {} : { contrastFactor: factor }),
  };
}

function toMeasurement(
  bound: BoundCheck,
  measured: MetricEstimate,
  request: MetricRequest,
  options: MeasureOptions,
): Measurement {
  const { check } = bound;
  const tooSmall = smallSlice(request, options);
  return {
    metric: check.metric,
    selector: check.selector,
    estimate: measured.estimate,
    baseline: measured.baseline ?? options.recorded?.get(metricKey(check.metric, check.selector)) ?? null,
    contrast:
      sameModelContrast(measured, request, options) ?? recordedContrast(check, measured.estimate, options),
    ...(tooSmall === null ? {} : { inconclusive: tooSmall }),
    ...(measured.notes.length === 0 ? {} : { notes: measured.notes }),
  };
}

/** A file differs from itself by nothing: there is no sampling error around that. */
function sameModelContrast(
  { estimate: own, contrast }: MetricEstimate,
  { contrastFactor: factor }: MetricRequest,
  { sameModel }: MeasureOptions,
): Estimate | null {
  if (!sameModel || factor !== 1 || contrast === null || !own.defined) return contrast;
  return { defined: true, value: 0, interval: null, n: own.n };
}

function smallSlice(request: MetricRequest, { minSliceSize }: MeasureOptions): string | null {
  if (request.rows !== null && request.rows.length < minSliceSize) {
    return `the slice has ${request.rows.length} rows, fewer than min-slice-size ${minSliceSize}`;
  }
  if (request.groups === undefined) return null;
  const counts = new Int32Array(request.groups.names.length);
  for (const code of request.groups.index) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  const small = counts.findIndex((count) => count < minSliceSize);
  if (small < 0) return null;
  return `the group \`${request.groups.names[small]}\` has ${counts[small]} rows, fewer than min-slice-size ${minSliceSize}`;
}

/**
 * Against a result document there are no rows to pair: the two estimates are independent, and their difference
 * has the interval of Zou & Donner 2008 (MOVER). Numbers without intervals are compared as they are.
 */
function recordedContrast(check: Check, candidate: Estimate, options: MeasureOptions): Estimate | null {
  const factor = contrastFactor(check.condition) ?? 1;
  const recorded = options.recorded?.get(metricKey(check.metric, check.selector));
  if (options.recorded === null) return null;
  if (recorded === undefined) {
    return {
      defined: false,
      reason: `the baseline document has no ${metricKey(check.metric, check.selector)}`,
      n: 0,
    };
  }
  return independentContrast(candidate, recorded, factor);
}

export function independentContrast(candidate: Estimate, baseline: Estimate, factor: number): Estimate {
  if (!candidate.defined) return candidate;
  if (!baseline.defined) return { ...baseline, reason: `baseline: ${baseline.reason}` };
  const n = Math.min(candidate.n, baseline.n);
  const value = candidate.value - factor * baseline.value;
  const own = candidate.interval;
  const other = baseline.interval;
  if (own === null || other === null) return { defined: true, value, interval: null, n };
  if (own.level !== other.level) {
    const reason = `the baseline's interval is at ${percentText(other.level)}, this check's at ${percentText(own.level)}`;
    return { defined: false, reason, n };
  }
  const interval = moverDifference(
    { value: candidate.value, interval: own },
    { value: baseline.value, interval: other },
    factor,
  );
  return { defined: true, value, interval, n };
}

function operationalMeasurement(
  { check }: BoundCheck,
  { candidate, baseline }: { readonly candidate: Operational; readonly baseline: Operational | null },
): Measurement {
  const name = check.metric as keyof Operational;
  const own = candidate[name];
  const other = baseline?.[name] ?? null;
  const factor = contrastFactor(check.condition);
  return {
    metric: check.metric,
    selector: check.selector,
    estimate: own,
    baseline: other,
    contrast: factor === null || other === null ? null : independentContrast(own, other, factor),
  };
}

export interface NamedRequest {
  /** As thresholds spell it. */
  readonly name: string;
  /** As reports show it. */
  readonly label: string;
  readonly metric: string;
  readonly variant: MetricRequest['variant'];
}

/** The names that thresholds use: `accuracy`, `f1(macro)`, `recall(fraud)`, … */
export function reportedMetrics(task: Task, classes: readonly string[]): NamedRequest[] {
  const named = (metric: string, variant: MetricRequest['variant'] = { kind: 'default' }): NamedRequest => ({
    name: formatMetricName(metric, variant, classes),
    label: metricLabel(metric, variant, classes),
    metric,
    variant,
  });
  if (task === 'regression') {
    return ['rmse', 'mae', 'mape', 'r2', 'median_absolute_error', 'max_error'].map((metric) => named(metric));
  }
  const averages = ['macro', 'micro', 'weighted'] as const;
  const families = ['precision', 'recall', 'f1'].flatMap((metric) => [
    ...(task === 'binary' ? [named(metric)] : []),
    ...averages.map((average) => named(metric, { kind: 'average', average })),
    ...classes.map((_, index) => named(metric, { kind: 'class', index })),
  ]);
  const ranking = ['roc_auc', 'average_precision'].map((metric) =>
    named(metric, task === 'binary' ? { kind: 'default' } : { kind: 'average', average: 'macro' }),
  );
  return [
    named('accuracy'),
    named('balanced_accuracy'),
    ...families,
    named('mcc'),
    named('kappa'),
    ...ranking,
    named('log_loss'),
    named('brier'),
    named('ece'),
  ];
}
