/** What a step's SQL may be: one SELECT that gives the same for the same input. */

import { nearest } from '../../../../core/gate/index.ts';
import { quote } from '../../../../core/inputs/index.ts';
import { type Engine, type EngineColumn, EngineError } from './engine.ts';
import { text } from './sql.ts';

/**
 * Columns of the query, or what is wrong with it, as `sql/a.sql:3: …`.
 * A resumed run must give what an undisturbed one gives, so nothing may depend on the time or on chance.
 */
export async function checkQuery(
  engine: Engine,
  sql: string,
  shown: string,
  tables: readonly string[],
): Promise<{ readonly columns: readonly EngineColumn[] } | { readonly problem: string }> {
  try {
    const tree = await treeOf(engine, sql);
    if (typeof tree === 'string') return { problem: `${shown}${tree}` };
    const changing = await changingName(engine, tree);
    if (changing !== null) {
      const line = sql.slice(0, changing.at).split('\n').length;
      return {
        problem: `${shown}:${line}: ${changing.name} gives something else each time; a run must give the same when it is repeated`,
      };
    }
    const stranger = strangerIn(tree, tables);
    if (stranger !== null) {
      return { problem: `${shown}:${sql.slice(0, stranger.at).split('\n').length}: ${stranger.problem}` };
    }
    return { columns: await engine.describe(sql) };
  } catch (error) {
    if (error instanceof EngineError) return { problem: `${shown}${placed(error.message)}` };
    throw error;
  }
}

/** `:3: Binder Error: …` from DuckDB's message, whose line and caret stand below it. */
function placed(message: string): string {
  const line = /^LINE (\d+):/m.exec(message)?.[1];
  return `${line === undefined ? '' : `:${line}`}: ${wordsOf(message)}`;
}

/** DuckDB's message on one line, without the excerpt below it. */
export function wordsOf(message: string): string {
  const lines = message.split('\n');
  const excerpt = lines.findIndex((line) => /^LINE \d+:/.test(line));
  return (excerpt === -1 ? lines : lines.slice(0, excerpt))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ');
}

/** The parsed statement; or, as text, why there is none. */
async function treeOf(engine: Engine, query: string): Promise<unknown[] | string> {
  const [[said] = []] = await engine.rows(`SELECT json_serialize_sql(${text(query)})`);
  const tree: unknown = JSON.parse(String(said));
  if (!isObject(tree)) return ': it cannot be read';
  if (tree.error === true) {
    const at = typeof tree.position === 'string' ? Number(tree.position) : null;
    const line = at === null ? '' : `:${query.slice(0, at).split('\n').length}`;
    const message = String(tree.error_message).split('\n')[0] ?? '';
    return message.startsWith('Only SELECT')
      ? ': a step is one SELECT; other statements are not allowed'
      : `${line}: ${message}`;
  }
  const statements = Array.isArray(tree.statements) ? tree.statements : [];
  if (statements.length === 0) return ': the file is empty';
  return statements.length === 1
    ? statements
    : `: one SELECT is expected, not ${statements.length} statements`;
}

async function changingName(
  engine: Engine,
  tree: unknown,
): Promise<{ readonly name: string; readonly at: number } | null> {
  const rows = await engine.rows(
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
  );
  // `error` stops the query, the same each time; these are keywords that the parser reads as columns.
  const changing = new Set(rows.map(([name]) => String(name)).filter((name) => name !== 'error'));
  for (const name of ['current_timestamp', 'current_time', 'localtime', 'localtimestamp']) changing.add(name);
  return find(tree, changing);
}

function find(node: unknown, changing: ReadonlySet<string>): { name: string; at: number } | null {
  if (Array.isArray(node)) {
    for (const each of node) {
      const found = find(each, changing);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isObject(node)) return null;
  const at = Number(node.query_location ?? 0);
  const called = String(node.function_name ?? '').toLowerCase();
  if (node.type === 'FUNCTION' && changing.has(called)) return { name: `${called}()`, at };
  const names = node.type === 'COLUMN_REF' && Array.isArray(node.column_names) ? node.column_names : [];
  const column = String(names[0] ?? '').toLowerCase();
  if (names.length === 1 && changing.has(column) && column.includes('_') && /current|local/.test(column))
    return { name: column, at };
  if (isObject(node.sample)) return { name: 'a sample', at };
  return find(Object.values(node), changing);
}

const tableFunctions = ['unnest', 'range', 'generate_series'];

/** Files that SQL opens by itself would be in no manifest: a step reads sources and earlier steps, and nothing else. */
function strangerIn(tree: unknown, tables: readonly string[]): { problem: string; at: number } | null {
  const known = new Set(tables.map((name) => name.toLowerCase()));
  const nodes: Readonly<Record<string, unknown>>[] = [];
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    if (!isObject(node)) return;
    nodes.push(node);
    // The names of WITH.
    if (typeof node.key === 'string' && isObject(node.value)) known.add(node.key.toLowerCase());
    if (typeof node.cte_name === 'string') known.add(node.cte_name.toLowerCase());
    Object.values(node).forEach(collect);
  };
  collect(tree);
  for (const node of nodes) {
    const at = Number(node.query_location ?? 0);
    if (node.type === 'TABLE_FUNCTION' && isObject(node.function)) {
      const called = String(node.function.function_name);
      if (tableFunctions.includes(called.toLowerCase())) continue;
      return {
        problem: `${called}() is no source; a step reads sources and earlier steps: ${tables.join(', ')}`,
        at,
      };
    }
    const name = String(node.table_name ?? '');
    if (node.type !== 'BASE_TABLE' || known.has(name.toLowerCase())) continue;
    const near = nearest(name, tables);
    const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
    return { problem: `no table ${quote(name)}; there are ${tables.join(', ')}${hint}`, at };
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names of all tables that the query reads, in lower case. */
export async function tablesOf(engine: Engine, sql: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    if (!isObject(node)) return;
    if (node.type === 'BASE_TABLE') names.add(String(node.table_name).toLowerCase());
    Object.values(node).forEach(collect);
  };
  collect(await treeOf(engine, sql));
  return names;
}
