/** Matches the columns of a table to the inputs of a model. Pure. */

import { nearest } from '../gate/index.ts';
import { InputError, RunError } from '../inputs/errors.ts';
import type { Column } from '../tables/types.ts';
import type { ModelInput } from './types.ts';

export interface BindOptions {
  /** Never a feature; null: the table has none. */
  readonly labelColumn: string | null;
  /** In model order, from the input `feature-columns`; null: by input name, else all but the label in file order. */
  readonly featureColumns: readonly string[] | null;
  /** The columns that a model's own signature names, in order; used when a single input takes all features. */
  readonly signatureColumns?: readonly string[] | null;
}

/** One input of the model and the columns that fill it, side by side along the last dimension. */
export interface BoundInput {
  readonly input: ModelInput;
  readonly columns: readonly Column[];
  /** Dimensions of one row's part of the tensor: [] for shape [N], [1] for [N, 1], [3, 32, 32] for images. */
  readonly rowShape: readonly number[];
}

export interface Binding {
  readonly inputs: readonly BoundInput[];
  /** Every column that is read, each once, in model order. */
  readonly columns: readonly string[];
  /** What was left out or decided, in words. */
  readonly notes: readonly string[];
  /** Only the order of the columns in the file decides which feature is which: nothing names them. */
  readonly byPosition: boolean;
}

/** Columns of text where the model wants numbers. Whoever knows the file can say which cell made them text. */
export class FeatureKindError extends RunError {
  readonly columns: readonly string[];

  constructor(columns: readonly string[], message: string) {
    super(message);
    this.columns = columns;
  }
}

/** @throws InputError for a wrong `feature-columns`; RunError when table and model do not fit. */
export function bindFeatures(
  table: readonly Column[],
  inputs: readonly ModelInput[],
  options: BindOptions,
): Binding {
  if (inputs.length === 0)
    throw new RunError('The model has no inputs: there is nothing that features could be fed to.');
  const chosen =
    options.featureColumns === null
      ? null
      : chooseColumns(table, options.featureColumns, options.labelColumn);
  const withoutLabel = table.filter((column) => column.name !== options.labelColumn);
  const candidates =
    (inputs.length === 1 ? bySignature(withoutLabel, options.signatureColumns) : null) ?? withoutLabel;
  const [only] = inputs;
  const byPosition = inputs.length === 1 && chosen === null && candidates === withoutLabel;
  const bound =
    inputs.length === 1 && only !== undefined
      ? [bindSingle(only, chosen, candidates, options)]
      : chosen === null
        ? bindByName(inputs, candidates, options.labelColumn)
        : bindByOrder(inputs, chosen);
  for (const { input, columns } of bound) checkTypes(input, columns);
  const columns = [...new Set(bound.flatMap((part) => part.columns.map((column) => column.name)))];
  const unused = withoutLabel.filter((column) => !columns.includes(column.name)).map((column) => column.name);
  const notes = unused.length === 0 ? [] : [`Columns that the model does not read: ${list(unused)}.`];
  return { inputs: bound, columns, notes, byPosition: byPosition && columns.length > 1 };
}

/** For the result: a file with its columns in another order would be judged on the wrong features, in silence. */
export function positionNotices({ byPosition, columns }: Binding): string[] {
  if (!byPosition) return [];
  const left = columns.length - mostShown;
  const shown = columns.slice(0, mostShown).join(', ');
  return [
    `features are fed by position, in file order: ${shown}${left > 0 ? ` and ${left} more` : ''} (set feature-columns to be sure)`,
  ];
}

const mostShown = 8;

/** The feature columns without regard to a model's inputs: those named, else all but the label. @throws InputError */
export function chooseFeatures(table: readonly Column[], options: BindOptions): readonly Column[] {
  const columns =
    options.featureColumns === null
      ? table.filter((column) => column.name !== options.labelColumn)
      : chooseColumns(table, options.featureColumns, options.labelColumn);
  if (columns.length === 0)
    throw new RunError('The data have no columns beside the label: there are no features.');
  return columns;
}

