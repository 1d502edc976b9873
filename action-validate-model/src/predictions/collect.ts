/** Streams a table through a model: what the metrics need of each row stays, the rest goes. */

import { RunError } from '../../../core/inputs/errors.ts';
import type { PredictedBatch, Predictor } from '../../../core/models/types.ts';
import type { Batch, Column, Table } from '../../../core/tables/types.ts';
import { type Coded, CodedBuilder, numberLabel } from './codes.ts';
import { RowScores } from './row-scores.ts';

/** The label column, either as numbers or as names. */
export type Labels =
  | {
      readonly kind: 'numeric';
      readonly values: Float64Array;
      readonly whole: boolean;
      readonly boolean: boolean;
    }
  | { readonly kind: 'text'; readonly coded: Coded };

export interface Collected {
  readonly rows: number;
  readonly labels: Labels;
  /** What the model said; see PredictedBatch. */
  readonly predictedLabels: Coded | null;
  readonly predictedValues: Float64Array | null;
  readonly scores: { readonly values: Float64Array; readonly width: number } | null;
  /** Values of the slice and group columns. */
  readonly groups: ReadonlyMap<string, Coded>;
  /** Wall time of each call of the model, in milliseconds, and the rows it had. */
  readonly timings: readonly { readonly milliseconds: number; readonly rows: number }[];
}

export interface CollectOptions {
  readonly labelColumn: string;
  readonly groupColumns: readonly string[];
  readonly batchSize: number;
  /** Milliseconds from an arbitrary start. */
  readonly now: () => number;
  readonly progress: (rows: number, total: number) => void;
}

/** A column with more values than this cannot be meant as slices or classes. */
export const maxGroups = 1_000;

export async function collect(
  table: Table,
  predictor: Predictor,
  options: CollectOptions,
): Promise<Collected> {
  const total = await countRows(table);
  const labels = labelReader(columnOf(table, options.labelColumn), total);
  const groups = groupReaders(table, options.groupColumns, total);
  const outputs = new OutputReader(total, predictor.facts.name);
  const timings: { milliseconds: number; rows: number }[] = [];
  const columns = [...new Set([...predictor.featureColumns, options.labelColumn, ...options.groupColumns])];

  let seen = 0;
  for await (const batch of table.batches(columns, predictor.fixedBatch ?? options.batchSize)) {
    await located(table, batch, async () => {
      labels.read(batch);
      for (const group of groups) group.read(batch);
      const started = options.now();
      const predicted = await predictor.predict(batch);
      timings.push({ milliseconds: options.now() - started, rows: batch.rows });
      outputs.read(batch, predicted);
    });
    seen += batch.rows;
    options.progress(seen, total);
  }
  if (seen !== total)
    throw new RunError(`${table.path} changed while it was read: ${total} rows, then ${seen}`);
  return {
    rows: total,
    labels: labels.finish(),
    ...outputs.finish(),
    groups: new Map(groups.map((group) => [group.column, group.finish()])),
    timings,
  };
}

export async function countRows(table: Table): Promise<number> {
  const rows = await table.countRows();
  if (rows === 0) throw new RunError(`${table.path} has no rows: there is nothing to judge a model on`);
  return rows;
}

export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new RunError(`${table.path} has no column ${name}`);
  return column;
}

/** A mistake in one row, to be completed with the file and line by whoever knows the table. */
export class RowError extends Error {
  /** From 0, over the whole table. */
  readonly row: number;

  constructor(row: number, message: string) {
    super(message);
    this.row = row;
  }
}

/** Runs work over a batch; an error about a row becomes an error about a line of the file. */
export async function located<T>(table: Table, batch: Batch, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const row = rowOf(error);
    if (row === null || !(error instanceof Error)) throw error;
    const absolute = error instanceof RowError ? row : batch.firstRow + row;
    throw new RunError(`${await table.locate(absolute)}: ${error.message}`, { cause: error });
  }
}

function rowOf(error: unknown): number | null {
  if (error instanceof RowError) return error.row;
  if (typeof error === 'object' && error !== null && 'row' in error && typeof error.row === 'number')
    return error.row;
  return null;
}

interface LabelReader {
  read(batch: Batch): void;
  finish(): Labels;
}

