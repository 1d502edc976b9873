/**
 * Sums of numbers, exact to far below a double's last digit and the same in whatever order the engine adds: the
 * numbers are scaled by powers of two, which changes no digit, and added as integers of 128 bits. So a mean and a
 * standard deviation come out the same on every run and with every number of threads, squares of 1e200 do not
 * overflow, and numbers that lie close together far from 0 keep their digits.
 */

import { type Questions, sqlDouble } from './questions.ts';
import type { Survey } from './survey.ts';

/** Numbers below 2 in 64 bits, and squares below 4 in 128 bits with room for 2^40 rows. */
const sumBits = 61;
const deviationBits = 60;
const squareBits = 84;

/** `mean = scaled / scale`. */
export interface Mean {
  readonly scaled: number;
  readonly scale: number;
}

/** Asks for the mean of a column that is not empty and all finite. */
export function askMean({ x, n, minimum, maximum }: Survey, questions: Questions): () => Mean {
  const scale = scaleOf(Math.max(Math.abs(minimum() ?? 0), Math.abs(maximum() ?? 0)));
  const sum = questions.number(sumOf(`${x} * ${sqlDouble(scale)}`, sumBits, 'BIGINT'));
  return () => ({ scaled: ((sum() ?? Number.NaN) / n()) * 2 ** -sumBits, scale });
}

/** Sums over the numbers less their mean, times `unit`. */
export interface Deviations {
  /** SQL of one deviation. */
  readonly sql: string;
  readonly unit: number;
  /** Nearly 0: what rounding left of it. */
  readonly sum: () => number;
  /** Of the squares, less what the sum says that the mean was off. */
  readonly squares: () => number;
}

export function askDeviations(
  { x, n, minimum, maximum }: Survey,
  { scaled, scale }: Mean,
  questions: Questions,
): Deviations {
  const spread = (maximum() ?? 0) * scale - (minimum() ?? 0) * scale;
  const again = scaleOf(spread);
  const sql = `((${x} * ${sqlDouble(scale)} - ${sqlDouble(scaled)}) * ${sqlDouble(again)})`;
  const sum = questions.number(sumOf(sql, deviationBits, 'BIGINT'));
  const squares = questions.number(sumOf(`${sql} * ${sql}`, squareBits, 'HUGEINT'));
  const linear = (): number => (sum() ?? Number.NaN) * 2 ** -deviationBits;
  return {
    sql,
    unit: scale * again,
    sum: linear,
    squares: () => (squares() ?? Number.NaN) * 2 ** -squareBits - linear() ** 2 / n(),
  };
}

/** Asks for the sum of the products of two columns' deviations. */
export function askProducts(a: Deviations, b: Deviations, n: number, questions: Questions): () => number {
  const products = questions.number(sumOf(`${a.sql} * ${b.sql}`, squareBits, 'HUGEINT'));
  return () => (products() ?? Number.NaN) * 2 ** -squareBits - (a.sum() * b.sum()) / n;
}

function sumOf(sql: string, bits: number, type: string): string {
  return `sum(CAST(${sql} * ${sqlDouble(2 ** bits)} AS ${type}))`;
}

/** The power of two that brings a size to 1 or more and below 2, as far as doubles have it. */
function scaleOf(size: number): number {
  if (size === 0) return 1;
  return 2 ** -Math.max(-1022, Math.min(1023, Math.floor(Math.log2(size))));
}
