/** unique and duplicate_fraction: rows that repeat the key of an earlier row. */

import { visible } from '../../../core/gate/index.ts';
import type { SqlColumn } from '../../../core/tables/index.ts';
import type { BoundRule } from './bind.ts';
import { type BreakingRow, columnOf, type Loaded, type Outcome } from './context.ts';
import { placeOfPosition, position, showRow } from './places.ts';
import { missingNote, nameColumns, shareOutcome } from './rows.ts';
import { cellValue, inWords, keyValue, plainCell } from './values.ts';

/** NaN equals NaN, and 0 equals -0, as the engine groups them. */
export async function measureDuplicates(rule: BoundRule, loaded: Loaded): Promise<Outcome> {
  const { context, relation } = loaded;
  const names = rule.columns;
  const columns = names.map((name) => columnOf(loaded, name));
  const missingEquals = rule.check.metric === 'duplicate_fraction';
  const whole = rule.selector.kind === 'table';
  const complete = missingEquals ? 'true' : columns.map(({ ref }) => `${ref} IS NOT NULL`).join(' AND ');
  const repeats = selectRepeats(relation.from, columns, complete, missingEquals);
  const [[n = 0] = []] = await context.engine.rows(
    `SELECT count(*) FILTER (WHERE ${complete}) FROM ${relation.from}`,
  );
  const [[broken = 0, first = null] = []] = await context.engine.rows(
    repeats(`count(*), min(${position('r')})`),
  );
  const earlier = whole ? 'an earlier row' : `an earlier ${nameColumns(names)}`;
  return await shareOutcome(
    rule,
    loaded,
    { n: Number(n), broken: Number(broken), first },
    missingEquals ? 'breaks' : 'keeps',
    {
      say: (rows, one) => `${rows} ${one ? 'repeats' : 'repeat'} ${earlier}`,
      notes: missingNote(relation.rows - Number(n), names),
      needs: names,
    },
    () => breakingRows(loaded, repeats, whole ? [] : columns),
  );
}

/**
 * SQL that selects from `r`, the rows after the first of each key, and `d.earliest`, the position of that first. The
 * keys' hashes are grouped first, which takes a third of the time of long texts: only rows that share their hash with
 * another are compared. The engine hashes equal keys to the same, NaN and -0 as well.
 */
function selectRepeats(
  from: string,
  columns: readonly SqlColumn[],
  complete: string,
  missingEquals: boolean,
): (select: string, order?: string) => string {
  const refs = columns.map(({ ref }) => ref).join(', ');
  const hash = `hash(${refs})`;
  const same = missingEquals ? 'IS NOT DISTINCT FROM' : '=';
  const on = columns.map(({ ref }) => `r.${ref} ${same} d.${ref}`).join(' AND ');
  const shared = `SELECT ${hash} FROM ${from} WHERE ${complete} GROUP BY 1 HAVING count(*) > 1`;
  const suspects = `SELECT file, row, ${refs} FROM ${from} WHERE ${complete} AND ${hash} IN (${shared})`;
  const keys = `SELECT ${refs}, min(${position()}) AS earliest FROM suspects GROUP BY ${refs} HAVING count(*) > 1`;
  return (select, order = '') =>
    `WITH suspects AS MATERIALIZED (${suspects}) SELECT ${select} FROM suspects AS r ` +
    `JOIN (${keys}) AS d ON ${on} WHERE ${position('r')} > d.earliest ${order}`;
}

async function* breakingRows(
  { context }: Loaded,
  repeats: (select: string, order: string) => string,
  columns: readonly SqlColumn[],
): AsyncGenerator<BreakingRow> {
  const cells = columns.map((column) => `, ${plainCell(column, `r.${column.ref}`)}`).join('');
  const sql = repeats(`r.file, r.row, d.earliest${cells}`, 'ORDER BY r.file, r.row');
  for await (const chunk of context.engine.stream(sql)) {
    for (const [fileCell, rowCell, earliest, ...keys] of chunk) {
      const file = Number(fileCell);
      const values = columns.map((column, index) => cellValue(keys[index], column));
      const of = showRow(context, placeOfPosition(earliest), file);
      const key = `${visible(columns.map(({ name }) => name).join(', '), 80)}: ${values.map((value, index) => inWords(value, columns[index])).join(', ')} `;
      yield {
        file,
        row: Number(rowCell),
        column: columns.length === 1 ? (columns[0]?.name ?? null) : null,
        value: columns.length === 0 ? null : keyValue(values),
        message: `${columns.length === 0 ? '' : key}repeats ${of}`,
      };
    }
  }
}
