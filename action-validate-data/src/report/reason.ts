/** Why the rows were rejected, in the one sentence that stands at the top of every report. */

import { formatCount } from '../../../core/report/index.ts';
import type { ViolationGroup } from '../types.ts';
import { placeText, rowCount, ruleName } from './words.ts';

/** `1,204 of 50,000 rows are invalid, most by age minimum (1,100 rows, first at data.csv:17)` */
export function invalidRowsReason({
  rows,
  rejectedRows,
  groups,
}: {
  readonly rows: number;
  /** Rows that the schema rejects, broken ones included. */
  readonly rejectedRows: number;
  /** Those of the `rules` input are passed over: they have checks of their own. */
  readonly groups: readonly ViolationGroup[];
}): string {
  if (rows === 0) return 'there are no rows';
  if (rejectedRows === 0)
    return rows === 1 ? 'the only row is valid' : `all ${formatCount(rows)} rows are valid`;
  const count = `${formatCount(rejectedRows)} of ${rowCount(rows)} ${rejectedRows === 1 ? 'is' : 'are'} invalid`;
  const own = groups.filter(({ origin }) => origin !== 'rule');
  const most = own.reduce<ViolationGroup | null>(
    (largest, group) => (largest === null || group.rows > largest.rows ? group : largest),
    null,
  );
  const [first] = most?.examples ?? [];
  if (most === null || first === undefined) return count;
  const place = placeText(first);
  const name = ruleName(most);
  if (rejectedRows === 1 && own.length === 1) return `${count}, by ${name} (${atPlace(first.line, place)})`;
  const tied = own.filter((group) => group.rows === most.rows).length > 1;
  const scope = own.length === 1 ? 'all' : tied ? 'among others' : 'most';
  return `${count}, ${scope} by ${name} (${rowCount(most.rows)}, first ${atPlace(first.line, place)})`;
}

/** `at data.csv:17`, `in data.parquet, row 120,001` */
function atPlace(line: number | null, place: string): string {
  return `${line === null ? 'in' : 'at'} ${place}`;
}
