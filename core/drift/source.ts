/** Where the sides of columns come from: data, a column at a time, or a profile. */

import type { CategoryCells, ColumnInfo, ColumnReader } from '../tables/index.ts';
import type { CategorySide, NumberSide } from './sides.ts';

export interface DriftSource {
  readonly kind: 'data' | 'profile';
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  /** In any order; the buffer is the caller's. Of a column of the family `number` or `time`. */
  numbers(name: string): Promise<NumberSide>;
  /** Of a column of any other family. */
  categories(name: string): Promise<CategorySide>;
}

export function dataSource(reader: ColumnReader): DriftSource {
  return {
    kind: 'data',
    rows: reader.rows,
    columns: reader.columns,
    async numbers(name) {
      const { values, missing, infinite } = await reader.numbers(name);
      const whole = reader.columns.get(name)?.whole ?? false;
      return { kind: 'numbers', sorted: values, missing: missing + infinite, whole, error: null };
    },
    async categories(name) {
      return sideOf(await reader.categories(name));
    },
  };
}

function sideOf({ counts, rest, missing }: CategoryCells): CategorySide {
  return { kind: 'categories', counts, rest, distinct: counts.size + (rest > 0 ? 1 : 0), missing };
}
