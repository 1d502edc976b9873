/** Parquet: read in place. */

import { RunError } from '../../../../core/inputs/index.ts';
import type { ShownFile } from '../../../../core/tables/index.ts';
import type { Source } from '../config/types.ts';
import { type Engine, type EngineColumn, EngineError, firstLine } from '../engine/engine.ts';
import { ident } from '../engine/sql.ts';
import { castItems } from './casts.ts';
import { refuseReserved, requireDeclared, requireSameColumns } from './columns.ts';
import type { OpenedSource } from './types.ts';

export async function openParquetFiles(
  engine: Engine,
  source: Source,
  files: readonly ShownFile[],
  types: ReadonlyMap<string, string>,
): Promise<OpenedSource> {
  const described: EngineColumn[][] = [];
  for (const { path, shown } of files) described.push(await describeFile(engine, path, shown));
  const names = requireSameColumns(
    source,
    files,
    described.map((columns) => columns.map(({ name }) => name)),
    false,
  );
  refuseReserved(source, names);
  requireDeclared(source, names);
  const stored = names.map((name) => storedType(source, files, described, name));
  const columns = names.map((name, index) => ({ name, type: types.get(name) ?? stored[index] ?? '' }));
  const list = files.map(({ path }) => engine.reach(path)).join(', ');
  const from = `read_parquet([${list}], hive_partitioning = false, union_by_name = true) AS t`;
  const items = castItems(
    columns.map(({ name, type }, index) => ({
      name,
      cell: `t.${ident(name)}`,
      stored: stored[index] ?? '',
      type,
    })),
  );
  const view = `_typed_${source.name}`;
  return {
    files,
    columns,
    notes: [],
    hasBroken: false,
    load: async (onRows) => {
      await engine.run(
        `CREATE VIEW ${view} AS SELECT CAST(t.file_index AS INTEGER) AS _file, t.file_row_number AS _row, ${items} FROM ${from}`,
      );
      onRows(await engine.count(`SELECT count(*) FROM ${view}`));
      return view;
    },
    linesOf: async () => null,
    close: async () => {},
  };
}

async function describeFile(engine: Engine, path: string, shown: string): Promise<EngineColumn[]> {
  try {
    return await engine.describe(
      `SELECT * FROM read_parquet(${engine.reach(path)}, hive_partitioning = false)`,
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new RunError(`${shown} cannot be read: ${firstLine(error).replaceAll(path, shown)}`, {
      cause: error,
    });
  }
}

function storedType(
  source: Source,
  files: readonly ShownFile[],
  described: readonly (readonly EngineColumn[])[],
  name: string,
): string {
  const types = described.map((columns) => columns.find((column) => column.name === name)?.type ?? '');
  const [first = ''] = types;
  const other = types.findIndex((type) => type !== first);
  if (other === -1) return first;
  throw new RunError(
    `source ${source.name}: column ${JSON.stringify(name)} is ${first} in ${files[0]?.shown} and ${types[other]} in ${files[other]?.shown}; rewrite one of the files`,
  );
}
