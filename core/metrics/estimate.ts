import type { Estimate } from '../gate/types.ts';
import { classificationMetrics, fairnessMetrics, regressionMetrics } from './catalogue.ts';
import { type FairnessMetric, type Groups, prepareFairness } from './fairness.ts';
import { prepareClassification } from './prepare-classification.ts';
import { NumberSample, prepareRegression } from './prepare-regression.ts';
import { isInterval, type Point, type Prepared, type Side, undefinedPrepared } from './prepared.ts';
import { ClassSample } from './sample.ts';
import { takeRows } from './samples.ts';
import type {
  ClassPredictions,
  EstimateOptions,
  MetricEstimate,
  MetricRequest,
  NumberPredictions,
  Predictions,
} from './types.ts';

/**
 * Estimates of all requests, in their order. Requests with the same `rows` (the same array) share sorted scores, counted
 * cells and one stream of bootstrap draws; every such sample begins its stream anew at the seed, so that an estimate does
 * not depend on which others are asked for.
 *
 * Values are scikit-learn's (Fairlearn's for the fairness metrics). Intervals: Wilson for accuracy, micro averages,
 * precision and recall of a class; DeLong for ROC AUC; order statistics for the median error; symmetric bootstrap for the
 * fairness metrics, basic bootstrap for ece; none for the maximum; for everything else the BCa bootstrap, over cells for
 * metrics of labels, over rows for the others, replaced by influence values from 20,000 rows on. Differences: Newcombe's
 * paired interval for accuracy and recall at factor 1, DeLong for ROC AUC, MOVER for the median error, else percentiles of
 * the paired bootstrap. Where rows all agree, Wilson bounds take the place of draws. A value without an interval has a
 * note that says why. With fewer than 100 rows of a class the intervals of ROC AUC are united with Newcombe's, those of its
 * differences with MOVER's; the method then says so. `estimate.n` is the number of rows that a proportion is taken over, else of the sample.
 */
export function estimate(
  predictions: Predictions,
  requests: readonly MetricRequest[],
  options: EstimateOptions,
): MetricEstimate[] {
  const samples = new Map<Int32Array | null, MetricRequest[]>();
  for (const request of requests) {
    const together = samples.get(request.rows) ?? [];
    together.push(request);
    samples.set(request.rows, together);
  }
  const results = new Map<MetricRequest, MetricEstimate>();
  for (const [rows, together] of samples) {
    const prepare = sampleOf(predictions, rows, options);
    // First all are prepared, then measured: the draws are made once everything that needs them is known.
    const prepared = together.map((request) => ({ request, prepared: prepare(request) }));
    for (const each of prepared) {
      results.set(each.request, measure(each.prepared, each.request));
    }
  }
  return requests.map((request) => results.get(request) as MetricEstimate);
}

function sampleOf(
  predictions: Predictions,
  rows: Int32Array | null,
  options: EstimateOptions,
): (request: MetricRequest) => Prepared {
  const candidate = takeRows(predictions, rows);
  const baseline = options.baseline === null ? null : takeRows(options.baseline, rows);
  if (baseline !== null && baseline.actual.length !== candidate.actual.length) {
    throw new Error('the baseline has another number of rows');
  }
  if (candidate.task === 'regression') {
    const sample = new NumberSample(candidate, baseline as NumberPredictions | null, options);
    return ({ metric }) =>
      regressionMetrics.has(metric)
        ? prepareRegression(metric, sample)
        : undefinedPrepared(
            `${metric} is not a metric of regression`,
            candidate.actual.length,
            baseline !== null,
          );
  }
  const other = baseline as ClassPredictions | null;
  const sample = new ClassSample(candidate, other, options);
  return (request) => {
    const { metric } = request;
    if (fairnessMetrics.has(metric)) {
      const groups = groupsOf(request, candidate.actual.length);
      return groups === null
        ? undefinedPrepared(`${metric} needs a column of groups`, sample.rows, other !== null)
        : prepareFairness(metric as FairnessMetric, groups, candidate, other, options);
    }
    return classificationMetrics.has(metric)
      ? prepareClassification(metric, request.variant, sample)
      : undefinedPrepared(`${metric} is not a metric of classification`, sample.rows, other !== null);
  };
}

function groupsOf({ groups, rows }: MetricRequest, n: number): Groups | null {
  if (groups === undefined) {
    return null;
  }
  if (rows === null) {
    return groups;
  }
  const index = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    index[i] = groups.index[rows[i] as number] as number;
  }
  return { index, names: groups.names };
}

function measure(prepared: Prepared, { level, contrastFactor }: MetricRequest): MetricEstimate {
  const notes = [...prepared.notes];
  const { candidate, baseline } = prepared;
  const estimateOf = (point: Point, side: Side): Estimate => {
    if (!point.defined) {
      return point;
    }
    const bounded = prepared.interval(side, level);
    if (isInterval(bounded)) {
      return { ...point, interval: bounded };
    }
    notes.push(
      side === 'candidate' ? `no interval: ${bounded.none}` : `no interval of the baseline: ${bounded.none}`,
    );
    return { ...point, interval: null };
  };
  const own = estimateOf(candidate, 'candidate');
  const other = baseline === null ? null : estimateOf(baseline, 'baseline');
  return {
    estimate: own,
    baseline: other,
    contrast:
      contrastFactor === undefined || baseline === null
        ? null
        : contrastOf(prepared, candidate, baseline, contrastFactor, level, notes),
    notes,
  };
}

function contrastOf(
  prepared: Prepared,
  candidate: Point,
  baseline: Point,
  factor: number,
  level: number,
  notes: string[],
): Estimate {
  const n = Math.min(candidate.n, baseline.n);
  if (!candidate.defined) {
    return { defined: false, reason: candidate.reason, n };
  }
  if (!baseline.defined) {
    return { defined: false, reason: `of the baseline: ${baseline.reason}`, n };
  }
  const bounded = prepared.contrast(factor, level);
  const value = candidate.value - factor * baseline.value;
  if (!isInterval(bounded)) {
    notes.push(`no interval of the difference: ${bounded.none}`);
    return { defined: true, value, interval: null, n };
  }
  notes.push(...(prepared.contrastNotes?.(factor) ?? []));
  return { defined: true, value, interval: bounded, n };
}
