/**
 * Comparisons that no number can pass. What counts series is 1 or more wherever it is anything, so that `count(up == 1) == 0`
 * is empty when all is well and empty when nothing is up.
 */

import type { Aggregation, Binary, Expression } from './ast.ts';
import type { Inference } from './infer.ts';

/** No number is smaller. */
interface Bound {
  readonly least: number;
  /** Nor is one equal to it. */
  readonly isAbove: boolean;
}

const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

export function checkBound(inference: Inference, binary: Binary): void {
  const right = numberOf(binary.right);
  const left = numberOf(binary.left);
  const [of, number] = right === null ? [binary.right, left] : [binary.left, right];
  if (number === null) return;
  const operator = right === null ? (mirrored[binary.operator] ?? binary.operator) : binary.operator;
  const bound = boundOf(of);
  if (bound === null || !isNever(operator, number, bound)) return;
  const side = right === null ? 'right' : 'left';
  const { least, isAbove } = bound;
  const never = `the ${side} is never ${isAbove ? `${least} or less` : `less than ${least}`}`;
  const result = binary.bool ? 'never 1' : 'always empty';
  const counted = aggregationIn(of);
  if (counted === null) {
    const mend = of.kind === 'call' ? 'leave the comparison out' : 'change one of the two numbers';
    inference.report('promql-never-true', binary, `${never}: this is ${result}`, mend);
    return;
  }
  inference.report(
    'promql-never-true',
    binary,
    `${never}: where there is nothing, ${counted.operator} gives nothing, and not 0, so that this is ${result}`,
    counted.grouping === null
      ? `ask for what is missing: \`absent(${inference.textOf(counted.of)})\``
      : 'ask for what is missing: `… unless on (…) …`, with what should be there on the left',
  );
}

function isNever(operator: string, number: number, { least, isAbove }: Bound): boolean {
  const isBelow = number < least;
  if (operator === '<') return number <= least;
  if (operator === '==' || operator === '<=') return isBelow || (isAbove && number === least);
  return false;
}

function boundOf(expression: Expression): Bound | null {
  switch (expression.kind) {
    case 'call':
      return /^(?:absent|absent_over_time|present_over_time|count_over_time)$/.test(expression.name)
        ? { least: 1, isAbove: false }
        : null;
    case 'aggregation':
      return ofAggregation(expression);
    case 'binary':
      return ofBinary(expression);
    default:
      return null;
  }
}

function ofAggregation({ operator, of }: Aggregation): Bound | null {
  if (operator === 'count' || operator === 'group') return { least: 1, isAbove: false };
  const bound = boundOf(of);
  if (['min', 'max', 'avg', 'topk', 'bottomk', 'limitk'].includes(operator)) return bound;
  // One or more of them: a sum of what is not negative is no less than each.
  return operator === 'sum' && bound !== null && bound.least >= 0 ? bound : null;
}

function ofBinary({ operator, left, right, bool }: Binary): Bound | null {
  const number = numberOf(right);
  if (!bool && number !== null) {
    if (operator === '>') return { least: number, isAbove: true };
    if (operator === '>=' || operator === '==') return { least: number, isAbove: false };
    if (operator === '<' || operator === '<=' || operator === '!=') return boundOf(left);
  }
  if (operator === 'and' || operator === 'unless') return boundOf(left);
  if (operator !== '/') return null;
  const [above, below] = [boundOf(left), boundOf(right)];
  const isShare = above !== null && below !== null && isPositive(above) && isPositive(below);
  return isShare ? { least: 0, isAbove: true } : null;
}

function isPositive({ least, isAbove }: Bound): boolean {
  return least > 0 || (least === 0 && isAbove);
}

function numberOf(expression: Expression): number | null {
  if (expression.kind === 'number') return Number.isNaN(expression.value) ? null : expression.value;
  if (expression.kind !== 'negation') return null;
  const number = numberOf(expression.of);
  return number === null ? null : -number;
}

function aggregationIn(expression: Expression): Aggregation | null {
  if (expression.kind === 'aggregation') return expression;
  return expression.kind === 'binary' ? aggregationIn(expression.left) : null;
}
