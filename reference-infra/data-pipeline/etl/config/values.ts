/** The small grammars of `pipeline.yaml`: shares of rejects, names, types, sizes. */

import type { Rejects, TableName } from './types.ts';

/** `0`, `25`, `0.5%`; null: none of these. */
export function parseRejects(text: string): Rejects | null {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (share !== null) {
    const most = Number(share[1]) / 100;
    return most <= 1 ? { kind: 'share', most, text } : null;
  }
  return /^\d{1,15}$/.test(text.trim()) ? { kind: 'rows', most: Number(text), text } : null;
}

/** Whether so many rejected of so many judged rows stop the run. */
export function tooMany({ kind, most }: Rejects, rejected: number, judged: number): boolean {
  return kind === 'rows' ? rejected > most : rejected > most * judged;
}

/** Names of tables in SQL and of files in folders alike. */
export const isName = (text: string): boolean => /^[a-z_][a-z0-9_]{0,62}$/.test(text);

export const nameRule = 'names are lower-case letters, digits and _, at most 63, and begin with no digit';

export const typeNames = [
  'BIGINT',
  'INTEGER',
  'DOUBLE',
  'DECIMAL(p,s)',
  'BOOLEAN',
  'VARCHAR',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMPTZ',
] as const;

/** A type as DuckDB writes it; null: not one of `typeNames`. */
export function parseType(text: string): string | null {
  const type = text.trim().toUpperCase().replaceAll(/\s+/g, '');
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal !== null) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    return precision >= 1 && precision <= 38 && scale <= precision ? type : null;
  }
  if (type === 'TIMESTAMPTZ') return 'TIMESTAMP WITH TIME ZONE';
  return typeNames.some((name) => name === type) ? type : null;
}

/** `table` or `schema.table`, either in double quotes where it holds a dot; null: neither. */
export function parseTable(text: string): TableName | null {
  const part = '("(?:[^"]|"")+"|[^".\\s]+)';
  const found = new RegExp(`^${part}(?:\\.${part})?$`).exec(text.trim());
  if (found === null) return null;
  const plain = (word: string): string =>
    word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
  const [, first = '', second] = found;
  return second === undefined
    ? { schema: null, table: plain(first) }
    : { schema: plain(first), table: plain(second) };
}

/** `512MiB`, `1GiB`; null: neither. */
export function parseMebibytes(text: string): number | null {
  const found = /^(\d{1,6})\s*(MiB|GiB)$/.exec(text.trim());
  if (found === null) return null;
  return Number(found[1]) * (found[2] === 'GiB' ? 1024 : 1);
}

/** A number, or `3 days`: what may be taken off a watermark. */
export function isLateness(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) || /^\d+ (second|minute|hour|day|week)s?$/.test(text);
}
