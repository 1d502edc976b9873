/** For tests: random expressions over a small contract, of all forms whose labels the lint infers. */

import fc from 'fast-check';
import { contractFrom } from './index.ts';

export const randomContract = contractFrom({
  requests: { name: 'web_requests_total', type: 'counter', labels: ['route', 'code'] },
  errors: { name: 'web_errors_total', type: 'counter', labels: ['reason'] },
  duration: { name: 'web_duration_seconds', type: 'histogram', labels: ['route'], buckets: [0.1, 1] },
  queue: { name: 'web_queue', type: 'gauge', labels: [] },
  accuracy: { name: 'model_accuracy', type: 'gauge', labels: ['model', 'route'], freshness: 'x' },
});

const labels = ['job', 'instance', 'route', 'code', 'reason', 'model', 'le'];
const values = ['a', 'b', ''];

const names = [
  'web_requests_total',
  'web_errors_total',
  'web_duration_seconds_bucket',
  'web_duration_seconds_count',
  'web_queue',
  'model_accuracy',
];

const someLabels = fc.subarray(labels, { maxLength: 3 });
const matcher = fc
  .tuple(
    fc.constantFrom(...labels),
    fc.constantFrom('=', '!=', '=~', '!~'),
    fc.constantFrom(...values, 'a|b', '.*'),
  )
  .map(([label, operator, value]) => `${label}${operator}"${value}"`);
const selector = fc
  .tuple(fc.constantFrom(...names), fc.array(matcher, { maxLength: 1 }))
  .map(([name, matchers]) => (matchers.length === 0 ? name : `${name}{${matchers.join()}}`));
const grouping = fc
  .tuple(fc.constantFrom('by', 'without', ''), someLabels)
  .map(([mode, list]) => (mode === '' ? '' : `${mode} (${list.join(', ')})`));
const matching = fc
  .tuple(fc.constantFrom('on', 'ignoring', ''), someLabels)
  .map(([mode, list]) => (mode === '' ? '' : `${mode} (${list.join(', ')})`));

const { vector } = fc.letrec<{ vector: string }>((tie) => {
  const inner = tie('vector');
  return {
    vector: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'vector' },
      selector,
      selector.map((of) => `rate(${of}[5m])`),
      selector.map((of) => `last_over_time(${of}[5m])`),
      selector.map((of) => `absent(${of})`),
      fc.constant('vector(1)'),
      fc
        .tuple(fc.constantFrom('sum', 'max', 'avg', 'count', 'group', 'stddev'), grouping, inner)
        .map(([operator, by, of]) => `${operator} ${by} (${of})`),
      fc
        .tuple(fc.constantFrom('topk', 'bottomk'), grouping, inner)
        .map(([operator, by, of]) => `${operator} ${by} (2, ${of})`),
      fc
        .tuple(fc.constantFrom(...labels), grouping, inner)
        .map(([label, by, of]) => `count_values ${by} ("${label}", ${of})`),
      inner.map((of) => `histogram_quantile(0.9, ${of})`),
      fc
        .tuple(
          inner,
          fc.constantFrom(...labels),
          fc.constantFrom('$1', 'c', '', 'x$1'),
          fc.constantFrom(...labels, ''),
          fc.constantFrom('(.*)', '(a)', ''),
        )
        .map(
          ([of, to, by, from, pattern]) => `label_replace(${of}, "${to}", "${by}", "${from}", "${pattern}")`,
        ),
      fc
        .tuple(inner, fc.constantFrom(...labels), fc.constantFrom(...labels))
        .map(([of, to, from]) => `label_join(${of}, "${to}", "-", "${from}")`),
      fc
        .tuple(inner, fc.constantFrom('+', '*', '>', '<= bool'))
        .map(([of, operator]) => `(${of} ${operator} 2)`),
      fc.tuple(inner, fc.constantFrom('-', '/', '!=')).map(([of, operator]) => `(2 ${operator} ${of})`),
      fc
        .tuple(inner, fc.constantFrom('and', 'or', 'unless'), matching, inner)
        .map(([left, operator, on, right]) => `(${left} ${operator} ${on} ${right})`),
      fc
        .tuple(inner, fc.constantFrom('+', '/', '>=', '== bool'), matching, inner)
        .map(([left, operator, on, right]) => `(${left} ${operator} ${on} ${right})`),
      fc
        .tuple(
          inner,
          fc.constantFrom('*', '>='),
          someLabels,
          fc.constantFrom('group_left', 'group_right'),
          someLabels,
          inner,
        )
        .map(([left, operator, on, group, include, right]) => {
          const taken = include.filter((label) => !on.includes(label));
          return `(${left} ${operator} on (${on.join(', ')}) ${group} (${taken.join(', ')}) ${right})`;
        }),
    ),
  };
});

/** Always the same for the same seed. */
export function randomExpressions(count: number, seed: number): string[] {
  return fc.sample(vector, { numRuns: count, seed });
}
