import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputReader, readCommon } from '../../../core/inputs/index.ts';
import { testContext } from '../../../core/run/testing.ts';
import { openTable } from '../../../core/tables/index.ts';
import type { Table } from '../../../core/tables/types.ts';
import { inputsOf } from '../../../test/support/run-model-gate.ts';
import { readConfig } from '../inputs.ts';
import { readSource } from './sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The columns that each pass over the table asks for. */
function watched(table: Table): { table: Table; passes: (readonly string[])[] } {
  const passes: (readonly string[])[] = [];
  return {
    passes,
    table: {
      path: table.path,
      format: table.format,
      columns: table.columns,
      notes: table.notes,
      countRows: () => table.countRows(),
      batches: (columns, size) => {
        passes.push(columns);
        return table.batches(columns, size);
      },
      locate: (row) => table.locate(row),
      locateRows: (rows) => table.locateRows(rows),
      rowGroups: () => table.rowGroups(),
      close: () => table.close(),
    },
  };
}

test('predictions are read from the open table, in one pass over the columns that are used', async () => {
  const path = join(folder, 'predictions.csv');
  const header = ['label', 'prediction', 'region', ...Array.from({ length: 26 }, (_, i) => `x${i}`)];
  const row = (label: string): string => [label, label, 'EU', ...Array(26).fill('0.5')].join(',');
  writeFileSync(path, `${header.join(',')}\n${row('a')}\n${row('b')}\n`);
  const inputs = inputsOf({ 'predictions-path': path, thresholds: 'accuracy > 0' });
  const reader = new InputReader({ get: (name) => inputs.get(name) ?? '', workspace: folder });
  readCommon(reader, 'validate-model');
  const config = readConfig(reader);
  const { table, passes } = watched(await openTable(path));

  const options = { groupColumns: ['region'], timed: false };
  const context = testContext(folder, { now: () => 0 });
  const source = { kind: 'predictions', path: table.path } as const;
  const { collected } = await readSource(source, table, config, options, context);

  expect(collected.rows).toBe(2);
  expect(passes).toEqual([['label', 'prediction', 'region']]);
});
