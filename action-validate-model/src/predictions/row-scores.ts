import { RunError } from '../../../core/inputs/errors.ts';

/** Row-major rows x width scores; filled batch by batch. */
export class RowScores {
  readonly width: number;
  readonly values: Float64Array;

  constructor(rows: number, width: number) {
    this.width = width;
    this.values = new Float64Array(rows * width);
  }

  set(firstRow: number, values: Float64Array, width: number, model: string): void {
    if (width !== this.width) {
      throw new RunError(`${model} gives ${this.width} scores a row at first and ${width} later`);
    }
    this.values.set(values, firstRow * width);
  }
}

/**
 * True when every row is a probability distribution (width 1: a probability), else where it is not.
 * Sums may be off by what float32 arithmetic over many classes loses, and half floats (2^-11 of each) over few.
 */
export function areProbabilities(scores: { values: Float64Array; width: number }): true | string {
  const { values, width } = scores;
  const slack = 1e-6;
  const sumSlack = 6e-4;
  for (let row = 0; row * width < values.length; row++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const value = values[row * width + k] as number;
      if (value < -slack || value > 1 + slack)
        return `scores are not probabilities: row ${row + 1} holds ${value}`;
      sum += value;
    }
    if (width > 1 && Math.abs(sum - 1) > sumSlack) {
      return `scores are not probabilities: those of row ${row + 1} sum to ${Number(sum.toPrecision(6))}`;
    }
  }
  return true;
}