/** Null when the signature does not speak of columns: a tensor signature may name the model's input instead. */
function bySignature(
  columns: readonly Column[],
  names: readonly string[] | null | undefined,
): Column[] | null {
  if (names === null || names === undefined) return null;
  const found = names.map((name) => columns.find((column) => column.name === name));
  const missing = names.filter((_, i) => found[i] === undefined);
  if (missing.length === names.length) return null;
  if (missing.length > 0) {
    const hints = missing.map((name) => {
      const near = nearest(
        name,
        columns.map((column) => column.name),
      );
      return near === undefined ? `\`${name}\`` : `\`${name}\` (did you mean the column \`${near}\`?)`;
    });
    throw new RunError(`The model's signature names columns that the data do not have: ${hints.join(', ')}.`);
  }
  return found.filter((column) => column !== undefined);
}

function chooseColumns(table: readonly Column[], names: readonly string[], label: string | null): Column[] {
  const problems: { input: string; message: string; nearest?: string }[] = [];
  const seen = new Set<string>();
  const chosen: Column[] = [];
  for (const name of names) {
    const column = table.find((other) => other.name === name);
    if (seen.has(name)) problems.push({ input: 'feature-columns', message: `\`${name}\` is named twice` });
    else if (name === label) {
      problems.push({
        input: 'feature-columns',
        message: `\`${name}\` is the label column and cannot be a feature`,
      });
    } else if (column === undefined) {
      const near = nearest(
        name,
        table.map((other) => other.name),
      );
      problems.push({
        input: 'feature-columns',
        message: `the data have no column \`${name}\` (they have ${list(table.map((other) => other.name))})`,
        ...(near === undefined ? {} : { nearest: near }),
      });
    } else chosen.push(column);
    seen.add(name);
  }
  if (problems.length > 0) throw new InputError(problems);
  return chosen;
}

function bindSingle(
  input: ModelInput,
  chosen: readonly Column[] | null,
  candidates: readonly Column[],
  options: BindOptions,
): BoundInput {
  const wanted = input.shape.slice(1);
  if (chosen === null) {
    const named = candidates.find((column) => column.name === input.name);
    if (named !== undefined && fits(named.cellShape, wanted)) return cells(input, named);
  }
  const columns = chosen ?? candidates;
  const [first] = columns;
  if (first !== undefined && columns.length === 1 && first.cellShape.length > 0) {
    if (fits(first.cellShape, wanted) || input.shape.length === 0) return cells(input, first);
    throw new RunError(
      `Column \`${first.name}\` holds arrays of shape [${first.cellShape.join(', ')}], but the model's input \`${input.name}\` wants ${shapeText(input)}.`,
    );
  }
  const arrays = columns.filter((column) => column.cellShape.length > 0);
  if (wanted.length > 1) {
    const fitting = arrays.filter((column) => fits(column.cellShape, wanted)).map((column) => column.name);
    throw new RunError(
      `The model's input \`${input.name}\` wants arrays of shape ${shapeText(input)}: give one column that holds them` +
        `${fitting.length > 0 ? ` in feature-columns (${list(fitting)} would fit)` : '; the data have none of that shape'}.`,
    );
  }
  if (arrays.length > 0) {
    throw new RunError(
      `The columns ${list(arrays.map((column) => column.name))} hold arrays and cannot be mixed with others in the model's one input \`${input.name}\`: choose with feature-columns.`,
    );
  }
  const width = input.shape.length === 1 ? 1 : (wanted[0] ?? null);
  if (columns.length === 0 || (width !== null && width !== columns.length)) {
    throw countMismatch(input, width ?? 1, columns, options);
  }
  return { input, columns, rowShape: input.shape.length === 1 ? [] : [columns.length] };
}

function countMismatch(
  input: ModelInput,
  width: number,
  columns: readonly Column[],
  options: BindOptions,
): Error {
  const names = list(columns.map((column) => column.name));
  const wants = `the model's input \`${input.name}\` wants ${width} ${width === 1 ? 'feature' : 'features'}`;
  if (options.featureColumns !== null) {
    return new InputError([
      { input: 'feature-columns', message: `${wants}, but ${columns.length} columns are named: ${names}` },
    ]);
  }
  const without = options.labelColumn === null ? '' : ` without the label \`${options.labelColumn}\``;
  return new RunError(
    `${capital(wants)}, but the data have ${columns.length} columns${without}: ${names === '' ? 'none' : names}. ` +
      'Name the features in model order with feature-columns.',
  );
}

