import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { lineOf, tableOf } from './telling.ts';

test('a step is a line with its time', () => {
  expect(lineOf({ part: 'training', said: 'version 1', seconds: 3.14 })).toBe(
    '  3.1 s  training      version 1',
  );
});

test('the table has a line for each model that was judged', () => {
  const row = { version: '1', trainedOn: 2229, accuracy: 0.9531, champion: null, verdict: 'passed' };
  const other = { version: '2', trainedOn: 12, accuracy: 0.5, champion: 0.9531, verdict: 'refused' };
  expect(
    tableOf([
      { ...row, alias: 'champion' },
      { ...other, alias: 'candidate' },
    ]),
  ).toBe(
    [
      'version  trained on  accuracy  champion  gate     alias',
      '1        2,229 rows  95.3%               passed   champion',
      '2        12 rows     50.0%     95.3%     refused  candidate',
    ].join('\n'),
  );
});

test.each([
  [[], { ok: true, options: { out: '/repo/gate-results/loop' } }],
  [['--out', '/tmp/x'], { ok: true, options: { out: '/tmp/x' } }],
  [['--outt', 'x'], { ok: false, message: '--outt is not a flag, did you mean --out?\nallowed: --out' }],
])('%j', (args, reading) => {
  expect(readOptions(args, '/repo')).toEqual(reading);
});
