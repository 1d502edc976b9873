/** How reports name rules and places, and whether what broke a rule decided the verdict: the same in every report. */

import { metricKey } from '../../../core/gate/index.ts';
import type { Verdict } from '../../../core/gate/types.ts';
import { counted, formatCount, formatNumber, shorten } from '../../../core/report/index.ts';
import type { Violation, ViolationGroup } from '../types.ts';

/** Longest name of a column, and of a rule or a file, that a report shows in one place. */
export const columnLimit = 60;
export const ruleLimit = 120;
export const fileLimit = 120;

type Place = Pick<Violation, 'file' | 'line' | 'row' | 'row_group'>;

/** `data.csv:17`; where the format has no lines: `data.parquet, row 120,001 (row group 2)`. */
export function placeText(place: Place): string {
  return `${shorten(place.file, fileLimit)}${place.line === null ? `, ${rowText(place)}` : `:${place.line}`}`;
}

/** `row 120,001 (row group 2)` */
export function rowText({ row, row_group: group }: Place): string {
  return `row ${formatCount(row)}${group === undefined ? '' : ` (row group ${formatCount(group)})`}`;
}

type Rule = Pick<ViolationGroup, 'column' | 'rule'>;

/** A rule of the `rules` input names its columns itself: `unique(id)`; no keyword of JSON Schema has parentheses. */
function namesColumns(rule: string): boolean {
  return rule.endsWith(')');
}

/** `age minimum`, `unique(id)`, `fields` */
export function ruleName({ column, rule }: Rule): string {
  const name = shorten(rule, ruleLimit);
  return column === null || namesColumns(rule) ? name : `${shorten(column, columnLimit)} ${name}`;
}

/** `age/minimum`, `unique(id)`, `fields`: the same from run to run. */
export function ruleId({ column, rule }: Rule): string {
  return column === null || namesColumns(rule) ? rule : `${column}/${rule}`;
}

/** What levels need of a check, from the result document or before it is written. */
export interface CheckOutcome {
  readonly metric: string;
  readonly selector: string | null;
  readonly severity: 'fail' | 'warn';
  readonly verdict: Verdict;
}

/**
 * `error` where violations of this rule broke a check that fails the gate; `warning` where a threshold allows them
 * (`max-invalid-rows: 1%`), or only `warn:` lines speak of them: a passed gate shows no errors.
 */
export function levelOf(rule: string, checks: readonly CheckOutcome[]): 'error' | 'warning' {
  const own = checks.filter(({ metric, selector }) => metricKey(metric, selector) === rule);
  const owners =
    own.length > 0 ? own : checks.filter(({ metric }) => /^invalid_(?:rows|fraction)$/.test(metric));
  return owners.length === 0 ||
    owners.some(({ severity, verdict }) => severity === 'fail' && verdict !== 'pass')
    ? 'error'
    : 'warning';
}

export function levelOfGroup(
  { rule, severity }: ViolationGroup,
  checks: readonly CheckOutcome[],
): 'error' | 'warning' {
  return severity === 'warn' ? 'warning' : levelOf(rule, checks);
}

export function rowCount(count: number): string {
  return counted(count, 'row');
}

/** `2.4%`; never 0% of some, nor 100% of fewer than all. */
export function shareText(count: number, total: number): string {
  if (total === 0) return '';
  const percent = (count / total) * 100;
  if (count > 0 && percent < 0.01) return '<0.01%';
  if (count < total && percent > 99.9) return '>99.9%';
  return `${formatNumber(Number(percent.toPrecision(percent >= 10 ? 3 : 2)))}%`;
}
