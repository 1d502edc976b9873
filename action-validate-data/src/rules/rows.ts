/** Rules that rows keep or break: what all of them have in common. */

import { formatCount, visible } from '../../../core/gate/index.ts';
import { wilson } from '../../../core/stats/index.ts';
import type { BoundRule } from './bind.ts';
import { type BreakingRow, type Loaded, levelOf, type Outcome, undefinedBecause } from './context.ts';
import { placeOfPosition, showPlace } from './places.ts';

export interface RowCounts {
  /** Rows that the rule speaks of. */
  readonly n: number;
  readonly broken: number;
  /** Position of the first broken row; null: none is. */
  readonly first: unknown;
}

export interface RowWords {
  /** A sentence about `rows` (`3 rows`, `1 of 50 rows`), of which there is `one` or more. */
  say(rows: string, one: boolean): string;
  readonly notes: readonly string[];
  /** Columns that the rule needs present; none where missing is a value. */
  readonly needs: readonly string[];
}

/**
 * The share of rows that keep the rule, or for `breaks` that break it, with Wilson's interval, and the reason with
 * the first place. The judge's words stand where the interval is judged: they say how many rows would settle it.
 */
export async function shareOutcome(
  rule: BoundRule,
  loaded: Loaded,
  { n, broken, first }: RowCounts,
  share: 'keeps' | 'breaks',
  words: RowWords,
  breaking: () => AsyncIterable<BreakingRow>,
): Promise<Outcome> {
  const { notes } = words;
  if (n === 0) {
    const why =
      loaded.relation.rows === 0
        ? 'the data hold no rows'
        : `no row has a value in ${nameColumns(words.needs)}`;
    return { rule, estimate: undefinedBecause(why), breaking };
  }
  const counted = share === 'keeps' ? n - broken : broken;
  const interval = wilson(counted, n, levelOf(rule, loaded.context));
  const estimate = { defined: true, value: counted / n, interval, n } as const;
  if (broken === 0 || first === null || rule.check.confidence !== null)
    return { rule, estimate, notes, breaking };
  const place = await showPlace(loaded.context, placeOfPosition(first));
  const where = broken === 1 ? `at ${place}` : `first at ${place}`;
  const of = rule.check.condition.kind === 'holds' ? '' : ` of ${formatCount(n)}`;
  const rows = `${formatCount(broken)}${of} ${broken === 1 && of === '' ? 'row' : 'rows'}`;
  const reason = `${words.say(rows, broken === 1)}, ${where}`;
  return { rule, estimate, notes, reason, breaking };
}

/** `id`, or `(country, tax_id)` for several; long ones are cut. */
export function nameColumns(columns: readonly string[]): string {
  return columns.length === 1 ? visible(columns[0] ?? '', 80) : `(${visible(columns.join(', '), 80)})`;
}

/** `1 row`, `1,204 rows`. */
export function rowsInWords(count: number): string {
  return count === 1 ? '1 row' : `${formatCount(count)} rows`;
}

/** `` 1 cell of `age` is no number; it counts as missing `` */
export function noNumbers(count: number, name: string, fate: 'count as missing' | 'are left out'): string {
  const shown = visible(name);
  if (count !== 1) return `${formatCount(count)} cells of \`${shown}\` are no numbers; they ${fate}`;
  return `1 cell of \`${shown}\` is no number; it ${fate === 'are left out' ? 'is left out' : 'counts as missing'}`;
}

export function missingNote(count: number, columns: readonly string[]): string[] {
  if (count === 0) return [];
  return [`${rowsInWords(count)} without ${nameColumns(columns)} ${count === 1 ? 'is' : 'are'} left out`];
}
