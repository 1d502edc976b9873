/** The rows that several requests share, with everything that their metrics have in common computed once. */

import { argsort } from '../stats/index.ts';
import type { Ranked } from './auc-estimates.ts';
import { CellDraws } from './cell-draws.ts';
import { countCells } from './confusion.ts';
import type { Scored } from './probability.ts';
import { averagePrecision } from './ranking.ts';
import { RowDraws } from './row-draws.ts';
import type { RowStatistic } from './row-statistics.ts';
import { oneVsRest } from './samples.ts';
import type { ClassPredictions } from './types.ts';

export interface DrawOptions {
  readonly draws: number;
  readonly seed: number;
}

export class ClassSample {
  readonly candidate: ClassPredictions;
  readonly baseline: ClassPredictions | null;
  readonly options: DrawOptions;
  readonly rowDraws: RowDraws;
  readonly #ranked = new Map<string, Ranked>();
  readonly #averagePrecision = new Map<string, RowStatistic>();
  readonly #actualCounts: Float64Array;
  #cellDraws: CellDraws | null = null;

  constructor(candidate: ClassPredictions, baseline: ClassPredictions | null, options: DrawOptions) {
    this.candidate = candidate;
    this.baseline = baseline;
    this.options = options;
    this.rowDraws = new RowDraws(candidate.actual.length, options.draws, options.seed);
    this.#actualCounts = new Float64Array(candidate.classes.length);
    for (let i = 0; i < candidate.actual.length; i++) {
      const actual = candidate.actual[i] as number;
      this.#actualCounts[actual] = (this.#actualCounts[actual] as number) + 1;
    }
  }

  get rows(): number {
    return this.candidate.actual.length;
  }

  get cellDraws(): CellDraws {
    this.#cellDraws ??= new CellDraws(
      countCells(this.candidate, this.baseline),
      this.options.draws,
      this.options.seed,
    );
    return this.#cellDraws;
  }

  actualCount(index: number): number {
    return this.#actualCounts[index] as number;
  }

  /** Scores of a class against the rest, sorted once for all metrics of ranks. */
  ranked(side: Scored, index: number): Ranked {
    const key = `${side === this.candidate ? 'candidate' : 'baseline'} ${index}`;
    const known = this.#ranked.get(key);
    if (known !== undefined) {
      return known;
    }
    const scored = oneVsRest(side, index);
    const ranked = { ...scored, order: argsort(scored.scores) };
    this.#ranked.set(key, ranked);
    return ranked;
  }

  averagePrecision(side: Scored, index: number): RowStatistic {
    const key = `${side === this.candidate ? 'candidate' : 'baseline'} ${index}`;
    const known = this.#averagePrecision.get(key);
    if (known !== undefined) {
      return known;
    }
    const ranked = this.ranked(side, index);
    const statistic = averagePrecision(ranked, ranked.order);
    this.#averagePrecision.set(key, statistic);
    return statistic;
  }
}
