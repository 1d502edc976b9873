/** As compare-parquet.ts, for Arrow, whose cells are judged column by column. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Bool,
  type DataType,
  Dictionary,
  Float32,
  Float64,
  Int32,
  Int64,
  Table,
  tableToIPC,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ColumnsJudge } from '../../action-validate-data/src/pass/columns-judge.ts';
import type { Found } from '../../action-validate-data/src/pass/protocol.ts';
import { RowJudge } from '../../action-validate-data/src/pass/row-judge.ts';
import { openValueBlocks } from '../../action-validate-data/src/pass/value-blocks.ts';
import { createWatch } from '../../action-validate-data/src/pass/watch.ts';
import { Profile } from '../../action-validate-data/src/profile/profile.ts';
import { casesOf, plainAjv, wrongOf } from './compare-files.ts';
import { valuesOf } from './compare-parquet.ts';

const columns = ['a', 'b', 'c', 'x y', 'constructor', 'ä/~"'];

/** Null: the type does not hold the value. */
type Cast = (value: unknown) => unknown;

const whole: Cast = (value) => (typeof value === 'number' && Number.isInteger(value) ? value : null);
const wide: Cast = (value) => {
  const number = whole(value);
  return typeof number === 'number' && Math.abs(number) < 2 ** 63 ? BigInt(number) : null;
};
const text: Cast = (value) => {
  if (value === undefined || value === null) return null;
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed();
};
const number: Cast = (value) => (typeof value === 'number' ? value : null);

const types: readonly (readonly [type: () => DataType, cast: Cast])[] = [
  [() => new Utf8(), text],
  [() => new Utf8(), (value) => (typeof value === 'string' ? value.toWellFormed() : null)],
  [() => new Dictionary(new Utf8(), new Int32()), text],
  [() => new Float64(), number],
  // Here and there a number that no JSON text is.
  [
    () => new Float64(),
    (value) => (value === 1 ? Number.NaN : value === 2 ? Number.POSITIVE_INFINITY : number(value)),
  ],
  [() => new Float32(), number],
  [() => new Int32(), (value) => (Math.abs(Number(whole(value))) < 2 ** 31 ? whole(value) : null)],
  [() => new Int64(), wide],
  [() => new Int64(), (value) => (value === 1 ? 9007199254740993n : wide(value))],
  [() => new Uint64(), (value) => (typeof value === 'number' && value >= 0 ? wide(value) : null)],
  [() => new Bool(), (value) => (typeof value === 'boolean' ? value : null)],
];

/** `schemas`, each before 40 rows. Returns the pairs that were compared. */
export async function compareArrow(schemas: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'compare-arrow-'));
  const path = join(folder, 'rows.arrow');
  let pairs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        casesOf({ rowsPerSchema: 40 }),
        fc.tuple(...columns.map(() => fc.nat(types.length - 1))),
        async (each, chosen) => {
          const rows = each.rows.map((row) => JSON.parse(row) as Record<string, unknown>);
          const vectors = columns.map((name, index) => {
            const [type, cast] = types[chosen[index] ?? 0] ?? [() => new Utf8(), text];
            const cells = rows.map((row) => (Object.hasOwn(row, name) ? cast(row[name]) : null));
            return [name, vectorFromArray(cells, type())] as const;
          });
          writeFileSync(path, tableToIPC(new Table(Object.fromEntries(vectors)), 'file'));
          const values = await valuesOf(path, each, columns);
          expect(await rejectedIn(path, each.schemaText), `${each.schemaText} ${chosen}`).toEqual(
            wrongOf(plainAjv(each), values),
          );
          pairs += values.length;
        },
      ),
      { numRuns: schemas },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  return pairs;
}

async function rejectedIn(path: string, schemaText: string): Promise<number[]> {
  const setup = { schema: { text: schemaText, shown: 's.json' }, nulls: [] };
  const found: Found[] = [];
  const judge = new RowJudge(setup, createWatch(), (some) => found.push(...some));
  const sniffed = { format: 'arrow', gzip: false, note: undefined } as const;
  const { layout, blocks } = await openValueBlocks({ path, sniffed, csv: {} }, []);
  if (layout.kind !== 'values') throw new Error('no values');
  const reader = new ColumnsJudge(layout, judge, new Profile());
  const rejected = new Set<number>();
  let first = 0;
  for await (const block of blocks) {
    if (block.kind !== 'columns') throw new Error('no columns');
    const rows = reader.read({ ...block, id: 0, file: 0 });
    for (const { row } of [...found.splice(0), ...judge.take().found]) rejected.add(first + row);
    first += rows;
  }
  return [...rejected];
}
