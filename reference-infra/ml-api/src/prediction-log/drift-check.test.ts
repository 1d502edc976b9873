/** The drift check of this suite reads the files of the prediction log as they are. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDriftCheck } from '../../../../test/support/run-drift-check.ts';
import { listeningLogger } from '../testing.ts';
import type { PredictionEntry } from '../types.ts';
import { openPredictionLog } from './index.ts';
import { makeEntry } from './testing.ts';

const rows = 1_000;
const countries = ['DE', 'FR', 'PL', 'DE'];

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'prediction-log-'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

/** Row i of the training data: spread evenly, so that two halves of them are alike. */
function rowAt(i: number) {
  const score = ((i * 0.754877666) % 1) * 0.98 + 0.01;
  const prediction = score > 0.5 ? 'yes' : 'no';
  return { age: 20 + 40 * ((i * 0.618033989) % 1), country: countries[i % 4] ?? '', score, prediction };
}

function writeReference(): void {
  const lines = ['age,country,prediction,probabilities_1'];
  for (let i = 0; i < rows; i++) {
    const { age, country, prediction, score } = rowAt(i);
    lines.push(`${age},${country},${prediction},${score}`);
  }
  writeFileSync(join(workspace, 'train.csv'), `${lines.join('\n')}\n`);
}

/** Requests of one and of three rows. */
async function logPredictions(older: number): Promise<void> {
  const config = { databaseUrl: null, folder: join(workspace, 'predictions'), totalBytes: 1e9, sample: 1 };
  const log = await openPredictionLog(config, listeningLogger());
  for (let from = rows; from < 2 * rows; ) {
    const batch = Array.from({ length: 1 + (from % 2) * 2 }, (_, i) => rowAt(from + i));
    log.record(entryOf(batch, older));
    from += batch.length;
  }
  await log.close();
}

function entryOf(batch: readonly ReturnType<typeof rowAt>[], older: number): PredictionEntry {
  return makeEntry({
    rows: batch.length,
    inputs: {
      age: batch.map(({ age }, i) => (i === 2 ? Number.NaN : age + older)),
      country: batch.map(({ country }) => country),
    },
    outputs: {
      label: batch.map(({ prediction }) => prediction),
      probabilities: batch.map(({ score }) => [1 - score, score]),
    },
  });
}

const inputs = {
  'reference-path': 'train.csv',
  'current-path': 'predictions/*.jsonl',
  'prediction-column': 'prediction',
  'score-column': 'probabilities_1',
  thresholds: 'missing(age) <= 50%',
};

test('predictions on rows like those of the training pass', async () => {
  writeReference();
  await logPredictions(0);
  const { verdict, details } = await runDriftCheck(inputs, workspace);
  expect(verdict).toBe('pass');
  const judged = details.columns.map(({ column, kind, drifted }) => ({ column, kind, drifted }));
  expect(judged).toEqual(
    expect.arrayContaining([
      { column: 'age', kind: 'numeric', drifted: false },
      { column: 'country', kind: 'categorical', drifted: false },
      { column: 'prediction', kind: 'categorical', drifted: false },
      { column: 'probabilities_1', kind: 'numeric', drifted: false },
    ]),
  );
  expect(details.columns.find(({ column }) => column === 'age')?.missing.current).toBeGreaterThan(0.1);
});

test('an input that moved is found', async () => {
  writeReference();
  await logPredictions(6);
  const { verdict, details } = await runDriftCheck(inputs, workspace);
  expect(verdict).toBe('fail');
  expect(details.columns.filter(({ drifted }) => drifted).map(({ column }) => column)).toEqual(['age']);
});
