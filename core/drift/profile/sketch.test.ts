import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareSorted, countUpTo as endOf, Random, countBelow as startOf } from '../../stats/index.ts';
import { deviationOf } from '../compare-numbers.ts';
import { decileEdges } from '../sides.ts';
import { expand, sketchOf } from './sketch.ts';

const random = new Random(17);
const numbers = (rows: number, draw: () => number): Float64Array =>
  Float64Array.from({ length: rows }, draw).sort();

// Adding 0 makes 0 of -0, which JSON does not keep.
const sortedOf = (values: readonly number[]): Float64Array =>
  Float64Array.from(values, (each) => each + 0).sort();
// Without a size arrays stay so short that every value is a point.
const lengths = { minLength: 1, maxLength: 400, size: 'max' } as const;
const real = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 });
const tied = fc.integer({ min: -20, max: 20 }).map((each) => each / 4);
const wild = fc.array(fc.oneof(real, tied, fc.constant(0)), lengths).map(sortedOf);
const whole = fc.array(fc.integer({ min: -3000, max: 3000 }), lengths).map(sortedOf);
const points = fc.integer({ min: 16, max: 80 });

describe('numbers as points', () => {
  test.each([
    ['numbers', wild, false],
    ['whole numbers', whole, true],
  ])('of %s keep count, order, ends, deciles and what lies at and below each point', (_, values, isWhole) => {
    fc.assert(
      fc.property(values, points, (sorted, most) => {
        const sketch = sketchOf(sorted, most, isWhole);
        const given = expand(sketch, isWhole);
        expect(given.length).toBe(sorted.length);
        expect(given).toEqual(Float64Array.from(given).sort());
        expect([given[0], given.at(-1)]).toEqual([sorted[0], sorted.at(-1)]);
        expect(decileEdges(given)).toEqual(decileEdges(sorted));
        expect(sketch.values.length).toBeLessThanOrEqual(most);
        for (const edge of sketch.values) {
          expect([startOf(given, edge), endOf(given, edge)]).toEqual([
            startOf(sorted, edge),
            endOf(sorted, edge),
          ]);
        }
        if (isWhole) expect(given.every((each) => Number.isInteger(each))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['numbers', wild, false],
    ['whole numbers', whole, true],
  ])('of %s are off by no more than they state', (_, values, isWhole) => {
    fc.assert(
      fc.property(values, points, (sorted, most) => {
        const sketch = sketchOf(sorted, most, isWhole);
        const compared = compareSorted(sorted, expand(sketch, isWhole));
        for (const name of ['ks', 'wasserstein', 'energy'] as const) {
          expect(compared[name]).toBeLessThanOrEqual(sketch.error[name]);
          expect(sketch.error[name]).toBeLessThanOrEqual(compared[name] * 1.01);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['up to as many as points', () => random.below(200), 256],
    ['five whole ones', () => random.below(5), 16],
    ['one', () => 7.25, 16],
  ])('are exact where there are few different ones: %s', (_, draw, most) => {
    const sorted = numbers(10_000, draw);
    const sketch = sketchOf(sorted, most);
    expect(sketch.error).toEqual({ ks: 0, wasserstein: 0, energy: 0 });
    expect(expand(sketch)).toEqual(sorted);
  });

  test.each<[string, () => number]>([
    ['normal', () => random.normal()],
    ['lognormal', () => Math.exp(3 * random.normal())],
    ['Cauchy', () => Math.tan(Math.PI * (random.uniform() - 0.5))],
    ['Pareto without a variance', () => random.uniform() ** (-1 / 1.5)],
    ['two clusters far apart', () => random.normal() + (random.uniform() < 0.3 ? 1e6 : 0)],
    ['narrow and far from 0', () => 1.7e9 + random.normal()],
    ['so near to each other that doubles are few', () => 1 + Math.abs(random.normal()) * 1e-14],
  ])('keep tails, gaps and spread with what a profile of 100 columns has for one: %s', (_, draw) => {
    const sorted = numbers(100_000, draw);
    const sketch = sketchOf(sorted, 80);
    const deviation = deviationOf(sorted);
    expect(sketch.deviation).toBe(deviation);
    expect(sketch.error.wasserstein / deviation).toBeLessThan(0.005);
    expect(sketch.error.ks).toBeLessThan(0.01);
    expect(deviationOf(expand(sketch)) / deviation).toBeCloseTo(1, 1);
  });

  test('keep spikes of odd values among others', () => {
    const odd = [1 / 3, 1 / 7];
    const sorted = numbers(20_000, () => odd[random.below(50)] ?? random.normal());
    const given = expand(sketchOf(sorted, 60));
    for (const value of odd) {
      const rows = (values: Float64Array): number => endOf(values, value) - startOf(values, value);
      expect(rows(sorted)).toBeGreaterThan(300);
      expect(rows(given)).toBe(rows(sorted));
    }
  });

  test('of row numbers do not repeat, and one repeat among them is kept', () => {
    const rows = numbers(5000, () => 0).map((_, row) => row + 100 + Math.floor(row / 3));
    const different = (values: Float64Array): number => new Set(values).size;
    expect(different(expand(sketchOf(rows, 16, true), true))).toBe(5000);
    const once = Float64Array.from(rows).fill(rows[1234] as number, 1235, 1236);
    expect(different(expand(sketchOf(once, 16, true), true))).toBeLessThan(5000);
  });

  test('of values whose distances overflow can be written', () => {
    const sketch = sketchOf(
      numbers(3000, () => random.normal() * 1e307),
      40,
    );
    expect(JSON.parse(JSON.stringify(sketch))).toEqual(sketch);
    expect(Object.values(sketch.error).every((each) => Number.isFinite(each))).toBe(true);
  });
});
