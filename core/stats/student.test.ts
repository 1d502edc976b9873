import { describe, expect, test } from 'vitest';
import { meanWithError, studentCriticalValue, studentInterval } from './index.ts';

// From the printed table of Student's t (Abramowitz and Stegun, table 26.10).
test.each([
  [0.95, 1, 12.706],
  [0.95, 5, 2.571],
  [0.95, 11, 2.201],
  [0.99, 11, 3.106],
  [0.6, 11, 0.876],
  [0.95, 120, 1.98],
])('the critical value at %d with %d degrees of freedom is %d', (level, freedom, expected) => {
  expect(studentCriticalValue(level, freedom)).toBeCloseTo(expected, 3);
});

describe('the extra sleep of ten patients, Student 1908', () => {
  // Differences of his two drugs; R: t.test(extra ~ group, data = sleep, paired = TRUE).
  const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];

  test('mean and standard error', () => {
    const { mean, error, freedom } = meanWithError(differences);
    expect(mean).toBeCloseTo(1.58, 12);
    expect(mean / error).toBeCloseTo(4.0621, 4);
    expect(freedom).toBe(9);
  });

  test('the 95% interval', () => {
    const { low, high } = studentInterval(differences, 0.95);
    expect(low).toBeCloseTo(0.7001142, 7);
    expect(high).toBeCloseTo(2.4598858, 7);
  });
});
