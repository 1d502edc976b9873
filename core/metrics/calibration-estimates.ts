/** Expected calibration error. */

import { basicInterval, drawQuantile, Random, wilson } from '../stats/index.ts';
import { clip, type Prepared, percentileOf, type Side, settleDraws, subtract } from './prepared.ts';
import { type Calibration, calibrationBins, calibrationGaps } from './probability.ts';
import type { RowDraws } from './row-draws.ts';

/** From this many rows on the sums of the bins are drawn from their normal limit, not from rows. */
const manyRows = 20_000;

/** Per draw: the error of the resample, and the sum of |gap of the resample - gap of the sample| over bins, over n. */
interface ErrorDraws {
  readonly errors: Float64Array;
  readonly distances: Float64Array;
}

/**
 * A sum of absolute values is biased upwards, in resamples once more, and has a corner where the model is calibrated.
 * Upper end: the basic bootstrap, which takes the bias off. Lower end: by the triangle inequality the error exceeds the
 * true one by no more than the distance between observed and true gaps, whose quantile the resamples give; so a calibrated
 * model's interval reaches down to 0, which neither percentiles nor BCa do (all their draws lie above).
 */
export function prepareCalibration(
  candidate: Calibration,
  baseline: Calibration | null,
  draws: RowDraws,
  options: { readonly draws: number; readonly seed: number },
): Prepared {
  const n = candidate.bin.length;
  const sides = { candidate, baseline: baseline ?? candidate };
  const gaps = {
    candidate: calibrationGaps(sides.candidate, null),
    baseline: calibrationGaps(sides.baseline, null),
  };
  const values = { candidate: absoluteSum(gaps.candidate) / n, baseline: absoluteSum(gaps.baseline) / n };
  const statisticsOf = (side: Side) => ({
    errors: { draw: (weights: Uint8Array) => absoluteSum(calibrationGaps(sides[side], weights)) / n },
    distances: {
      draw: (weights: Uint8Array) => distance(calibrationGaps(sides[side], weights), gaps[side]) / n,
    },
  });
  const statistics = { candidate: statisticsOf('candidate'), baseline: statisticsOf('baseline') };
  if (n < manyRows) {
    for (const side of baseline === null ? (['candidate'] as const) : (['candidate', 'baseline'] as const)) {
      draws.register(() => [statistics[side].errors, statistics[side].distances]);
    }
  }
  let normal: Record<Side, ErrorDraws> | null = null;
  const drawn = (side: Side): ErrorDraws => {
    if (n < manyRows) {
      const { errors, distances } = statistics[side];
      return { errors: draws.of(errors), distances: draws.of(distances) };
    }
    normal ??= normalDraws(sides.candidate, sides.baseline, gaps, options);
    return normal[side];
  };
  return {
    candidate: { defined: true, value: values.candidate, n },
    baseline: baseline === null ? null : { defined: true, value: values.baseline, n },
    notes: [],
    interval(side, level) {
      const value = values[side];
      const { errors, distances } = drawn(side);
      const settled = settleDraws(errors);
      if (settled.kind !== 'spread') {
        // Up to the Wilson bound of 0 in n, unseen rows may have an error of anything between 0 and 1.
        const share = wilson(0, n, level).high;
        return { level, low: value * (1 - share), high: value + share * (1 - value), method: 'wilson-mover' };
      }
      const { high } = basicInterval(settled.sorted, value, level);
      const reach = drawQuantile(distances.slice().sort(), (1 + level) / 2);
      return clip(
        { level, low: value - reach, high: Math.max(value, high), method: 'bootstrap-basic' },
        0,
        1,
      );
    },
    contrast(factor, level) {
      const difference = values.candidate - factor * values.baseline;
      const differences = subtract(drawn('candidate').errors, drawn('baseline').errors, factor);
      return percentileOf(settleDraws(differences), level, n, () => {
        // Exchanging a row for another moves its two bins by at most 1/n each.
        const reach = 2 * wilson(0, n, level).high;
        return { level, low: difference - reach, high: difference + reach, method: 'wilson-agreement' };
      });
    },
  };
}

/**
 * Draws of the error from the bins' sums of (outcome - score): with many rows the sums of a resample are normal around
 * the observed ones, independent between joint cells (bin of the candidate, bin of the baseline), with the covariance of
 * the rows in the cell.
 */
function normalDraws(
  candidate: Calibration,
  baseline: Calibration,
  observed: Record<Side, Float64Array>,
  options: { readonly draws: number; readonly seed: number },
): Record<Side, ErrorDraws> {
  const n = candidate.bin.length;
  const cells = calibrationBins * calibrationBins;
  const [rows, ours, theirs, oursSquared, theirsSquared, product] = Array.from(
    { length: 6 },
    () => new Float64Array(cells),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < n; i++) {
    const cell = (candidate.bin[i] as number) * calibrationBins + (baseline.bin[i] as number);
    const d = (candidate.outcome[i] as number) - (candidate.score[i] as number);
    const e = (baseline.outcome[i] as number) - (baseline.score[i] as number);
    rows[cell] = (rows[cell] as number) + 1;
    ours[cell] = (ours[cell] as number) + d;
    theirs[cell] = (theirs[cell] as number) + e;
    oursSquared[cell] = (oursSquared[cell] as number) + d * d;
    theirsSquared[cell] = (theirsSquared[cell] as number) + e * e;
    product[cell] = (product[cell] as number) + d * e;
  }
  const random = new Random(options.seed, 3);
  const empty = (): ErrorDraws => ({
    errors: new Float64Array(options.draws),
    distances: new Float64Array(options.draws),
  });
  const result = { candidate: empty(), baseline: empty() };
  const gaps = new Float64Array(calibrationBins);
  const otherGaps = new Float64Array(calibrationBins);
  for (let draw = 0; draw < options.draws; draw++) {
    gaps.fill(0);
    otherGaps.fill(0);
    for (let cell = 0; cell < cells; cell++) {
      if (rows[cell] === 0) {
        continue;
      }
      const bin = Math.floor(cell / calibrationBins);
      const otherBin = cell % calibrationBins;
      const variance = oursSquared[cell] as number;
      const shared = variance === 0 ? 0 : (product[cell] as number) / Math.sqrt(variance);
      const own = Math.sqrt(Math.max(0, (theirsSquared[cell] as number) - shared * shared));
      const first = random.normal();
      const second = random.normal();
      gaps[bin] = (gaps[bin] as number) + (ours[cell] as number) + Math.sqrt(variance) * first;
      otherGaps[otherBin] =
        (otherGaps[otherBin] as number) + (theirs[cell] as number) + shared * first + own * second;
    }
    result.candidate.errors[draw] = absoluteSum(gaps) / n;
    result.candidate.distances[draw] = distance(gaps, observed.candidate) / n;
    result.baseline.errors[draw] = absoluteSum(otherGaps) / n;
    result.baseline.distances[draw] = distance(otherGaps, observed.baseline) / n;
  }
  return result;
}

function distance(gaps: Float64Array, others: Float64Array): number {
  let total = 0;
  for (let b = 0; b < gaps.length; b++) {
    total += Math.abs((gaps[b] as number) - (others[b] as number));
  }
  return total;
}

function absoluteSum(values: Float64Array): number {
  let total = 0;
  for (const value of values) {
    total += Math.abs(value);
  }
  return total;
}
