/** Where the sides of columns come from: data, a column at a time, or a profile. */

import type { CategoryCells, ColumnInfo, ColumnReader, TakeNumbers } from '../tables/index.ts';
import type { CategorySide, NumberSide } from './sides.ts';

export interface DriftSource {
  readonly kind: 'data' | 'profile';
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  /** Of a column of the family `number` or `time`. The array is the caller's, of `take` if that is given. */
  numbers(name: string, take?: TakeNumbers): Promise<NumberSide>;
  /** Of a column of any other family. */
  categories(name: string): Promise<CategorySide>;
}

export function dataSource(reader: ColumnReader): DriftSource {
  return {
    kind: 'data',
    rows: reader.rows,
    columns: reader.columns,
    async numbers(name, take) {
      const { values, missing, infinite } = await reader.numbers(name, take);
      const whole = reader.columns.get(name)?.whole ?? false;
      return { kind: 'numbers', values, missing: missing + infinite, whole, error: null };
    },
    async categories(name) {
      return sideOf(await reader.categories(name));
    },
  };
}

function sideOf({ counts, rest, missing }: CategoryCells): CategorySide {
  let told = 0;
  for (const count of counts.values()) told += count;
  // Values beyond the cap: as many as if they repeated as the others do. Of identifiers each is another one.
  const more = rest === 0 ? 0 : Math.ceil((rest * counts.size) / Math.max(1, told));
  return { kind: 'categories', counts, rest, distinct: counts.size + more, missing };
}
