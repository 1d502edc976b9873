/** Columns in memory as sources, for tests. */

import type { ColumnInfo } from '../tables/index.ts';
import { compareColumns } from './compare-columns.ts';
import { type JudgeOptions, judgeColumns } from './judge.ts';
import type { Side } from './sides.ts';
import type { DriftSource } from './source.ts';
import { Threads } from './threads.ts';
import type { ColumnDrift, DriftMethod } from './types.ts';

export type TestColumn = Float64Array | readonly (string | null)[];

/** NaN is missing. */
export function sourceOf(columns: Readonly<Record<string, TestColumn>>): DriftSource {
  const infos = Object.entries(columns).map(([name, values]): [string, ColumnInfo] => {
    const isNumber = values instanceof Float64Array;
    const whole = isNumber && values.every((value) => Number.isNaN(value) || Number.isInteger(value));
    return [name, { name, family: isNumber ? 'number' : 'text', whole }];
  });
  return {
    kind: 'data',
    rows: Object.values(columns)[0]?.length ?? 0,
    columns: new Map(infos),
    numbers: async (name) => numberSide(columns[name] as Float64Array),
    categories: async (name) => categorySide(columns[name] as readonly (string | null)[]),
  };
}

function numberSide(values: Float64Array): Extract<Side, { kind: 'numbers' }> {
  const present = values.filter((value) => Number.isFinite(value));
  const whole = present.every((value) => Number.isInteger(value));
  return { kind: 'numbers', values: present, missing: values.length - present.length, whole, error: null };
}

function categorySide(values: readonly (string | null)[]): Extract<Side, { kind: 'categories' }> {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values) {
    if (value === null) missing += 1;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return { kind: 'categories', counts, rest: 0, distinct: counts.size, missing };
}

/** All columns, judged; columns are found by name. */
export async function driftBetween(
  reference: DriftSource,
  current: DriftSource,
  options: Partial<JudgeOptions> & { readonly methods?: Readonly<Record<string, DriftMethod>> } = {},
): Promise<ReadonlyMap<string, ColumnDrift>> {
  const { methods = {}, ...rest } = options;
  const wanted = [...reference.columns.keys()].map((name) => {
    const method = methods[name] ?? null;
    return { name, role: 'feature', method, isNamed: method !== null } as const;
  });
  const threads = new Threads(new URL('../../action-drift-check/src/worker.ts', import.meta.url));
  const compared = await compareColumns(reference, current, wanted, threads).finally(() => threads.close());
  const judged = judgeColumns(compared, { alpha: 0.05, minRows: 200, limits: new Map(), ...rest });
  return new Map(judged.columns.map((column) => [column.column, column]));
}
