/** Which columns are compared, as what, and by which method. */

import { nearest } from '../gate/index.ts';
import type { Check } from '../gate/types.ts';
import { InputError, type InputProblem, quote } from '../inputs/index.ts';
import { columnMetrics, columnOf } from './checks/index.ts';
import type { WantedColumn } from './compare-columns.ts';
import type { DriftSource } from './source.ts';
import { type ColumnRole, categoricalMethods, type DriftMethod } from './types.ts';

/** What the user says of columns. */
export interface ColumnRequest {
  /** Empty: all. */
  readonly columns: readonly string[];
  readonly excluded: readonly string[];
  readonly roles: {
    readonly prediction: string | null;
    readonly label: string | null;
    readonly score: string | null;
  };
  readonly checks: readonly Check[];
  /** For all columns that it can be used on; null: by type. */
  readonly method: DriftMethod | null;
  /** By column. */
  readonly methods: ReadonlyMap<string, DriftMethod>;
}

/** All columns, as their types say. */
export const anyColumn: ColumnRequest = {
  columns: [],
  excluded: [],
  roles: { prediction: null, label: null, score: null },
  checks: [],
  method: null,
  methods: new Map(),
};

export interface ColumnChoice {
  readonly wanted: readonly WantedColumn[];
  /** Only in the current data. */
  readonly news: readonly string[];
}

/** @throws InputError for every name that neither side has, and for methods that a column cannot have. */
export function chooseColumns(
  config: ColumnRequest,
  reference: DriftSource,
  current: DriftSource,
): ColumnChoice {
  const known = new Set([...reference.columns.keys(), ...current.columns.keys()]);
  const { roles } = config;
  const named = new Set([...config.columns, ...config.methods.keys(), ...checkedColumns(config)]);
  const problems = [
    ...unknown('columns', config.columns, known),
    ...unknown('exclude-columns', config.excluded, known),
    ...unknown('method', [...config.methods.keys()], known),
    ...unknown('thresholds', checkedColumns(config), known),
    ...(['prediction', 'label', 'score'] as const).flatMap((role) =>
      unknown(`${role}-column`, roles[role] === null ? [] : [roles[role]], known),
    ),
    ...unordered(config, reference),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const roleOf = new Map<string, ColumnRole>();
  for (const role of ['score', 'label', 'prediction'] as const) {
    if (roles[role] !== null) roleOf.set(roles[role], role);
  }
  const excluded = new Set(config.excluded);
  const isWanted = (name: string): boolean =>
    !excluded.has(name) && (config.columns.length === 0 || config.columns.includes(name) || roleOf.has(name));
  const common = [...reference.columns.keys()].filter((name) => current.columns.has(name));
  if (!common.some(isWanted)) throw new InputError([nothingInCommon(config, reference, current, common)]);
  return {
    wanted: [...reference.columns.keys()].filter(isWanted).map((name) => ({
      name,
      role: roleOf.get(name) ?? 'feature',
      method: methodFor(config, reference, name),
      isNamed: named.has(name) || roleOf.has(name),
    })),
    news: [...current.columns.keys()].filter((name) => isWanted(name) && !reference.columns.has(name)),
  };
}

const checkedColumns = ({ checks }: ColumnRequest): string[] =>
  checks.flatMap(({ metric, selector }) =>
    selector !== null && columnMetrics.some((each) => each === metric) ? [columnOf(selector)] : [],
  );

const isOrdered = ({ columns }: DriftSource, name: string): boolean => {
  const family = columns.get(name)?.family;
  return family === 'number' || family === 'time' || family === 'empty' || family === undefined;
};

const needsOrder = (method: DriftMethod): boolean => !categoricalMethods.some((each) => each === method);

/** A method for all columns is left to the type where a column cannot have it. */
function methodFor(
  { method, methods }: ColumnRequest,
  reference: DriftSource,
  name: string,
): DriftMethod | null {
  const own = methods.get(name);
  if (own !== undefined) return own;
  return method === null || (needsOrder(method) && !isOrdered(reference, name)) ? null : method;
}

function unordered({ methods }: ColumnRequest, reference: DriftSource): InputProblem[] {
  return [...methods].flatMap(([name, method]) =>
    needsOrder(method) && !isOrdered(reference, name)
      ? [
          {
            input: 'method',
            message: `${method} needs numbers, and ${quote(name)} holds categories`,
            allowed: categoricalMethods.join(', '),
          },
        ]
      : [],
  );
}

function unknown(input: string, names: readonly string[], known: ReadonlySet<string>): InputProblem[] {
  return names.flatMap((name) => {
    if (known.has(name)) return [];
    const near = nearest(name, known);
    return [
      {
        input,
        message: `neither the reference nor the current data have a column ${quote(name)}`,
        ...(near === undefined ? {} : { nearest: near }),
      },
    ];
  });
}

function nothingInCommon(
  config: ColumnRequest,
  reference: DriftSource,
  current: DriftSource,
  common: readonly string[],
): InputProblem {
  if (common.length > 0) {
    return {
      input: config.columns.length > 0 ? 'columns' : 'exclude-columns',
      message: 'no column is left that both sides have',
      allowed: listed(common),
    };
  }
  return {
    input: 'current-path',
    message: `the two sides have no column in common: the reference has ${listed([...reference.columns.keys()])}, the current data have ${listed([...current.columns.keys()])}`,
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => quote(name));
  return names.length > 8 ? `${shown.join(', ')} and ${names.length - 8} more` : shown.join(', ');
}
