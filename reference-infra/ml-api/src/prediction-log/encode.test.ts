import { expect, test } from 'vitest';
import type { Cell, PredictionEntry } from '../types.ts';
import { cellText, flatRows, tableRows } from './encode.ts';
import { makeEntry } from './testing.ts';

const flat = (entry: PredictionEntry): Record<string, unknown>[] =>
  flatRows({ entry, from: 0, to: entry.rows }).map((text) => JSON.parse(text));

test.each<[Cell, string]>([
  [1.5, '1.5'],
  [1e300, '1e+300'],
  [Number.NaN, 'null'],
  [Number.NEGATIVE_INFINITY, 'null'],
  [9007199254740993n, '9007199254740993'],
  [true, 'true'],
  [null, 'null'],
  ['a "quoted"\n\u2028 text', '"a \\"quoted\\"\\n\u2028 text"'],
  ['nul \u0000 and half \ud83d a pair', '"nul \uFFFD and half \uFFFD a pair"'],
  ['no escape: \\u0000', '"no escape: \\\\u0000"'],
  [
    [
      [1, Number.NaN],
      ['a', null],
    ],
    '[[1,null],["a",null]]',
  ],
])('a cell %# is JSON text', (cell, text) => expect(cellText(cell)).toBe(text));

test('a row of the table holds inputs and outputs as objects, whatever their names', () => {
  const entry = makeEntry({
    rows: 2,
    inputs: { 'a "b"': [1, 2], ['__proto__']: ['x', 'y'] },
    outputs: {
      label: [0, 1],
      probabilities: [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
    },
  });
  const ids = ['first', 'second'];
  const rows = tableRows({ entry, from: 1, to: 2 }, () => ids.shift() ?? '');
  expect(rows).toEqual([
    '{"id":"first","row_index":1,"time":"2026-11-29T12:00:00.123Z","request_id":"r-1",' +
      '"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","model":"fraud","version":"3","route":"/predict","latency_ms":1.5,' +
      '"inputs":{"a \\"b\\"":2,"__proto__":"y"},"outputs":{"label":1,"probabilities":[0.2,0.8]}}',
  ]);
});

test('a flat row has the inputs, the prediction, and what is known of the request', () => {
  const entry = makeEntry({
    rows: 2,
    inputs: { age: [40, 41], country: ['DE', null] },
    outputs: {
      probabilities: [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
      label: ['no', 'yes'],
    },
  });
  expect(flat(entry)[1]).toEqual({
    age: 41,
    country: null,
    prediction: 'yes',
    probabilities_0: 0.2,
    probabilities_1: 0.8,
    row_index: 1,
    time: '2026-11-29T12:00:00.123Z',
    request_id: 'r-1',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    model: 'fraud',
    version: '3',
    route: '/predict',
    latency_ms: 1.5,
  });
});

test('one number in an array is a prediction', () => {
  expect(flat(makeEntry({ outputs: { variable: [[2.5]] } }))[0]).toMatchObject({ prediction: 2.5 });
});

test('arrays become columns, those that are too wide stay arrays', () => {
  const wide = Array.from({ length: 101 }, (_, i) => i);
  const row = flat(
    makeEntry({
      inputs: {
        x: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        image: [wide],
      },
      outputs: { logits: [[5, 6]] },
    }),
  )[0];
  expect(row).toMatchObject({ x_0: 1, x_1: 2, x_2: 3, x_3: 4, image: wide, logits_0: 5, logits_1: 6 });
  expect(row).not.toHaveProperty('prediction');
});

test('inputs keep their names; what is called the same gets another', () => {
  const inputs = { time: [1], prediction: [2], _time: [3], x_0: [4], x: [[5, 6]] };
  expect(flat(makeEntry({ inputs, outputs: { label: [7] } }))[0]).toMatchObject({
    time: 1,
    prediction: 2,
    _time: 3,
    __time: '2026-11-29T12:00:00.123Z',
    _prediction: 7,
    x_0: 4,
    _x_0: 5,
    x_1: 6,
  });
});
