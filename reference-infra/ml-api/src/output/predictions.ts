/** The simple form of an answer: one prediction a row, and its probabilities where the model gives some. */

import { RunError } from '../../../../core/inputs/errors.ts';
import { type OutputPlan, planOutputs } from '../../../../core/models/outputs.ts';
import { RequestError } from '../errors.ts';
import { interned } from '../input/rows.ts';
import type { ModelDescription, OutputSpec } from '../model/description.ts';
import type { Tensor, Tensors } from '../model/tensors.ts';
import type { Cell, Cells } from '../types.ts';
import { type Mapping, outputRows, rowValues } from './cells.ts';

export interface Predictions {
  /** Labels; else values; else the rows of the only output. */
  readonly predictions: readonly unknown[];
  /** Rows of scores, in the order of `classes`. */
  readonly probabilities?: readonly Cell[];
  readonly classes?: readonly string[];
}

export type Reader = (outputs: Tensors, rows: number) => Predictions;

/**
 * Decides once, from names, types and shapes, which output is which: see core/models/outputs.ts. A model whose outputs
 * are no labels, scores or values is answered with all of them by name, or with the rows of its only one.
 */
export function predictionReader(name: string, description: ModelDescription): Reader {
  const { outputs: specs, classes } = description;
  const plan = planOf(name, description);
  const main = plan?.labels ?? plan?.values ?? null;
  if (plan === null || (main !== null && plan.scores.length > 0 && !areProbabilities(plan, description))) {
    const [only] = specs;
    return specs.length === 1
      ? (outputs, rows) => ({ predictions: cellsOf(only, outputs, rows) })
      : (outputs, rows) => ({ predictions: records(description, outputs, rows) });
  }
  const read = (output: string, outputs: Tensors, rows: number): readonly Cell[] =>
    cellsOf(
      specs.find((spec) => spec.name === output),
      outputs,
      rows,
    );
  return (outputs, rows) => {
    const scores = scoresOf(plan.scores.map((output) => read(output, outputs, rows)));
    if (main === null) return { predictions: scores ?? [] };
    const predictions = read(main, outputs, rows);
    if (scores === null) return { predictions };
    const width = Array.isArray(scores[0]) ? scores[0].length : 1;
    return classes !== null && classes.length === width
      ? { predictions, probabilities: scores, classes }
      : { predictions, probabilities: scores };
  };
}

/** Beside labels: one column a class, or a name that says so. */
function areProbabilities({ scores }: OutputPlan, { outputs, classes }: ModelDescription): boolean {
  if (scores.length > 1) return true;
  const spec = outputs.find((output) => output.name === scores[0]);
  const width = spec?.shape[1] ?? null;
  return (
    (classes !== null && (width === null || width === classes.length)) || /prob|score/i.test(spec?.name ?? '')
  );
}

function planOf(name: string, description: ModelDescription): OutputPlan | null {
  try {
    return planOutputs({ name, outputs: description.outputs, classes: description.classes }, []);
  } catch (error) {
    if (error instanceof RunError) return null;
    throw error;
  }
}

/** One output of rows x classes, or one output per class. */
function scoresOf(columns: readonly (readonly Cell[])[]): readonly Cell[] | null {
  const [first] = columns;
  if (first === undefined || columns.length === 1) return first ?? null;
  return first.map((_, row) => columns.map((column) => column[row] ?? null));
}

function cellsOf(output: OutputSpec | undefined, outputs: Tensors, rows: number): readonly Cell[] {
  const cells = output === undefined ? null : rowValues(tensorOf(output, outputs), rows);
  if (cells === null) throw notByRow(output?.name ?? '', rows);
  return cells;
}

/** One record a row with all outputs by name, as MLflow has the outputs of an ONNX model. */
export function records(
  description: ModelDescription,
  outputs: Tensors,
  rows: number,
): readonly Readonly<Record<string, Cell | Mapping>>[] {
  const columns = description.outputs.map((output) => {
    const cells = outputRows(output, tensorOf(output, outputs), rows);
    if (cells === null) throw notByRow(output.name, rows);
    return { name: output.name, cells };
  });
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, cells }) => [name, cells[row] ?? null])),
  );
}

/** The values of all outputs, for the prediction log; those that are not by row are left out. */
export function outputCells(description: ModelDescription, outputs: Tensors, rows: number): Cells {
  const columns = description.outputs.flatMap((output) => {
    const cells = rowValues(tensorOf(output, outputs), rows);
    return cells === null ? [] : [{ name: output.name, cells }];
  });
  return {
    names: interned(columns.map(({ name }) => name)),
    rows: Array.from({ length: rows }, (_, row) => columns.map(({ cells }) => cells[row] ?? null)),
  };
}

export function tensorOf(output: OutputSpec, outputs: Tensors): Tensor {
  const tensor = outputs[output.tensor];
  if (tensor === undefined) throw new Error(`the model did not return its output ${output.name}`);
  return tensor;
}

function notByRow(name: string, rows: number): RequestError {
  return new RequestError(
    400,
    'model_failed',
    `The model's output \`${name}\` is not one value a row for ${rows} rows; /v2/models/{name}/infer gives it as it is.`,
  );
}
