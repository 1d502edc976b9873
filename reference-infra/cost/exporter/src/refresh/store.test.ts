import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Known, nothingKnown } from './questions.ts';
import { openStore } from './store.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'costs-'));
  onTestFinished(() => {
    chmodSync(path, 0o700);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

const known: Known = {
  services: {
    value: {
      askedAt: 1,
      start: '2026-09-20',
      charges: [
        { day: '2026-11-18', key: 'Amazon EC2', recordType: 'Usage', amount: 1.5, currency: 'USD' },
        { day: '2026-11-18', key: null, recordType: 'Credit', amount: -1, currency: 'USD' },
      ],
      estimated: ['2026-11-18'],
    },
    failures: 0,
    notBefore: 5,
  },
  models: { value: null, failures: 2, notBefore: 7 },
  forecast: {
    value: { askedAt: 3, currency: 'USD', days: [{ day: '2026-11-29', mean: 2, lower: 1, upper: 3 }] },
    failures: 0,
    notBefore: 9,
  },
};
const used = { day: '2026-11-20', requests: 7 };

test('what was saved is found again, in a folder that is made, and readable by its owner only', async () => {
  const path = join(folder(), 'below/costs.json');
  const warnings: string[] = [];
  const store = await openStore(path, 'a', '2026-11-20', (message) => warnings.push(message));
  expect(store.found).toEqual({ known: nothingKnown, used: { day: '2026-11-20', requests: 0 } });
  await store.save({ known, used });
  expect((await openStore(path, 'a', '2026-11-21', (message) => warnings.push(message))).found).toEqual({
    known,
    used,
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(path, '..'))).toEqual(['costs.json']);
  expect(warnings).toEqual([]);
});

test('answers to other settings are not taken; the requests of the day count all the same', async () => {
  const path = join(folder(), 'costs.json');
  const store = await openStore(path, 'UnblendedCost', '2026-11-20', () => {});
  await store.save({ known, used });
  const { found } = await openStore(path, 'AmortizedCost', '2026-11-20', () => {});
  expect(found).toEqual({ known: nothingKnown, used });
});

test.each([
  ['is not JSON', '{"version":1,', /JSON/],
  ['is of another version', '{"version":2}', /the version is 2, not 1/],
  [
    'lacks a number',
    '{"version":1,"settings":"a","used":{"day":"2026-11-20"},"known":{}}',
    /requests is not a number/,
  ],
])('a file that %s is put aside, and said so', async (_, text, reason) => {
  const path = join(folder(), 'costs.json');
  writeFileSync(path, text);
  const warnings: string[] = [];
  const { found } = await openStore(path, 'a', '2026-11-20', (message) => warnings.push(message));
  expect(found.known).toEqual(nothingKnown);
  expect(warnings).toEqual([expect.stringMatching(reason)]);
  expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
});

test('a path that cannot be written is an error at once', async () => {
  const path = folder();
  mkdirSync(join(path, 'costs.json'));
  await expect(openStore(join(path, 'costs.json'), 'a', '2026-11-20', () => {})).rejects.toThrow(
    /costs\.json cannot be used: EISDIR/,
  );
});
