/** Where files disagree about a column, in words. */

import type { Table } from '../types.ts';
import { type CellType, isText } from './kinds.ts';
import type { SqlKind } from './types.ts';

const shown = 3;

/** `column "x" is missing in b.csv; its cells there are missing`; undefined where no file lacks it. */
export function describeLack(name: string, lacking: readonly Table[], files: number): string | undefined {
  if (lacking.length === 0) return undefined;
  return `column ${JSON.stringify(name)} is not in ${listPaths(lacking)} (${lacking.length} of ${files} files); its cells there are missing`;
}

/** Undefined where the files that have values agree, or the common type holds all values as they are. */
export function describeDisagreement(
  name: string,
  tables: readonly Table[],
  seen: readonly (CellType | undefined)[],
  merged: CellType,
): string | undefined {
  const byWord = new Map<string, Table[]>();
  for (const [file, table] of tables.entries()) {
    const cell = seen[file];
    if (cell === undefined) continue;
    const word = describeType(cell);
    byWord.set(word, [...(byWord.get(word) ?? []), table]);
  }
  const loss = lossOf(seen, merged);
  if (byWord.size < 2 || (!isText(merged) && loss === '')) return undefined;
  const parts = [...byWord].map(([word, some]) => `${word} in ${listPaths(some)}`);
  return `column ${JSON.stringify(name)} is ${parts.join(' and ')}; it is read as ${describeType(merged)}${loss}`;
}

const words: Readonly<Record<SqlKind, string>> = {
  integer: 'integer',
  bigint: 'integer beyond 2^53',
  number: 'number',
  boolean: 'boolean',
  string: 'text',
  other: 'text',
  timestamp: 'timestamp',
  date: 'date',
  time: 'time',
};

function describeType({ kind, type }: CellType): string {
  return type === 'TIMESTAMP_NS' ? 'timestamp in nanoseconds' : words[kind];
}

function lossOf(seen: readonly (CellType | undefined)[], { kind, type }: CellType): string {
  if (type === 'DOUBLE' && seen.some((cell) => cell?.kind === 'bigint')) return ', to 15 digits';
  const cut = kind === 'timestamp' && type === 'TIMESTAMP';
  return cut && seen.some((cell) => cell?.type === 'TIMESTAMP_NS') ? ', to the microsecond' : '';
}

function listPaths(tables: readonly Table[]): string {
  const paths = tables.slice(0, shown).map(({ path }) => path);
  const more = tables.length > shown ? ` and ${tables.length - shown} more` : '';
  return `${paths.join(', ')}${more}`;
}