function bindByName(
  inputs: readonly ModelInput[],
  candidates: readonly Column[],
  label: string | null,
): BoundInput[] {
  const problems: string[] = [];
  const bound: BoundInput[] = [];
  for (const input of inputs) {
    const column = candidates.find((other) => other.name === input.name);
    if (column === undefined) {
      const near = nearest(
        input.name,
        candidates.map((other) => other.name),
      );
      const hint =
        input.name === label
          ? ' (that is the label column, which is never fed to a model)'
          : near === undefined
            ? ''
            : ` (did you mean the column \`${near}\`?)`;
      problems.push(`\`${input.name}\`${hint}`);
    } else bound.push(bindColumn(input, column));
  }
  if (problems.length > 0) {
    throw new RunError(
      `The model has ${inputs.length} inputs, and the data have no column for ${problems.join(', ')}. ` +
        `The data have ${list(candidates.map((column) => column.name))}. ` +
        'Rename the columns, or name the features in the order of the model’s inputs with feature-columns.',
    );
  }
  return bound;
}

function bindByOrder(inputs: readonly ModelInput[], chosen: readonly Column[]): BoundInput[] {
  if (inputs.length !== chosen.length) {
    throw new InputError([
      {
        input: 'feature-columns',
        message:
          `the model has ${inputs.length} inputs (${list(inputs.map((input) => input.name))}), ` +
          `but ${chosen.length} columns are named: ${list(chosen.map((column) => column.name))}`,
      },
    ]);
  }
  return inputs.map((input, i) => bindColumn(input, chosen[i] as Column));
}

/** One column for one of several inputs. */
function bindColumn(input: ModelInput, column: Column): BoundInput {
  const wanted = input.shape.slice(1);
  if (column.cellShape.length === 0) {
    if (input.shape.length <= 1) return { input, columns: [column], rowShape: [] };
    if (wanted.every((size) => size === null || size === 1))
      return { input, columns: [column], rowShape: wanted.map(() => 1) };
  } else if (fits(column.cellShape, wanted)) return cells(input, column);
  throw new RunError(
    `The model's input \`${input.name}\` wants ${shapeText(input)}, but column \`${column.name}\` holds ` +
      `${column.cellShape.length === 0 ? 'one value' : `arrays of shape [${column.cellShape.join(', ')}]`} a row.`,
  );
}

function cells(input: ModelInput, column: Column): BoundInput {
  // A scalar column for [N, 1] keeps the dimension.
  const rowShape = column.cellShape.length > 0 ? column.cellShape : input.shape.slice(1).map(() => 1);
  return { input, columns: [column], rowShape };
}

function fits(cell: readonly number[], wanted: readonly (number | null)[]): boolean {
  if (cell.length === 0) return wanted.every((size) => size === null || size === 1) && wanted.length <= 1;
  return cell.length === wanted.length && cell.every((size, i) => wanted[i] === null || wanted[i] === size);
}

function checkTypes(input: ModelInput, columns: readonly Column[]): void {
  if (input.type === 'string') {
    const wrong = columns.filter((column) => column.kind === 'number' || column.kind === 'boolean');
    if (wrong.length === 0) return;
    throw new RunError(
      `The model's input \`${input.name}\` wants text, but ${kinds(wrong)}: how their values would be written is not guessed.`,
    );
  }
  const text = columns.filter((column) => column.kind === 'string' || column.kind === 'other');
  if (text.length > 0) {
    throw new FeatureKindError(
      text.map((column) => column.name),
      `The model's input \`${input.name}\` wants numbers (${input.type}), but ${kinds(text)}. ` +
        'Encode them as the model was trained, or name the features with feature-columns.',
    );
  }
  if (input.type === 'bool') {
    const wrong = columns.filter((column) => column.kind === 'bigint');
    if (wrong.length > 0)
      throw new RunError(`The model's input \`${input.name}\` wants true or false, but ${kinds(wrong)}.`);
  }
}

const kindWords: Readonly<Record<Column['kind'], string>> = {
  number: 'numbers',
  integer: 'whole numbers',
  bigint: 'large whole numbers',
  boolean: 'true and false',
  string: 'text',
  other: 'values that are neither numbers nor text',
};

function kinds(columns: readonly Column[]): string {
  return columns.map((column) => `column \`${column.name}\` holds ${kindWords[column.kind]}`).join(', ');
}

function shapeText(input: ModelInput): string {
  return `[${input.shape.map((size, i) => (size === null ? (i === 0 ? 'N' : '?') : size)).join(', ')}]`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 30).join(', ');
  return names.length > 30 ? `${shown} and ${names.length - 30} more` : shown;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
