import { expect, test } from 'vitest';
import { RunError } from '../../../core/inputs/index.ts';
import { scratchFolder } from '../../../test/support/scratch-folder.ts';
import type { Manifest, OutputRecord } from '../etl/run/records.ts';
import { growthOf, readGrowth } from './rows.ts';

function manifest(runId: string, output: OutputRecord): Manifest {
  const finishedAt = `2026-05-${runId}T06:00:00.000Z`;
  const digest = `sha256:${'0'.repeat(64)}`;
  return {
    version: 1,
    runId,
    pipeline: { name: 'churn', digest },
    parent: null,
    startedAt: finishedAt,
    finishedAt,
    versions: {},
    inputs: [],
    sources: [],
    steps: [],
    output,
    outputs: [],
  };
}

function parquet(rows: number, replaced: number, totalRows: number): OutputRecord {
  return { format: 'parquet', mode: 'upsert', path: 'dataset', rows, replaced, totalRows, columns: [] };
}

test('a run adds what the dataset has more than before: rows that were replaced do not count', () => {
  const runs = [
    manifest('03', parquet(50, 20, 1030)),
    manifest('01', parquet(1000, 0, 1000)),
    manifest('04', parquet(900, 1030, 900)),
  ];
  expect(growthOf(runs)).toEqual([
    { runId: '01', at: new Date('2026-05-01T06:00:00Z'), rows: 1000 },
    { runId: '03', at: new Date('2026-05-03T06:00:00Z'), rows: 30 },
    { runId: '04', at: new Date('2026-05-04T06:00:00Z'), rows: -130 },
  ]);
});

test('of PostgreSQL what was inserted counts, and not what was updated', () => {
  const output: OutputRecord = { format: 'postgres', table: 'churn', rows: 70, inserted: 50, updated: 20 };
  expect(growthOf([manifest('01', output), manifest('02', output)]).map(({ rows }) => rows)).toEqual([
    50, 50,
  ]);
});

test('a folder without finished runs is an error, and not a dataset that has not grown', () => {
  expect(() => readGrowth('/does/not/exist', 'runs')).toThrow(new RunError('--runs: runs does not exist'));
  expect(() => readGrowth(scratchFolder(), 'runs')).toThrow(
    /^--runs: runs holds no finished run; expected is/,
  );
});
