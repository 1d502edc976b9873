/** `predictions-path`: labels, predictions and scores side by side in one file, made elsewhere. */

import { InputError, RunError } from '../../../core/inputs/errors.ts';
import type { ModelFacts } from '../../../core/models/types.ts';
import type { Table } from '../../../core/tables/types.ts';
import { type Coded, sortClasses } from './codes.ts';
import {
  type Collected,
  columnOf,
  countRows,
  groupReaders,
  labelReader,
  located,
  RowError,
} from './collect.ts';
import { RowScores } from './row-scores.ts';
import { notNumbers } from './text-cells.ts';
import { unknownColumn } from './unknown-column.ts';

export interface PredictionsLayout {
  readonly labelColumn: string;
  readonly predictionColumn: string;
  /** Class to column. */
  readonly scoreColumns: ReadonlyMap<string, string>;
  readonly groupColumns: readonly string[];
}

export interface FilePredictions {
  readonly collected: Collected;
  /** In the order of the score columns; null without scores. */
  readonly scoreClasses: readonly string[] | null;
}

const batchSize = 65_536;

export async function readPredictions(table: Table, layout: PredictionsLayout): Promise<FilePredictions> {
  const names = new Set(table.columns.map((column) => column.name));
  const scoreColumns = [...layout.scoreColumns];
  const hasPrediction = names.has(layout.predictionColumn);
  requireColumns(table, layout, hasPrediction);
  if (!hasPrediction && scoreColumns.length === 0) {
    throw missingColumn(table, 'prediction-column', layout.predictionColumn);
  }

  const total = await countRows(table);
  await requireNumbers(table, [...layout.scoreColumns.values()]);
  const labels = labelReader(columnOf(table, layout.labelColumn), total);
  const predictions = hasPrediction
    ? labelReader(columnOf(table, layout.predictionColumn), total, 'prediction')
    : null;
  const groups = groupReaders(table, layout.groupColumns, total);
  const scores = scoreColumns.length === 0 ? null : new RowScores(total, scoreColumns.length);
  const columns = [
    layout.labelColumn,
    ...(hasPrediction ? [layout.predictionColumn] : []),
    ...scoreColumns.map(([, column]) => column),
    ...layout.groupColumns,
  ];

  for await (const batch of table.batches([...new Set(columns)], batchSize)) {
    await located(table, batch, () => {
      labels.read(batch);
      predictions?.read(batch);
      for (const group of groups) group.read(batch);
      if (scores === null) return;
      scoreColumns.forEach(([, column], k) => {
        const cells = batch.columns.get(column);
        if (cells?.kind !== 'numeric')
          throw new RunError(`score column \`${column}\` holds text, not numbers`);
        for (let i = 0; i < batch.rows; i++) {
          const value = cells.values[i] as number;
          if (!Number.isFinite(value)) {
            const what = cells.missing?.[i] === 1 ? 'is empty here' : `holds ${value}`;
            throw new RowError(batch.firstRow + i, `score column \`${column}\` ${what}`);
          }
          scores.values[(batch.firstRow + i) * scores.width + k] = value;
        }
      });
    });
  }

  const predicted = predictions?.finish() ?? null;
  return {
    collected: {
      rows: total,
      labels: labels.finish(),
      predictedLabels: predicted === null ? null : asLabels(predicted),
      predictedValues: predicted?.kind === 'numeric' && !predicted.boolean ? predicted.values : null,
      scores: scores === null ? null : { values: scores.values, width: scores.width },
      groups: new Map(groups.map((group) => [group.column, group.finish()])),
      timings: [],
    },
    scoreClasses: scores === null ? null : scoreColumns.map(([className]) => className),
  };
}

async function requireNumbers(table: Table, columns: readonly string[]): Promise<void> {
  for (const name of columns) {
    const { kind } = columnOf(table, name);
    if (kind === 'number' || kind === 'integer') continue;
    throw await notNumbers(table, name, 'a score column holds one number a row');
  }
}

/** Numeric predictions stay numbers until the task is known; booleans and text are class names. */
function asLabels(predicted: ReturnType<ReturnType<typeof labelReader>['finish']>): Coded | null {
  if (predicted.kind === 'text') return predicted.coded;
  if (!predicted.boolean) return null;
  return { names: ['false', 'true'], codes: Int32Array.from(predicted.values) };
}

function requireColumns(table: Table, layout: PredictionsLayout, hasPrediction: boolean): void {
  const names = table.columns.map((column) => column.name);
  const wanted: readonly (readonly [string, string])[] = [
    ['label-column', layout.labelColumn],
    ...(hasPrediction ? [['prediction-column', layout.predictionColumn] as const] : []),
    ...[...layout.scoreColumns.values()].map((column) => ['score-columns', column] as const),
    ...layout.groupColumns.map((column) => ['slices', column] as const),
  ];
  for (const [input, column] of wanted) {
    if (!names.includes(column)) throw missingColumn(table, input, column);
  }
}

export function missingColumn(table: Table, input: string, column: string): InputError {
  const names = table.columns.map((candidate) => candidate.name);
  return new InputError([unknownColumn(input, column, names, table.path)]);
}

export function predictionFacts(
  path: string,
  digest: { sha256: string; bytes: number },
  layout: PredictionsLayout,
): ModelFacts {
  return {
    name: path,
    kind: 'predictions',
    files: [{ name: path, ...digest }],
    inputs: [],
    outputs: [],
    producer: null,
    opset: null,
    classes: layout.scoreColumns.size === 0 ? null : sortClasses(layout.scoreColumns.keys()),
  };
}
