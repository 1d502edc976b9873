/** What a model says of itself once it is loaded. */

import type { TensorType } from './tensors.ts';

export interface InputSpec {
  readonly name: string;
  readonly type: TensorType;
  /** Free dimensions are null. */
  readonly shape: readonly (number | null)[];
  /** Name of its free first dimension, which inputs of the same rows share; empty: it has none. */
  readonly rows: string;
}

export interface OutputSpec {
  /** As the model's exporter named it. */
  readonly name: string;
  /** The tensor that is fetched for it: another one where ZipMap was cut off. */
  readonly tensor: string;
  readonly type: TensorType;
  readonly shape: readonly (number | null)[];
  /** The labels that ZipMap would have put beside the columns; null: a plain tensor. */
  readonly labels: readonly string[] | null;
}

export interface ModelDescription {
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly OutputSpec[];
  /** Labels as the model itself states them, in the order of its score columns. */
  readonly classes: readonly string[] | null;
  /** Names of outputs that are no tensors and cannot be read. */
  readonly unreadable: readonly string[];
  readonly producer: string | null;
}

/** How the rows of several requests may be put into one run. */
export interface Batching {
  /** Rows of every run when the model's batch dimension is fixed; else null. */
  readonly fixedRows: number | null;
  /** Rows of one request may stand beside those of another. */
  readonly joinable: boolean;
}

/**
 * Rows may be joined when the first dimension of every input is free, and the same. A fixed one asks for runs of that
 * many rows; inputs that disagree about it, or that have no dimensions, are fed as they come.
 */
export function batchingOf(inputs: readonly InputSpec[]): Batching {
  const first = inputs.map((input) => input.shape[0]);
  if (inputs.length === 0 || first.includes(undefined)) return { fixedRows: null, joinable: false };
  const sameRows = inputs.every((input) => input.rows === inputs[0]?.rows);
  if (first.every((size) => size === null)) return { fixedRows: null, joinable: sameRows };
  const [rows] = first;
  const fixed = typeof rows === 'number' && rows > 0 && first.every((size) => size === rows);
  return { fixedRows: fixed ? rows : null, joinable: false };
}
