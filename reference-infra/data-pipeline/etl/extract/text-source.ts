/** CSV, TSV, JSONL and JSON: read by the gate's own readers, so that both see the same rows, and copied into the engine. */

import type { DuckDBDoubleVector, DuckDBVarCharVector } from '@duckdb/node-api';
import { RunError } from '../../../../core/inputs/index.ts';
import { loadDuckDb } from '../../../../core/native/index.ts';
import {
  type Batch,
  type ColumnBatch,
  type ColumnKind,
  openTable,
  type ShownFile,
  type Table,
} from '../../../../core/tables/index.ts';
import type { FileSource } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import { castItems } from './casts.ts';
import { refuseReserved, requireDeclared, requireSameColumns } from './columns.ts';
import type { OpenedSource } from './types.ts';

const batchRows = 8192;
/** Rows of a chunk of the engine. */
const chunkRows = 2048;

interface TextColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How its cells stand in the raw table. */
  readonly raw: 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'BOOLEAN';
  readonly type: string;
}

/** @param asText columns whose cells are read as they are written; a schema may say more of them than a column's type. */
export async function openText(
  engine: Engine,
  source: FileSource,
  files: readonly ShownFile[],
  types: ReadonlyMap<string, string>,
): Promise<OpenedSource> {
  const options = { format: source.format, csv: source.csv, ragged: 'skip' } as const;
  const textColumns = [...types.keys()];
  const tables: Table[] = [];
  try {
    for (const { path } of files) tables.push(await openTable(path, { ...options, textColumns }));
    const names = requireSameColumns(
      source,
      files,
      tables.map((table) => table.columns.map(({ name }) => name)),
      source.format === 'json' || source.format === 'jsonl',
    );
    refuseReserved(source, names);
    requireDeclared(source, names);
    const columns = await planColumns(tables, names, types);
    const reopen = (table: Table): Promise<Table> =>
      openTable(table.path, {
        ...options,
        textColumns: columns.filter((each) => each.raw === 'VARCHAR').map(({ name }) => name),
      });
    const shownNotes = tables.flatMap((table, index) =>
      table.notes.map((note) => `${files[index]?.shown ?? ''}: ${note}`),
    );
    return {
      files,
      columns,
      notes: shownNotes,
      hasBroken: tables.some((table) => table.notes.some((note) => /^(rows|lines) left out: /.test(note))),
      load: (onRows) => load(engine, source.name, tables, columns, reopen, onRows),
      linesOf: async (file, rows) => (await tables[file]?.locateRows(rows))?.lines ?? null,
      close: async () => {
        for (const table of tables) await table.close();
      },
    };
  } catch (error) {
    for (const table of tables) await table.close();
    throw error;
  }
}

async function planColumns(
  tables: readonly Table[],
  names: readonly string[],
  types: ReadonlyMap<string, string>,
): Promise<TextColumn[]> {
  const filled: Table[] = [];
  for (const table of tables) if ((await table.countRows()) > 0) filled.push(table);
  return names.map((name) => {
    const kinds = (filled.length > 0 ? filled : tables).flatMap((table) =>
      table.columns.filter((column) => column.name === name).map(({ kind }) => kind),
    );
    const declared = types.get(name);
    if (declared !== undefined) return { name, kind: 'string', raw: 'VARCHAR', type: declared };
    return { name, ...typeOfKinds(new Set(kinds)) };
  });
}

function typeOfKinds(kinds: ReadonlySet<ColumnKind>): Pick<TextColumn, 'kind' | 'raw' | 'type'> {
  const [first = 'string'] = kinds;
  const numeric = [...kinds].every((kind) => kind === 'integer' || kind === 'number' || kind === 'bigint');
  if (numeric && kinds.has('number')) return { kind: 'number', raw: 'DOUBLE', type: 'DOUBLE' };
  // Digits that no double holds; Parquet has no wider whole number than this decimal.
  if (numeric && kinds.has('bigint')) return { kind: 'bigint', raw: 'VARCHAR', type: 'DECIMAL(38,0)' };
  if (numeric) return { kind: 'integer', raw: 'BIGINT', type: 'BIGINT' };
  if (kinds.size === 1 && first === 'boolean') return { kind: 'boolean', raw: 'BOOLEAN', type: 'BOOLEAN' };
  return { kind: 'string', raw: 'VARCHAR', type: 'VARCHAR' };
}

