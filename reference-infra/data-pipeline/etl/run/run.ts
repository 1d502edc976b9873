/** A run of a pipeline, from its folder to its manifest. */

import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import { loadDuckDb } from '../../../../core/native/index.ts';
import { FileStamps, type ShownFile } from '../../../../core/tables/index.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { readPipeline } from '../config/read-pipeline.ts';
import { type Pipeline, tableText } from '../config/types.ts';
import { Engine, firstLine } from '../engine/engine.ts';
import { ident } from '../engine/sql.ts';
import { extract } from '../extract/extract.ts';
import { findFiles } from '../extract/open-source.ts';
import { changeOf, prepareParquet, publishParquet } from '../load/parquet-sink.ts';
import { checkKeys, loadPostgres } from '../load/postgres-sink.ts';
import { Database } from '../postgres/database.ts';
import type { Progress } from '../progress/progress.ts';
import { runSqlStep } from '../steps/sql-step.ts';
import { runValidateStep } from '../steps/validate-step.ts';
import type { RunContext } from './context.ts';
import { digestOf } from './digest.ts';
import { Durable, type OnPoint } from './durable.ts';
import { finishOthers, finishRun } from './finish.ts';
import { marksOf, readHead, runFolder } from './history.ts';
import { Journal } from './journal.ts';
import { takeLock } from './lock.ts';
import { readManifest } from './manifest.ts';
import { type LastMark, makePlan } from './plan.ts';
import type { BeginRecord, InputFile, Manifest, OutputRecord, TableRecord } from './records.ts';

export interface RunOptions {
  /** Folder of the pipeline. */
  readonly folder: string;
  readonly runId: string;
  /** Folder that sources are relative to, and outside of which none is opened; null: that of the pipeline. */
  readonly data: string | null;
  /** Folder of runs; null: `.runs` in that of the pipeline. */
  readonly state: string | null;
  /** Whether a source may have other columns than in the run before. */
  readonly acceptSchemaChange: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly date: () => Date;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly onPoint?: OnPoint;
}

export interface RunOutcome {
  readonly manifest: Manifest;
  /** Absolute. */
  readonly manifestPath: string;
  /** The run was finished before, and nothing was done. */
  readonly isRepeated: boolean;
}

/** @throws RunError when the run cannot be done; what it has not published counts as nothing. */
export async function runPipeline(options: RunOptions): Promise<RunOutcome> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(options.runId)) {
    throw new RunError(
      `run id ${quote(options.runId)}; allowed: letters, digits, ., _ and -, at most 100, beginning with a letter or digit`,
    );
  }
  const pipeline = readPipeline(options.folder);
  const state = resolve(options.state ?? join(pipeline.folder, '.runs'));
  const lock = await takeLock(state, options.runId);
  const databases = new Map<string, Promise<Database>>();
  const database = (variable: string): Promise<Database> => {
    const known = databases.get(variable) ?? Database.connect(options.environment, variable);
    databases.set(variable, known);
    return known;
  };
  try {
    return await runLocked(options, pipeline, state, database);
  } catch (error) {
    throw asRunError(error);
  } finally {
    for (const each of databases.values()) await each.then((one) => one.close()).catch(() => undefined);
    lock.release();
  }
}

