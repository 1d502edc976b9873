/** Bootstrap of everything that depends on cell counts alone: the cells are drawn, not the rows. */

import { Random } from '../stats/index.ts';
import { type Cells, emptyMargins, type Margins, sumMargins } from './confusion.ts';

export type CountStatistic = (margins: Margins) => number;

/** One stream of multinomial draws, shared by all registered statistics, made when the first of them is asked for. */
export class CellDraws {
  readonly cells: Cells;
  readonly #draws: number;
  readonly #seed: number;
  readonly #statistics = new Map<string, CountStatistic>();
  #results: Map<string, { candidate: Float64Array; baseline: Float64Array }> | null = null;

  constructor(cells: Cells, draws: number, seed: number) {
    this.cells = cells;
    this.#draws = draws;
    this.#seed = seed;
  }

  register(key: string, statistic: CountStatistic): void {
    this.#statistics.set(key, statistic);
  }

  /** In the order drawn, so that differences of two statistics are paired. */
  of(key: string): { candidate: Float64Array; baseline: Float64Array } {
    this.#results ??= this.#run();
    const found = this.#results.get(key);
    if (found === undefined) {
      throw new Error(`${key} was registered after the draws were made`);
    }
    return found;
  }

  #run(): Map<string, { candidate: Float64Array; baseline: Float64Array }> {
    const { cells } = this;
    const results = new Map(
      [...this.#statistics.keys()].map((key) => [
        key,
        { candidate: new Float64Array(this.#draws), baseline: new Float64Array(this.#draws) },
      ]),
    );
    const paired = cells.candidate.some((predicted, i) => predicted !== cells.baseline[i]);
    const random = new Random(this.#seed, 1);
    const total = cells.counts.reduce((sum, count) => sum + count, 0);
    const drawn = new Float64Array(cells.counts.length);
    const candidate = emptyMargins(cells.classes);
    const baseline = emptyMargins(cells.classes);
    for (let draw = 0; draw < this.#draws; draw++) {
      random.multinomial(cells.counts, total, drawn);
      sumMargins(cells, drawn, 'candidate', candidate);
      if (paired) {
        sumMargins(cells, drawn, 'baseline', baseline);
      }
      for (const [key, statistic] of this.#statistics) {
        const result = results.get(key);
        if (result !== undefined) {
          const value = statistic(candidate);
          result.candidate[draw] = value;
          result.baseline[draw] = paired ? statistic(baseline) : value;
        }
      }
    }
    return results;
  }
}

/** The statistic without one row of each cell (jackknife), per cell; NaN where it then does not exist. */
export function withoutOneRow(
  cells: Cells,
  side: 'candidate' | 'baseline',
  statistic: CountStatistic,
): Float64Array {
  const margins = sumMargins(cells, cells.counts, side, emptyMargins(cells.classes));
  const predicted = cells[side];
  const values = new Float64Array(cells.counts.length);
  const move = (a: number, p: number, by: number): void => {
    margins.n += by;
    margins.actual[a] = (margins.actual[a] as number) + by;
    margins.predicted[p] = (margins.predicted[p] as number) + by;
    if (a === p) {
      margins.hits[a] = (margins.hits[a] as number) + by;
    }
  };
  for (let i = 0; i < values.length; i++) {
    const a = cells.actual[i] as number;
    const p = predicted[i] as number;
    move(a, p, -1);
    values[i] = statistic(margins);
    move(a, p, 1);
  }
  return values;
}

/** Jackknife influence values, mean minus value without the row (Efron 1987, eq. 6.6), per cell. */
export function jackknifeInfluence(without: Float64Array, counts: Float64Array): Float64Array {
  let sum = 0;
  let rows = 0;
  for (let i = 0; i < without.length; i++) {
    const value = without[i] as number;
    if (!Number.isNaN(value)) {
      sum += value * (counts[i] as number);
      rows += counts[i] as number;
    }
  }
  const mean = sum / rows;
  return without.map((value) => (Number.isNaN(value) ? 0 : mean - value));
}
