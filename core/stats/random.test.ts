import { describe, expect, test } from 'vitest';
import { binomialPmf, Random } from './index.ts';

/** Pearson's chi-square of counts against probabilities, over cells expecting at least 10. */
function chiSquare(counts: readonly number[], probabilities: readonly number[], draws: number) {
  let statistic = 0;
  let cells = 0;
  for (const [i, p] of probabilities.entries()) {
    if (p * draws >= 10) {
      statistic += ((counts[i] ?? 0) - p * draws) ** 2 / (p * draws);
      cells++;
    }
  }
  return { statistic, cells };
}

/** Mean + 4 standard deviations of chi-square: exceeded once in some ten thousand seeds, and the seed is fixed. */
const limit = (cells: number) => cells + 4 * Math.sqrt(2 * cells);

test('sfc32 gives the words of its reference, in 64-bit arithmetic', () => {
  const mask = 0xffffffffn;
  let [a, b, c, counter] = [123456789n, 0n, 7n, 1n];
  const reference = (): bigint => {
    const sum = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = (((c << 21n) | (c >> 11n)) + sum) & mask;
    return sum;
  };
  for (let i = 0; i < 20; i++) {
    reference();
  }
  const random = new Random(123456789, 7);
  for (let i = 0; i < 1000; i++) {
    expect(BigInt(random.next())).toBe(reference());
  }
});

test('one seed, one sequence; another seed or stream, another', () => {
  const first = (seed: number, stream?: number) => new Random(seed, stream).next();
  expect(first(5)).toBe(first(5));
  expect(new Set([first(5), first(6), first(5, 1), first(5 + 2 ** 32), first(0)]).size).toBe(5);
});

describe('the distribution of', () => {
  test.each([
    [12, 0.3],
    [1, 0.5],
    [40, 0.7],
    [50, 0.4],
    [400, 0.1],
    [10_000, 0.995],
  ])('binomial(%d, %d)', (n, p) => {
    const random = new Random(11, n);
    const draws = 100_000;
    const counts = new Array<number>(n + 1).fill(0);
    for (let i = 0; i < draws; i++) {
      const k = random.binomial(n, p);
      counts[k] = (counts[k] ?? 0) + 1;
    }
    const expected = counts.map((_, k) => binomialPmf(k, n, p));
    const { statistic, cells } = chiSquare(counts, expected, draws);
    expect(statistic).toBeLessThan(limit(cells));
  });

  test('multinomial: totals are kept, means are those of the cells', () => {
    const random = new Random(3);
    const cells = Float64Array.from([5, 0, 80, 15]);
    const sums = new Float64Array(4);
    const drawn = new Float64Array(4);
    for (let i = 0; i < 20_000; i++) {
      random.multinomial(cells, 100, drawn);
      expect(drawn.reduce((sum, count) => sum + count, 0)).toBe(100);
      drawn.forEach((count, k) => {
        sums[k] = (sums[k] as number) + count;
      });
    }
    for (const [k, count] of cells.entries()) {
      const se = Math.sqrt((count * (1 - count / 100)) / 20_000);
      expect(Math.abs((sums[k] as number) / 20_000 - count)).toBeLessThanOrEqual(4 * se);
    }
  });

  test('resample: each row is drawn binomial(n, 1/n) times, n in all', () => {
    const random = new Random(8);
    const rows = 50;
    const counts = new Array<number>(rows + 1).fill(0);
    const weights = new Uint8Array(rows);
    for (let i = 0; i < 4_000; i++) {
      random.resample(weights);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(rows);
      const weight = weights[i % rows] as number;
      counts[weight] = (counts[weight] ?? 0) + 1;
    }
    const expected = counts.map((_, k) => binomialPmf(k, rows, 1 / rows));
    const { statistic, cells } = chiSquare(counts, expected, 4_000);
    expect(statistic).toBeLessThan(limit(cells));
  });

  test('normal and uniform: first four moments', () => {
    const random = new Random(21);
    const n = 200_000;
    const sums = [0, 0, 0, 0];
    let uniform = 0;
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      for (const [k] of sums.entries()) {
        sums[k] = (sums[k] as number) + x ** (k + 1);
      }
      uniform += random.uniform();
    }
    // Standard errors of the moments of a normal: 1, sqrt 2, sqrt 15, sqrt 96 over sqrt n.
    const expected = [0, 1, 0, 3];
    const spread = [1, Math.sqrt(2), Math.sqrt(15), Math.sqrt(96)];
    for (const [k, sum] of sums.entries()) {
      expect(Math.abs(sum / n - (expected[k] as number))).toBeLessThan(
        (4 * (spread[k] as number)) / Math.sqrt(n),
      );
    }
    expect(Math.abs(uniform / n - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  });
});
