/** From the name of a regression metric to what measures it. */

import { prepareMaximum, prepareMedian } from './order-estimates.ts';
import { type Prepared, undefinedPrepared } from './prepared.ts';
import { RowDraws } from './row-draws.ts';
import { meanStatistic, type RowStatistic, r2Statistic } from './row-statistics.ts';
import type { DrawOptions } from './sample.ts';
import { prepareSmooth } from './smooth-estimates.ts';
import type { NumberPredictions } from './types.ts';

/** scikit-learn's lower bound of |label| in mape. */
const epsilon = 2 ** -52;

export class NumberSample {
  readonly candidate: NumberPredictions;
  readonly baseline: NumberPredictions | null;
  readonly rowDraws: RowDraws;

  constructor(candidate: NumberPredictions, baseline: NumberPredictions | null, options: DrawOptions) {
    this.candidate = candidate;
    this.baseline = baseline;
    this.rowDraws = new RowDraws(candidate.actual.length, options.draws, options.seed);
  }
}

export function prepareRegression(metric: string, sample: NumberSample): Prepared {
  const { candidate, baseline } = sample;
  const n = candidate.actual.length;
  if (n === 0) {
    return undefinedPrepared('there are no rows', 0, baseline !== null);
  }
  if (metric === 'r2' && n < 2) {
    return undefinedPrepared('r2 needs at least two rows', n, baseline !== null);
  }
  if (metric === 'median_absolute_error' || metric === 'max_error') {
    const prepare = metric === 'max_error' ? prepareMaximum : prepareMedian;
    return prepare(absoluteErrors(candidate), baseline === null ? null : absoluteErrors(baseline));
  }
  const sideOf = (side: NumberPredictions) => {
    const statistic = statisticOf(metric, side);
    return { point: { defined: true, value: statistic.value, n } as const, statistic };
  };
  return prepareSmooth(
    {
      candidate: sideOf(candidate),
      baseline: baseline === null ? null : sideOf(baseline),
      notes:
        metric === 'r2' && isConstant(candidate.actual)
          ? ['r2 of a constant label is 1 or 0 by convention']
          : [],
      range: metric === 'r2' ? [Number.NEGATIVE_INFINITY, 1] : [0, Number.POSITIVE_INFINITY],
      whenSame: () => ({ none: 'all rows have the same error: they say nothing about the error of others' }),
    },
    sample.rowDraws,
    n,
  );
}

function statisticOf(metric: string, { actual, predicted }: NumberPredictions): RowStatistic {
  switch (metric) {
    case 'r2':
      return r2Statistic(actual, predicted);
    case 'mae':
      return meanStatistic(absoluteErrors({ actual, predicted }));
    case 'rmse':
      return meanStatistic(
        actual.map((y, i) => (y - (predicted[i] as number)) ** 2),
        'root',
      );
    case 'mape':
      return meanStatistic(
        actual.map((y, i) => Math.abs(y - (predicted[i] as number)) / Math.max(Math.abs(y), epsilon)),
      );
    default:
      throw new Error(`${metric} is not a regression metric`);
  }
}

function absoluteErrors({
  actual,
  predicted,
}: Pick<NumberPredictions, 'actual' | 'predicted'>): Float64Array {
  return actual.map((y, i) => Math.abs(y - (predicted[i] as number)));
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
