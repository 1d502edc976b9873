/** Every model of test/fixtures/models: what ONNX Runtime says in Python is what we read. See make.py there. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isUserFacing } from '../inputs/errors.ts';
import { silentLog } from '../report/log.ts';
import { openTable } from '../tables/index.ts';
import { openModel, type PredictedBatch } from './index.ts';

const folder = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'models');

interface Case {
  readonly name: string;
  readonly with: Readonly<Record<string, string | undefined>>;
  readonly expected?: string;
  readonly tolerance?: number;
  readonly outcome?: string;
  readonly says?: readonly string[];
}

interface Expected {
  readonly n: number;
  readonly classes?: readonly string[];
  readonly labels?: readonly string[];
  readonly scores?: readonly (number | readonly number[])[];
  readonly values?: readonly number[];
}

const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));

async function predictAll(inputs: Case['with'], batchSize: number) {
  const table = await openTable(join(folder, inputs['data-path'] ?? ''));
  try {
    const predictor = await openModel(
      { kind: 'model', path: join(folder, inputs['model-path'] ?? '') },
      {
        columns: table.columns,
        labelColumn: inputs['label-column'] ?? 'label',
        featureColumns: inputs['feature-columns']?.split('\n') ?? null,
        env: {},
        log: silentLog,
      },
    );
    try {
      const parts: PredictedBatch[] = [];
      for await (const batch of table.batches(predictor.featureColumns, batchSize)) {
        parts.push(await predictor.predict(batch));
      }
      return { parts, facts: predictor.facts };
    } finally {
      await predictor.close();
    }
  } finally {
    await table.close();
  }
}

const runnable = cases.filter(
  (entry) => entry.with['model-path'] !== undefined && entry.expected !== undefined,
);

describe('models as real exporters write them', () => {
  it.each(runnable)('$name', async (entry) => {
    const expected: Expected = JSON.parse(readFileSync(join(folder, entry.expected ?? ''), 'utf8'));
    const { parts, facts } = await predictAll(entry.with, 50);
    expect(parts.reduce((total, part) => total + part.rows, 0)).toBe(expected.n);
    const tolerance = entry.tolerance ?? 1e-9;

    if (parts[0]?.labels) expect(parts.flatMap((part) => part.labels ?? [])).toEqual(expected.labels);
    const values = parts.flatMap((part) => Array.from(part.values ?? []));
    const wantedValues =
      expected.values ?? (Array.isArray(expected.scores?.[0]) ? undefined : expected.scores);
    if (wantedValues !== undefined) expectClose(values, wantedValues as readonly number[], tolerance);
    else expect(values).toEqual([]);

    if (Array.isArray(expected.scores?.[0])) {
      const width = parts[0]?.scores?.width ?? 0;
      const names = facts.classes ?? expected.classes ?? [];
      expect(names).toHaveLength(width);
      const scores = parts.flatMap((part) => Array.from(part.scores?.values ?? []));
      const columns = names.map((name) => (expected.classes ?? []).indexOf(name));
      const wanted = (expected.scores as readonly (readonly number[])[]).flatMap((row) =>
        columns.map((column) => (column < 0 ? Number.NaN : (row[column] ?? Number.NaN))),
      );
      expect(scores).toHaveLength(wanted.length);
      // A class that the data do not hold has no column in the expectation.
      const known = scores.map((score, i) => (Number.isNaN(wanted[i]) ? Number.NaN : score));
      expectClose(known, wanted, tolerance);
    }
  });
});

function expectClose(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(wanted.length);
  const worst = Math.max(
    0,
    ...actual.map((value, i) => (Number.isNaN(value) ? 0 : Math.abs(value - (wanted[i] ?? Number.NaN)))),
  );
  // Other CPUs may round float32 differently in its last bits.
  const scale = Math.max(1, ...wanted.filter((value) => !Number.isNaN(value)).map(Math.abs));
  expect(worst).toBeLessThanOrEqual(Math.max(tolerance, 2 ** -20) * scale);
}

const aboutModels = [
  'broken-empty-model',
  'broken-external-data-missing',
  'broken-feature-inf',
  'broken-feature-missing',
  'broken-feature-name',
  'broken-feature-nan',
  'broken-feature-text',
  'broken-git-lfs-pointer',
  'broken-inputs',
  'broken-joblib',
  'broken-mlflow-without-onnx',
  'broken-narrow',
  'broken-no-model',
  'broken-operator-frobnicate',
  'broken-operator-quantumforest',
  'broken-pickle',
  'broken-text',
  'broken-truncated',
];

describe('models and features that cannot be used', () => {
  it.each(cases.filter((entry) => aboutModels.includes(entry.name)))('$name', async (entry) => {
    let thrown: unknown;
    try {
      await predictAll(entry.with, 50);
    } catch (error) {
      thrown = error;
    }
    expect(isUserFacing(thrown)).toBe(true);
    const { message } = thrown as Error;
    // The place in the data file is added by whoever knows the table.
    for (const word of entry.says ?? []) if (!/\.csv(:\d+)?$/.test(word)) expect(message).toContain(word);
    expect(message).not.toMatch(/\n\s+at /);
  });

  it('finds each of these cases in the manifest', () => {
    expect(cases.map((entry) => entry.name)).toEqual(expect.arrayContaining(aboutModels));
  });
});
