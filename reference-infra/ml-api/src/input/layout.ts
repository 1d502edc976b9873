/** Which columns a model takes, and where each goes in its tensors. */

import type { InputSpec } from '../model/description.ts';
import type { SignatureColumn } from '../types.ts';

export interface Feature {
  /** Null: only its position says which it is. */
  readonly name: string | null;
  readonly input: InputSpec;
  /** Where its values begin in a row of the input. */
  readonly offset: number;
  /** Dimensions of one cell: [] for a single value; free ones are null. */
  readonly cellShape: readonly (number | null)[];
  /** Of the signature, beyond the type of the tensor. */
  readonly wants: 'any' | 'whole' | 'boolean';
}

export interface Layout {
  readonly inputs: readonly InputSpec[];
  /** Null: one tensor whose width is free, and nothing names its columns. */
  readonly features: readonly Feature[] | null;
  /** Every feature has a name of its own. */
  readonly named: boolean;
  /** The one input that holds all features side by side; null when each has its own. */
  readonly vector: InputSpec | null;
  /** The signature or FEATURE_NAMES speak of the columns of a data frame: MLflow makes one of whatever it gets. */
  readonly framed: boolean;
  /** Whole numbers beyond 2^53 must be kept exactly. */
  readonly exactIntegers: boolean;
}

/**
 * @param names Of the columns of a model with one tensor, in its order: FEATURE_NAMES; empty: the signature's, if any.
 * @returns a sentence when names and model do not fit.
 */
export function layoutOf(
  inputs: readonly InputSpec[],
  signature: readonly SignatureColumn[] | null,
  names: readonly string[],
): Layout | string {
  const exactIntegers = inputs.some((input) => input.type === 'int64' || input.type === 'uint64');
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined && isVector(only)) {
    const width = only.shape.length === 1 ? 1 : (only.shape[1] ?? null);
    const columns = columnsOf(only, width, signature, names);
    if (typeof columns === 'string') return columns;
    if (columns === null && width === null)
      return { inputs, features: null, named: false, vector: only, framed: false, exactIntegers };
    const count = columns?.length ?? width ?? 0;
    const features = Array.from({ length: count }, (_, i): Feature => {
      const column = columns?.[i];
      return {
        // A single column is named as well as the input is.
        name: column?.name ?? (count === 1 ? only.name : null),
        input: only,
        offset: i,
        cellShape: [],
        wants: wantsOf(column?.type ?? ''),
      };
    });
    return {
      inputs,
      features,
      named: columns !== null || count === 1,
      vector: only,
      framed: columns !== null,
      exactIntegers,
    };
  }
  if (names.length > 0) {
    return `FEATURE_NAMES is for models with one tensor of all columns; this one has the inputs ${inputs.map((input) => input.name).join(', ')}, each a column of that name.`;
  }
  const features = inSignatureOrder(inputs, signature).map(({ input, type }): Feature => {
    const rest = input.shape.slice(1);
    const scalar = rest.every((size) => size === 1) && rest.length <= 1;
    return { name: input.name, input, offset: 0, cellShape: scalar ? [] : rest, wants: wantsOf(type) };
  });
  const framed = (signature ?? []).length > 0 && (signature ?? []).every(({ type }) => columnTypes.has(type));
  return { inputs, features, named: true, vector: null, framed, exactIntegers };
}

/** [N], [N, width]: a row is a row of a table. */
function isVector(input: InputSpec): boolean {
  return input.shape.length === 1 || input.shape.length === 2;
}

function columnsOf(
  input: InputSpec,
  width: number | null,
  signature: readonly SignatureColumn[] | null,
  names: readonly string[],
): readonly SignatureColumn[] | null | string {
  if (names.length > 0) {
    if (width !== null && width !== names.length)
      return `FEATURE_NAMES has ${names.length} names, and the model's input \`${input.name}\` takes ${width} columns.`;
    return names.map((name) => ({ name, type: '' }));
  }
  // A signature of one tensor speaks of the input, not of its columns.
  if (signature === null || signature.some((column) => column.name === null)) return null;
  if (signature.length === 1 && width !== 1) return null;
  if (new Set(signature.map((column) => column.name)).size !== signature.length) return null;
  return width === null || signature.length === width ? signature : null;
}

function inSignatureOrder(
  inputs: readonly InputSpec[],
  signature: readonly SignatureColumn[] | null,
): readonly { readonly input: InputSpec; readonly type: string }[] {
  const own = inputs.map((input) => ({ input, type: '' }));
  if (signature === null || signature.length !== inputs.length) return own;
  const ordered = signature.map((column) => {
    const input = inputs.find((each) => each.name === column.name);
    return input === undefined ? null : { input, type: column.type };
  });
  const found = ordered.filter((each) => each !== null);
  return found.length === inputs.length ? found : own;
}

/** As against numpy's names, which the signature of a tensor has. */
const columnTypes = new Set([
  'boolean',
  'integer',
  'long',
  'float',
  'double',
  'string',
  'binary',
  'datetime',
]);

/** MLflow's column types: https://mlflow.org/docs/latest/ml/model/signatures/ */
function wantsOf(type: string): Feature['wants'] {
  if (type === 'integer' || type === 'long') return 'whole';
  return type === 'boolean' ? 'boolean' : 'any';
}
