/** Operators: what is compared and added, and whether the two sides can ever meet. */

import type { Binary, Expression } from './ast.ts';
import { checkBound } from './bound.ts';
import type { Inference } from './infer.ts';
import { reportLabel } from './infer-selector.ts';
import { canHave, either, hasAlways, type Labels, onlyLabels, withLabel, withoutLabels } from './labels.ts';
import { checkMatching } from './matching.ts';
import { anyLabel } from './parse.ts';
import { type Nature, plainVector, type Value, type Vector } from './value.ts';

const comparisons = new Set(['==', '!=', '>', '<', '>=', '<=']);
const sets = new Set(['and', 'or', 'unless']);

export function inferBinary(inference: Inference, binary: Binary): Value {
  const left = (isOfNew(binary) ? inference.without('promql-raw-counter') : inference).infer(binary.left);
  const right = inference.infer(binary.right);
  if (!isTyped(inference, binary, left, right)) return { type: 'unknown' };
  const isComparison = comparisons.has(binary.operator);
  if (isComparison) checkBound(inference, binary);
  const reported = isComparison && reportsCounter(inference, binary, left, right);
  if (left.type === 'scalar' && right.type === 'scalar') return { type: 'scalar' };
  if (left.type === 'vector' && right.type === 'vector') {
    checkMatching(inference, binary, left, right);
    const result = joined(inference, binary, left, right);
    return reported ? { ...result, nature: 'plain' } : result;
  }
  // One side may be a variable: a number, as a rule.
  const vector = left.type === 'vector' ? left : right.type === 'vector' ? right : null;
  const other = left.type === 'vector' ? right : left;
  if (vector === null) return { type: 'unknown' };
  if (other.type === 'unknown') return plainVector({ ...vector.labels, open: true });
  if (reported || (isComparison && binary.bool)) return { ...vector, nature: 'plain' };
  return isComparison
    ? vector
    : { ...vector, nature: scaled(binary.operator, vector, left.type === 'vector') };
}

/** `x unless x offset 5m`: series that are new, whatever their number; a counter that is born at 1 has no rate. */
function isOfNew({ operator, left, right }: Binary): boolean {
  const before = metricsIn(right);
  return operator === 'unless' && metricsIn(left).some((name) => before.includes(name));
}

/** Those that are taken as they are. */
function metricsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'selector':
      return expression.name === null ? [] : [expression.name];
    case 'binary':
      return [...metricsIn(expression.left), ...metricsIn(expression.right)];
    case 'aggregation':
      return metricsIn(expression.of);
    default:
      return [];
  }
}

/** A counter times two is one; a number minus a counter is not. */
function scaled(operator: string, { nature }: Vector, isLeft: boolean): Nature {
  if (operator === '*' || (operator === '/' && isLeft) || (operator === '+' && nature !== 'quantile'))
    return nature;
  if (operator === '-' && isLeft && nature !== 'counter') return nature;
  return 'plain';
}

function isTyped(inference: Inference, binary: Binary, left: Value, right: Value): boolean {
  const { operator } = binary;
  for (const value of [left, right]) {
    if (value.type !== 'range' && value.type !== 'string') continue;
    inference.report(
      'promql-type',
      binary,
      `${operator} has ${value.type === 'range' ? 'a range of time' : 'a text'} on one side`,
      value.type === 'range'
        ? 'make one number of each series first: `rate(…[5m])`'
        : 'take a vector or a number',
    );
    return false;
  }
  const scalars = [left, right].filter(({ type }) => type === 'scalar').length;
  if (sets.has(operator) && scalars > 0) {
    inference.report(
      'promql-type',
      binary,
      `${operator} is between vectors`,
      'write `vector(…)` around the number',
    );
    return false;
  }
  if (comparisons.has(operator) && scalars === 2 && !binary.bool) {
    inference.report(
      'promql-type',
      binary,
      `two numbers are compared, and ${operator} can leave out none`,
      `write \`${operator} bool\``,
    );
    return false;
  }
  return true;
}

/** A threshold on a number that only goes up is passed once, and for ever. */
function reportsCounter(inference: Inference, binary: Binary, left: Value, right: Value): boolean {
  const counter = [left, right].find(
    (value): value is Vector =>
      value.type === 'vector' && (value.nature === 'counter' || value.nature === 'ratio'),
  );
  if (counter === undefined) return false;
  const metric = counter.metric ?? '…';
  inference.report(
    'promql-raw-counter',
    binary,
    counter.nature === 'ratio'
      ? 'a ratio of counters is one since the process was started: what happens now hardly moves it'
      : `${metric} is a counter: it only goes up until its process starts anew, and so is over any threshold in the end`,
    counter.nature === 'ratio'
      ? 'take the `rate` of both first: `sum(rate(…[5m])) / sum(rate(…[5m]))`'
      : `compare its rate: \`rate(${metric}[5m])\`, or how much it grew: \`increase(${metric}[1h])\``,
  );
  return true;
}

function joined(inference: Inference, binary: Binary, left: Vector, right: Vector): Vector {
  const { operator, group } = binary;
  if (operator === 'or') {
    const nature = left.nature === right.nature ? left.nature : 'plain';
    return {
      ...left,
      labels: either(left.labels, right.labels),
      nature,
      part: left.part === right.part ? left.part : null,
    };
  }
  if (isOfNew(binary)) return { ...left, nature: 'plain' };
  if (sets.has(operator)) return left;
  const [many, one] = group?.side === 'right' ? [right, left] : [left, right];
  const labels = group === null ? oneToOne(binary, left, right) : included(inference, binary, many, one);
  if (comparisons.has(operator) && !binary.bool) return { ...left, labels };
  return {
    ...plainVector(labels),
    nature: combined(operator, left.nature, right.nature),
    summed: left.summed || right.summed,
  };
}

function combined(operator: string, left: Nature, right: Nature): Nature {
  if (operator === '/' && left === 'counter' && right === 'counter') return 'ratio';
  if (operator === '+' && left === 'counter' && right === 'counter') return 'counter';
  if (operator === '+' && left === right) return left;
  // `x * on (…) group_left (…) info`: an info metric is 1, and brings labels alone.
  if (operator === '*' && right === 'gauge') return left;
  if (operator === '*' && left === 'gauge') return right;
  return 'plain';
}

function oneToOne({ matching, bool, operator }: Binary, left: Vector, right: Vector): Labels {
  if (matching === null) return left.labels.open ? { ...right.labels, open: right.labels.open } : left.labels;
  if (comparisons.has(operator) && !bool && matching.mode === 'ignoring')
    return withoutLabels(left.labels, matching.labels);
  if (matching.mode === 'ignoring') return withoutLabels(left.labels, matching.labels);
  return matching.labels.includes(anyLabel)
    ? { ...left.labels, open: true }
    : onlyLabels(left.labels, matching.labels);
}

function included(inference: Inference, binary: Binary, many: Vector, one: Vector): Labels {
  let labels = many.labels;
  for (const name of binary.group?.include ?? []) {
    if (name === anyLabel) {
      labels = { ...labels, open: true };
      continue;
    }
    if (!canHave(one.labels, name)) {
      const message = `the side that group_${binary.group?.side} takes from has no label ${name}`;
      reportLabel(inference, binary, one, name, message);
    }
    labels = withLabel(labels, name, { always: hasAlways(one.labels, name), varied: true });
  }
  return labels;
}
