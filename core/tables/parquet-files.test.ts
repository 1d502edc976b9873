import { describe, expect, it } from 'vitest';
import { FileEngine } from './duck/engine.ts';
import { ParquetFiles } from './parquet-files.ts';
import { readRows } from './rows.ts';
import { useFolder } from './testing.ts';

const folder = useFolder();

/** Writes a query's rows as Parquet; the engine of the gate itself cannot write. */
async function writeParquet(name: string, sql: string, options = ''): Promise<string> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const path = folder.path(name);
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

async function collect(files: ParquetFiles, file: number, condition: string) {
  const found: [number, unknown][] = [];
  for await (const { firstRow, rowNumbers, rows } of files.rowsWhere(file, condition)) {
    for (const [index, row] of rows.entries()) found.push([rowNumbers?.[index] ?? firstRow + index, row]);
  }
  return found;
}

describe('rows where a condition holds', () => {
  it('have their numbers in the file, in its order, over row groups', async () => {
    const path = await writeParquet(
      'many.parquet',
      "SELECT i AS id, 'x' || i AS \"a name'\" FROM range(50000) r(i)",
      ', ROW_GROUP_SIZE 4096',
    );
    const files = await ParquetFiles.open([path]);
    expect(await collect(files, 0, 'c0 % 20000 = 7')).toEqual([
      [7, { id: 7, "a name'": 'x7' }],
      [20_007, { id: 20_007, "a name'": 'x20007' }],
      [40_007, { id: 40_007, "a name'": 'x40007' }],
    ]);
    await files.close();
  });

  it('are those of readRows, whatever their types', async () => {
    const path = await writeParquet(
      'types.parquet',
      `SELECT 9007199254740993 AS wide, 1.50::DECIMAL(30,2) AS price, TIMESTAMP '2024-01-02 03:04:05.12' AS at,
        [1, NULL] AS list, {'a': 'b'} AS inner_, 'ab'::BLOB AS bytes, NULL::DATE AS day, 'nan'::DOUBLE AS x`,
    );
    const files = await ParquetFiles.open([path]);
    const { value: all } = await readRows(path).next();
    const { value: mine } = await files.rowsWhere(0, 'true').next();
    expect(mine.rows).toEqual(all.rows);
    expect(mine.exact?.(0, 'wide')).toBe('9007199254740993');
    await files.close();
  });
});

it('files of equal columns are read together, others apart', async () => {
  const paths = [
    await writeParquet('1.parquet', 'SELECT 1 AS a'),
    await writeParquet('2.parquet', "SELECT 'x' AS a"),
    await writeParquet('3.parquet', 'SELECT 3 AS a'),
  ];
  const files = await ParquetFiles.open(paths);
  expect(files.sets).toEqual([[0, 2], [1]]);
  expect(await files.rows(`SELECT sum(c0), count(*) FROM ${files.from([0, 2])}`)).toEqual([[4, 2]]);
  await files.close();
});

it('a damaged file among others is named', async () => {
  const good = await writeParquet('good.parquet', 'SELECT 1 AS a');
  const bad = await folder.write('bad.parquet', 'PAR1 and nothing else');
  await expect(ParquetFiles.open([good, bad])).rejects.toThrow(/bad\.parquet/);
  const engine = await FileEngine.openAll([good, bad], { memoryMebibytes: 100, threads: 1 });
  await expect(engine.rows(`SELECT * FROM read_parquet('${engine.sources[1]}')`)).rejects.toThrow(
    /^\S+bad\.parquet cannot be read: .*bad\.parquet/,
  );
  await engine.close();
});
