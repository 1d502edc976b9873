import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrastFactor, judge } from './judge.ts';
import { testCatalogue } from './testing.ts';
import { parseThresholds } from './thresholds.ts';
import type { Check, Estimate, Interval, Measurement, Unit, Verdict } from './types.ts';

function check(line: string): Check {
  const { checks, problems } = parseThresholds(line, testCatalogue, { input: 'thresholds' });
  expect(problems).toEqual([]);
  return checks[0] as Check;
}

const interval = (low: number, high: number, level = 0.95, method = 'bootstrap-bca'): Interval => ({
  level,
  low,
  high,
  method,
});
const estimate = (value: number, of: Interval | null = null, n = 500): Estimate => ({
  defined: true,
  value,
  interval: of,
  n,
});
const undefinedFor = (reason: string, n = 500): Estimate => ({ defined: false, reason, n });

function measured(line: string, parts: Partial<Measurement> & { estimate: Estimate }): Measurement {
  const { metric, selector } = check(line);
  return { metric, selector, baseline: null, contrast: null, ...parts };
}

function verdictOf(
  line: string,
  parts: Partial<Measurement> & { estimate: Estimate },
  unit: Unit = 'ratio',
): [Verdict, string] {
  const { verdict, reason } = judge(check(line), measured(line, parts), { confidence: 0.95, unit });
  return [verdict, reason];
}

describe('a bound that is a number, without `at`', () => {
  test.each<[string, number, Verdict, string]>([
    ['accuracy >= 0.85', 0.91, 'pass', '0.91 is at least 0.85'],
    ['accuracy >= 0.85', 0.85, 'pass', '0.85 is at least 0.85'],
    ['accuracy >= 0.85', 0.8499, 'fail', '0.8499 is below 0.85'],
    ['accuracy >= 0.85', 0.849999, 'fail', '0.849999 is below 0.85'],
    ['accuracy > 0.85', 0.85, 'fail', '0.85 is not above 0.85'],
    ['accuracy > 0.85', 0.8500001, 'pass', '0.8500001 is above 0.85'],
    ['accuracy <= 0.85', 0.86, 'fail', '0.86 is above 0.85'],
    ['accuracy < 0.85', 0.85, 'fail', '0.85 is not below 0.85'],
    ['accuracy < 0.85', 0.1, 'pass', '0.1 is below 0.85'],
    ['accuracy == 0.85', 0.85, 'pass', '0.85 equals 0.85'],
    ['accuracy == 0.85', 0.8500001, 'fail', '0.8500001 differs from 0.85'],
    ['accuracy != 0.85', 0.85, 'fail', '0.85 equals 0.85'],
    ['mean(a) between 20 and 60', 20, 'pass', '20 is between 20 and 60'],
    ['mean(a) between 20 and 60', 60, 'pass', '60 is between 20 and 60'],
    ['mean(a) between 20 and 60', 60.001, 'fail', '60.001 is not between 20 and 60'],
    // 0.1 + 0.2 is above 0.3: values are compared as they are.
    ['rmse <= 0.3', 0.1 + 0.2, 'fail', '0.30000000000000004 is above 0.3'],
  ])('%s with %f: %s', (line, value, verdict, reason) => {
    expect(verdictOf(line, { estimate: estimate(value) })).toEqual([verdict, reason]);
  });

  test('a time is shown in the unit that suits both numbers', () => {
    expect(verdictOf('p95 < 1s', { estimate: estimate(999.99) }, 'milliseconds')).toEqual([
      'pass',
      '0.99999 s is below 1 s',
    ]);
    expect(verdictOf('p95 < 200ms', { estimate: estimate(182.44) }, 'milliseconds')[1]).toBe(
      '182.4 ms is below 200 ms',
    );
  });
});

