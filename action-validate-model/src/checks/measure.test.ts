import { expect, test } from 'vitest';
import type { Estimate } from '../../../core/gate/types.ts';
import { independentContrast } from './measure.ts';

const estimate = (value: number, low: number, high: number, level = 0.95): Estimate => ({
  defined: true,
  value,
  interval: { level, low, high, method: 'wilson' },
  n: 100,
});

test('two independent estimates: the distances of the facing ends add in quadrature', () => {
  // By hand: below sqrt(0.03^2 + 0.04^2) = 0.05, above sqrt(0.06^2 + 0.08^2) = 0.1.
  const contrast = independentContrast(estimate(0.9, 0.87, 0.96), estimate(0.8, 0.72, 0.84), 1);
  expect(contrast.defined && contrast.value).toBeCloseTo(0.1, 12);
  expect(contrast.defined && contrast.interval?.low).toBeCloseTo(0.05, 12);
  expect(contrast.defined && contrast.interval?.high).toBeCloseTo(0.2, 12);
});

test('intervals of different levels say nothing together: undefined, so never a pass', () => {
  const contrast = independentContrast(estimate(0.9, 0.8, 0.95, 0.99), estimate(0.8, 0.7, 0.9), 1);
  expect(contrast).toEqual({
    defined: false,
    reason: "the baseline's interval is at 95%, this check's at 99%",
    n: 100,
  });
});