async function runLocked(
  options: RunOptions,
  pipeline: Pipeline,
  state: string,
  database: RunContext['database'],
): Promise<RunOutcome> {
  const { runId, progress, date } = options;
  const durable = new Durable(options.onPoint);
  const folder = runFolder(state, runId);
  const manifestPath = join(folder, 'manifest.json');
  const data = resolve(options.data ?? pipeline.folder);
  const finished = await finishOthers({ state, durable, date, database });
  for (const id of finished)
    progress.note(`run ${id} had been stopped while it published; it is finished now`);
  const files = await filesOf(pipeline, data);
  const stamps = await FileStamps.of([...files.values()].flat());
  const inputs = await inputsOf(files);
  const done = readManifest(folder);
  if (done !== null) {
    requireUnchanged(done, pipeline, inputs);
    return { manifest: done, manifestPath, isRepeated: !finished.includes(runId) };
  }
  const head = readHead(state);
  const begin: BeginRecord = {
    kind: 'begin',
    version: 1,
    runId,
    pipeline: { name: pipeline.name, digest: pipeline.digest },
    inputs,
    parent: head?.runId ?? null,
    startedAt: date().toISOString(),
    versions: {
      'data-pipeline': packageFile.version,
      node: process.version,
      duckdb: (await loadDuckDb()).version(),
    },
  };
  if (head !== null && head.pipeline.name !== pipeline.name)
    throw new RunError(`${state} is the folder of runs of pipeline ${head.pipeline.name}; name another one`);
  const journal = openJournal(folder, durable, begin, progress);
  await mkdir(join(folder, 'stage'), { recursive: true });
  const engine = await Engine.open({
    folder,
    reads: [data, state, ...(pipeline.sink.kind === 'parquet' ? [pipeline.sink.path] : [])],
    ...pipeline.limits,
  });
  try {
    const now = (): number => options.clock() / 1000;
    const context: RunContext = { pipeline, runId, folder, data, engine, durable, progress, database, now };
    const marks = marksOf(state, head, pipeline);
    const output = await work(
      context,
      journal,
      files,
      marks,
      (record) => {
        if (!options.acceptSchemaChange) requireSameSchema(head, record);
      },
      () => stamps.requireUnchanged(),
    );
    const manifest = finishRun({ state, durable, date }, journal, output);
    return { manifest, manifestPath, isRepeated: false };
  } finally {
    engine.close();
    rmSync(join(folder, 'work'), { recursive: true, force: true });
  }
}

/** A journal of the same run on the same inputs is taken up; one of others had published nothing, and is thrown away. */
function openJournal(folder: string, durable: Durable, begin: BeginRecord, progress: Progress): Journal {
  const left = Journal.read(folder, durable);
  if (left !== null && sameWork(left.begin, begin)) {
    if (left.tables.size > 0)
      progress.note(`run ${begin.runId} is taken up again: ${[...left.tables.keys()].join(', ')} are done`);
    return left;
  }
  if (left !== null && left.tables.size > 0)
    progress.note(`run ${begin.runId} had begun with other inputs; it begins anew`);
  rmSync(folder, { recursive: true, force: true });
  durable.point('before the journal begins');
  return Journal.start(folder, durable, begin);
}

function sameWork(a: BeginRecord, b: BeginRecord): boolean {
  const key = ({ pipeline, inputs, parent, version, versions }: BeginRecord): string =>
    JSON.stringify([pipeline, inputs, parent, version, versions]);
  return key(a) === key(b);
}

async function work(
  context: RunContext,
  journal: Journal,
  files: ReadonlyMap<string, readonly ShownFile[]>,
  marks: ReadonlyMap<string, LastMark>,
  checkSource: (record: { name: string; columns: TableRecord['columns'] }) => void,
  requireStamps: () => Promise<void>,
): Promise<OutputRecord> {
  const { pipeline, progress } = context;
  const { sink } = pipeline;
  progress.plan(pipeline.sources.length + pipeline.steps.length + 1);
  const plan = await makePlan(context, files, marks);
  try {
    for (const source of pipeline.sources) {
      const opened = plan.opened.get(source.name);
      if (opened === undefined) throw new Error(`source ${source.name} is not open`);
      checkSource({ name: source.name, columns: opened.columns });
      const mark = marks.get(source.name)?.value ?? null;
      await provideTable(context, journal, source.name, () => extract(context, source, opened, mark));
    }
  } finally {
    await plan.close();
  }
  await requireStamps();
  for (const step of pipeline.steps) {
    await provideTable(context, journal, step.name, () =>
      step.kind === 'sql'
        ? runSqlStep(context, step, journal.tables)
        : runValidateStep(context, step, tableOf(journal, step.input)),
    );
  }
  const input = tableOf(journal, sink.input);
  if (sink.kind === 'parquet') {
    const publish = await prepareParquet(context, sink, input, plan.columns);
    journal.add(publish);
    const output = publishParquet(context, publish);
    progress.end(`${publish.rows.toLocaleString('en')} rows`);
    return output;
  }
  await checkKeys(context, sink, input);
  const { urlVariable } = sink;
  journal.add({
    kind: 'publish',
    sink: 'postgres',
    table: tableText(sink.table),
    urlVariable,
    rows: input.rows.out,
  });
  return await loadPostgres(context, sink, input, plan.columns);
}

