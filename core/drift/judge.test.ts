import { expect, test } from 'vitest';
import { compareNumbers } from './compare-numbers.ts';
import type { Comparison } from './comparison.ts';
import { judgeColumns } from './judge.ts';

const numbers = (from: number) => Float64Array.from({ length: 1000 }, (_, index) => from + index / 1000);
const side = (from: number) =>
  ({ kind: 'numbers', values: numbers(from), missing: 0, whole: false, error: null }) as const;
const compared = compareNumbers(side(0), side(0.2), null, false);

const judged = (open: Comparison['open'], effect: number) => {
  const [column] = judgeColumns(
    [
      {
        column: 'c',
        role: 'feature',
        comparison: { ...compared, effect, open },
        change: null,
        rows: { reference: 1000, current: 1000 },
        missing: { reference: 0, current: 0, p: null },
      },
    ],
    { alpha: 0.05, minRows: 200, limits: new Map() },
  ).columns;
  return column?.drifted ? 'drift' : column?.inconclusive === null ? 'pass' : 'inconclusive';
};

// The bound on the effect is 0.1.
test.each<[string, Comparison['open'], number, string]>([
  ['data over the bound', null, 0.11, 'drift'],
  ['data under it', null, 0.09, 'pass'],
  ['a profile that leaves it over the bound', { effect: [0.1, 0.12], p: [1e-9, 1e-6] }, 0.11, 'drift'],
  [
    'a profile that leaves it on both sides, most likely over',
    { effect: [0.09, 0.12], p: [1e-9, 1e-6] },
    0.11,
    'inconclusive',
  ],
  [
    'a profile that leaves it on both sides, most likely under',
    { effect: [0.08, 0.1], p: [1e-9, 1e-6] },
    0.09,
    'inconclusive',
  ],
  [
    'a profile that leaves the significance open',
    { effect: [0.1, 0.12], p: [1e-9, 0.2] },
    0.11,
    'inconclusive',
  ],
  ['a profile that leaves it under the bound', { effect: [0, 0.099], p: [1e-9, 1e-6] }, 0.09, 'pass'],
])('%s', (_, open, effect, verdict) => {
  expect(judged(open, effect)).toBe(verdict);
});
