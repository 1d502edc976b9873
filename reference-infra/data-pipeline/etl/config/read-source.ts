/** `sources:` of `pipeline.yaml`. */

import { quote } from '../../../../core/inputs/index.ts';
import type { CsvOptions } from '../../../../core/tables/index.ts';
import type { Files } from './read-pipeline.ts';
import { fileFormats, type Rejects, type Source, type Watermark } from './types.ts';
import { isLateness, parseRejects, parseTable, parseType, typeNames } from './values.ts';
import type { Entry, YamlReader } from './yaml-reader.ts';

const shared = ['format', 'columns', 'schema', 'max-rejected', 'watermark', 'lateness'] as const;
const ofFiles = [...shared, 'path', 'lineage', 'delimiter', 'quote', 'header', 'null', 'encoding'] as const;
const ofPostgres = [...shared, 'table', 'url-env'] as const;
const ofText = ['delimiter', 'quote', 'header', 'null', 'encoding'] as const;

/** Names that the pipeline itself gives to columns. */
export const reservedColumns = ['_source_file', '_source_row', '_file', '_row', '_bad'] as const;

export const defaultUrlVariable = 'DATABASE_URL';

export function readSource(reader: YamlReader, name: string, entry: Entry, files: Files): Source | null {
  const where = `source ${name}`;
  const map = reader.map(entry, where, entry.line);
  if (map === null) return null;
  const { line } = entry;
  const all = reader.entries(map, where, null);
  const formats = [...fileFormats, 'postgres'] as const;
  const format = reader.oneOf(all.get('format'), `${where}: format`, line, formats);
  if (format === null) return null;
  const own = reader.entries(map, where, format === 'postgres' ? ofPostgres : ofFiles);
  const base = {
    name,
    line,
    columns: readColumns(reader, own.get('columns'), where),
    schema: own.has('schema') ? files.read(own.get('schema'), `${where}: schema`, line) : null,
    maxRejected: readMaxRejected(reader, own.get('max-rejected'), where),
    watermark: readWatermark(reader, own, where),
    lineage: reader.boolean(own.get('lineage'), `${where}: lineage`, false),
  };
  if (format === 'postgres') {
    const text = reader.text(own.get('table'), `${where}: table`, line);
    const table = text === null ? null : parseTable(text);
    if (text !== null && table === null) tableProblem(reader, own.get('table')?.line ?? line, where, text);
    if (table === null) return null;
    return { ...base, kind: 'postgres', table, urlVariable: readUrlVariable(reader, own, where) };
  }
  const paths = reader.texts(own.get('path'), `${where}: path`);
  if (!own.has('path')) reader.problem(line, `${where}: path is missing`);
  for (const key of ofText) {
    const given = own.get(key);
    if (given !== undefined && format !== 'csv' && format !== 'tsv') {
      reader.problem(given.line, `${where}: ${key} is for csv and tsv, not for ${format}`);
    }
  }
  return { ...base, kind: 'files', format, paths, csv: readCsv(reader, own, where) };
}

export function tableProblem(reader: YamlReader, line: number, where: string, text: string): void {
  reader.problem(line, `${where}: table ${quote(text)} is neither \`table\` nor \`schema.table\``);
}

export function readUrlVariable(reader: YamlReader, own: ReadonlyMap<string, Entry>, where: string): string {
  const entry = own.get('url-env');
  if (entry === undefined) return defaultUrlVariable;
  const text = reader.text(entry, `${where}: url-env`, entry.line);
  if (text === null) return defaultUrlVariable;
  // The text is not repeated: who writes a URL here has written a password.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) {
    reader.problem(entry.line, `${where}: url-env must be the name of an environment variable`);
  }
  return text;
}

export function readMaxRejected(reader: YamlReader, entry: Entry | undefined, where: string): Rejects {
  const none: Rejects = { kind: 'rows', most: 0, text: '0' };
  if (entry === undefined) return none;
  const text = reader.text(entry, `${where}: max-rejected`, entry.line);
  if (text === null) return none;
  const parsed = parseRejects(text);
  if (parsed === null) {
    reader.problem(
      entry.line,
      `${where}: max-rejected is ${quote(text)}; allowed: a number of rows such as 10, or a share such as 0.5%`,
    );
  }
  return parsed ?? none;
}

function readColumns(
  reader: YamlReader,
  entry: Entry | undefined,
  where: string,
): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  if (entry === undefined) return columns;
  const map = reader.map(entry, `${where}: columns`, entry.line);
  if (map === null) return columns;
  for (const [column, own] of reader.entries(map, `${where}: columns`, null)) {
    const text = reader.text(own, `${where}: column ${quote(column)}`, own.line);
    if (text === null) continue;
    const type = parseType(text);
    if (type !== null) columns.set(column, type);
    else {
      reader.problem(
        own.line,
        `${where}: column ${quote(column)} has type ${quote(text)}; allowed: ${typeNames.join(', ')}`,
      );
    }
  }
  return columns;
}

function readWatermark(reader: YamlReader, own: ReadonlyMap<string, Entry>, where: string): Watermark | null {
  const late = own.get('lateness');
  const entry = own.get('watermark');
  if (entry === undefined) {
    if (late !== undefined) reader.problem(late.line, `${where}: lateness without a watermark`);
    return null;
  }
  const column = reader.text(entry, `${where}: watermark`, entry.line);
  const lateness = late === undefined ? null : reader.text(late, `${where}: lateness`, late.line);
  if (late !== undefined && lateness !== null && !isLateness(lateness)) {
    reader.problem(
      late.line,
      `${where}: lateness is ${quote(lateness)}; allowed: a number, or an interval such as \`2 days\``,
    );
  }
  return column === null ? null : { column, lateness };
}

const delimiters: Readonly<Record<string, string>> = { tab: '\t', space: ' ' };

function readCsv(reader: YamlReader, own: ReadonlyMap<string, Entry>, where: string): CsvOptions {
  const options: { -readonly [Key in keyof CsvOptions]: CsvOptions[Key] } = {};
  const one = (key: 'delimiter' | 'quote'): string | null => {
    const entry = own.get(key);
    if (entry === undefined) return null;
    const text = reader.text(entry, `${where}: ${key}`, entry.line);
    if (text === null) return null;
    const mark = delimiters[text] ?? text;
    if (/^[\x20-\x7e\t]$/.test(mark) || (key === 'quote' && mark === 'none')) return mark;
    reader.problem(entry.line, `${where}: ${key} is ${quote(text)}; allowed: one ASCII character`);
    return null;
  };
  const delimiter = one('delimiter');
  if (delimiter !== null) options.delimiter = delimiter;
  const mark = one('quote');
  if (mark !== null) options.quote = mark === 'none' ? null : mark;
  if (own.has('header')) options.header = reader.boolean(own.get('header'), `${where}: header`, true);
  if (own.has('null')) options.nulls = reader.texts(own.get('null'), `${where}: null`);
  if (own.has('encoding')) {
    const encoding = reader.text(own.get('encoding'), `${where}: encoding`, 1);
    if (encoding !== null && isEncoding(encoding)) options.encoding = encoding;
    else if (encoding !== null) {
      const line = own.get('encoding')?.line ?? 1;
      reader.problem(
        line,
        `${where}: encoding ${quote(encoding)} is not known; allowed: utf-8, windows-1252, …`,
      );
    }
  }
  return options;
}

function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
