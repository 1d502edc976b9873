/** matches: cells that have a format, or in which a regular expression is found. */

import { visible } from '../../../core/gate/index.ts';
import { InputError } from '../../../core/inputs/errors.ts';
import { type SqlColumn, type SqlRelation, timestampOf } from '../../../core/tables/index.ts';
import { formatJudge } from '../schema/index.ts';
import { type BoundRule, problemOf } from './bind.ts';
import { type BreakingRow, columnOf, type Loaded, type Outcome, type RuleContext } from './context.ts';
import { canonicalText } from './keys.ts';
import { formatWords, type Pattern, regexForEngine, writePattern } from './patterns.ts';
import { position } from './places.ts';
import { sqlString } from './questions.ts';
import { missingNote, type RowCounts, shareOutcome } from './rows.ts';
import { surelyOfFormat } from './sure-formats.ts';
import { cellValue, inWords, isNumeric, plainCell } from './values.ts';

/** Where the cells of a rule are, and how they are read. */
interface Cells {
  readonly rule: BoundRule;
  readonly pattern: Pattern;
  readonly column: SqlColumn;
  readonly from: string;
  /** SQL of the cell as text. */
  readonly text: string;
  /** SQL condition on the rows that may break the rule; of a regular expression exactly those that do. */
  readonly suspect: string;
  readonly loaded: Loaded;
}

/**
 * Asks the engine to read the regular expressions of all rules, before any work.
 * @throws InputError with those that it does not take.
 */
export async function checkPatterns(rules: readonly BoundRule[], context: RuleContext): Promise<void> {
  const problems = [];
  for (const { check, selector } of rules) {
    if (selector.kind !== 'matches' || selector.pattern.kind !== 'regex') continue;
    try {
      await context.engine.rows(`SELECT regexp_matches('', ${sqlString(regexForEngine(selector.pattern))})`);
    } catch (error) {
      const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      const message = `the regular expression does not read: ${line.replace(/^.*?Error: /, '')}`;
      problems.push(problemOf(check, context.rules, { message, at: `/${selector.pattern.source}` }));
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** `relation` holds the cells as they are written in the file, where that differs from the numbers they mean. */
export async function measureMatches(
  rule: BoundRule,
  relation: SqlRelation,
  loaded: Loaded,
): Promise<Outcome> {
  const { selector } = rule;
  if (selector.kind !== 'matches') throw new Error('no rule of matches');
  const { pattern } = selector;
  const column = columnOf({ ...loaded, relation }, selector.column);
  const text = textOf(column);
  const cells: Cells = {
    rule,
    pattern,
    column,
    from: relation.from,
    text,
    suspect: suspectOf(pattern, text),
    loaded,
  };
  const counts =
    pattern.kind === 'regex' ? await countByEngine(cells) : await countByFormat(cells, pattern.format);
  const name = visible(selector.column, 80);
  const notes = missingNote(relation.rows - counts.n, [selector.column]);
  return await shareOutcome(
    rule,
    loaded,
    counts,
    'keeps',
    { say: (rows) => `${name} ${complaintOf(pattern)} in ${rows}`, notes, needs: [selector.column] },
    () => breakingRows(cells),
  );
}

function complaintOf(pattern: Pattern): string {
  return pattern.kind === 'format'
    ? `is not ${formatWords[pattern.format]}`
    : `does not match ${writePattern(pattern)}`;
}

function suspectOf(pattern: Pattern, text: string): string {
  const expression = pattern.kind === 'regex' ? regexForEngine(pattern) : surelyOfFormat[pattern.format];
  if (expression === null) return `${text} IS NOT NULL`;
  return `NOT regexp_matches(${text}, ${sqlString(expression)})`;
}

/** Numbers by their value, times as RFC 3339 in UTC, everything else as the engine writes it. */
function textOf(column: SqlColumn): string {
  if (column.type === 'VARCHAR') return column.ref;
  if (column.kind === 'timestamp') {
    return `(replace(CAST(${timestampOf(column)} AS VARCHAR), ' ', 'T') || 'Z')`;
  }
  return isNumeric(column) ? canonicalText(column) : `CAST(${column.ref} AS VARCHAR)`;
}

async function countByEngine({ column, from, suspect, loaded }: Cells): Promise<RowCounts> {
  const [[n = 0, broken = 0, first = null] = []] = await loaded.context.engine.rows(
    `SELECT count(${column.ref}), count(*) FILTER (WHERE ${suspect}), min(${position()}) FILTER (WHERE ${suspect}) ` +
      `FROM ${from}`,
  );
  return { n: Number(n), broken: Number(broken), first };
}

async function countByFormat(cells: Cells, format: Parameters<typeof formatJudge>[0]): Promise<RowCounts> {
  const { column, from, text, suspect, loaded } = cells;
  const { engine } = loaded.context;
  const [[n = 0] = []] = await engine.rows(`SELECT count(${column.ref}) FROM ${from}`);
  const judge = formatJudge(format);
  let broken = 0;
  let first: bigint | null = null;
  const sql = `SELECT ${text}, ${position()} FROM ${from} WHERE ${suspect}`;
  for await (const chunk of engine.stream(sql)) {
    for (const [cell, at] of chunk) {
      if (judge(String(cell))) continue;
      broken += 1;
      const place = BigInt(at as bigint | string | number);
      if (first === null || place < first) first = place;
    }
  }
  return { n: Number(n), broken, first };
}

async function* breakingRows(cells: Cells): AsyncGenerator<BreakingRow> {
  const { pattern, column, from, text, suspect, loaded } = cells;
  const judge = pattern.kind === 'format' ? formatJudge(pattern.format) : () => false;
  const says = complaintOf(pattern);
  const sql =
    `SELECT file, row, ${plainCell(column, column.ref)}, ${text} FROM ${from} WHERE ${suspect} ` +
    'ORDER BY file, row';
  for await (const chunk of loaded.context.engine.stream(sql)) {
    for (const [file, row, cell, asText] of chunk) {
      if (judge(String(asText))) continue;
      const value = cellValue(cell, column);
      yield {
        file: Number(file),
        row: Number(row),
        column: column.name,
        value,
        message: `${visible(column.name, 80)}: ${inWords(value, column)} ${says}`,
      };
    }
  }
}