/** Reads a column of labels (or of predictions made elsewhere); a missing or infinite one is an error. */
export function labelReader(column: Column, total: number, role = 'label'): LabelReader {
  const { name } = column;
  const missing = (row: number): RowError => new RowError(row, `${role} column \`${name}\` is empty here`);
  if (column.cellShape.length > 0) {
    throw new RunError(
      `${role} column \`${name}\` holds arrays of shape [${column.cellShape.join(', ')}], not one value a row`,
    );
  }
  if (column.kind === 'number' || column.kind === 'integer' || column.kind === 'boolean') {
    const values = new Float64Array(total);
    let whole = true;
    return {
      read: (batch) => {
        const cells = batch.columns.get(name);
        if (cells?.kind !== 'numeric') throw new RunError(`${role} column \`${name}\` changed its type`);
        for (let i = 0; i < batch.rows; i++) {
          const row = batch.firstRow + i;
          if (cells.missing?.[i] === 1) throw missing(row);
          const value = cells.values[i] as number;
          if (!Number.isFinite(value)) throw new RowError(row, `${role} column \`${name}\` holds ${value}`);
          whole &&= Number.isInteger(value);
          values[row] = value;
        }
      },
      finish: () => ({ kind: 'numeric', values, whole, boolean: column.kind === 'boolean' }),
    };
  }
  const builder = new CodedBuilder(total);
  return {
    read: (batch) => {
      const cells = batch.columns.get(name);
      if (cells?.kind !== 'text') throw new RunError(`${role} column \`${name}\` changed its type`);
      cells.values.forEach((value, i) => {
        if (value === null || value === '') throw missing(batch.firstRow + i);
        builder.set(batch.firstRow + i, value);
      });
    },
    finish: () => {
      const coded = builder.finish();
      refuseNanAmongNumbers(coded, `${role} column \`${name}\``);
      return { kind: 'text', coded };
    },
  };
}

/** As numpy, pandas and R write what is no number, which is text in a CSV file. */
const noNumber = /^([+-]?(nan|inf|infinity)|na|n\/a|<na>|null|none)$/i;

/** A class may be called `none`, but not beside 0 and 1: there it is a value that was not known. */
function refuseNanAmongNumbers({ names, codes }: Coded, column: string): void {
  const found = names.findIndex((name) => noNumber.test(name));
  const others = names.filter((name) => !noNumber.test(name));
  if (found < 0 || others.length === 0 || !others.every((name) => Number.isFinite(Number(name)))) return;
  throw new RunError(
    `${column} holds ${JSON.stringify(names[found])} in row ${codes.indexOf(found) + 1}, and numbers otherwise: ` +
      'a row without a known value cannot be judged',
  );
}

/** Slices are named by the cell's text; an empty cell is a group of its own, never dropped. */
export function groupReaders(table: Table, columns: readonly string[], total: number): GroupReader[] {
  return columns.map((column) => new GroupReader(columnOf(table, column), total));
}

export class GroupReader {
  readonly column: string;
  readonly #boolean: boolean;
  readonly #builder: CodedBuilder;

  constructor(column: Column, total: number) {
    this.column = column.name;
    this.#boolean = column.kind === 'boolean';
    this.#builder = new CodedBuilder(total);
  }

  read(batch: Batch): void {
    const cells = batch.columns.get(this.column);
    for (let i = 0; i < batch.rows; i++) this.#builder.set(batch.firstRow + i, this.#name(cells, i));
    if (this.#builder.distinct > maxGroups) {
      throw new RunError(
        `column \`${this.column}\` has more than ${maxGroups.toLocaleString('en')} different values: ` +
          'slices and groups need a column of categories',
      );
    }
  }

  finish(): Coded {
    return this.#builder.finish();
  }

  #name(cells: ReturnType<Batch['columns']['get']>, i: number): string {
    if (cells === undefined) return '(missing)';
    if (cells.kind === 'text') return cells.values[i] ?? '(missing)';
    if (cells.missing?.[i] === 1) return '(missing)';
    const value = cells.values[i] as number;
    if (this.#boolean) return value === 1 ? 'true' : 'false';
    return numberLabel(value);
  }
}

/** Gathers what the model says, batch by batch; a NaN or an infinite score is an error, never a metric. */
class OutputReader {
  readonly #total: number;
  readonly #model: string;
  #labels: CodedBuilder | null = null;
  #values: Float64Array | null = null;
  #scores: RowScores | null = null;

  constructor(total: number, model: string) {
    this.#total = total;
    this.#model = model;
  }

  read(batch: Batch, predicted: PredictedBatch): void {
    if (predicted.rows !== batch.rows) {
      throw new RunError(`${this.#model} answers ${predicted.rows} rows for ${batch.rows} rows of data`);
    }
    if (predicted.labels !== null) {
      this.#labels ??= new CodedBuilder(this.#total);
      for (let i = 0; i < batch.rows; i++)
        this.#labels.set(batch.firstRow + i, predicted.labels[i] as string);
    }
    if (predicted.values !== null) {
      this.#values ??= new Float64Array(this.#total);
      this.#finite(predicted.values, 1, batch.firstRow, 'prediction');
      this.#values.set(predicted.values.subarray(0, batch.rows), batch.firstRow);
    }
    if (predicted.scores !== null) {
      const { values, width } = predicted.scores;
      this.#scores ??= new RowScores(this.#total, width);
      this.#finite(values, width, batch.firstRow, 'score');
      this.#scores.set(batch.firstRow, values, width, this.#model);
    }
  }

  finish(): Pick<Collected, 'predictedLabels' | 'predictedValues' | 'scores'> {
    return {
      predictedLabels: this.#labels?.finish() ?? null,
      predictedValues: this.#values,
      scores: this.#scores === null ? null : { values: this.#scores.values, width: this.#scores.width },
    };
  }

  #finite(values: Float64Array, width: number, firstRow: number, what: string): void {
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue;
      throw new RowError(
        firstRow + Math.floor(i / width),
        `${this.#model} gives ${values[i]} as its ${what}`,
      );
    }
  }
}
