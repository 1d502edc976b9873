/** Losses of predicted probabilities, one per row, and calibration. */

import { positiveOf } from './samples.ts';
import type { ClassPredictions } from './types.ts';

export type Scored = ClassPredictions & { readonly scores: Float64Array };

/** scikit-learn clips probabilities by the machine epsilon of their type: float64. */
const epsilon = 2 ** -52;

/** -ln of the probability given to the actual class, clipped to [eps, 1 - eps]. */
export function logLosses(predictions: Scored): Float64Array {
  const { actual, scores } = predictions;
  const n = actual.length;
  const losses = new Float64Array(n);
  const width = predictions.task === 'binary' ? 1 : predictions.classes.length;
  const positive = positiveOf(predictions);
  for (let i = 0; i < n; i++) {
    let p: number;
    if (width === 1) {
      const score = scores[i] as number;
      p = actual[i] === positive ? score : 1 - score;
    } else {
      p = scores[i * width + (actual[i] as number)] as number;
    }
    losses[i] = -Math.log(Math.min(Math.max(p, epsilon), 1 - epsilon));
  }
  return losses;
}

/** Squared distance from the outcome (Brier 1950): binary of the positive score, multiclass summed over classes. */
export function brierLosses(predictions: Scored): Float64Array {
  const { actual, scores } = predictions;
  const n = actual.length;
  const losses = new Float64Array(n);
  if (predictions.task === 'binary') {
    const positive = positiveOf(predictions);
    for (let i = 0; i < n; i++) {
      const error = (scores[i] as number) - (actual[i] === positive ? 1 : 0);
      losses[i] = error * error;
    }
    return losses;
  }
  const width = predictions.classes.length;
  for (let i = 0; i < n; i++) {
    let loss = 0;
    for (let k = 0; k < width; k++) {
      const error = (scores[i * width + k] as number) - (actual[i] === k ? 1 : 0);
      loss += error * error;
    }
    losses[i] = loss;
  }
  return losses;
}

export const calibrationBins = 10;

/**
 * Each row's bin and how far outcome and score are apart. Bin 0 is [0, 0.1], bin k is (k/10, (k+1)/10], as in
 * Guo et al. 2017 and scikit-learn's `calibration_curve`; the edges are the doubles nearest to k/10.
 */
export interface Calibration {
  readonly bin: Uint8Array;
  /** The score: binary of the positive class, multiclass the highest. */
  readonly score: Float64Array;
  /** 1 when the row is of the class the score speaks of. */
  readonly outcome: Uint8Array;
}

export function calibrationOf(predictions: Scored): Calibration {
  const { actual, scores } = predictions;
  const n = actual.length;
  const bin = new Uint8Array(n);
  const score = new Float64Array(n);
  const outcome = new Uint8Array(n);
  const width = predictions.task === 'binary' ? 1 : predictions.classes.length;
  const positive = positiveOf(predictions);
  for (let i = 0; i < n; i++) {
    let top = scores[i * width] as number;
    let topClass = width === 1 ? positive : 0;
    for (let k = 1; k < width; k++) {
      const other = scores[i * width + k] as number;
      if (other > top) {
        top = other;
        topClass = k;
      }
    }
    score[i] = top;
    outcome[i] = actual[i] === topClass ? 1 : 0;
    bin[i] = binOf(top);
  }
  return { bin, score, outcome };
}

function binOf(score: number): number {
  let bin = Math.min(Math.max(Math.ceil(score * calibrationBins) - 1, 0), calibrationBins - 1);
  // score * 10 rounds; the edges decide.
  if (bin > 0 && score <= bin / calibrationBins) {
    bin--;
  } else if (bin < calibrationBins - 1 && score > (bin + 1) / calibrationBins) {
    bin++;
  }
  return bin;
}

/** Sums of outcome minus score per bin, with row weights (null: all 1). */
export function calibrationGaps(calibration: Calibration, weights: Uint8Array | null): Float64Array {
  const gaps = new Float64Array(calibrationBins);
  const { bin, score, outcome } = calibration;
  for (let i = 0; i < bin.length; i++) {
    const weight = weights === null ? 1 : (weights[i] as number);
    const b = bin[i] as number;
    gaps[b] = (gaps[b] as number) + weight * ((outcome[i] as number) - (score[i] as number));
  }
  return gaps;
}
