/** What must be known of a column's numbers before anything is computed on them: how many, their range, what is no finite number. */

import { visible } from '../../../core/gate/index.ts';
import { numberOf, type SqlColumn } from '../../../core/tables/index.ts';
import type { BoundRule } from './bind.ts';
import { columnOf, type Loaded } from './context.ts';
import type { Questions } from './questions.ts';
import { noNumbers, rowsInWords } from './rows.ts';
import { integerTypes } from './values.ts';

/** The numbers of a column; of a pair, where the other is present. Answers are there once the questions are asked. */
export interface Survey {
  readonly name: string;
  readonly column: SqlColumn;
  /** SQL of the DOUBLE; NULL where missing or left out, and for a pair where the other is. */
  readonly x: string;
  readonly n: () => number;
  /** One of a pair of columns. */
  readonly paired: boolean;
  /** Cells that are there and are no numbers: left out. */
  readonly leftOut: () => number;
  readonly nan: () => number;
  readonly infinite: () => number;
  /** Of the finite ones. */
  readonly minimum: () => number | null;
  readonly maximum: () => number | null;
}

export function surveysOf({ selector }: BoundRule, loaded: Loaded, questions: Questions): Survey[] {
  if (selector.kind === 'quantile') return [surveyOf(selector.column, loaded, questions)];
  if (selector.kind !== 'columns') throw new Error('no rule over numbers');
  const [a = '', b] = selector.columns;
  if (b === undefined) return [surveyOf(a, loaded, questions)];
  return [surveyOf(a, loaded, questions, b), surveyOf(b, loaded, questions, a)];
}

function surveyOf(name: string, loaded: Loaded, questions: Questions, other?: string): Survey {
  const column = columnOf(loaded, name);
  const own = numberOf(column);
  const x =
    other === undefined ? own : `CASE WHEN ${numberOf(columnOf(loaded, other))} IS NOT NULL THEN ${own} END`;
  return {
    name,
    column,
    x,
    paired: other !== undefined,
    n: questions.count(`count(${x})`),
    leftOut: questions.count(`count(${column.ref}) - count(${own})`),
    nan: questions.count(`count(*) FILTER (WHERE isnan(${x}))`),
    infinite: questions.count(`count(*) FILTER (WHERE isinf(${x}))`),
    minimum: questions.number(`min(${x}) FILTER (WHERE isfinite(${x}))`),
    maximum: questions.number(`max(${x}) FILTER (WHERE isfinite(${x}))`),
  };
}

/** Why nothing can be computed on the column; null when it can. NaN and infinities never pass. */
export function unusable(metric: string, { name, column, n, paired, nan, infinite }: Survey): string | null {
  const shown = `\`${visible(name)}\``;
  if (n() === 0 && paired) return 'no row has both values';
  if (n() === 0) return `${shown} holds no numbers${column.kind === 'string' ? '' : ', only missing values'}`;
  const bad: string[] = [];
  if (nan() > 0) bad.push(`NaN in ${rowsInWords(nan())}`);
  if (infinite() > 0) bad.push(`infinite numbers in ${rowsInWords(infinite())}`);
  return bad.length === 0 ? null : `${shown} holds ${bad.join(' and ')}: its ${metric} is undefined`;
}

/** What was left out or rounded. */
export function notesOn({ name, column, leftOut, minimum, maximum }: Survey): string[] {
  const notes: string[] = [];
  const shown = `\`${visible(name)}\``;
  if (leftOut() > 0) notes.push(noNumbers(leftOut(), name, 'are left out'));
  const largest = Math.max(Math.abs(minimum() ?? 0), Math.abs(maximum() ?? 0));
  const whole = column.kind === 'bigint' || integerTypes.has(column.type);
  if (whole && largest > Number.MAX_SAFE_INTEGER) {
    notes.push(`${shown} holds whole numbers beyond 2^53; they are rounded to doubles here`);
  }
  return notes;
}