describe('what cannot be judged never passes', () => {
  test.each<[string, Partial<Measurement> & { estimate: Estimate }, RegExp]>([
    ['accuracy >= 0', { estimate: undefinedFor('one class only') }, /^one class only$/],
    ['accuracy >= 0', { estimate: undefinedFor('') }, /accuracy is undefined/],
    ['accuracy >= 0', { estimate: estimate(Number.NaN) }, /NaN, which is not a finite number/],
    ['accuracy >= 0', { estimate: estimate(Number.POSITIVE_INFINITY) }, /Infinity/],
    ['accuracy >= 0', { estimate: estimate(0.9, null, 0) }, /no rows/],
    ['accuracy >= 0', { estimate: estimate(0.9, null, Number.NaN) }, /no rows/],
    ['accuracy >= 0', { estimate: estimate(0.9), inconclusive: 'only 12 rows' }, /^only 12 rows$/],
    [
      'accuracy >= 0.5 at 95%',
      { estimate: estimate(0.9), notes: ['needs 59'] },
      /no 95% interval of accuracy from 500 rows.*`at 95%` needs one: needs 59/,
    ],
    ['accuracy >= 0.5 at 95%', { estimate: estimate(0.9, interval(Number.NaN, 1)) }, /not usable/],
    ['accuracy >= 0.5 at 95%', { estimate: estimate(0.9, interval(0.95, 0.9)) }, /not usable/],
    [
      'accuracy >= 0.5 at 99%',
      { estimate: estimate(0.9, interval(0.8, 1)) },
      /has level 95%, and 99% is needed/,
    ],
    ['accuracy >= baseline', { estimate: estimate(0.9) }, /no baseline/],
    ['accuracy >= baseline', { estimate: estimate(0.9), baseline: undefinedFor('no scores') }, /no scores/],
    [
      'accuracy >= baseline',
      { estimate: estimate(0.9), baseline: estimate(0.8) },
      /difference to the baseline was not measured/,
    ],
    [
      'accuracy >= baseline',
      { estimate: estimate(0.9), baseline: estimate(0.8), contrast: undefinedFor('no shared rows') },
      /no shared rows/,
    ],
    [
      'accuracy >= baseline',
      { estimate: estimate(0.9), baseline: estimate(0.8), contrast: estimate(0.1, interval(0, 0.2, 0.9)) },
      /level 90%/,
    ],
    [
      'accuracy >= baseline at 90%',
      { estimate: estimate(0.9), baseline: estimate(0.8), contrast: estimate(0.1) },
      /no 90% interval of the difference/,
    ],
    ['unique(a)', { estimate: estimate(Number.NaN) }, /NaN/],
    ['unique(a)', { estimate: estimate(1, null, 0) }, /no rows/],
  ])('%s', (line, parts, reason) => {
    const [verdict, text] = verdictOf(line, parts);
    expect(verdict).toBe('inconclusive');
    expect(text).toMatch(reason);
  });

  test('whatever the check, NaN, an undefined value and an empty sample are inconclusive', () => {
    const lines = fc.constantFrom(
      'accuracy >= 0',
      'accuracy <= 1',
      'accuracy != 0.5',
      'mean(a) between -5 and 5',
      'accuracy >= 0 at 95%',
      'unique(a)',
      'accuracy <= baseline + 1',
    );
    const broken = fc.constantFrom(
      estimate(Number.NaN),
      estimate(-Infinity),
      undefinedFor('why'),
      estimate(1, interval(0, 1), 0),
    );
    const sound = estimate(1, interval(1, 1));
    fc.assert(
      fc.property(lines, broken, fc.boolean(), (line, wrong, inContrast) => {
        const againstBaseline = line.includes('baseline') && inContrast;
        const parts = {
          estimate: againstBaseline ? sound : wrong,
          baseline: sound,
          contrast: againstBaseline ? wrong : sound,
        };
        expect(verdictOf(line, parts)[0]).toBe('inconclusive');
      }),
    );
  });
});