/** As a view for the steps after it: made now, or by a run that was stopped, and then only if nobody changed it since. */
async function provideTable(
  { folder, engine }: RunContext,
  journal: Journal,
  name: string,
  make: () => Promise<TableRecord>,
): Promise<void> {
  const left = journal.tables.get(name);
  if (left !== undefined) await requireUntouched(folder, left);
  else journal.add(await make());
  const { file } = tableOf(journal, name);
  await engine.run(`CREATE VIEW ${ident(name)} AS SELECT * FROM read_parquet(${engine.own(file)})`);
}

async function requireUntouched(folder: string, record: TableRecord): Promise<void> {
  const path = join(folder, record.file);
  const { digest } = await digestOf(path);
  if (digest !== record.digest)
    throw new RunError(`${path} was changed since the run wrote it; remove ${folder} and begin anew`);
}

function tableOf(journal: Journal, name: string): TableRecord {
  const record = journal.tables.get(name);
  if (record === undefined) throw new Error(`table ${name} is not there`);
  return record;
}

async function filesOf(pipeline: Pipeline, data: string): Promise<Map<string, readonly ShownFile[]>> {
  const files = new Map<string, readonly ShownFile[]>();
  const problems: string[] = [];
  for (const source of pipeline.sources) {
    if (source.kind !== 'files') continue;
    try {
      files.set(source.name, await findFiles(source, data));
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new RunError(problems.join('\n'));
  return files;
}

async function inputsOf(files: ReadonlyMap<string, readonly ShownFile[]>): Promise<InputFile[]> {
  const inputs: InputFile[] = [];
  for (const [source, own] of files) {
    for (const { path, shown } of own) inputs.push({ source, path: shown, ...(await digestOf(path)) });
  }
  return inputs;
}

/** A finished run is not done again; when it would be another one now, that must not go unnoticed. */
function requireUnchanged(done: Manifest, pipeline: Pipeline, inputs: readonly InputFile[]): void {
  const changes: string[] = [];
  if (done.pipeline.digest !== pipeline.digest) changes.push('the pipeline itself: its YAML, SQL or schemas');
  const key = ({ source, path }: InputFile): string => `${source} ${path}`;
  const before = new Map(done.inputs.map((input) => [key(input), input]));
  for (const input of inputs) {
    const old = before.get(key(input));
    if (old === undefined) changes.push(`${input.path} is new`);
    else if (old.digest !== input.digest)
      changes.push(`${input.path} was ${old.digest.slice(0, 19)}… and is ${input.digest.slice(0, 19)}…`);
    before.delete(key(input));
  }
  for (const { path } of before.values()) changes.push(`${path} is gone`);
  if (changes.length === 0) return;
  throw new RunError(
    [
      `run ${done.runId} was finished at ${done.finishedAt}, and since then has changed:`,
      ...changes.map((change) => `  ${change}`),
      'take another run id to process this',
    ].join('\n'),
  );
}

function requireSameSchema(
  head: Manifest | null,
  { name, columns }: { name: string; columns: TableRecord['columns'] },
): void {
  const before = head?.sources.find((source) => source.name === name);
  if (before === undefined) return;
  const known = before.columns.filter((column) => !['_source_file', '_source_row'].includes(column.name));
  const change = changeOf(known, columns);
  if (change !== null)
    throw new RunError(
      `source ${name}: ${change} in run ${head?.runId}; declare types under columns if it only looks different, ` +
        'else --accept-schema-change goes on with it',
    );
}

/** What the disk and the engine say is for users; anything else is a defect of ours. */
function asRunError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RunError) return error;
  if (error.name === 'EngineError') return new RunError(firstLine(error), { cause: error });
  const code = 'code' in error ? String(error.code) : '';
  const disk: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a file stands where a folder is needed',
  };
  const said = disk[code];
  return said === undefined ? error : new RunError(`${said}: ${error.message}`, { cause: error });
}
