/** exists and overlap: rows held against another file. */

import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { nearest, visible } from '../../../core/gate/index.ts';
import { InputError, type InputProblem } from '../../../core/inputs/errors.ts';
import { isInside, quote } from '../../../core/inputs/index.ts';
import type { SqlColumn, SqlRelation, Table } from '../../../core/tables/index.ts';
import { type BoundRule, problemOf } from './bind.ts';
import { type BreakingRow, columnOf, type Loaded, type Outcome, type RuleContext } from './context.ts';
import { comparable, type KeyPair } from './keys.ts';
import { position } from './places.ts';
import { missingNote, nameColumns, shareOutcome } from './rows.ts';
import { cellValue, inWords, keyValue, plainCell } from './values.ts';

/** A rule with the file that it names, open. */
export interface OtherFile {
  readonly table: Table;
  /** As the rule writes it. */
  readonly path: string;
  /** Columns of it that the rule reads, in the order of the rule's own columns. */
  readonly columns: readonly string[];
  /** Columns of the data, in the same order. */
  readonly own: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Opens the files that rules name, each once.
 * @throws InputError for files that are not there or outside the workspace, and for columns that they lack.
 */
export async function openOthers(
  rules: readonly BoundRule[],
  context: RuleContext,
): Promise<{ readonly files: ReadonlyMap<BoundRule, OtherFile>; close(): Promise<void> }> {
  const tables = new Map<string, Table>();
  const close = async (): Promise<void> => {
    await Promise.all([...tables.values()].map((table) => table.close()));
  };
  try {
    return { files: await findOthers(rules, tables, context), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findOthers(
  rules: readonly BoundRule[],
  tables: Map<string, Table>,
  context: RuleContext,
): Promise<Map<BoundRule, OtherFile>> {
  const problems: InputProblem[] = [];
  const found = new Map<BoundRule, OtherFile>();
  for (const rule of rules) {
    const { selector, check } = rule;
    if (selector.kind !== 'exists' && selector.kind !== 'overlap') continue;
    const path = resolve(context.workspace, selector.path);
    const problem = await pathProblem(path, selector.path, context.workspace);
    if (problem !== null) {
      problems.push(problemOf(check, context.rules, { ...problem, at: selector.path }, problem.hints));
      continue;
    }
    const table = tables.get(path) ?? (await context.openOther(path));
    tables.set(path, table);
    const other = columnsIn(rule, table, selector.path);
    if ('missing' in other) {
      problems.push(missingColumn(rule, other.missing, table, selector.path, context));
    } else found.set(rule, commonColumns(rule, other, context.columns, context.rules));
  }
  if (problems.length > 0) throw new InputError(problems);
  return found;
}

type PathProblem = { message: string; hints: { allowed?: string; nearest?: string } };

async function pathProblem(path: string, written: string, workspace: string): Promise<PathProblem | null> {
  const outside = {
    message: `\`${visible(written)}\` leads outside the workspace`,
    hints: { allowed: 'files in it' },
  };
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(written)) {
    return { message: `${quote(written)} is an address`, hints: { allowed: 'files in the workspace' } };
  }
  if (!isInside(workspace, path)) return outside;
  try {
    // A link that leads outside is no file of the workspace.
    const real = await realpath(path);
    return isInside(await realpath(workspace), real) ? null : outside;
  } catch {
    const names = await readdir(dirname(path)).catch(() => []);
    const near = nearest(basename(path), names);
    const shown = near === undefined ? '' : relative(workspace, resolve(dirname(path), near));
    return {
      message: `there is no file \`${visible(written)}\``,
      hints: near === undefined ? {} : { nearest: shown.split(sep).join('/') },
    };
  }
}

function columnsIn({ selector }: BoundRule, table: Table, path: string): OtherFile | { missing: string } {
  const names = table.columns.map(({ name }) => name);
  if (selector.kind === 'exists') {
    const { column, otherColumn } = selector;
    if (!names.includes(otherColumn)) return { missing: otherColumn };
    return { table, path, columns: [otherColumn], own: [column], notes: [] };
  }
  if (selector.kind !== 'overlap' || selector.columns === null) {
    return { table, path, columns: [], own: [], notes: [] };
  }
  const missing = selector.columns.find((column) => !names.includes(column));
  if (missing !== undefined) return { missing };
  return { table, path, columns: selector.columns, own: selector.columns, notes: [] };
}

function missingColumn(
  { check }: BoundRule,
  column: string,
  table: Table,
  path: string,
  { rules }: RuleContext,
): InputProblem {
  const names = table.columns.map(({ name }) => name);
  const near = nearest(column, names);
  const listed = names
    .slice(0, 20)
    .map((name) => visible(name))
    .join(', ');
  return problemOf(
    check,
    rules,
    { message: `\`${visible(column)}\` is not a column of ${visible(path)}`, at: column },
    {
      allowed: names.length > 20 ? `${listed} and ${names.length - 20} more` : listed,
      ...(near === undefined ? {} : { nearest: near }),
    },
  );
}

/** Whole rows are compared by the columns that both files have. */
function commonColumns(
  rule: BoundRule,
  other: OtherFile,
  columns: readonly string[],
  rules: string | undefined,
): OtherFile {
  if (rule.selector.kind !== 'overlap' || rule.selector.columns !== null) return other;
  const names = other.table.columns.map(({ name }) => name);
  const common = columns.filter((column) => names.includes(column));
  if (common.length === 0) {
    const message = `\`${visible(other.path)}\` has no column of the data`;
    throw new InputError([problemOf(rule.check, rules, { message, at: other.path })]);
  }
  const alone = [
    ...columns.filter((column) => !names.includes(column)),
    ...names.filter((name) => !columns.includes(name)),
  ];
  const notes =
    alone.length === 0
      ? []
      : [
          `compared by the ${common.length} columns that both have, without ${visible(alone.join(', '), 200)}`,
        ];
  return { ...other, columns: common, own: common, notes };
}

/** The share of values (exists) or rows (overlap) that the other file has as well. */
export async function measureAgainst(rule: BoundRule, other: OtherFile, loaded: Loaded): Promise<Outcome> {
  const { context, relation } = loaded;
  const theirs = await context.engine.load([other.table], [...new Set(other.columns)]);
  const columns = other.own.map((name) => columnOf(loaded, name));
  const pairs = columns.map((column, index) => comparable(column, theirColumn(theirs, other, index)));
  const isExists = rule.check.metric === 'exists';
  const whole = rule.selector.kind === 'overlap' && rule.selector.columns === null;
  const complete = whole ? 'true' : columns.map(({ ref }) => `${ref} IS NOT NULL`).join(' AND ');
  const broken = brokenRows(relation, theirs, { columns, pairs, complete, missingEquals: whole, isExists });
  const [[n = 0] = []] = await context.engine.rows(
    `SELECT count(*) FILTER (WHERE ${complete}) FROM ${relation.from}`,
  );
  const [[count = 0, first = null] = []] = await context.engine.rows(
    `SELECT count(*), min(${position('r')}) FROM ${broken}`,
  );
  const path = visible(other.path, 80);
  const target = isExists ? `${path}:${visible(other.columns[0] ?? '', 80)}` : path;
  const key = nameColumns(other.own);
  const notes = [
    ...other.notes,
    ...textNotes(pairs, other),
    ...missingNote(relation.rows - Number(n), whole ? [] : other.own),
  ];
  const say = (rows: string, one: boolean): string => {
    if (isExists) return `${key} is not in ${target} for ${rows}`;
    return `${rows} ${one ? 'is' : 'are'} also in ${target}`;
  };
  const shown = { columns, whole, isExists, target };
  return await shareOutcome(
    rule,
    loaded,
    { n: Number(n), broken: Number(count), first },
    isExists ? 'keeps' : 'breaks',
    { say, notes, needs: other.own },
    () => breakingRows(loaded, broken, shown),
  );
}

function theirColumn(relation: SqlRelation, { columns }: OtherFile, index: number): SqlColumn {
  const column = relation.columns.get(columns[index] ?? '');
  if (column === undefined) throw new Error(`column ${columns[index]} was not loaded`);
  return column;
}

interface Comparison {
  readonly columns: readonly SqlColumn[];
  readonly pairs: readonly KeyPair[];
  readonly complete: string;
  readonly missingEquals: boolean;
  readonly isExists: boolean;
}

/** FROM item `r`: rows of the data without (exists) or with (overlap) their like in the other file. */
function brokenRows(own: SqlRelation, theirs: SqlRelation, parts: Comparison): string {
  const { columns, pairs, complete, missingEquals, isExists } = parts;
  const refs = columns.map(({ ref }) => ref).join(', ');
  const left = pairs.map((pair, index) => `${pair.left} AS k${index}`).join(', ');
  const right = pairs.map((pair, index) => `${pair.right} AS k${index}`).join(', ');
  const same = missingEquals ? 'IS NOT DISTINCT FROM' : '=';
  const on = pairs.map((_, index) => `r.k${index} ${same} o.k${index}`).join(' AND ');
  return (
    `(SELECT file, row, ${refs}, ${left} FROM ${own.from} WHERE ${complete}) AS r ` +
    `${isExists ? 'ANTI' : 'SEMI'} JOIN (SELECT ${right} FROM ${theirs.from}) AS o ON ${on}`
  );
}

function textNotes(pairs: readonly KeyPair[], { own, path }: OtherFile): string[] {
  const mixed = own.filter((_, index) => pairs[index]?.asText === true);
  if (mixed.length === 0) return [];
  const names = mixed.map((name) => `\`${visible(name)}\``).join(', ');
  return [
    `${names}: text in one file and not in the other (${visible(path)}); compared as text, so 7 equals "7" and not "07"`,
  ];
}

async function* breakingRows(
  { context }: Loaded,
  broken: string,
  {
    columns,
    whole,
    isExists,
    target,
  }: { columns: readonly SqlColumn[]; whole: boolean; isExists: boolean; target: string },
): AsyncGenerator<BreakingRow> {
  const shown = whole ? [] : columns;
  const cells = shown.map((column) => `, ${plainCell(column, `r.${column.ref}`)}`).join('');
  const key = visible(shown.map(({ name }) => name).join(', '), 80);
  for await (const chunk of context.engine.stream(
    `SELECT r.file, r.row${cells} FROM ${broken} ORDER BY r.file, r.row`,
  )) {
    for (const [file, row, ...keys] of chunk) {
      const values = shown.map((column, index) => cellValue(keys[index], column));
      const message = isExists
        ? `${key}: ${values.map((value, index) => inWords(value, shown[index])).join(', ')} is not in ${target}`
        : `also in ${target}${whole ? '' : ` (${key})`}`;
      yield {
        file: Number(file),
        row: Number(row),
        column: shown.length === 1 ? (shown[0]?.name ?? null) : null,
        value: whole ? null : keyValue(values),
        message,
      };
    }
  }
}
