/**
 * The sink of Parquet files, partitioned by folders as Hive has them. Files are never written over: a run adds its own,
 * then `_dataset.json` is replaced, then what no longer belongs is removed. Whoever reads by `_dataset.json` sees the
 * dataset before the run or after it.
 */

import { existsSync, globSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Sink } from '../config/types.ts';
import type { EngineColumn } from '../engine/engine.ts';
import { ident, idents, text } from '../engine/sql.ts';
import type { RunContext } from '../run/context.ts';
import { digestOf } from '../run/digest.ts';
import type { Dataset, OutputFile, OutputRecord, PublishRecord, TableRecord } from '../run/records.ts';
import { datasetName, readDataset } from './dataset.ts';
import { requireKeys } from './keys.ts';

type ParquetSink = Extract<Sink, { kind: 'parquet' }>;
type ParquetPublish = Extract<PublishRecord, { sink: 'parquet' }>;

/** Writes the run's files into its own folder, and says what publishing them means. Nothing of the dataset changes. */
export async function prepareParquet(
  context: RunContext,
  sink: ParquetSink,
  input: TableRecord,
  columns: readonly EngineColumn[],
): Promise<ParquetPublish> {
  const { engine, pipeline, runId, folder, progress } = context;
  progress.begin(`sink ${sink.shown}`, input.rows.out);
  const old = requireSame(sink, readDataset(sink.path, sink.shown, pipeline.name), columns, runId);
  const from = `read_parquet(${engine.own(input.file)})`;
  await requireKeys(engine, from, sink.input, sink.key);
  const ticking = setInterval(() => progress.tick(), 500);
  try {
    const moves: Record<string, string> = {};
    const files: OutputFile[] = [];
    rmSync(join(folder, 'stage/out'), { recursive: true, force: true });
    const names = columns.map(({ name }) => name);
    await writeFiles(context, sink, `SELECT ${idents(names)} FROM ${from}`, 'work/out');
    for (const path of globSync('**/*.parquet', { cwd: join(folder, 'work/out') }).sort()) {
      await take(path, path);
    }
    const { kept, removes, replaced } = await keepOthers(context, sink, old, from, take);
    const dataset: Dataset = {
      version: 1,
      pipeline: pipeline.name,
      runId,
      columns,
      partitionBy: sink.partitionBy,
      key: sink.key,
      rows: [...kept, ...files].reduce((sum, file) => sum + file.rows, 0),
      files: [...kept, ...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
    return {
      kind: 'publish',
      sink: 'parquet',
      mode: sink.mode,
      folder: sink.path,
      shown: sink.shown,
      rows: input.rows.out,
      replaced,
      moves,
      removes,
      dataset,
    };

    /** A file of `work/out` becomes one of the dataset. */
    async function take(path: string, target: string): Promise<void> {
      const staged = `stage/out/${path}`;
      context.durable.move(join(folder, 'work/out', path), join(folder, staged));
      const parts = target.split(sep);
      const rows = await engine.count(
        `SELECT count(*) FROM read_parquet(${engine.own(staged)}, hive_partitioning = false)`,
      );
      if (rows === 0) return;
      moves[staged] = parts.join('/');
      files.push({
        path: parts.join('/'),
        rows,
        ...(await digestOf(join(folder, staged))),
        partition: Object.fromEntries(parts.slice(0, -1).map(partitionValue)),
        runId,
      });
    }
  } finally {
    clearInterval(ticking);
  }
}

async function writeFiles(
  { engine, runId }: RunContext,
  { partitionBy }: ParquetSink,
  select: string,
  folder: string,
): Promise<void> {
  if (partitionBy.length === 0) {
    // Named as those of partitions are: DuckDB makes no folder for a single file.
    engine.makeFolder(folder);
    await engine.run(`COPY (${select}) TO ${engine.own(`${folder}/${runId}-0.parquet`)} (FORMAT parquet)`);
    return;
  }
  await engine.run(
    `COPY (${select}) TO ${engine.own(folder)} (FORMAT parquet, PARTITION_BY (${idents(partitionBy)}), FILENAME_PATTERN ${text(`${runId}-{i}`)})`,
  );
}

/** `site=A%20B`, as DuckDB writes folders, as name and value. */
function partitionValue(part: string): [string, string | null] {
  const at = part.indexOf('=');
  const value = decodeURIComponent(part.slice(at + 1));
  return [decodeURIComponent(part.slice(0, at)), value === '__HIVE_DEFAULT_PARTITION__' ? null : value];
}

/** Files of earlier runs that stay; rows whose key the run has are taken out of theirs, which are written anew. */
async function keepOthers(
  { engine, runId }: RunContext,
  sink: ParquetSink,
  old: Dataset | null,
  from: string,
  take: (path: string, target: string) => Promise<void>,
): Promise<{ kept: OutputFile[]; removes: string[]; replaced: number }> {
  const before = old?.files ?? [];
  if (sink.mode === 'append') return { kept: [...before], removes: [], replaced: 0 };
  if (sink.mode === 'replace') {
    return { kept: [], removes: before.map(({ path }) => path), replaced: old?.rows ?? 0 };
  }
  const kept: OutputFile[] = [];
  const removes: string[] = [];
  let replaced = 0;
  for (const [index, file] of before.entries()) {
    const relation = oldRows(engine.reach(join(sink.path, file.path)), file, old?.columns ?? []);
    const same = sink.key.map((column) => `n.${ident(column)} = o.${ident(column)}`).join(' AND ');
    const isNew = `EXISTS (SELECT 1 FROM ${from} n WHERE ${same})`;
    const hit = await engine.count(`SELECT count(*) FROM (${relation}) o WHERE ${isNew}`);
    if (hit === 0) {
      kept.push(file);
      continue;
    }
    replaced += hit;
    removes.push(file.path);
    if (hit === file.rows) continue;
    const folder = file.path.split('/').slice(0, -1);
    const path = join(...folder, `${runId}-kept-${index}.parquet`);
    engine.makeFolder(join('work/out', ...folder));
    const stored = (old?.columns ?? [])
      .map(({ name }) => name)
      .filter((name) => !sink.partitionBy.includes(name));
    await engine.run(
      `COPY (SELECT ${idents(stored)} FROM (${relation}) o WHERE NOT ${isNew}) TO ${engine.own(join('work/out', path))} (FORMAT parquet)`,
    );
    await take(path, path);
  }
  return { kept, removes, replaced };
}

/** All columns of a file, those of its folders included. */
function oldRows(path: string, file: OutputFile, columns: readonly EngineColumn[]): string {
  const items = columns.map(({ name, type }) => {
    const value = file.partition[name];
    if (value === undefined) return ident(name);
    return `CAST(${value === null ? 'NULL' : text(value)} AS ${type}) AS ${ident(name)}`;
  });
  return `SELECT ${items.join(', ')} FROM read_parquet(${path}, hive_partitioning = false)`;
}

function requireSame(
  sink: ParquetSink,
  old: Dataset | null,
  columns: readonly EngineColumn[],
  runId: string,
): Dataset | null {
  if (old === null) return old;
  if (old.files.some((file) => file.runId === runId)) {
    throw new RunError(
      `sink: ${sink.shown} has rows of a run ${runId} already, of which the folder of runs knows nothing; take another run id`,
    );
  }
  if (sink.mode === 'replace') return old;
  for (const [what, now, before] of [
    ['partition-by', sink.partitionBy, old.partitionBy],
    ['key', sink.key, old.key],
  ] as const) {
    if (now.join('\0') !== before.join('\0'))
      throw new RunError(
        `sink: ${what} is ${now.join(', ') || 'empty'}, and ${sink.shown} was written with ${before.join(', ') || 'none'}; name an empty folder`,
      );
  }
  const change = changeOf(old.columns, columns);
  if (change !== null)
    throw new RunError(`sink: ${change}, unlike in ${sink.shown}; name an empty folder, or change the SQL`);
  return old;
}

/** How the columns differ, in words; null: they do not. */
export function changeOf(before: readonly EngineColumn[], now: readonly EngineColumn[]): string | null {
  for (const { name, type } of now) {
    const old = before.find((column) => column.name === name);
    if (old === undefined) return `column ${JSON.stringify(name)} is new`;
    if (old.type !== type) return `column ${JSON.stringify(name)} is ${type} and was ${old.type}`;
  }
  const gone = before.find(({ name }) => !now.some((column) => column.name === name));
  return gone === undefined ? null : `column ${JSON.stringify(gone.name)} is gone`;
}

/** Carries it out, as often as it is asked to: what was done before is found done. */
export function publishParquet(
  { folder, durable }: Pick<RunContext, 'folder' | 'durable'>,
  publish: ParquetPublish,
): OutputRecord {
  for (const [from, to] of Object.entries(publish.moves)) {
    const source = join(folder, from);
    if (existsSync(source)) durable.move(source, join(publish.folder, to));
  }
  for (const { path } of publish.dataset.files) {
    if (!existsSync(join(publish.folder, path)))
      throw new RunError(`sink: ${join(publish.shown, path)} is gone; it was removed by hand`);
  }
  durable.write(join(publish.folder, datasetName), `${JSON.stringify(publish.dataset, null, 2)}\n`);
  for (const path of publish.removes) durable.remove(join(publish.folder, path));
  const { dataset } = publish;
  return {
    format: 'parquet',
    mode: publish.mode,
    path: publish.shown,
    rows: publish.rows,
    replaced: publish.replaced,
    totalRows: dataset.rows,
    columns: dataset.columns,
  };
}
