/** Opening a source: which files or table it is, of which columns. */

import { loadSchema } from '../../../../action-validate-data/src/schema/index.ts';
import { RunError } from '../../../../core/inputs/index.ts';
import { resolveFiles, type ShownFile } from '../../../../core/tables/index.ts';
import type { FileSource, Source } from '../config/types.ts';
import type { RunContext } from '../run/context.ts';
import { openParquetFiles } from './parquet-source.ts';
import { openPostgres } from './postgres-source.ts';
import { openText } from './text-source.ts';
import type { OpenedSource } from './types.ts';
import { boundOf, type Mark, requireOrdered } from './watermark.ts';

export async function openSource(
  context: RunContext,
  source: Source,
  files: readonly ShownFile[],
  mark: { readonly value: Mark; readonly type: string } | null,
): Promise<OpenedSource> {
  const { engine, folder } = context;
  const types = new Map([...schemaTypes(source), ...source.columns]);
  const opened = await open();
  requireOrdered(source, opened.columns);
  return opened;

  async function open(): Promise<OpenedSource> {
    if (source.kind === 'files') {
      return source.format === 'parquet'
        ? await openParquetFiles(engine, source, files, source.columns)
        : await openText(engine, source, files, types);
    }
    const database = await context.database(source.urlVariable);
    const { watermark } = source;
    const bound =
      mark === null || watermark === null
        ? null
        : await boundOf(engine, watermark, mark.value.high, mark.type);
    return await openPostgres(engine, source, source.columns, { database, folder, bound });
  }
}

/**
 * What the schema says of columns of text files, so that one bad cell does not make text of a column of numbers: the row
 * is set aside, and the others are numbers.
 */
function schemaTypes(source: Source): [string, string][] {
  if (source.schema === null || source.kind !== 'files' || source.format === 'parquet') return [];
  const { schema, declaredType } = loadSchema(source.schema.text, source.schema.shown);
  if (typeof schema !== 'object' || typeof schema.properties !== 'object' || schema.properties === null)
    return [];
  return Object.keys(schema.properties).flatMap((column): [string, string][] => {
    const words = new Set((declaredType(column) ?? '').split(/, | or /));
    words.delete('null');
    const [only] = words;
    if (words.size !== 1 || only === undefined) return [];
    const type = engineTypes[only];
    return type === undefined ? [] : [[column, type]];
  });
}

const engineTypes: Readonly<Record<string, string>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
};

/** @throws RunError that begins with the line of `pipeline.yaml`. */
export async function findFiles(source: FileSource, data: string): Promise<readonly ShownFile[]> {
  try {
    const { files } = await resolveFiles(source.paths, { workspace: data, format: source.format });
    return files;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw new RunError(`pipeline.yaml:${source.line}: source ${source.name}: ${error.message}`);
  }
}
