/** What both endpoint protocols share: the parts of a batch, cells as JSON, limits. */

import type { Log } from '../report/log.ts';
import type { Batch, Column, ColumnBatch } from '../tables/types.ts';
import type { BindOptions } from './bind-features.ts';
import { FeatureValueError, type FeedOptions } from './feeds.ts';
import type { HttpOptions } from './http-client.ts';
import { joinBatches } from './join-batches.ts';
import type { PredictedBatch } from './types.ts';

export interface EndpointOptions extends BindOptions, FeedOptions {
  /** The columns of the table that will be sent. */
  readonly columns: readonly Column[];
  readonly log: Log;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Rows in one request, and requests at once: small enough for a service's limits, enough to keep it busy. */
const rowsPerRequest = 1000;
const requestsAtOnce = 4;

export function httpOptions(options: EndpointOptions): HttpOptions {
  return {
    headers: { accept: 'application/json' },
    timeoutMilliseconds: 60_000,
    attempts: 4,
    ...(options.sleep === undefined ? {} : { sleep: options.sleep }),
  };
}

/** Sends a batch in parts, a few at once, and joins the answers in order. */
export async function predictInParts(
  batch: Batch,
  send: (from: number, rows: number) => Promise<PredictedBatch>,
): Promise<PredictedBatch> {
  const starts: number[] = [];
  for (let from = 0; from < batch.rows; from += rowsPerRequest) starts.push(from);
  const parts: PredictedBatch[] = new Array(starts.length);
  let next = 0;
  async function work(): Promise<void> {
    for (let i = next++; i < starts.length; i = next++) {
      const from = starts[i] as number;
      parts[i] = await send(from, Math.min(rowsPerRequest, batch.rows - from));
    }
  }
  await Promise.all(Array.from({ length: Math.min(requestsAtOnce, starts.length) }, work));
  return joinBatches(parts);
}

/**
 * One cell as JSON text. Digits of large whole numbers stay as they are; a real number keeps its point, so that a
 * service in Python reads a float. @throws FeatureValueError
 */
export function cellJson(column: Column, cells: ColumnBatch, row: number, options: FeedOptions): string {
  if (column.cellShape.length > 0 && cells.kind === 'numeric') {
    const size = column.cellShape.reduce((product, length) => product * length, 1);
    const values: string[] = [];
    for (let k = 0; k < size; k++)
      values.push(numberJson(column, cells.values[row * size + k] as number, row, options, false));
    return nest(values, column.cellShape);
  }
  if (cells.kind === 'numeric') {
    return numberJson(column, cells.values[row] as number, row, options, cells.missing?.[row] === 1);
  }
  const text = cells.values[row] ?? null;
  if (text === null) {
    if (options.missingValues === 'nan') return 'null';
    throw new FeatureValueError(column.name, row, 'is missing');
  }
  return column.kind === 'bigint' && /^-?\d+$/.test(text) ? text : JSON.stringify(text);
}

function numberJson(
  column: Column,
  value: number,
  row: number,
  options: FeedOptions,
  missing: boolean,
): string {
  if (Number.isNaN(value)) {
    if (options.missingValues === 'nan') return 'null';
    throw new FeatureValueError(column.name, row, missing ? 'is missing' : 'is NaN');
  }
  if (!Number.isFinite(value)) {
    throw new FeatureValueError(column.name, row, `is ${value > 0 ? 'infinite' : 'minus infinity'}`);
  }
  if (column.kind === 'boolean') return value === 0 ? 'false' : 'true';
  const text = String(value);
  return column.kind === 'number' && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function nest(values: readonly string[], shape: readonly number[]): string {
  const [length = 1, ...rest] = shape;
  if (rest.length === 0) return `[${values.join(',')}]`;
  const size = values.length / length;
  return `[${Array.from({ length }, (_, i) => nest(values.slice(i * size, (i + 1) * size), rest)).join(',')}]`;
}
