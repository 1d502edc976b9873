/** Measures every rule: binds it to the data, loads the columns that are needed, asks the engine. */

import type { Check } from '../../../core/gate/types.ts';
import type { SqlRelation, Table } from '../../../core/tables/index.ts';
import { type BoundRule, bindRules } from './bind.ts';
import {
  columnOf,
  type Loaded,
  type Outcome,
  type RuleContext,
  type RuleMeasurement,
  undefinedBecause,
} from './context.ts';
import { measureCounts, measureSize } from './counts.ts';
import { measureDuplicates } from './duplicates.ts';
import { measureFreshness } from './freshness.ts';
import { measureHolds } from './holds.ts';
import { checkKinds } from './kinds.ts';
import { checkPatterns, measureMatches } from './matches.ts';
import { numericMetrics } from './metrics.ts';
import { measureNumbers } from './numbers.ts';
import { measureAgainst, type OtherFile, openOthers } from './others.ts';
import { isNumeric } from './values.ts';

/**
 * Measures the checks in their order.
 * @throws InputError for columns, files and expressions that are not there or do not fit; RunError for damaged files.
 */
export async function measureRules(
  checks: readonly Check[],
  context: RuleContext,
): Promise<RuleMeasurement[]> {
  const rules = bindRules(checks, context);
  await checkPatterns(rules, context);
  const others = await openOthers(rules, context);
  try {
    return await measureBound(rules, others.files, context);
  } finally {
    await others.close();
  }
}

async function measureBound(
  rules: readonly BoundRule[],
  others: ReadonlyMap<BoundRule, OtherFile>,
  context: RuleContext,
): Promise<RuleMeasurement[]> {
  const needed = new Set(rules.flatMap((rule) => others.get(rule)?.own ?? rule.columns));
  const columns = context.columns.filter((column) => needed.has(column));
  const outcomes = new Map<BoundRule, Outcome>();
  const keep = (found: readonly Outcome[]): void => {
    for (const outcome of found) outcomes.set(outcome.rule, outcome);
  };
  for (const rule of rules) {
    if (isSize(rule)) outcomes.set(rule, await measureSize(rule, context));
  }
  if (columns.length > 0) {
    const loaded = { context, relation: await context.engine.load(context.tables, columns) };
    for (const note of loaded.relation.notes) context.log.notice(withShownPaths(note, context));
    await checkKinds(rules, loaded);
    keep(await measureCounts(rules.filter(isCount), loaded));
    keep(
      await measureNumbers(
        rules.filter(({ check }) => numericMetrics.has(check.metric)),
        loaded,
      ),
    );
    const asWritten = await loadAsWritten(rules, loaded);
    for (const rule of rules) {
      if (!outcomes.has(rule))
        outcomes.set(rule, await measureRows(rule, loaded, asWritten, others.get(rule)));
    }
  }
  return rules.map((rule) =>
    measurementOf(outcomes.get(rule) ?? { rule, estimate: undefinedBecause('the data have no columns') }),
  );
}

/** The engine names files by the paths that it was given. */
function withShownPaths(note: string, { tables, shown }: RuleContext): string {
  return tables.reduce((text, { path }, file) => text.replaceAll(path, shown[file] ?? path), note);
}

const isSize = ({ check }: BoundRule): boolean =>
  check.metric === 'row_count' || check.metric === 'column_count';
const isCount = ({ check }: BoundRule): boolean =>
  check.metric === 'null_fraction' || check.metric === 'distinct_count';

async function measureRows(
  rule: BoundRule,
  loaded: Loaded,
  asWritten: SqlRelation,
  other: OtherFile | undefined,
): Promise<Outcome> {
  switch (rule.check.metric) {
    case 'unique':
    case 'duplicate_fraction':
      return await measureDuplicates(rule, loaded);
    case 'freshness':
      return await measureFreshness(rule, loaded);
    case 'matches':
      return await measureMatches(rule, asWritten, loaded);
    case 'holds':
      return await measureHolds(rule, loaded);
    default:
      if (other === undefined) throw new Error(`${rule.check.metric} is no rule of this gate`);
      return await measureAgainst(rule, other, loaded);
  }
}

/** Columns of `matches` that were read as numbers or booleans, again as the text that stands in the file. */
async function loadAsWritten(
  rules: readonly BoundRule[],
  { context, relation }: Loaded,
): Promise<SqlRelation> {
  const names = new Set(
    rules.filter(({ check }) => check.metric === 'matches').flatMap(({ columns }) => columns),
  );
  const converted = [...names].filter((name) => isNumeric(columnOf({ context, relation }, name)));
  const isWritten = context.tables.some(({ format }) => format === 'csv' || format === 'tsv');
  if (converted.length === 0 || !isWritten || context.openText === undefined) return relation;
  const { openText } = context;
  const tables: Table[] = [];
  try {
    for (const file of context.tables.keys()) tables.push(await openText(file, converted));
    return await context.engine.load(tables, [...names]);
  } finally {
    await Promise.all(tables.map((table) => table.close()));
  }
}

function measurementOf({ rule, estimate, notes, inconclusive, reason, breaking }: Outcome): RuleMeasurement {
  const { check } = rule;
  return {
    check,
    measurement: {
      metric: check.metric,
      selector: check.selector,
      estimate,
      baseline: null,
      contrast: null,
      ...(inconclusive === undefined ? {} : { inconclusive }),
      ...(notes === undefined || notes.length === 0 ? {} : { notes }),
    },
    reason: reason ?? null,
    breaking: breaking ?? null,
  };
}
