/**
 * The rows that a Parquet file's schema rejects are those that plain ajv rejects among the values that `readRows` gives:
 * random schemas and rows, the cells of each column cast to a random type. The engine picks the rows that are judged.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect } from 'vitest';
import { setOwn } from '../../action-validate-data/src/pass/csv-judge.ts';
import { ParquetScan } from '../../action-validate-data/src/pass/parquet/parquet-scan.ts';
import type { Found } from '../../action-validate-data/src/pass/protocol.ts';
import { RowJudge } from '../../action-validate-data/src/pass/row-judge.ts';
import { ValueJudge } from '../../action-validate-data/src/pass/value-judge.ts';
import { createWatch } from '../../action-validate-data/src/pass/watch.ts';
import { Profile } from '../../action-validate-data/src/profile/profile.ts';
import { loadSchema } from '../../action-validate-data/src/schema/index.ts';
import { readRows } from '../../core/tables/index.ts';
import type { Case } from './arbitraries.ts';
import { casesOf, plainAjv, wrongOf } from './compare-files.ts';

const columns = ['a', 'b', 'c', 'x y', 'constructor', '__proto__', 'ä/~"'];
/** Small row groups, so that a file of some hundred rows has several. */
const rowGroup = 64;
const schemasPerFile = 5;
const rowsPerSchema = 40;

const types = fc.constantFrom(
  ...['VARCHAR', 'VARCHAR', 'DOUBLE', 'DOUBLE', 'BIGINT', 'INTEGER', 'UTINYINT', 'FLOAT', 'DECIMAL(10,2)'],
  ...['DECIMAL(38,10)', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'TIMESTAMP_NS', 'TIME', 'UUID', 'BLOB'],
  ...['INTEGER[]', 'STRUCT(a INTEGER)'],
);
/** Numbers that no JSON text is. */
const specials = ['nan', 'inf', '-inf', '-0.0', '9007199254740993'];

/** `files` times five schemas, each before all 200 rows of its file. Returns the pairs that were compared. */
export async function compareParquet(files: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'compare-parquet-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  let pairs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(casesOf({ rowsPerSchema }), { minLength: schemasPerFile, maxLength: schemasPerFile }),
        fc.tuple(...columns.map(() => types)),
        async (cases, chosen) => {
          const path = join(folder, 'rows.parquet');
          const rows = cases.flatMap((each) => each.rows.map((row) => JSON.parse(row) as object));
          await connection.run(
            `COPY (${selectOf(rows, chosen)}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`,
          );
          for (const each of cases) {
            const values = await valuesOf(path, each, columns);
            expect(await rejectedIn(path, each), `${each.schemaText} ${chosen}`).toEqual(
              wrongOf(plainAjv(each), values),
            );
            pairs += values.length;
          }
        },
      ),
      { numRuns: files },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
  return pairs;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function selectOf(rows: readonly object[], chosen: readonly string[]): string {
  const lines = rows.map((row, index) => {
    const cells = columns.map((name) => {
      const value: unknown = Object.hasOwn(row, name) ? row[name as keyof typeof row] : undefined;
      return cellOf(value, index);
    });
    return `(${index}, ${cells.join(', ')})`;
  });
  const refs = columns.map((_, index) => `v${index}`);
  const casts = refs.map(
    (ref, index) => `TRY_CAST(${ref} AS ${chosen[index]}) AS "${columns[index]?.replaceAll('"', '""')}"`,
  );
  return `SELECT ${casts} FROM (VALUES ${lines.join(', ')}) AS t(place, ${refs}) ORDER BY place`;
}

function cellOf(value: unknown, index: number): string {
  if (value === undefined || value === null) return 'NULL::VARCHAR';
  // Here and there another number, of which only some types know.
  if (typeof value === 'number' && index % 11 === 0) return quoted(specials[index % specials.length] ?? '');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return quoted(text.toWellFormed().replaceAll('\0', ''));
}

/** As the gate completes rows: where the schema names null, a missing cell is null. */
export async function valuesOf(
  path: string,
  { schemaText }: Case,
  names: readonly string[],
): Promise<unknown[]> {
  const { cellTypes } = loadSchema(schemaText, 's.json');
  const values: unknown[] = [];
  for await (const { rows } of readRows(path)) {
    for (const given of rows) {
      const row: Record<string, unknown> = {};
      for (const name of names) {
        if (Object.hasOwn(given, name)) setOwn(row, name, given[name]);
        else if (cellTypes(name).null) setOwn(row, name, null);
      }
      values.push(row);
    }
  }
  return values;
}

async function rejectedIn(path: string, { schemaText }: Case): Promise<number[]> {
  const schema = loadSchema(schemaText, 's.json');
  const scan = await ParquetScan.open([path], schema);
  if (scan === null) throw new Error('a type is not known');
  try {
    const setup = { schema: { text: schemaText, shown: 's.json' }, nulls: [] };
    const found: Found[] = [];
    const judge = new RowJudge(setup, createWatch(), (some) => found.push(...some));
    const sniffed = { format: 'parquet', gzip: false, note: undefined } as const;
    const { layout, blocks } = await scan.openBlocks({ path, sniffed, csv: {} }, 0);
    if (layout.kind !== 'values') throw new Error('no values');
    const reader = new ValueJudge(layout, judge, new Profile());
    const rejected = new Set<number>();
    let first = 0;
    for await (const block of blocks) {
      if (block.kind !== 'values') throw new Error('no values');
      const rows = reader.read({ ...block, id: 0, file: 0 });
      for (const { row } of [...found.splice(0), ...judge.take().found]) rejected.add(first + row);
      first += rows;
    }
    return [...rejected];
  } finally {
    await scan.close();
  }
}
