/**
 * Which of a model's outputs are labels, scores or values, told by type and shape as exporters write them:
 *
 * - labels: the first output of text, whole numbers or booleans; else, beside scores, one of reals in one column that
 *   is named like a label (`label`, `class`, `predict…`).
 * - scores: a tensor of reals with several columns; of several, the one with as many columns as the model has classes,
 *   then the one named like probabilities, then the first. Or one real output per class (`zipmap: 'columns'`).
 * - values: without scores, the first output of reals in one column.
 *
 * All others are ignored, with a note. Widths come from what the model returns, not from what it declares: LightGBM's
 * exports declare labels of shape [1] and return [N].
 */

import { RunError } from '../inputs/errors.ts';
import type { ModelFacts, ModelInput, PredictedBatch } from './types.ts';

/** As much of ONNX Runtime's Tensor as is read; a service's answer has the same form. */
export interface TensorLike {
  readonly type: string;
  readonly data: ArrayLike<number | bigint | string | boolean>;
  readonly dims: readonly number[];
}

export interface OutputPlan {
  readonly labels: string | null;
  /** One tensor of rows x width, or one output per class; may turn out to be one column wide. */
  readonly scores: readonly string[];
  readonly values: string | null;
  /** All outputs that are read. */
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

const reals = new Set(['float32', 'float64', 'float16']);
const discrete = new Set([
  'string',
  'bool',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint64',
  'uint32',
  'uint16',
  'uint8',
]);

/** @throws RunError when no output can be read as a prediction. */
export function planOutputs(
  facts: Pick<ModelFacts, 'name' | 'outputs' | 'classes'>,
  unreadable: readonly string[],
): OutputPlan {
  const { outputs, classes } = facts;
  const realOutputs = outputs.filter((output) => reals.has(output.type));
  let labels = outputs.find((output) => discrete.has(output.type) && isColumn(output)) ?? null;
  const wide = realOutputs.filter((output) => !isColumn(output) || output.shape.length === 0);
  const narrow = realOutputs.filter((output) => !wide.includes(output));
  let scores: readonly ModelInput[] = bestScores(wide, classes);
  if (scores.length === 0 && classes !== null && classes.length > 1) {
    // skl2onnx names the columns i<label> or s<label>.
    const columns = classes.map((name) =>
      narrow.find((output) => output.name === `i${name}` || output.name === `s${name}`),
    );
    if (columns.every((column) => column !== undefined)) scores = columns;
  }
  if (labels === null && scores.length > 0) {
    labels =
      narrow.find((output) => !scores.includes(output) && /label|class|predict/i.test(output.name)) ?? null;
  }
  const values = scores.length > 0 ? null : (narrow.find((output) => output !== labels) ?? null);
  const used = [labels, ...scores, values].filter((output) => output !== null);
  if (used.length === 0) {
    const all = outputs.map(
      (output) => `${output.name} (${output.type}, [${output.shape.map((s) => s ?? '?').join(', ')}])`,
    );
    throw new RunError(
      `${facts.name} has no output that is a label, a score or a value per row; it has ${[...all, ...unreadable.map((name) => `${name} (sequence or map)`)].join(', ')}.`,
    );
  }
  const ignored = [
    ...outputs.filter((output) => !used.includes(output)).map((output) => output.name),
    ...unreadable,
  ];
  return {
    labels: labels?.name ?? null,
    scores: scores.map((output) => output.name),
    values: values?.name ?? null,
    names: used.map((output) => output.name),
    notes: ignored.length === 0 ? [] : [`Outputs of the model that are not used: ${ignored.join(', ')}.`],
  };
}

function bestScores(wide: readonly ModelInput[], classes: readonly string[] | null): ModelInput[] {
  const flat = wide.filter((output) => output.shape.length === 2 || output.shape.length === 0);
  const fitting = flat.filter((output) => classes !== null && output.shape[1] === classes.length);
  const named = (fitting.length > 0 ? fitting : flat).filter((output) => /prob/i.test(output.name));
  const best = named[0] ?? fitting[0] ?? flat[0];
  return best === undefined ? [] : [best];
}

/** [N], [N, 1], or LightGBM's [1]. */
function isColumn(output: ModelInput): boolean {
  return output.shape.length === 0 || output.shape.slice(1).every((size) => size === 1);
}

/** Reads what the model returned for `rows` rows (it may have returned more: padding). @throws RunError */
export function readOutputs(
  plan: OutputPlan,
  results: Readonly<Record<string, TensorLike>>,
  rows: number,
  returnedRows: number,
): PredictedBatch {
  const labels =
    plan.labels === null ? null : readLabels(tensorOf(results, plan.labels), plan.labels, rows, returnedRows);
  const scores = readScores(plan.scores, results, rows, returnedRows);
  if (scores !== null && scores.width === 1) return { rows, labels, scores: null, values: scores.values };
  const values =
    plan.values === null ? null : readReals(tensorOf(results, plan.values), plan.values, rows, returnedRows);
  if (values !== null && values.width !== 1) return { rows, labels, scores: values, values: null };
  return { rows, labels, scores, values: values?.values ?? null };
}

function readScores(
  names: readonly string[],
  results: Readonly<Record<string, TensorLike>>,
  rows: number,
  returnedRows: number,
): { values: Float64Array; width: number } | null {
  const [first] = names;
  if (first === undefined) return null;
  if (names.length === 1) return readReals(tensorOf(results, first), first, rows, returnedRows);
  const values = new Float64Array(rows * names.length);
  names.forEach((name, column) => {
    const part = readReals(tensorOf(results, name), name, rows, returnedRows);
    for (let row = 0; row < rows; row++) values[row * names.length + column] = part.values[row] as number;
  });
  return { values, width: names.length };
}

function readReals(
  tensor: TensorLike,
  name: string,
  rows: number,
  returnedRows: number,
): { values: Float64Array; width: number } {
  const { data, dims } = tensor;
  const width = data.length / returnedRows;
  // [2, N] divides by N as well, and would be read with the scores of one row taken for those of another.
  const inRows = dims[0] === returnedRows || width === 1 || returnedRows === 1;
  if (!Number.isInteger(width) || width === 0 || !inRows) throw wrongRows(tensor, name, returnedRows);
  if (!reals.has(tensor.type)) {
    throw new RunError(`The model's output \`${name}\` declares numbers and returns ${tensor.type}.`);
  }
  const values = new Float64Array(rows * width);
  for (let i = 0; i < values.length; i++) values[i] = data[i] as number;
  return { values, width };
}

function readLabels(tensor: TensorLike, name: string, rows: number, returnedRows: number): string[] {
  const { data, type } = tensor;
  if (data.length !== returnedRows) throw wrongRows(tensor, name, returnedRows);
  const labels = new Array<string>(rows);
  if (type === 'bool') for (let i = 0; i < rows; i++) labels[i] = Number(data[i]) === 1 ? 'true' : 'false';
  else if (data instanceof BigInt64Array) readIntegers(data, labels);
  else for (let i = 0; i < rows; i++) labels[i] = labelText(data[i] as string | number | bigint);
  return labels;
}

/**
 * Labels of int64, the usual type. Making a bigint and a text for each of a million rows costs more than reading the
 * model's scores, so small numbers are read as two words and spelled once. ONNX Runtime's platforms are little-endian.
 */
function readIntegers(data: BigInt64Array, labels: string[]): void {
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const spelled = new Map<number, string>();
  for (let i = 0; i < labels.length; i++) {
    const low = words[2 * i] as number;
    if (words[2 * i + 1] !== low >> 31) {
      labels[i] = (data[i] as bigint).toString();
      continue;
    }
    let text = spelled.get(low);
    if (text === undefined) {
      text = String(low);
      spelled.set(low, text);
    }
    labels[i] = text;
  }
}

/** One spelling for the same label in any type: int64 1, float 1.0 and text `1` agree; other text stays as it is. */
export function labelText(label: string | number | bigint): string {
  if (typeof label === 'bigint') return label.toString();
  if (typeof label === 'number') return Object.is(label, -0) ? '0' : String(label);
  return /^-?(0|[1-9]\d*)\.0+$/.test(label) ? label.slice(0, label.indexOf('.')) : label;
}

function tensorOf(results: Readonly<Record<string, TensorLike>>, name: string): TensorLike {
  const tensor = results[name];
  if (tensor === undefined) throw new RunError(`The model did not return its output \`${name}\`.`);
  return tensor;
}

function wrongRows(tensor: TensorLike, name: string, rows: number): RunError {
  return new RunError(
    `The model's output \`${name}\` has the shape [${tensor.dims.join(', ')}] for ${rows} rows: it is not one prediction a row.`,
  );
}
