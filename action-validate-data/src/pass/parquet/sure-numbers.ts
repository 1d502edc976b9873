/** Which numbers a plan surely accepts, as SQL over doubles: the comparisons are those of `isSurelyValid`. */

import { type NumberPlan, plainLimit, plainSteps } from '../../schema/index.ts';
import { type StoredCell, sqlDouble, sqlOneOf } from './stored-cell.ts';

export function sureNumber(
  plan: NumberPlan,
  { value, whole }: Extract<StoredCell, { kind: 'number' }>,
): string {
  const tests = whole ? [] : [`isfinite(${value})`];
  if (plan.whole && !whole) tests.push(`${value} = trunc(${value})`);
  const { minimum, maximum, among } = plan;
  // The engine holds NaN to be above all numbers; it is out by the first test. No number is beyond the infinities.
  if (minimum !== Number.NEGATIVE_INFINITY)
    tests.push(`${value} ${plan.minimumExclusive ? '>' : '>='} ${sqlDouble(minimum)}`);
  if (maximum !== Number.POSITIVE_INFINITY)
    tests.push(`${value} ${plan.maximumExclusive ? '<' : '<='} ${sqlDouble(maximum)}`);
  if (among !== null) tests.push(oneOf(value, among));
  for (const divisor of plan.multipleOf) tests.push(multiple(value, divisor));
  return tests.length === 0 ? 'true' : `(${tests.join(' AND ')})`;
}

function oneOf(value: string, among: readonly number[]): string {
  const finite = among.filter(Number.isFinite);
  return finite.length === 0 ? 'false' : sqlOneOf(value, finite.map(sqlDouble));
}

/** See `plainSteps`. Where the engine rounds halves elsewhere, the division does not give the value back. */
function multiple(value: string, divisor: number): string {
  const plain = plainSteps(divisor);
  if (plain === null) return 'false';
  const scaled = plain.scale === 1 ? value : `round(${value} * ${sqlDouble(plain.scale)})`;
  const tests = [`abs(${scaled}) < ${sqlDouble(plainLimit)}`, `${scaled} % ${sqlDouble(plain.steps)} = 0`];
  if (plain.scale !== 1) tests.push(`${scaled} / ${sqlDouble(plain.scale)} = ${value}`);
  return `(${tests.join(' AND ')})`;
}
