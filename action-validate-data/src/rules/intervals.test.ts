import { describe, expect, it } from 'vitest';
import { correlationInterval, meanInterval, studentQuantile } from './intervals.ts';

describe('studentQuantile', () => {
  // scipy.stats.t.ppf(0.5 + level / 2, freedom), scipy 1.17.1
  it.each([
    [0.95, 1, 12.706204736174694],
    [0.95, 2, 4.302652729749462],
    [0.95, 9, 2.262157162798205],
    [0.99, 30, 2.749995653567225],
    [0.95, 9_999, 1.960201263621357],
    [0.95, 10_000, 1.960201239890626],
    [0.95, 1_000_000, 1.959966356814107],
    [0.999, 10_000, 3.2914999659416355],
  ])('at level %d with %d degrees of freedom is %d', (level, freedom, expected) => {
    expect(studentQuantile(level, freedom)).toBeCloseTo(expected, 9);
  });

  it('does not jump where the expansion takes over', () => {
    for (const level of [0.5, 0.9, 0.95, 0.99, 0.9999]) {
      const below = studentQuantile(level, 9_999.999_999);
      expect(Math.abs(studentQuantile(level, 10_000) - below)).toBeLessThan(1e-10);
    }
  });
});

describe('intervals', () => {
  it('of a mean is that of the t distribution', () => {
    // 1, 2, 3, 4: mean 2.5, standard deviation sqrt(5 / 3), t(3) = 3.182446
    const interval = meanInterval(2.5, Math.sqrt(5 / 3), 4, 0.95);
    expect(interval?.low).toBeCloseTo(0.4457397432, 9);
    expect(interval?.high).toBeCloseTo(4.5542602568, 9);
    expect(meanInterval(2.5, 0, 1, 0.95)).toBeNull();
    expect(meanInterval(1e308, 1e308, 2, 0.95)).toBeNull();
  });

  it('of a correlation is by Fisher z, and closed at the ends', () => {
    const interval = correlationInterval(0.5, 28, 0.95);
    expect(interval?.low).toBeCloseTo(Math.tanh(Math.atanh(0.5) - 1.959963984540054 / 5), 12);
    expect(interval?.high).toBeCloseTo(Math.tanh(Math.atanh(0.5) + 1.959963984540054 / 5), 12);
    expect(correlationInterval(1, 10, 0.95)).toMatchObject({ low: 1, high: 1 });
    expect(correlationInterval(0.5, 3, 0.95)).toBeNull();
  });
});
