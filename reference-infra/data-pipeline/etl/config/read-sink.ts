/** `sink:` of `pipeline.yaml`. */

import { resolve } from 'node:path';
import { quote } from '../../../../core/inputs/index.ts';
import { readUrlVariable, tableProblem } from './read-source.ts';
import type { Sink, Source } from './types.ts';
import { parseTable } from './values.ts';
import { type Entry, hint, type YamlReader } from './yaml-reader.ts';

const ofParquet = ['format', 'input', 'path', 'mode', 'partition-by', 'key'] as const;
const ofPostgres = ['format', 'input', 'table', 'url-env', 'key'] as const;

interface Surroundings {
  /** Sources and steps, in their order. */
  readonly tables: readonly string[];
  readonly root: string;
  readonly sources: readonly Source[];
}

export function readSink(
  reader: YamlReader,
  entry: Entry | undefined,
  surroundings: Surroundings,
): Sink | null {
  const map = reader.map(entry, 'sink', 1);
  if (map === null) return null;
  const line = entry?.line ?? 1;
  const all = reader.entries(map, 'sink', null);
  const format = reader.oneOf(all.get('format'), 'sink: format', line, ['parquet', 'postgres']);
  if (format === null) return null;
  const own = reader.entries(map, 'sink', format === 'parquet' ? ofParquet : ofPostgres);
  const input = readInput(reader, own.get('input'), line, surroundings.tables);
  const key = reader.texts(own.get('key'), 'sink: key');
  for (const each of key)
    if (key.indexOf(each) !== key.lastIndexOf(each))
      reader.problem(line, `sink: key names ${quote(each)} twice`);
  return format === 'parquet'
    ? readParquet(reader, own, { input, key, line }, surroundings)
    : readPostgres(reader, own, { input, key, line });
}

interface Common {
  readonly input: string;
  readonly key: readonly string[];
  readonly line: number;
}

function readInput(
  reader: YamlReader,
  entry: Entry | undefined,
  line: number,
  tables: readonly string[],
): string {
  if (entry === undefined) return tables.at(-1) ?? '';
  const input = reader.text(entry, 'sink: input', line) ?? '';
  if (input !== '' && !tables.includes(input)) {
    reader.problem(
      entry.line,
      `sink: input ${quote(input)} is neither a source nor a step${hint(input, tables)}`,
    );
  }
  return input;
}

function readParquet(
  reader: YamlReader,
  own: ReadonlyMap<string, Entry>,
  common: Common,
  { root, sources }: Surroundings,
): Sink | null {
  const { line, key } = common;
  const shown = reader.text(own.get('path'), 'sink: path', line);
  const mode = reader.oneOf(own.get('mode'), 'sink: mode', line, ['replace', 'append', 'upsert']);
  const partitionBy = reader.texts(own.get('partition-by'), 'sink: partition-by');
  const at = own.get('mode')?.line ?? line;
  const increments = sources.some(({ watermark }) => watermark !== null);
  if (mode === 'upsert' && key.length === 0)
    reader.problem(at, 'sink: mode upsert needs key, the columns that say which rows are the same row');
  if (mode !== null && mode !== 'upsert' && key.length > 0)
    reader.problem(own.get('key')?.line ?? line, `sink: key is for mode upsert, not for ${mode}`);
  if (mode === 'append' && !increments)
    reader.problem(
      at,
      'sink: mode append would write all rows again in each run, since no source has a watermark; allowed here: replace, upsert',
    );
  if (mode === 'replace' && increments)
    reader.problem(
      at,
      'sink: mode replace would keep nothing but the last increment, since a source has a watermark; allowed here: append, upsert',
    );
  if (shown === null || mode === null) return null;
  return { ...common, kind: 'parquet', path: resolve(root, shown), shown, mode, partitionBy };
}

function readPostgres(reader: YamlReader, own: ReadonlyMap<string, Entry>, common: Common): Sink | null {
  const { line, key } = common;
  const text = reader.text(own.get('table'), 'sink: table', line);
  const table = text === null ? null : parseTable(text);
  if (text !== null && table === null) tableProblem(reader, own.get('table')?.line ?? line, 'sink', text);
  if (key.length === 0)
    reader.problem(line, 'sink: key is missing: the columns that say which rows are the same row');
  const urlVariable = readUrlVariable(reader, own, 'sink');
  return table === null ? null : { ...common, kind: 'postgres', table, urlVariable };
}
