/** Cells of two files made comparable: numbers by value, whatever type holds them; numbers and text as text. */

import type { SqlColumn } from '../../../core/tables/index.ts';
import { floatTypes, integerTypes, isDecimal, isNumeric, isText } from './values.ts';

export interface KeyPair {
  readonly left: string;
  readonly right: string;
  /** One is text and the other is not. */
  readonly asText: boolean;
}

/** SQL of both keys; they are equal where the cells are, and NULL where those are missing. */
export function comparable(left: SqlColumn, right: SqlColumn): KeyPair {
  const asText = isPlainText(left) !== isPlainText(right);
  const native =
    left.type === right.type ||
    (integerTypes.has(left.type) && integerTypes.has(right.type)) ||
    (floatTypes.has(left.type) && floatTypes.has(right.type));
  if (native) return { left: left.ref, right: right.ref, asText: false };
  return { left: canonicalText(left), right: canonicalText(right), asText };
}

/** Text that is no digits of a whole number beyond what the engine's integers hold. */
function isPlainText(column: SqlColumn): boolean {
  return isText(column) && !isNumeric(column);
}

/**
 * The same text for the same number: the digits of a whole number, else the shortest decimal of the double. An
 * int64 is never rounded on the way.
 */
export function canonicalText(column: SqlColumn): string {
  const { ref, type } = column;
  if (floatTypes.has(type) || isDecimal(column)) {
    const x = `CAST(${ref} AS DOUBLE)`;
    const whole = `CAST(CAST(${ref} AS HUGEINT) AS VARCHAR)`;
    return `CASE WHEN isfinite(${x}) AND abs(${x}) < 1e38 AND ${ref} = trunc(${ref}) THEN ${whole} ELSE CAST(${x} AS VARCHAR) END`;
  }
  return isText(column) ? ref : `CAST(${ref} AS VARCHAR)`;
}
