/** What kind of problem this is, decided from labels and outputs, and said in a notice when it was a guess. */

import { nearest } from '../../../core/gate/index.ts';
import { InputError, RunError } from '../../../core/inputs/errors.ts';
import { type Coded, numberLabel } from './codes.ts';
import { type Collected, type Labels, maxGroups } from './collect.ts';
import { isFiniteNumber } from './text-cells.ts';

export type Task = 'binary' | 'multiclass' | 'regression';

/** Predictions made elsewhere with at most this many whole numbers are read as classes. */
const maxGuessedClasses = 20;

/** A model's predictions with the class names that the model itself states. */
export interface Source {
  /** As messages name it: `model.onnx`, `the baseline old.onnx`. */
  readonly name: string;
  readonly collected: Collected;
  /** Every class that the model can emit; null: not stated. */
  readonly classes: readonly string[] | null;
  /** Which class each score column speaks of; null: not stated. */
  readonly scoreClasses: readonly string[] | null;
}

export function isRegression(source: Source, task: Task | 'auto', notices: string[]): boolean {
  const { collected } = source;
  if (task !== 'auto') return task === 'regression';
  if (collected.labels.kind === 'text' || collected.labels.boolean) return false;
  if (
    source.classes !== null ||
    source.scoreClasses !== null ||
    (collected.scores !== null && collected.scores.width > 1)
  )
    return false;
  if (!collected.labels.whole) {
    if (collected.predictedLabels !== null) {
      throw new RunError(
        'the labels are fractional numbers but the model gives class labels: wrong label column?',
      );
    }
    return true;
  }
  if (collected.predictedLabels !== null || collected.scores !== null) return false;
  const distinct = new Set(collected.labels.values);
  const zeroOne = [...distinct].every((value) => value === 0 || value === 1);
  if (zeroOne) return false;
  const predictions = collected.predictedValues ?? new Float64Array();
  const classLike = predictions.every(Number.isInteger) && distinct.size <= maxGuessedClasses;
  notices.push(
    `task read as ${classLike ? 'classification' : 'regression'}: the labels are whole numbers with ` +
      `${distinct.size.toLocaleString('en')} values; set \`task\` if that is wrong`,
  );
  return !classLike;
}

/** Labels as numbers, for regression. */
export function numericLabels(labels: Labels, labelColumn: string): Float64Array {
  if (labels.kind === 'numeric') return labels.values;
  const row = labels.coded.codes.findIndex((code) => !isFiniteNumber(labels.coded.names[code] as string));
  const cell = labels.coded.names[labels.coded.codes[Math.max(row, 0)] as number];
  throw new RunError(
    `label column \`${labelColumn}\` holds text, for example ${JSON.stringify(cell)} in row ${Math.max(row, 0) + 1}: ` +
      'regression needs numbers',
  );
}

/** Labels as class names. Numbers are named without a fraction: 1.0 is the class `1`. */
export function labelNames(labels: Labels, labelColumn: string): Coded {
  if (labels.kind === 'text') return labels.coded;
  const index = new Map<number, number>();
  const names: string[] = [];
  const codes = labels.values.map((value) => {
    const known = index.get(value);
    if (known !== undefined) return known;
    index.set(value, names.length);
    names.push(labels.boolean ? (value === 1 ? 'true' : 'false') : numberLabel(value));
    if (names.length > maxGroups) {
      throw new RunError(
        `label column \`${labelColumn}\` has more than ${maxGroups.toLocaleString('en')} different values: ` +
          'that looks like regression; set `task: regression`',
      );
    }
    return names.length - 1;
  });
  return { names, codes: Int32Array.from(codes) };
}

export function settlePositive(classes: readonly string[], wanted: string | null, notices: string[]): number {
  if (wanted !== null) {
    const found = classes.indexOf(wanted);
    if (found >= 0) return found;
    const near = nearest(wanted, classes);
    throw new InputError([
      {
        input: 'positive-class',
        message: `\`${wanted}\` is not a class of this model and data`,
        allowed: listed(classes),
        ...(near === undefined ? {} : { nearest: near }),
      },
    ]);
  }
  const usual = classes.findIndex((name) => ['1', 'true', 'yes'].includes(name));
  const index = usual >= 0 ? usual : 1;
  if (usual < 0)
    notices.push(`positive class: \`${classes[index]}\` (the second in sort order; set \`positive-class\`)`);
  return index;
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `\`${name}\``);
  return names.length > 20 ? `${shown.join(', ')} and ${names.length - 20} more` : shown.join(', ');
}
