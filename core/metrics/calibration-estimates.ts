/** Expected calibration error. */

import { basicInterval, Random, wilson } from '../stats/index.ts';
import {
  type Bounded,
  clip,
  isInterval,
  lostDraws,
  type Prepared,
  type Side,
  settleDraws,
  subtract,
} from './prepared.ts';
import { type Calibration, calibrationBins, calibrationError } from './probability.ts';
import type { RowDraws } from './row-draws.ts';

/** From this many rows on the sums of the bins are drawn from their normal limit, not from rows. */
const manyRows = 20_000;

/**
 * A sum of absolute values is biased upwards, in resamples once more, and has corners: the basic interval corrects for
 * that where BCa cannot (its z0 becomes infinite on calibrated models).
 */
export function prepareCalibration(
  candidate: Calibration,
  baseline: Calibration | null,
  draws: RowDraws,
  options: { readonly draws: number; readonly seed: number },
): Prepared {
  const n = candidate.bin.length;
  const values = {
    candidate: calibrationError(candidate, null),
    baseline: calibrationError(baseline ?? candidate, null),
  };
  const statistics = {
    candidate: { draw: (weights: Uint8Array) => calibrationError(candidate, weights) },
    baseline: { draw: (weights: Uint8Array) => calibrationError(baseline ?? candidate, weights) },
  };
  let normal: { candidate: Float64Array; baseline: Float64Array } | null = null;
  if (n < manyRows) {
    draws.register(statistics.candidate);
    if (baseline !== null) {
      draws.register(statistics.baseline);
    }
  }
  const drawn = (side: Side): Float64Array => {
    if (n < manyRows) {
      return draws.of(statistics[side]);
    }
    normal ??= normalDraws(candidate, baseline ?? candidate, options);
    return normal[side];
  };
  const bounded = (all: Float64Array, value: number, level: number, whenSame: () => Bounded): Bounded => {
    const settled = settleDraws(all);
    switch (settled.kind) {
      case 'spread':
        return basicInterval(settled.sorted, value, level);
      case 'lost':
        return lostDraws(settled.share);
      case 'same':
        return whenSame();
    }
  };
  return {
    candidate: { defined: true, value: values.candidate, n },
    baseline: baseline === null ? null : { defined: true, value: values.baseline, n },
    notes: [],
    interval(side, level) {
      const value = values[side];
      const found = bounded(drawn(side), value, level, () => {
        // Up to the Wilson bound of 0 in n, unseen rows may have an error of anything between 0 and 1.
        const share = wilson(0, n, level).high;
        return { level, low: value * (1 - share), high: value + share * (1 - value), method: 'wilson-mover' };
      });
      return isInterval(found) ? clip(found, 0, 1) : found;
    },
    contrast(factor, level) {
      const difference = values.candidate - factor * values.baseline;
      return bounded(subtract(drawn('candidate'), drawn('baseline'), factor), difference, level, () => {
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
  options: { readonly draws: number; readonly seed: number },
): { candidate: Float64Array; baseline: Float64Array } {
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
  const result = { candidate: new Float64Array(options.draws), baseline: new Float64Array(options.draws) };
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
    result.candidate[draw] = absoluteSum(gaps) / n;
    result.baseline[draw] = absoluteSum(otherGaps) / n;
  }
  return result;
}

function absoluteSum(values: Float64Array): number {
  let total = 0;
  for (const value of values) {
    total += Math.abs(value);
  }
  return total;
}
