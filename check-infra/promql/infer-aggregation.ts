/** Aggregations: which labels are left, and what may not be added up or averaged. */

import type { Aggregation } from './ast.ts';
import { parameterOf } from './functions.ts';
import type { Inference } from './infer.ts';
import { reportLabel } from './infer-selector.ts';
import { anyLabels, canHave, type Labels, noLabels, onlyLabels, withLabel, withoutLabels } from './labels.ts';
import { anyLabel } from './parse.ts';
import { checkShare } from './quantile.ts';
import { plainVector, type Value, type Vector } from './value.ts';

/** Of some series, each as it was. */
const selecting = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);
const adding = new Set(['sum', 'avg']);
/** What is left of a counter is none. */
const counting = new Set(['count', 'group', 'count_values', 'stddev', 'stdvar']);

export function inferAggregation(inference: Inference, aggregation: Aggregation): Value {
  const { operator, grouping } = aggregation;
  if (!isParameterRight(inference, aggregation)) return { type: 'unknown' };
  const value = inference.infer(aggregation.of);
  if (value.type === 'unknown') return value;
  if (value.type !== 'vector') {
    const what = value.type === 'range' ? 'a range of time' : `a ${value.type}`;
    inference.report(
      'promql-type',
      aggregation,
      `${operator} is over series at one moment, and this is ${what}`,
      value.type === 'range'
        ? `make one number of each series first: \`${operator} (rate(…[5m]))\`, or \`…_over_time\``
        : 'take a vector',
    );
    return { type: 'unknown' };
  }
  if (adding.has(operator) && value.nature === 'quantile') {
    inference.report(
      'promql-average-of-quantile',
      aggregation,
      `${operator} of percentiles is no percentile`,
      'add up the buckets first: `histogram_quantile(0.95, sum by (le) (rate(…_bucket[5m])))`; or take `max`',
    );
  }
  const labels = grouped(inference, aggregation, value);
  checkBuckets(inference, aggregation, value, labels);
  if (selecting.has(operator)) return { ...value, labels: value.labels };
  if (operator === 'count_values') return plainVector(counted(aggregation, labels));
  if (counting.has(operator)) return plainVector(labels);
  const nature = operator === 'quantile' && value.nature !== 'counter' ? 'plain' : value.nature;
  const isOneSeries = grouping?.mode === 'without' && grouping.labels.length === 0;
  return { ...value, labels, nature, summed: value.summed || !isOneSeries };
}

/** Each bucket counts what the smaller ones do as well: their sum is no number of anything. */
function checkBuckets(inference: Inference, aggregation: Aggregation, value: Vector, labels: Labels): void {
  const isOfAll = value.part === 'bucket' && value.labels.known.get('le')?.varied === true;
  if (!adding.has(aggregation.operator) || !isOfAll || value.nature !== 'rate' || canHave(labels, 'le'))
    return;
  const count = value.metric?.replace(/_bucket$/, '_count') ?? '…_count';
  inference.report(
    'promql-buckets-added',
    aggregation,
    `the ${aggregation.operator} is over all buckets, each of which counts what the smaller ones count as well`,
    `how many there were says \`rate(${count}[5m])\`; for a percentile keep le: \`sum by (le) (…)\``,
  );
}

function isParameterRight(inference: Inference, aggregation: Aggregation): boolean {
  const { operator, parameter } = aggregation;
  const wanted = parameterOf.get(operator);
  const say = (message: string, mend: string): false => {
    inference.report('promql-type', aggregation, message, mend);
    return false;
  };
  if (wanted === undefined) {
    return parameter === null || say(`${operator} takes one vector`, 'take the first argument out');
  }
  const example = wanted === 'scalar' ? '5' : '"label"';
  if (parameter === null)
    return say(`${operator} needs a ${wanted} before its vector`, `\`${operator}(${example}, …)\``);
  const value = inference.infer(parameter);
  if (value.type !== wanted && value.type !== 'unknown')
    return say(
      `${operator} takes a ${wanted} first, and this is a ${value.type}`,
      `swap the arguments: \`${operator}(${example}, …)\``,
    );
  if (operator === 'quantile') checkShare(inference, parameter);
  return true;
}

function grouped(inference: Inference, aggregation: Aggregation, { labels }: Vector): Labels {
  const { grouping } = aggregation;
  if (grouping === null) return noLabels;
  if (grouping.labels.includes(anyLabel)) return anyLabels;
  if (grouping.mode === 'without') return withoutLabels(labels, grouping.labels);
  for (const label of grouping.labels) {
    if (canHave(labels, label) || label === '__name__') continue;
    reportLabel(
      inference,
      aggregation,
      { labels },
      label,
      `no series within ${aggregation.operator} by (${grouping.labels.join(', ')}) has a label ${label}`,
    );
  }
  return onlyLabels(labels, grouping.labels);
}

/** The value becomes a label before the others are taken away: `without` may take it away again. */
function counted({ parameter, grouping }: Aggregation, labels: Labels): Labels {
  if (parameter?.kind !== 'string') return { ...labels, open: true };
  if (grouping?.mode === 'without' && grouping.labels.includes(parameter.value)) return labels;
  return withLabel(labels, parameter.value, { always: true, varied: true });
}
