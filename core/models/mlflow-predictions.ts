/**
 * What MLflow's scoring server says under `predictions`: a list of labels or numbers, a list of rows of scores, a list
 * of records (a data frame), or columns by name (the outputs of an ONNX model).
 */

import { RunError } from '../inputs/errors.ts';
import { excerpt } from './http-client.ts';
import { isRecord } from './json.ts';
import { labelText } from './outputs.ts';
import type { PredictedBatch } from './types.ts';

export interface ReadPredictions {
  readonly predicted: PredictedBatch;
  /** Names of the score columns, when the service gives them. */
  readonly scoreNames: readonly string[] | null;
}

interface Scores {
  readonly values: Float64Array;
  readonly width: number;
  readonly names: readonly string[] | null;
}

const labelName = /label|class|predict/i;

/** @throws RunError when the number of predictions differs from that of rows, or their form is none of the known. */
export function readPredictions(predictions: unknown, rows: number, name: string): ReadPredictions {
  const fail = (problem: string): never => {
    throw new RunError(`${name} ${problem}: ${excerpt(JSON.stringify(predictions) ?? 'nothing')}`);
  };
  const columns = asColumns(predictions);
  if (columns === null) return fail('answered in a form that is not known');
  for (const values of columns.values()) {
    if (values.length !== rows) return fail(`gave ${values.length} predictions for ${rows} rows`);
  }
  let labels: string[] | null = null;
  let scores: Scores | null = null;
  const numbers: { name: string; values: Float64Array }[] = [];
  for (const [column, values] of columns) {
    const texts = asLabels(values);
    const single = asNumbers(values);
    const wide = single === null && texts === null ? asScores(values) : null;
    if (texts !== null) labels ??= texts;
    else if (single !== null) numbers.push({ name: column, values: single });
    else if (wide === null)
      return fail(
        `answered with values that are neither labels nor finite numbers (${column || 'predictions'})`,
      );
    else if (scores === null || /prob/i.test(column)) scores = wide;
  }
  let values: Float64Array | null = null;
  const named = numbers.find((column) => labelName.test(column.name));
  if (scores !== null) {
    if (labels === null && named !== undefined) labels = Array.from(named.values, labelText);
  } else if (numbers.length === 1) values = numbers[0]?.values ?? null;
  else if (numbers.length > 1) {
    const rest = numbers.filter((column) => column !== named);
    if (labels === null && named !== undefined) labels = Array.from(named.values, labelText);
    scores = columnsToScores(rest, rows);
  }
  if (scores !== null && scores.width === 1) {
    values = scores.values;
    scores = null;
  }
  return {
    predicted: {
      rows,
      labels,
      scores: scores === null ? null : { values: scores.values, width: scores.width },
      values,
    },
    scoreNames: scores?.names ?? null,
  };
}

function asColumns(predictions: unknown): ReadonlyMap<string, readonly unknown[]> | null {
  if (Array.isArray(predictions)) {
    const [first] = predictions;
    // Records of a data frame; a mapping of class to score per row has the same form and reads the same.
    if (!isRecord(first)) return new Map([['', predictions]]);
    const names = Object.keys(first);
    const records = predictions.filter(isRecord);
    if (records.length !== predictions.length) return null;
    return new Map(names.map((name) => [name, records.map((record) => record[name])]));
  }
  if (!isRecord(predictions)) return null;
  const columns = Object.entries(predictions);
  return columns.length > 0 && columns.every((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
    ? new Map(columns)
    : null;
}

function asLabels(values: readonly unknown[]): string[] | null {
  const labels: string[] = [];
  for (const value of values) {
    if (typeof value === 'string') labels.push(labelText(value));
    else if (typeof value === 'boolean') labels.push(String(value));
    else return null;
  }
  return labels;
}

function asNumbers(values: readonly unknown[]): Float64Array | null {
  return values.every((value) => typeof value === 'number') ? Float64Array.from(values) : null;
}

/** Rows of numbers, or rows of class to number (ZipMap). */
function asScores(values: readonly unknown[]): Scores | null {
  const [first] = values;
  const names = isRecord(first) ? Object.keys(first) : null;
  const width = names?.length ?? (Array.isArray(first) ? first.length : 0);
  if (width === 0) return null;
  const scores = new Float64Array(values.length * width);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (
      names !== null
        ? !isRecord(value) || Object.keys(value).length !== width
        : !Array.isArray(value) || value.length !== width
    ) {
      return null;
    }
    for (let k = 0; k < width; k++) {
      const score: unknown = isRecord(value)
        ? value[names?.[k] ?? '']
        : Array.isArray(value)
          ? value[k]
          : null;
      if (typeof score !== 'number') return null;
      scores[row * width + k] = score;
    }
  }
  return { values: scores, width, names };
}

function columnsToScores(columns: readonly { name: string; values: Float64Array }[], rows: number): Scores {
  const width = columns.length;
  const values = new Float64Array(rows * width);
  columns.forEach((column, k) => {
    for (let row = 0; row < rows; row++) values[row * width + k] = column.values[row] as number;
  });
  return { values, width, names: columns.map((column) => column.name) };
}
