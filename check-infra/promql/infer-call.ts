/** Functions: the types of their arguments, what they are for, and what comes out. */

import type { Call, Expression } from './ast.ts';
import { functions, type Signature } from './functions.ts';
import type { Inference } from './infer.ts';
import { noLabels, withLabel } from './labels.ts';
import { checkQuantile, checkShare } from './quantile.ts';
import { checkDelta, checkRate, checkWindow } from './rate.ts';
import { joinedLabels, replaced } from './relabel.ts';
import { plainVector, unknownVector, type Value, type Vector } from './value.ts';

const rates = new Set(['rate', 'irate', 'increase']);
const deltas = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);
/** The numbers are still what they were. */
const keeping = new Set(
  'abs ceil floor round clamp clamp_max clamp_min sort sort_desc sort_by_label sort_by_label_desc last_over_time first_over_time max_over_time min_over_time avg_over_time quantile_over_time label_join label_replace info'.split(
    ' ',
  ),
);

export function inferCall(inference: Inference, call: Call): Value {
  const signature = functions.get(call.name);
  // The grammar knows the functions; one that it has and this table does not is newer.
  if (signature === undefined) return unknownVector;
  const values = call.args.map((arg) => inference.infer(arg));
  if (!isTyped(inference, call, signature, values)) return { type: 'unknown' };
  if (signature.returns === 'scalar') return { type: 'scalar' };
  const main = values.find((value) => value.type === 'vector' || value.type === 'range');
  if (call.name === 'vector') return plainVector(noLabels);
  if (call.name.startsWith('absent')) return plainVector(absentLabels(call.args[0]));
  if (main === undefined) return values.length === 0 ? plainVector(noLabels) : { type: 'unknown' };
  return resultOf(inference, call, main);
}

function resultOf(
  inference: Inference,
  call: Call,
  main: Exclude<Value, { type: 'scalar' | 'string' | 'unknown' }>,
): Value {
  const { name } = call;
  const vector: Vector = { ...main, type: 'vector' };
  if (rates.has(name) || deltas.has(name)) checkWindow(inference, call);
  if (rates.has(name)) {
    checkRate(inference, call, main);
    return { ...vector, nature: 'rate', summed: false };
  }
  if (name === 'resets') checkRate(inference, call, main);
  if (deltas.has(name)) checkDelta(inference, call, main);
  if (name === 'histogram_quantile' || name === 'histogram_fraction')
    return checkQuantile(inference, call, vector);
  if (name === 'quantile_over_time') checkShare(inference, call.args[0]);
  if (name === 'label_replace') return replaced(call, vector);
  if (name === 'label_join') return joinedLabels(call, vector);
  if (name === 'info') return { ...vector, labels: { ...vector.labels, open: true } };
  if (keeping.has(name)) return vector;
  if (name === 'sum_over_time' || name === 'count_over_time') return plainVector(main.labels);
  return plainVector(main.labels);
}

const shown = {
  vector: 'series at one moment',
  range: 'a range, as in `x[5m]`',
  scalar: 'a number',
  string: 'a text',
};

function isTyped(inference: Inference, call: Call, signature: Signature, values: readonly Value[]): boolean {
  const { args, least, repeats } = signature;
  if (values.length < least || (values.length > args.length && !repeats)) {
    const wanted = repeats
      ? `at least ${least}`
      : least === args.length
        ? `${least}`
        : `${least} to ${args.length}`;
    inference.report(
      'promql-type',
      call,
      `${call.name} takes ${wanted} arguments, and has ${values.length}`,
      `${call.name}(${args.map((type) => shown[type]).join('; ')})`,
    );
    return false;
  }
  return values.every((value, index) => {
    const wanted = args[Math.min(index, args.length - 1)];
    if (wanted === undefined || value.type === 'unknown' || value.type === wanted) return true;
    const arg = call.args[index] ?? call;
    const mend =
      wanted === 'range'
        ? `write \`${call.name}(${inference.textOf(arg)}[5m])\``
        : wanted === 'vector' && value.type === 'range'
          ? 'take the brackets away, or make one number of the range first: `rate`, `…_over_time`'
          : `write ${shown[wanted]}`;
    inference.report(
      'promql-type',
      call,
      `${call.name} takes ${shown[wanted]} here, and this is ${shown[value.type]}`,
      mend,
    );
    return false;
  });
}

/** A series that is not there has the labels that were asked for. */
function absentLabels(arg: Expression | undefined): Vector['labels'] {
  const selector = arg?.kind === 'range' ? arg.of : arg;
  if (selector?.kind !== 'selector') return noLabels;
  return selector.matchers
    .filter(({ operator, value }) => operator === '=' && value !== '')
    .reduce((labels, { label }) => withLabel(labels, label, { always: true, varied: false }), noLabels);
}
