/** The schema that rows are judged by: read from its file, or written from the data. */

import { readFile, realpath, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { isInside, RunError } from '../../../core/inputs/index.ts';
import type { RunContext } from '../../../core/run/index.ts';
import { openTable, readRows, type ShownFile, sniffFormat } from '../../../core/tables/index.ts';
import { inferSchema, renderSchema } from '../infer/index.ts';
import type { Config } from '../inputs.ts';
import type { DataFile } from '../pass/run-pass.ts';
import { type LoadedSchema, loadSchema } from '../schema/index.ts';
import { withinTime } from './time-bound.ts';
import { writeSchema } from './write-schema.ts';

export interface ProvidedSchema {
  /** Null: no schema was given. */
  readonly loaded: LoadedSchema | null;
  readonly schemaText: { readonly text: string; readonly shown: string } | null;
  readonly file: ShownFile | null;
  readonly inferred: boolean;
  readonly notes: readonly string[];
}

/** A schema of more than this is none that a person or a tool wrote for rows. */
const largest = 32 << 20;

export async function provideSchema(
  config: Config,
  files: readonly DataFile[],
  context: RunContext,
): Promise<ProvidedSchema> {
  if (config.mode === 'infer') return await infer(config, files, context);
  const { schema } = config;
  if (schema === null) return { loaded: null, schemaText: null, file: null, inferred: false, notes: [] };
  const text = await readSchema(schema, config.workspace);
  const loaded = load(text, schema.shown);
  return {
    loaded,
    schemaText: { text, shown: schema.shown },
    file: schema,
    inferred: false,
    notes: loaded.notices,
  };
}

/** Milliseconds for a schema to be read and compiled: one of ten thousand columns takes some seconds. */
const loadTime = 60_000;

function load(text: string, shown: string): LoadedSchema {
  const message =
    `${shown}: the schema takes more than ${loadTime / 1000} s to be read; ` +
    'does a pattern of it backtrack without end, such as (a+)+?';
  return withinTime(() => loadSchema(text, shown), loadTime, message);
}

/** Only a regular file of the workspace, its links followed: a checkout may hold links. */
async function readSchema({ path, shown }: ShownFile, workspace: string): Promise<string> {
  try {
    const real = await realpath(path);
    if (!isInside(await realpath(workspace), real)) {
      throw new RunError(
        `schema-path: ${shown} leads outside the workspace: a symbolic link points to ${real}`,
      );
    }
    const stats = await stat(real);
    if (!stats.isFile()) throw new RunError(`schema-path: ${shown} is not a regular file`);
    if (stats.size > largest)
      throw new RunError(`schema-path: ${shown} has ${stats.size} bytes; is it the data?`);
    return await readFile(real, 'utf8');
  } catch (error) {
    if (error instanceof RunError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : '';
    throw new RunError(
      code === 'ENOENT'
        ? `schema-path: ${shown} does not exist; \`mode: infer\` writes a first schema from the data`
        : `schema-path: ${shown} cannot be read (${code})`,
    );
  }
}

async function infer(
  config: Config,
  files: readonly DataFile[],
  context: RunContext,
): Promise<ProvidedSchema> {
  const beside = await context.beside('.schema.json');
  const path = config.schema?.path ?? beside;
  const shown = config.schema?.shown ?? relative(config.workspace, path).split(sep).join('/');
  const sources = [];
  for (const file of files) sources.push(await sourceOf(config, file));
  const { schema, notes } = await inferSchema(sources, { title: titleOf(files) });
  const text = renderSchema(schema);
  await writeSchema({ path, shown }, text, config.workspace);
  // A runner's workspace is gone after the job; what stands beside the document goes into the artifact.
  if (path !== beside) await writeSchema({ path: beside, shown: beside }, text, config.workspace);
  context.log.info(`schema written: ${shown}`);
  const loaded = load(text, shown);
  const told = `the schema was written to ${shown}: read it, correct it, commit it`;
  return {
    loaded,
    schemaText: { text, shown },
    file: { path, shown },
    inferred: true,
    notes: [told, ...notes],
  };
}

async function sourceOf({ format, csv }: Config, { path }: DataFile) {
  const sniffed = await sniffFormat(path, format);
  const isText = sniffed.format === 'csv' || sniffed.format === 'tsv';
  const isJson = sniffed.format === 'json' || sniffed.format === 'jsonl';
  const options = { format, csv, ragged: 'skip', text: isText } as const;
  let columns: string[] | null = null;
  if (!isJson) {
    const table = await openTable(path, options);
    columns = table.columns.map(({ name }) => name);
    await table.close();
  }
  return {
    cells: isText ? ('text' as const) : ('values' as const),
    columns,
    batches: readRows(path, options),
  };
}

function titleOf(files: readonly DataFile[]): string {
  const [first] = files;
  const name =
    first?.shown
      .split('/')
      .at(-1)
      ?.replace(/\.(gz)$/i, '')
      .replace(/\.[^.]+$/, '') ?? 'data';
  return files.length === 1 ? name : `${name} and ${files.length - 1} more`;
}