async function load(
  engine: Engine,
  name: string,
  tables: readonly Table[],
  columns: readonly TextColumn[],
  reopen: (table: Table) => Promise<Table>,
  onRows: (rows: number) => void,
): Promise<string> {
  const raw = `_raw_${name}`;
  const defined = columns.map(({ raw: type }, index) => `c${index} ${type}`);
  await engine.run(`CREATE TABLE ${raw} (${['_file INTEGER', '_row BIGINT', ...defined].join(', ')})`);
  const append = await makeAppend(columns);
  const appender = await engine.connection.createAppender(raw);
  let failed = true;
  try {
    for (const [file, table] of tables.entries()) {
      const other = columns.some(
        ({ name: column, raw: type }) =>
          type === 'VARCHAR' &&
          table.columns.some(
            (own) => own.name === column && !['string', 'other', 'bigint'].includes(own.kind),
          ),
      );
      const opened = other ? await reopen(table) : table;
      const own = new Set(opened.columns.map((column) => column.name));
      const wanted = columns.map((column) => column.name).filter((column) => own.has(column));
      let rows = 0;
      for await (const batch of opened.batches(wanted, batchRows)) {
        append(appender, file, batch);
        rows += batch.rows;
        onRows(batch.rows);
      }
      if (rows !== (await table.countRows())) {
        throw new RunError(`${table.path}: the file changed while it was read`);
      }
      if (opened !== table) await opened.close();
    }
    failed = false;
  } finally {
    if (failed) appender.clear();
    appender.closeSync();
  }
  const items = castItems(
    columns.map(({ name: column, raw: stored, type }, index) => ({
      name: column,
      cell: `c${index}`,
      stored,
      type,
    })),
  );
  await engine.run(`CREATE VIEW _typed_${name} AS SELECT _file, _row, ${items} FROM ${raw}`);
  return `_typed_${name}`;
}

type Appender = Awaited<ReturnType<Engine['connection']['createAppender']>>;

/** Whole numbers and booleans go as doubles, which hold them exactly; the engine casts them. */
async function makeAppend(
  columns: readonly TextColumn[],
): Promise<(appender: Appender, file: number, batch: Batch) => void> {
  const { DOUBLE, VARCHAR, DuckDBDataChunk } = await loadDuckDb();
  const isText = columns.map(({ raw }) => raw === 'VARCHAR');
  const types = [DOUBLE, DOUBLE, ...isText.map((text) => (text ? VARCHAR : DOUBLE))];
  return (appender, file, batch) => {
    const cells = columns.map(({ name }) => batch.columns.get(name));
    for (let from = 0; from < batch.rows; from += chunkRows) {
      const count = Math.min(chunkRows, batch.rows - from);
      const chunk = DuckDBDataChunk.create(types, count);
      fillNumbers(chunk.getColumnVector(0) as DuckDBDoubleVector, count, () => file);
      fillNumbers(
        chunk.getColumnVector(1) as DuckDBDoubleVector,
        count,
        (i) => batch.rowNumbers?.[from + i] ?? batch.firstRow + from + i,
      );
      for (const [index, column] of cells.entries()) {
        const vector = chunk.getColumnVector(index + 2);
        if (isText[index] === true) fillTexts(vector as DuckDBVarCharVector, count, textsOf(column, from));
        else fillNumbers(vector as DuckDBDoubleVector, count, numbersOf(column, from));
      }
      appender.appendDataChunk(chunk);
    }
  };
}

function fillNumbers(vector: DuckDBDoubleVector, count: number, value: (i: number) => number | null): void {
  for (let i = 0; i < count; i += 1) vector.setItem(i, value(i));
  vector.flush();
}

function fillTexts(vector: DuckDBVarCharVector, count: number, value: (i: number) => string | null): void {
  for (let i = 0; i < count; i += 1) vector.setItem(i, value(i));
  vector.flush();
}

function textsOf(column: ColumnBatch | undefined, from: number): (i: number) => string | null {
  if (column === undefined) return () => null;
  if (column.kind === 'text') return (i) => column.values[from + i] ?? null;
  throw new RangeError('numbers in a column that was read as text');
}

function numbersOf(column: ColumnBatch | undefined, from: number): (i: number) => number | null {
  if (column === undefined) return () => null;
  if (column.kind === 'text') {
    return (i) => {
      const text = column.values[from + i] ?? null;
      return text === null ? null : Number(text);
    };
  }
  const { values, missing } = column;
  return (i) => (missing?.[from + i] === 1 ? null : (values[from + i] ?? null));
}
