import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commonInputs } from '../../core/inputs/index.ts';
import { Random } from '../../core/stats/index.ts';
import { runDriftCheck } from '../../test/support/run-drift-check.ts';
import { driftInputs } from './inputs.ts';

const parcels = resolve(import.meta.dirname, '../../test/fixtures/drift');
const root = mkdtempSync(join(tmpdir(), 'drift-check-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let runs = 0;
beforeEach(() => {
  runs += 1;
  folder = join(root, String(runs));
  mkdirSync(folder);
});

function put(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A table of `rows` rows, a cell by the name of its column. */
function putTable(
  path: string,
  rows: number,
  columns: Readonly<Record<string, (row: number) => string | number>>,
): void {
  const lines = Array.from({ length: rows }, (_, row) =>
    Object.values(columns)
      .map((cell) => cell(row))
      .join(','),
  );
  put(path, `${Object.keys(columns).join(',')}\n${lines.join('\n')}\n`);
}

const both = { 'reference-path': 'before.csv', 'current-path': 'now.csv' };
const run = (given: Readonly<Record<string, string>> = {}) => runDriftCheck({ ...both, ...given }, folder);

const onParcels = (current: string, given: Readonly<Record<string, string>> = {}) =>
  runDriftCheck({ 'reference-path': 'parcels.csv', 'current-path': current, ...given }, parcels);

const model = {
  'label-column': 'label',
  'prediction-column': 'prediction',
  'score-column': 'score',
  'positive-class': 'late',
};

test('action.yml and the inputs that are read are the same', () => {
  const action = parse(readFileSync(resolve(import.meta.dirname, '../action.yml'), 'utf8')) as {
    inputs: object;
  };
  expect(Object.keys(action.inputs).sort()).toEqual([...commonInputs, ...driftInputs].sort());
});

describe('parcels', () => {
  test('as they usually are: a pass', async () => {
    const { verdict, details } = await onParcels('parcels-today.csv', model);
    expect(verdict).toBe('pass');
    expect(details.drifted).toEqual([]);
    expect(details.share_drifted).toBe(0);
    const unjudged = details.columns.filter(({ method }) => method === null);
    expect(unjudged.map(({ column, unjudged: why }) => [column, why])).toEqual([
      ['parcel_id', 'its numbers count up without a repeat, as a row number does'],
      ['created_at', 'time goes on by itself'],
    ]);
  });

  test('that go farther, some unweighed, with a new carrier: each is said in words', async () => {
    const { verdict, details, judged } = await onParcels('parcels-drifted.csv', model);
    expect(verdict).toBe('fail');
    const sentences = new Map(details.columns.map(({ column, sentence }) => [column, sentence]));
    expect(sentences.get('distance_km')).toMatch(/^The median went up by \d+, from \d+ to \d+/);
    expect(sentences.get('weight_kg')).toBe('9.63% are now missing, 0.6% were.');
    expect(sentences.get('carrier')).toBe('New: “Northline”, 13.9% of the values.');
    expect(sentences.get('fragile')).toMatch(/^No change beyond chance/);
    const accuracy = judged.find(({ check }) => check.metric === 'accuracy');
    expect(accuracy).toMatchObject({ verdict: 'fail', reason: 'it went from 0.893 to 0.7838' });
  });

  test('thresholds of the user stand in the place of the usual ones', async () => {
    const { judged } = await onParcels('parcels-drifted.csv', {
      thresholds: [
        'drift(distance_km) < 0.9',
        'missing(weight_kg) <= baseline + 20%',
        'warn: new_categories(carrier) <= 1%',
        'warn: drift(carrier) < 0.05',
      ].join('\n'),
      columns: 'distance_km, weight_kg, carrier',
    });
    const verdicts = Object.fromEntries(judged.map(({ check, verdict }) => [check.id, verdict]));
    expect(verdicts).toEqual({
      'drift(distance_km) < 0.9': 'pass',
      'missing(weight_kg) <= baseline + 20%': 'pass',
      'warn: new_categories(carrier) <= 1%': 'fail',
      'warn: drift(carrier) < 0.05': 'fail',
      'drift(weight_kg) < 0.1': 'pass',
    });
  });

  test('a share of drifted columns decides alone', async () => {
    const lenient = await onParcels('parcels-drifted.csv', { thresholds: 'share_drifted < 90%' });
    expect([lenient.verdict, lenient.judged.length]).toEqual(['pass', 1]);
    expect((await onParcels('parcels-drifted.csv', { thresholds: 'share_drifted < 10%' })).verdict).toBe(
      'fail',
    );
  });

  test.each([
    'ks',
    'wasserstein',
    'energy',
    'anderson_darling',
    'psi',
    'jensen_shannon',
    'hellinger',
    'total_variation',
    'chi_square',
    'cramers_v',
  ])('method %s finds the change and nothing else', async (method) => {
    const given = { columns: 'distance_km, items', method: `distance_km=${method}\nitems=${method}` };
    const { details } = await onParcels('parcels-drifted.csv', given);
    expect(details.drifted).toEqual(['distance_km']);
    expect(details.columns.map((column) => column.method)).toEqual([method, method]);
  });

  test('a column of numbers that became text, and one that is gone', async () => {
    putTable('before.csv', 300, { a: (row) => row % 17, b: (row) => row % 13, c: (row) => row % 7 });
    putTable('now.csv', 300, {
      a: (row) => (row === 7 ? 'n/a' : row % 17),
      c: (row) => row % 7,
      d: (row) => row,
    });
    const { details, verdict, notices } = await run();
    expect(verdict).toBe('fail');
    expect(details.columns.map(({ column, signals, sentence }) => [column, signals, sentence])).toEqual([
      ['a', ['type'], 'Numbers became text: 1 of 300 values are no numbers, such as "n/a".'],
      ['b', ['vanished_column'], 'The current data do not have this column.'],
      ['c', [], expect.stringMatching(/^No change beyond chance/)],
    ]);
    expect(notices).toContain('only in the current data, so not compared: column "d"');
  });
});

describe('what cannot be known', () => {
  test('ten rows: inconclusive, with how many it takes', async () => {
    putTable('before.csv', 1000, { a: (row) => row % 17 });
    putTable('now.csv', 10, { a: (row) => row % 17 });
    const { verdict, judged } = await run();
    expect(verdict).toBe('inconclusive');
    expect(judged[0]?.reason).toBe(
      '10 rows in the current data are too few to judge; it takes 200 (min-rows)',
    );
  });

  test('few values of a column that is mostly missing: only that column', async () => {
    const sparse = (row: number) => (row % 20 === 0 ? row % 17 : '');
    for (const file of ['before.csv', 'now.csv']) putTable(file, 1000, { a: (row) => row % 17, sparse });
    const { verdict, details } = await run();
    expect(verdict).toBe('inconclusive');
    expect(details.columns.find(({ column }) => column === 'sparse')?.inconclusive).toMatch(
      /^50 values present/,
    );
    expect((await run({ 'min-rows': '40' })).verdict).toBe('pass');
  });

  test('all rows missing now: drift by missing values; on both sides: nothing to say', async () => {
    putTable('before.csv', 300, { a: (row) => row % 17, none: () => '' });
    putTable('now.csv', 300, { a: () => '', none: () => '' });
    const { details } = await run();
    expect(details.columns.map(({ column, signals, sentence }) => [column, signals, sentence])).toEqual([
      ['a', ['missing'], '100% are now missing, 0% were.'],
      ['none', [], 'No values on either side.'],
    ]);
  });

  test('the same data: no drift, whatever the method', async () => {
    const random = new Random(1);
    const cells = Array.from({ length: 500 }, () => random.normal().toFixed(3));
    putTable('before.csv', 500, { a: (row) => cells[row] as string });
    putTable('now.csv', 500, { a: (row) => cells[row] as string });
    for (const method of ['ks', 'wasserstein', 'psi', 'anderson_darling', 'energy']) {
      expect((await run({ method })).details.columns).toMatchObject([{ drifted: false, score: 0 }]);
    }
  });
});

describe('one clear error', () => {
  beforeEach(() => {
    putTable('before.csv', 300, { age: (row) => row % 17, country: (row) => `c${row % 3}` });
    putTable('now.csv', 300, { age: (row) => row % 17, country: (row) => `c${row % 3}` });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['a column that neither side has', { columns: 'agee' }, /columns: neither .* have a column "agee".*age/s],
    ['a threshold on such a column', { thresholds: 'drift(contry) < 0.1' }, /"contry".*country/s],
    [
      'a method that categories cannot have',
      { method: 'country=ks' },
      /ks needs numbers, and "country" holds categories/,
    ],
    ['an unknown method', { method: 'kolmogorov' }, /"kolmogorov" is no method/],
    ['a drift bound that is none', { thresholds: 'drift(age) > 0.1' }, /drift takes an upper bound/],
    ['a level for drift', { thresholds: 'drift(age) < 0.1 at 95%' }, /`alpha` says how sure/],
    ['all columns excluded', { 'exclude-columns': 'age, country' }, /no column is left that both sides have/],
    ['no current data', { 'current-path': '' }, /current-path: the data to check are required/],
    ['an alpha of 0', { alpha: '0' }, /alpha/],
    [
      'a metric that needs labels',
      { thresholds: 'accuracy >= 0.8' },
      /needs label and prediction of both sides/,
    ],
    ['a path outside', { 'reference-path': '../secret.csv' }, /\.\.\/secret\.csv/],
    ['a profile without a path', { mode: 'profile' }, /no path is given for it/],
  ])('%s', async (_, given, message) => {
    await expect(run(given)).rejects.toThrow(message);
  });

  test('no common column: what each side has', async () => {
    put('now.csv', 'b,c\n1,2\n');
    await expect(run()).rejects.toThrow(
      /no column in common: the reference has "age", "country", the current data have "b", "c"/,
    );
  });
});

test('formats may differ between the sides, and a side may be several files', async () => {
  const rows = Array.from({ length: 300 }, (_, row) => ({ a: row % 17, b: row % 2 === 0, c: `k${row % 4}` }));
  putTable('before/1.csv', 300, {
    a: (row) => row % 17,
    b: (row) => String(row % 2 === 0),
    c: (row) => `k${row % 4}`,
  });
  putTable('before/2.csv', 300, { a: (row) => row % 17, b: () => '', c: () => '' });
  put('now.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const { details } = await run({ 'reference-path': 'before', 'current-path': 'now.jsonl' });
  expect(details.reference.rows).toBe(600);
  const byName = new Map(details.columns.map((column) => [column.column, column]));
  expect(byName.get('a')).toMatchObject({ kind: 'numeric', drifted: false });
  expect(byName.get('b')).toMatchObject({
    signals: ['missing'],
    sentence: 'Only 0% are missing now, 50% were.',
  });
  expect(byName.get('c')).toMatchObject({ signals: ['missing'] });
});
