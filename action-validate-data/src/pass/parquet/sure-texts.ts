/** Which texts a plan surely accepts, as SQL. */

import { sqlText } from '../../../../core/tables/index.ts';
import { surelyOfFormat } from '../../rules/sure-formats.ts';
import type { StringPlan } from '../../schema/index.ts';
import { type StoredCell, sqlDouble, sqlOneOf } from './stored-cell.ts';

/** Of a pattern's source; null: the engine cannot run it. */
export type EngineExpression = (source: string) => string | null;

export function sureText(
  plan: StringPlan,
  { value, plain, formats }: Extract<StoredCell, { kind: 'text' }>,
  expressionOf: EngineExpression,
): string {
  const tests: string[] = [];
  const matches = (expression: string | null): string =>
    expression === null ? 'false' : `regexp_matches(${value}, ${sqlText(expression)})`;
  // Both count code points.
  if (plan.minLength > 0) tests.push(`length(${value}) >= ${sqlDouble(plan.minLength)}`);
  if (plan.maxLength !== Number.POSITIVE_INFINITY)
    tests.push(`length(${value}) <= ${sqlDouble(plan.maxLength)}`);
  if (plan.among !== null) tests.push(oneOf(value, plan.among));
  for (const { source } of plan.patterns) tests.push(matches(expressionOf(source)));
  let bound = tests.length > 0;
  for (const name of plan.formats) {
    bound = true;
    if (!formats.includes(name)) tests.push(matches(sureFormat(name)));
  }
  if (!bound) return 'true';
  if (plain !== null) tests.unshift(plain);
  return tests.length === 0 ? 'true' : `(${tests.join(' AND ')})`;
}

function sureFormat(name: string): string | null {
  return Object.hasOwn(surelyOfFormat, name) ? surelyOfFormat[name as keyof typeof surelyOfFormat] : null;
}

function oneOf(value: string, among: readonly string[]): string {
  // No cell holds half of a surrogate pair, which in SQL would become another character, and no SQL holds NUL.
  const texts = among.filter((text) => text.isWellFormed() && !text.includes('\0'));
  return texts.length === 0 ? 'false' : sqlOneOf(value, texts.map(sqlText));
}
