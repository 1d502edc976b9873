import { describe, expect, it } from 'vitest';
import { categorical, details, numeric } from '../../../test/support/drift-sample-parts.ts';
import { smallestShift } from './smallest-shift.ts';

const columns = (count: number) => [
  ...Array.from({ length: count }, (_, index) => numeric(`n${index}`)),
  ...Array.from({ length: count }, (_, index) => categorical(`c${index}`, { a: [0.5, 0.5] })),
];
const of = (rows: number, count = 1) =>
  smallestShift(
    details(columns(count), {
      reference: { kind: 'data', rows, files: [] },
      current: { rows, files: [] },
    }),
  );

describe('the smallest shift that rows can show', () => {
  it('is that of a single test at alpha over the number of tests', () => {
    // scipy: special.kolmogi(0.025) = 1.4802, sqrt(2 / 200) / norm.pdf(0) = 0.25066; norm.isf(0.0125) / 20 = 0.11207
    const shift = of(200);
    expect(shift?.numeric).toBeCloseTo(1.4802 * 0.25066, 3);
    expect(shift?.share).toBeCloseTo(0.11207, 4);
  });

  it('is no less than the threshold, however many rows there are', () =>
    expect(of(100_000_000)).toEqual({ numeric: 0.1, share: 0.05 }));

  it('grows with the columns that are tested', () =>
    expect(of(500, 100)?.numeric ?? 0).toBeGreaterThan((of(500)?.numeric ?? 0) * 1.3));

  it.each([
    ['no rows', details(columns(1), { current: { rows: 0, files: [] } })],
    ['no columns', details([])],
  ])('of %s is not known', (_, given) => expect(smallestShift(given)).toBeNull());

  it('of numbers alone says nothing of categories', () =>
    expect(smallestShift(details([numeric('age')]))?.share).toBeNull());
});
