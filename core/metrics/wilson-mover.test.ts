import { describe, expect, test } from 'vitest';
import type { Margins } from './confusion.ts';
import { agreementReach, wilsonMover } from './wilson-mover.ts';

const margins = (hits: number[], actual: number[], predicted: number[]) => ({
  n: actual.reduce((sum, count) => sum + count, 0),
  hits: Float64Array.from(hits),
  actual: Float64Array.from(actual),
  predicted: Float64Array.from(predicted),
});

const cases = [
  ['all right', margins([5, 7, 9], [5, 7, 9], [5, 7, 9])],
  ['one class never hit', margins([0, 7, 4], [5, 7, 9], [5, 7, 9])],
  ['one class absent from the data', margins([3, 0, 4], [5, 0, 9], [4, 1, 9])],
  ['all predictions one class', margins([5, 0, 0], [5, 7, 9], [21, 0, 0])],
] as const;

describe('a metric of one class has the same interval whether or not it says which class it reads', () => {
  test.each(cases)('%s', (_, m) => {
    for (let k = 0; k < 3; k++) {
      const f1 = (of: Margins): number => {
        const denominator = (of.actual[k] as number) + (of.predicted[k] as number);
        return denominator === 0 ? 0 : (2 * (of.hits[k] as number)) / denominator;
      };
      expect(wilsonMover(m, f1, 0.95, k)).toEqual(wilsonMover(m, f1, 0.95));
      expect(agreementReach(m, f1, 0.95, k)).toEqual(agreementReach(m, f1, 0.95));
    }
  });
});
