/** Bootstrap of everything that needs the rows themselves. */

import { Random } from '../stats/index.ts';
import type { RowStatistic } from './row-statistics.ts';

type Drawn = Pick<RowStatistic, 'draw'>;

/** One stream of resamples, shared by all registered statistics, made when the first of them is asked for. */
export class RowDraws {
  readonly #rows: number;
  readonly #draws: number;
  readonly #seed: number;
  readonly #wanted: (() => readonly Drawn[])[] = [];
  #results: ReadonlyMap<Drawn, Float64Array> | null = null;

  constructor(rows: number, draws: number, seed: number) {
    this.#rows = rows;
    this.#draws = draws;
    this.#seed = seed;
  }

  /** `wanted` is asked only once draws are made at all: telling whether they are needed may cost a pass of its own. */
  register(wanted: () => readonly Drawn[]): void {
    this.#wanted.push(wanted);
  }

  /** In the order drawn, so that differences of two statistics are paired. */
  of(statistic: Drawn): Float64Array {
    this.#results ??= this.#run();
    const found = this.#results.get(statistic);
    if (found === undefined) {
      throw new Error('the statistic was registered after the draws were made');
    }
    return found;
  }

  #run(): ReadonlyMap<Drawn, Float64Array> {
    const random = new Random(this.#seed, 2);
    const weights = new Uint8Array(this.#rows);
    const statistics = this.#wanted.flatMap((wanted) => wanted());
    const results = new Map(statistics.map((statistic) => [statistic, new Float64Array(this.#draws)]));
    for (let draw = 0; draw < this.#draws; draw++) {
      random.resample(weights);
      for (const [statistic, values] of results) {
        values[draw] = statistic.draw(weights);
      }
    }
    return results;
  }
}
