/** Whether the columns hold what the rules need: numbers for a mean, times for freshness. */

import { visible } from '../../../core/gate/index.ts';
import { InputError, type InputProblem } from '../../../core/inputs/errors.ts';
import { numberOf, type SqlColumn, timestampOf } from '../../../core/tables/index.ts';
import { type BoundRule, problemOf } from './bind.ts';
import { columnOf, type Loaded } from './context.ts';
import { numericMetrics } from './metrics.ts';
import { placeOfPosition, position, showPlace } from './places.ts';
import { cellValue, inWords, isNumeric, isText, mayHoldOthers } from './values.ts';

/**
 * @throws InputError with every column that cannot be what a rule takes it for, and its first cell that is not.
 */
export async function checkKinds(rules: readonly BoundRule[], loaded: Loaded): Promise<void> {
  const problems: InputProblem[] = [];
  for (const rule of rules) {
    const needs = needOf(rule.check.metric);
    if (needs === null) continue;
    for (const name of rule.columns) {
      const message = await complaint(needs, columnOf(loaded, name), loaded);
      if (message !== null) problems.push(problemOf(rule.check, loaded.context.rules, { message, at: name }));
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

type Need = 'numbers' | 'times';

function needOf(metric: string): Need | null {
  if (metric === 'freshness') return 'times';
  return numericMetrics.has(metric) ? 'numbers' : null;
}

const articles: Readonly<Record<string, string>> = {
  timestamp: 'times',
  date: 'dates',
  time: 'times of day',
  other: 'values that are neither numbers nor text',
};

async function complaint(needs: Need, column: SqlColumn, loaded: Loaded): Promise<string | null> {
  const name = `\`${visible(column.name)}\``;
  if (needs === 'numbers') {
    if (isNumeric(column)) return null;
    if (column.kind !== 'string') {
      const hint =
        column.kind === 'timestamp' || column.kind === 'date' ? '; freshness speaks of their age' : '';
      return `${name} holds ${articles[column.kind]}, not numbers${hint}`;
    }
    if (mayHoldOthers(column) && loaded.context.numericBySchema.has(column.name)) return null;
    const cell = await firstOther(column, numberOf(column), loaded);
    return cell === null ? null : `${name} holds text, not numbers: ${cell}`;
  }
  if (column.kind === 'timestamp' || column.kind === 'date') return null;
  if (column.kind !== 'string')
    return `${name} holds ${articles[column.kind] ?? 'numbers'}, not dates or times`;
  if (loaded.context.timesBySchema?.has(column.name) === true) return null;
  const cell = await firstOther(column, timestampOf(column), loaded);
  return cell === null ? null : `${name} holds text that is no ISO 8601 date or time: ${cell}`;
}

/** The first cell for which `reading` is null, with its place; null where every cell reads. */
export async function firstOther(column: SqlColumn, reading: string, loaded: Loaded): Promise<string | null> {
  if (!isText(column)) return null;
  const { context, relation } = loaded;
  const [[at = null, cell = null] = []] = await context.engine.rows(
    `SELECT min(${position()}), arg_min(${column.ref}, ${position()}) FROM ${relation.from} ` +
      `WHERE ${column.ref} IS NOT NULL AND (${reading}) IS NULL`,
  );
  if (at === null) return null;
  return `${inWords(cellValue(cell, column), column)} at ${await showPlace(context, placeOfPosition(at))}`;
}