describe('`at`: the whole interval decides', () => {
  test.each<[string, number, Interval, Verdict, string]>([
    [
      'accuracy >= 0.85 at 95%',
      0.9,
      interval(0.85, 0.93),
      'pass',
      '95% interval [0.85, 0.93] lies at or above 0.85',
    ],
    [
      'accuracy > 0.85 at 95%',
      0.9,
      interval(0.86, 0.93),
      'pass',
      '95% interval [0.86, 0.93] lies above 0.85',
    ],
    [
      'accuracy >= 0.85 at 95%',
      0.8,
      interval(0.78, 0.8499),
      'fail',
      '95% interval [0.78, 0.8499] lies below 0.85',
    ],
    [
      'accuracy > 0.85 at 95%',
      0.8,
      interval(0.78, 0.85),
      'fail',
      '95% interval [0.78, 0.85] lies at or below 0.85',
    ],
    [
      'mean(a) between 1 and 2 at 95%',
      1.5,
      interval(1, 2),
      'pass',
      '95% interval [1, 2] lies between 1 and 2',
    ],
    [
      'mean(a) between 1 and 2 at 95%',
      3,
      interval(2.5, 4),
      'fail',
      '95% interval [2.5, 4] lies outside 1 to 2',
    ],
    // half width towards the bound 0.01, distance 0.005: four times the samples
    [
      'rmse <= 0.855 at 95%',
      0.85,
      interval(0.83, 0.86),
      'inconclusive',
      '95% interval [0.83, 0.86] straddles 0.855; about 2,000 rows in total (1,500 more) would settle it',
    ],
    [
      'rmse >= 0.85 at 95%',
      0.85,
      interval(0.83, 0.88),
      'inconclusive',
      '95% interval [0.83, 0.88] straddles 0.85, which the value equals: no number of rows would settle it',
    ],
    // both ends are open: 500 * (1 / 0.5)^2 for the low one, 500 * (1 / 0.25)^2 for the high one
    [
      'mean(a) between 1 and 2 at 95%',
      1.5,
      interval(0.5, 2.5),
      'inconclusive',
      '95% interval [0.5, 2.5] straddles 1 and 2; about 2,000 rows in total (1,500 more) would settle it',
    ],
    [
      'mean(a) between 1 and 2 at 95%',
      1.75,
      interval(0.75, 2.75),
      'inconclusive',
      '95% interval [0.75, 2.75] straddles 1 and 2; about 8,000 rows in total (7,500 more) would settle it',
    ],
    // the value violates one end: only that one has to be cleared
    [
      'mean(a) between 1 and 2 at 95%',
      2.5,
      interval(1.5, 3.5),
      'inconclusive',
      '95% interval [1.5, 3.5] straddles 2; about 2,000 rows in total (1,500 more) would settle it',
    ],
    // 1.959964^2 * 0.85 * 0.15 / 0.02^2 = 1224.5
    [
      'accuracy >= 0.85 at 95%',
      0.87,
      interval(0.8377, 0.8966, 0.95, 'wilson'),
      'inconclusive',
      '95% interval [0.8377, 0.8966] straddles 0.85; about 1,225 rows in total (725 more) would settle it',
    ],
  ])('%s, %f', (line, value, of, verdict, reason) => {
    expect(verdictOf(line, { estimate: estimate(value, of) })).toEqual([verdict, reason]);
  });

  test('the number of samples for Wilson is where the interval ends at the bound', () => {
    const wilson = (p: number, n: number, z: number): [number, number] => {
      const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
      const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
      return [centre - half, centre + half];
    };
    const z = 1.959963984540054;
    const line = 'accuracy >= 0.85 at 95%';
    const [low, high] = wilson(0.87, 500, z);
    const [, reason] = verdictOf(line, { estimate: estimate(0.87, interval(low, high, 0.95, 'wilson')) });
    const total = Number(/about ([\d,]+) rows/.exec(reason)?.[1]?.replace(',', ''));
    expect(wilson(0.87, total, z)[0]).toBeGreaterThanOrEqual(0.85);
    expect(wilson(0.87, total - 1, z)[0]).toBeLessThan(0.85);
  });

  test('a pass of the interval is a pass of the value, a fail a fail', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const condition = fc.constantFrom('>= 0.5', '> 0.5', '<= 0.5', '< 0.5', 'between -1 and 1');
    fc.assert(
      fc.property(condition, number, number, number, (text, value, a, b) => {
        const parts = { estimate: estimate(value, interval(Math.min(a, b), Math.max(a, b))) };
        const [whole] = verdictOf(`mean(x) ${text} at 95%`, parts);
        const [point] = verdictOf(`mean(x) ${text}`, parts);
        if (whole !== 'inconclusive') expect(point).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('against the baseline', () => {
  const pair = (value: number, base: number, contrast: Estimate) => ({
    estimate: estimate(value),
    baseline: estimate(base),
    contrast,
  });

  test.each<[string, ReturnType<typeof pair>, Verdict, RegExp]>([
    [
      'accuracy >= baseline - 0.02',
      pair(0.92, 0.93, estimate(-0.01, interval(-0.018, -0.002))),
      'pass',
      /^0.92 against the baseline's 0.93: 95% interval \[-0.018, -0.002\] of the difference lies at or above -0.02$/,
    ],
    [
      'accuracy >= baseline - 0.02',
      pair(0.92, 0.93, estimate(-0.01, interval(-0.03, 0.01))),
      'inconclusive',
      /straddles -0.02; about 2,000 rows/,
    ],
    [
      'accuracy >= baseline - 0.02',
      pair(0.8, 0.93, estimate(-0.13, interval(-0.2, -0.06))),
      'fail',
      /lies below -0.02$/,
    ],
    [
      'accuracy >= baseline',
      pair(0.9, 0.9, estimate(0, interval(-0.01, 0.01))),
      'inconclusive',
      /straddles 0, which the value equals: no number of rows/,
    ],
    [
      'p99 <= baseline * 1.1',
      pair(105, 100, estimate(-5, interval(-8, -2))),
      'pass',
      /against 1.1 times the baseline's/,
    ],
    ['model_size <= baseline * 1.1', pair(120, 100, estimate(10)), 'fail', /the difference 10 is above 0/],
    ['model_size <= baseline + 20B', pair(120, 100, estimate(20)), 'pass', /the difference 20 is at most 20/],
    ['row_count == baseline', pair(7, 7, estimate(0, interval(-1, 1))), 'pass', /the difference 0 equals 0/],
    // 0.83 - 0.84 and 0.92 - 0.93 in doubles are below -0.01 by rounding alone
    [
      'roc_auc >= baseline - 0.01',
      pair(0.83, 0.84, estimate(0.83 - 0.84)),
      'pass',
      /the difference -0.01 is at least -0.01/,
    ],
    [
      'roc_auc >= baseline - 0.01',
      pair(0.92, 0.93, estimate(0.92 - 0.93, interval(-0.010000000000000009, 0.01))),
      'pass',
      /lies at or above/,
    ],
    ['roc_auc > baseline - 0.01', pair(0.83, 0.84, estimate(0.83 - 0.84)), 'fail', /is not above/],
    ['roc_auc >= baseline - 0.01', pair(0.83, 0.84, estimate(-0.01 - 1e-13)), 'fail', /is below/],
    ['mean(a) between 1 and baseline + 1', pair(0.5, 0, estimate(0.5)), 'fail', /0.5 is below 1/],
    [
      'mean(a) between 0 and baseline + 1',
      pair(0.5, 0, estimate(0.5)),
      'pass',
      /0.5 is at least 0; .*difference 0.5 is at most 1/,
    ],
  ])('%s', (line, parts, verdict, reason) => {
    const found = verdictOf(line, parts, 'number');
    expect(found[0]).toBe(verdict);
    expect(found[1]).toMatch(reason);
  });

  test('a recorded baseline without a sample size is compared; a difference without samples is not', () => {
    const recorded = { estimate: estimate(0.9), baseline: estimate(0.8, null, 0) };
    expect(verdictOf('accuracy > baseline', { ...recorded, contrast: estimate(0.1) })[0]).toBe('pass');
    expect(verdictOf('accuracy > baseline', { ...recorded, contrast: estimate(0.1, null, 0) })[0]).toBe(
      'inconclusive',
    );
  });

  test('the factor of the difference', () => {
    expect(contrastFactor(check('p99 <= baseline * 1.1').condition)).toBe(1.1);
    expect(contrastFactor(check('p99 <= baseline + 1ms').condition)).toBe(1);
    expect(contrastFactor(check('p99 <= 5ms').condition)).toBeNull();
    expect(contrastFactor(check('unique(a)').condition)).toBeNull();
  });
});

test('a metric that stands alone holds when its value is 1', () => {
  expect(verdictOf('unique(a, b)', { estimate: estimate(1) })).toEqual(['pass', 'unique(a, b) holds']);
  expect(verdictOf('unique(a, b)', { estimate: estimate(0.999) })).toEqual([
    'fail',
    'unique(a, b) does not hold',
  ]);
});
