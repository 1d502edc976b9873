/** What is said of one column, in words, the same on the page and in the summary. */

import { absent, formatCount, formatNumber, shorten } from '../../../core/report/index.ts';
import type { ColumnProfile } from '../types.ts';
import { shareText } from './words.ts';

const valueLimit = 30;
const mostNamed = 3;

/** `0`, `1,204 (2.4%)` */
export function missingText({ missing, rows }: ColumnProfile): string {
  return missing === 0 ? '0' : `${formatCount(missing)} (${shareText(missing, rows)})`;
}

/** `12`; an estimate with the digits that it has: `≈ 49,200`, `≈ 3.98M`. */
export function distinctText({ distinct: { count, exact } }: ColumnProfile): string {
  if (exact) return formatCount(count);
  const rounded = Number(count.toPrecision(3));
  return rounded < 1e6 ? `≈ ${formatCount(rounded)}` : `≈ ${formatNumber(rounded / 1e6)}M`;
}

/** What the schema says, where that is not what the data hold; null: the same, or nothing. */
export function declaredText({ declared, type }: ColumnProfile): string | null {
  return declared === null || declared === type ? null : shorten(declared, 60);
}

/** Range and mean, the most frequent values, or how long the texts are. */
export function valuesText(column: ColumnProfile): string {
  const { numbers, lengths, top } = column;
  const parts = [
    ...(top === null || isSpread(column) ? [] : [frequentText(column)]),
    ...(numbers === null || (top !== null && !isSpread(column)) ? [] : [numbersText(numbers)]),
  ];
  if (parts.length > 0) return parts.join('; ');
  return lengths === null ? absent : lengthText(lengths);
}

/** Numbers are read by their range, unless they are a few codes. */
export function isSpread({ numbers, top, histogram }: ColumnProfile): boolean {
  return numbers !== null && histogram !== null && (top === null || top.length > 12);
}

function frequentText({ top, rows, missing, distinct }: ColumnProfile): string {
  const shown = (top ?? []).slice(0, mostNamed);
  const named = shown
    .map(
      ({ value, count }) =>
        `${value === '' ? '(empty)' : shorten(value, valueLimit)} ${shareText(count, rows - missing)}`,
    )
    .join(', ');
  return distinct.count > shown.length ? `${named}, …` : named;
}

function numbersText({ minimum, maximum, mean }: NonNullable<ColumnProfile['numbers']>): string {
  if (minimum === maximum) return `always ${formatNumber(minimum)}`;
  return `${formatNumber(minimum)} to ${formatNumber(maximum)}, mean ${formatNumber(mean)}`;
}

function lengthText({ shortest, longest }: NonNullable<ColumnProfile['lengths']>): string {
  return shortest === longest
    ? `${formatCount(longest)} characters each`
    : `${formatCount(shortest)} to ${formatCount(longest)} characters`;
}
