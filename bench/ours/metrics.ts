/** Binary metrics: `node metrics.ts FOLDER ROWS values|intervals [METRIC,METRIC…]`; default: all eight. */

import { estimate } from '../../core/metrics/index.ts';
import { prepareClassification } from '../../core/metrics/prepare-classification.ts';
import { ClassSample } from '../../core/metrics/sample.ts';
import type { MetricRequest } from '../../core/metrics/types.ts';
import { meter, tell } from './meter.ts';
import { readScores } from './scores.ts';

const all = ['accuracy', 'precision', 'recall', 'f1', 'roc_auc', 'average_precision', 'log_loss', 'brier'];
const options = { draws: 2_000, seed: 0, baseline: null };

const [folder = '', rows = '', what = 'values', chosen = ''] = process.argv.slice(2);
const metrics = chosen === '' ? all : chosen.split(',');
const predictions = readScores(folder, Number(rows));
const reading = await meter(what === 'values' ? values : intervals);
tell(reading);

/** The points alone, as `estimate` computes them before it asks for intervals. */
function values(): Record<string, number> {
  const sample = new ClassSample(predictions, null, options);
  return Object.fromEntries(
    metrics.map((metric) => {
      const { candidate } = prepareClassification(metric, { kind: 'default' }, sample);
      return [metric, candidate.defined ? candidate.value : Number.NaN];
    }),
  );
}

/** Points and 95% intervals. */
function intervals(): Record<string, number> {
  const requests = metrics.map(
    (metric): MetricRequest => ({ metric, variant: { kind: 'default' }, rows: null, level: 0.95 }),
  );
  const estimates = estimate(predictions, requests, options);
  return Object.fromEntries(
    metrics.flatMap((metric, i) => {
      const found = estimates[i]?.estimate;
      if (found?.defined !== true || found.interval === null) return [[metric, Number.NaN]];
      return [
        [metric, found.value],
        [`${metric}_low`, found.interval.low],
        [`${metric}_high`, found.interval.high],
      ];
    }),
  );
}
