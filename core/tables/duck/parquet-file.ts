/** What the engine must know of a Parquet file before it is queried: that it is whole, and its columns. */

import { open } from 'node:fs/promises';
import { RunError } from '../../inputs/errors.ts';
import { asList, type ColumnPlan, type FileColumn, planColumn, surveyOf } from './column-plan.ts';
import { type FileEngine, sqlText } from './engine.ts';

/** The footer ends with PAR1, or PARE when it is encrypted. */
export async function checkEnd(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(4);
    if (size >= 12) await file.read(tail, 0, 4, size - 4);
    const mark = tail.toString('latin1');
    if (mark === 'PARE')
      throw new RunError(`${path} is an encrypted Parquet file, which cannot be read; decrypt it first`);
    if (mark !== 'PAR1') throw new RunError(`${path} is a truncated Parquet file: it does not end with PAR1`);
  } finally {
    await file.close();
  }
}

/** The columns of a file that the engine knows as `source`. */
export async function readColumns(engine: FileEngine, path: string, source: string): Promise<FileColumn[]> {
  const names = topLevelNames(
    await engine.rows(`SELECT name, num_children FROM parquet_schema(${sqlText(source)})`),
  );
  refuseDuplicates(path, names);
  return await describeColumns(engine, source, names);
}

/** The rows of files of equal columns, these as c0, c1, …: no name of a file ever stands in SQL. */
export function fromFiles(sources: readonly string[], width: number): string {
  const refs = Array.from({ length: width }, (_, index) => `c${index}`);
  const list = sources.map(sqlText).join(', ');
  return `read_parquet([${list}], hive_partitioning = false) AS t(${refs.join(', ')})`;
}

/** Counts the rows, and looks at the values where a column's type does not settle how it is read. */
export async function surveyFile(
  engine: FileEngine,
  source: string,
  columns: readonly FileColumn[],
  textColumns: ReadonlySet<string>,
): Promise<{ rows: number; plans: ColumnPlan[] }> {
  const wanted = columns.map((column) => surveyOf({ ...column, ref: asList(column, column.ref) }));
  const [values = []] = await engine.rows(
    `SELECT ${['count(*)', ...wanted.flat()].join(', ')} FROM ${fromFiles([source], columns.length)}`,
  );
  let at = 1;
  const plans = columns.map((column, index) => {
    const own = values.slice(at, at + (wanted[index]?.length ?? 0));
    at += own.length;
    return planColumn({ ...column, ref: asList(column, column.ref) }, own, textColumns.has(column.name));
  });
  return { rows: Number(values[0]), plans };
}

/** First row of each row group. */
export async function readRowGroups(engine: FileEngine, source: string): Promise<Float64Array> {
  const groups = await engine.rows(
    `SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata(${sqlText(source)}) ORDER BY row_group_id`,
  );
  let row = 0;
  return Float64Array.from(groups, (group) => {
    const first = row;
    row += Number(group[1]);
    return first;
  });
}

/** Names of the root's children: the engine's own column names are made unique without regard to case. */
function topLevelNames(schema: readonly (readonly unknown[])[]): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = Number(schema[at]?.[1] ?? 0);
    at += 1;
    for (let i = 0; i < children; i += 1) skip();
  };
  while (at < schema.length) {
    names.push(String(schema[at]?.[0]));
    skip();
  }
  return names;
}

function refuseDuplicates(path: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RunError(`${path}: two columns are called ${JSON.stringify(twice)}`);
}

async function describeColumns(
  engine: FileEngine,
  source: string,
  names: readonly string[],
): Promise<FileColumn[]> {
  const connection = await engine.connect();
  try {
    const result = await connection.run(`SELECT * FROM ${fromFiles([source], names.length)} LIMIT 0`);
    return names.map((name, index) => ({ name, ref: `c${index}`, type: result.columnType(index) }));
  } catch (error) {
    throw engine.explain(error);
  } finally {
    connection.closeSync();
  }
}
