import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDataGate } from '../../../test/support/run-data-gate.ts';

const parcels = resolve(import.meta.dirname, '../../../test/fixtures/drift');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'judge-reference-'));
  cpSync(parcels, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (current: string, given: Readonly<Record<string, string>> = {}) =>
  runDataGate(
    { 'data-path': current, 'reference-path': 'parcels.csv', 'result-path': 'x.json', ...given },
    folder,
  );

test('data that have not drifted pass, each column with its check', async () => {
  const { verdict, judged, details, configuration } = await run('parcels-today.csv');
  expect(verdict).toBe('pass');
  expect(judged.map(({ check }) => check.id)).toContain('drift(distance_km) < 0.1');
  expect(details.drift?.every(({ drifted }) => !drifted)).toBe(true);
  expect(configuration.map(({ name }) => name)).toEqual(['parcels.csv']);
});

test('data that have drifted fail, with what changed in words', async () => {
  const { verdict, judged } = await run('parcels-drifted.csv', { rules: 'row_count >= 1' });
  expect(verdict).toBe('fail');
  const failed = judged.filter((each) => each.verdict === 'fail').map(({ check }) => check.id);
  expect(failed).toContain('new_categories(carrier) <= 1%');
  expect(judged.find(({ check }) => check.id === 'drift(distance_km) < 0.1')?.reason).toMatch(
    /^The median went up/,
  );
});

test('no column in common with the reference: an error with what each has', async () => {
  writeFileSync(join(folder, 'other.csv'), 'a,b\n1,2\n');
  await expect(run('parcels.csv', { 'reference-path': 'other.csv' })).rejects.toThrow(
    /no column in common: the reference has "a", "b", the current data have "parcel_id"/,
  );
});
