/** Thresholds over drift: the usual ones of each column, those of the user, and their verdicts. */

import type { Check, Judged } from '../../gate/types.ts';
import { columnOf } from './catalogue.ts';
import { type ColumnMetric, columnMetrics, judgeColumn } from './column.ts';
import { judgeRows, judgeTable, type TableDrift } from './table.ts';
import { usualChecks } from './usual.ts';

export { columnOf, driftColumnMetrics, driftTableMetrics } from './catalogue.ts';
export { type ColumnMetric, columnMetrics } from './column.ts';
export { limitsOf } from './limits.ts';
export { judgeRows, type TableDrift } from './table.ts';

/** As soon as a threshold is over the table, columns that no other one names do not decide. */
export function judgeDrift(checks: readonly Check[], table: TableDrift): Judged[] {
  const byName = new Map(table.columns.map((column) => [column.column, column]));
  const own = checks.flatMap((check): Judged[] => {
    if (check.metric === 'reference_rows') return [judgeRows(check, table.rows.reference)];
    if (check.metric === 'current_rows') return [judgeRows(check, table.rows.current)];
    if (isOverTable(check)) return [judgeTable(check, table)];
    const metric = columnMetrics.find((each) => each === check.metric);
    const column = check.selector === null ? undefined : byName.get(columnOf(check.selector));
    return metric === undefined || column === undefined ? [] : [judgeColumn(check, metric, column, table)];
  });
  if (checks.some(isOverTable)) return own;
  const named = new Set(own.map(({ check }) => `${check.metric} ${check.selector}`));
  const usual = table.columns.flatMap((column) =>
    usualChecks(column)
      .filter((check) => !named.has(`${check.metric} ${check.selector}`))
      .map((check) => judgeColumn(check, check.metric as ColumnMetric, column, table)),
  );
  return [...own, ...usual];
}

const isOverTable = ({ metric }: Check): boolean =>
  metric === 'share_drifted' || metric === 'drifted_columns';
