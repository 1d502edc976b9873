/** `histogram_quantile` needs how many observations each bucket got of late, and the label that says which bucket it is. */

import type { Call, Expression } from './ast.ts';
import type { Inference } from './infer.ts';
import { canHave, withoutLabels } from './labels.ts';
import type { Value, Vector } from './value.ts';

export function checkQuantile(inference: Inference, call: Call, buckets: Vector): Value {
  const isQuantile = call.name === 'histogram_quantile';
  if (isQuantile) checkShare(inference, call.args[0]);
  const series = buckets.part === 'bucket' && buckets.metric !== null ? buckets.metric : '…_bucket';
  const right = `sum by (le) (rate(${series}[5m]))`;
  const known = buckets.part !== null || buckets.nature === 'gauge';
  if (known && !canHave(buckets.labels, 'le')) {
    inference.report(
      'promql-quantile-without-le',
      call,
      `${call.name} finds no label le in what it is given, and gives nothing`,
      buckets.part === 'bucket'
        ? `keep it: \`${right}\``
        : `give it the buckets: \`${right}\`; ${buckets.metric ?? 'this'} is none`,
    );
  } else if (buckets.nature === 'counter') {
    inference.report(
      'promql-quantile-without-rate',
      call,
      'the buckets count since the process was started: this percentile is of all that time, and hardly moves',
      `take their rate: \`${right}\``,
    );
  }
  return {
    ...buckets,
    nature: isQuantile ? 'quantile' : 'plain',
    part: null,
    labels: withoutLabels(buckets.labels, ['le']),
  };
}

/** 95 for 95% gives infinity, and no error. */
export function checkShare(inference: Inference, share: Expression | undefined): void {
  if (share?.kind !== 'number' || (share.value >= 0 && share.value <= 1)) return;
  inference.report(
    'promql-quantile-range',
    share,
    'a quantile is a share from 0 to 1',
    `write ${share.value / 100} for ${share.value}%`,
  );
}
