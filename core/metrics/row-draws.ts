/** Bootstrap of everything that needs the rows themselves. */

import { Random } from '../stats/index.ts';
import type { RowStatistic } from './row-statistics.ts';

/** One stream of resamples, shared by all registered statistics, made when the first of them is asked for. */
export class RowDraws {
  readonly #rows: number;
  readonly #draws: number;
  readonly #seed: number;
  readonly #results = new Map<Pick<RowStatistic, 'draw'>, Float64Array>();
  #done = false;

  constructor(rows: number, draws: number, seed: number) {
    this.#rows = rows;
    this.#draws = draws;
    this.#seed = seed;
  }

  register(statistic: Pick<RowStatistic, 'draw'>): void {
    this.#results.set(statistic, new Float64Array(this.#draws));
  }

  /** In the order drawn, so that differences of two statistics are paired. */
  of(statistic: Pick<RowStatistic, 'draw'>): Float64Array {
    if (!this.#done) {
      this.#run();
      this.#done = true;
    }
    const found = this.#results.get(statistic);
    if (found === undefined) {
      throw new Error('the statistic was registered after the draws were made');
    }
    return found;
  }

  #run(): void {
    const random = new Random(this.#seed, 2);
    const weights = new Uint8Array(this.#rows);
    const entries = [...this.#results];
    for (let draw = 0; draw < this.#draws; draw++) {
      random.resample(weights);
      for (const [statistic, values] of entries) {
        values[draw] = statistic.draw(weights);
      }
    }
  }
}
