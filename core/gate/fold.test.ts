import { expect, test } from 'vitest';
import { fold } from './judge.ts';
import type { Verdict } from './types.ts';

test.each<[Verdict, [Verdict, 'fail' | 'warn'][]]>([
  ['inconclusive', []],
  ['pass', [['pass', 'fail']]],
  ['pass', [['fail', 'warn']]],
  [
    'pass',
    [
      ['pass', 'fail'],
      ['inconclusive', 'warn'],
      ['fail', 'warn'],
    ],
  ],
  [
    'inconclusive',
    [
      ['pass', 'fail'],
      ['inconclusive', 'fail'],
    ],
  ],
  [
    'fail',
    [
      ['inconclusive', 'fail'],
      ['fail', 'fail'],
      ['pass', 'fail'],
    ],
  ],
])('the verdict is %s for %j', (verdict, checks) => {
  expect(fold(checks.map(([each, severity]) => ({ check: { severity }, verdict: each })))).toBe(verdict);
});
