/** Binds each check to the data: which average or class, which rows, which groups. */

import { excerpt, nearest } from '../../../core/gate/index.ts';
import type { Check } from '../../../core/gate/types.ts';
import { InputError, type InputProblem } from '../../../core/inputs/errors.ts';
import {
  classificationMetrics,
  fairnessMetrics,
  operationalMetrics,
  parseMetricSelector,
  regressionMetrics,
  type SliceTerm,
  type VariantName,
  variantProblem,
} from '../../../core/metrics/index.ts';
import type { Variant } from '../../../core/metrics/types.ts';
import type { Coded } from '../predictions/codes.ts';
import type { Task } from '../predictions/settle-task.ts';
import { unknownColumn } from '../predictions/unknown-column.ts';

export type Family = 'classification' | 'regression' | 'fairness' | 'operational';

/** A check with its selector read, before the data is known. */
export interface SelectedCheck {
  readonly check: Check;
  readonly family: Family;
  readonly variant: VariantName | null;
  /** Column whose values are the groups of a fairness metric. */
  readonly group: string | null;
  readonly slice: readonly SliceTerm[];
}

/** The same, bound to the classes of the run: ready to be measured. */
export interface BoundCheck extends Omit<SelectedCheck, 'variant'> {
  readonly variant: Variant;
}

const families: readonly (readonly [Family, ReadonlyMap<string, unknown>])[] = [
  ['classification', classificationMetrics],
  ['regression', regressionMetrics],
  ['fairness', fairnessMetrics],
  ['operational', operationalMetrics],
];

export function selectChecks(checks: readonly Check[]): SelectedCheck[] {
  return checks.map((check) => {
    const family = families.find(([, metrics]) => metrics.has(check.metric))?.[0];
    if (family === undefined) throw new Error(`${check.metric} is in no catalogue`);
    return { check, family, ...parseMetricSelector(check.metric, check.selector) };
  });
}

/** The columns that checks speak of, beside those of `slices`. */
export function columnsOf(checks: readonly SelectedCheck[]): string[] {
  return checks.flatMap(({ group, slice }) => [
    ...slice.map(({ column }) => column),
    ...(group === null ? [] : [group]),
  ]);
}

/** Refuses columns that are not there, before any work is done. */
export function requireColumns(
  checks: readonly SelectedCheck[],
  sliceColumns: readonly string[],
  columns: readonly string[],
  file: string,
  thresholds: string,
): void {
  const problems: InputProblem[] = sliceColumns
    .filter((column) => !columns.includes(column))
    .map((column) => unknownColumn('slices', column, columns, file));
  for (const selected of checks) {
    for (const column of columnsOf([selected])) {
      if (columns.includes(column)) continue;
      const problem = unknownColumn(selected.check.place?.input ?? 'thresholds', column, columns, file);
      const line = selected.check.place === null ? '' : `line ${selected.check.place.line}: `;
      problems.push({
        ...problem,
        message: `${line}${problem.message}`,
        ...placeOf(selected.check, column, thresholds),
      });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** Metrics of another task, classes and slice values that do not exist: refused with the nearest name. */
export function bindChecks(
  selected: readonly SelectedCheck[],
  context: {
    readonly task: Task;
    readonly classes: readonly string[];
    readonly groups: ReadonlyMap<string, Coded>;
    readonly thresholds: string;
  },
): BoundCheck[] {
  const problems: InputProblem[] = [];
  const bound = selected.map((each): BoundCheck => {
    const { check } = each;
    const refuse = (message: string, at: string, allowed?: readonly string[], word?: string): void => {
      const near = allowed === undefined || word === undefined ? undefined : nearest(word, allowed);
      problems.push({
        input: check.place?.input ?? 'thresholds',
        message: check.place === null ? message : `line ${check.place.line}: ${message}`,
        ...(allowed === undefined ? {} : { allowed: allowed.slice(0, 20).join(', ') }),
        ...(near === undefined ? {} : { nearest: near }),
        ...placeOf(check, at, context.thresholds),
      });
    };
    const ofRegression = context.task === 'regression';
    if (
      (each.family === 'regression') !== ofRegression &&
      (each.family === 'regression' || each.family !== 'operational')
    ) {
      refuse(`\`${check.metric}\` is a metric of ${each.family}; this is ${context.task}`, check.metric);
    }
    for (const { column, value } of each.slice) {
      const values = context.groups.get(column)?.names ?? [];
      if (!values.includes(value))
        refuse(`\`${value}\` is not a value of \`${column}\``, value, values, value);
    }
    const variant = variantOf(each.variant, context.classes);
    if (variant === null && each.variant?.kind === 'class') {
      const { name } = each.variant;
      refuse(`\`${name}\` is not a class of this model and data`, name, context.classes, name);
    }
    if (each.family === 'classification' && context.task !== 'regression' && variant !== null) {
      const problem = variantProblem(check.metric, variant, context.task);
      if (problem !== null) refuse(problem, check.metric);
    }
    return { ...each, variant: variant ?? { kind: 'default' } };
  });
  if (problems.length > 0) throw new InputError(problems);
  return bound;
}

function variantOf(variant: VariantName | null, classes: readonly string[]): Variant | null {
  if (variant === null) return { kind: 'default' };
  if (variant.kind === 'average') return variant;
  const index = classes.indexOf(variant.name);
  return index < 0 ? null : { kind: 'class', index };
}

/** The line of the check with a caret under the place. */
function placeOf(check: Check, at: string, thresholds: string): Pick<InputProblem, 'excerpt'> {
  if (check.place === null) return {};
  const line = thresholds.split(/\r\n|\r|\n/)[check.place.line - 1] ?? check.id;
  return { excerpt: excerpt(line, Math.max(0, line.indexOf(at))) };
}
