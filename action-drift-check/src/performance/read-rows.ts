/** Labels, predictions and scores, row by row, of the rows that have both a label and a prediction. */

import { type Column, type ColumnBatch, openTable, type ShownFile } from '../../../core/tables/index.ts';
import type { Config } from '../inputs.ts';

export interface LabelledRows {
  /** Numbers are as JavaScript writes them, the same from whatever file. */
  readonly labels: readonly string[];
  readonly predictions: readonly string[];
  /** NaN where a row has none; null: there is no such column. */
  readonly scores: Float64Array | null;
  /** Every label and prediction is a number. */
  readonly numeric: boolean;
  /** Rows without a label or a prediction. */
  readonly leftOut: number;
}

const batchRows = 8192;

export async function readLabelledRows(
  files: readonly ShownFile[],
  columns: { readonly label: string; readonly prediction: string; readonly score: string | null },
  { format, csv }: Pick<Config, 'format' | 'csv'>,
): Promise<LabelledRows> {
  const labels: string[] = [];
  const predictions: string[] = [];
  const scores: number[] = [];
  let numeric = true;
  let leftOut = 0;
  const names = [columns.label, columns.prediction, ...(columns.score === null ? [] : [columns.score])];
  for (const { path } of files) {
    const table = await openTable(path, { format, csv });
    try {
      const own = new Map(table.columns.map((column) => [column.name, column]));
      const kinds = [columns.label, columns.prediction].map((name) => own.get(name)?.kind);
      numeric &&= kinds.every((kind) => kind === 'number' || kind === 'integer');
      const asked = names.filter((name) => own.has(name));
      for await (const batch of table.batches(asked, batchRows)) {
        const cells = (name: string) => textCells(batch.columns.get(name), own.get(name));
        const [label, prediction] = [cells(columns.label), cells(columns.prediction)];
        const score = columns.score === null ? null : numberCells(batch.columns.get(columns.score));
        for (let row = 0; row < batch.rows; row += 1) {
          const [actual, predicted] = [label(row), prediction(row)];
          if (actual === null || predicted === null) {
            leftOut += 1;
            continue;
          }
          labels.push(actual);
          predictions.push(predicted);
          if (score !== null) scores.push(score(row));
        }
      }
    } finally {
      await table.close();
    }
  }
  return {
    labels,
    predictions,
    scores: columns.score === null ? null : Float64Array.from(scores),
    numeric,
    leftOut,
  };
}

function textCells(
  cells: ColumnBatch | undefined,
  column: Column | undefined,
): (row: number) => string | null {
  if (cells === undefined) return () => null;
  if (cells.kind === 'text') return (row) => cells.values[row] ?? null;
  const isBoolean = column?.kind === 'boolean';
  return (row) => {
    const value = cells.values[row] as number;
    if (!Number.isFinite(value)) return null;
    if (isBoolean) return value === 1 ? 'true' : 'false';
    return String(value);
  };
}

function numberCells(cells: ColumnBatch | undefined): (row: number) => number {
  if (cells === undefined) return () => Number.NaN;
  if (cells.kind === 'text') return (row) => Number(cells.values[row] ?? Number.NaN);
  return (row) => cells.values[row] as number;
}
