import type { Interval } from '../gate/types.ts';
import { criticalValue } from './distributions.ts';
import { argsort } from './sort.ts';

/**
 * The area under a ROC curve with the parts that its variance is made of (DeLong, DeLong and Clarke-Pearson 1988),
 * in O(n log n) (Sun and Xu 2014, IEEE Signal Process. Lett. 21).
 */
export interface Auc {
  readonly value: number;
  readonly positives: number;
  readonly negatives: number;
  /**
   * Per row, in the order of the input: for a positive the share of negatives below it, for a negative the share of
   * positives above it, ties counting half.
   */
  readonly placements: Float64Array;
}

/** `order`: rows by ascending score, as `argsort` gives them. Both classes must be present. */
export function aucWithPlacements(
  scores: Float64Array,
  isPositive: Uint8Array,
  order: Int32Array = argsort(scores),
): Auc {
  const n = scores.length;
  let positives = 0;
  for (let i = 0; i < n; i++) {
    positives += isPositive[i] as number;
  }
  const negatives = n - positives;
  // Gathered first: reads that wait for nothing overlap, those inside the loop below would not.
  const sorted = new Float64Array(n);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const row = order[i] as number;
    sorted[i] = scores[row] as number;
    labels[i] = isPositive[row] as number;
  }
  let negativesBelow = 0;
  let wins = 0;
  for (let start = 0; start < n; ) {
    const score = sorted[start];
    let end = start;
    let tiedPositives = 0;
    while (end < n && sorted[end] === score) {
      tiedPositives += labels[end] as number;
      end++;
    }
    const tiedNegatives = end - start - tiedPositives;
    wins += tiedPositives * (negativesBelow + tiedNegatives / 2);
    negativesBelow += tiedNegatives;
    start = end;
  }
  let placements: Float64Array | null = null;
  return {
    value: wins / (positives * negatives),
    positives,
    negatives,
    // The value alone does without, and they cost more than it does.
    get placements() {
      placements ??= placementsOf(sorted, labels, order, positives);
      return placements;
    },
  };
}

function placementsOf(
  sorted: Float64Array,
  labels: Uint8Array,
  order: Int32Array,
  positives: number,
): Float64Array {
  const n = sorted.length;
  const negatives = n - positives;
  const placements = new Float64Array(n);
  let positivesBelow = 0;
  for (let start = 0; start < n; ) {
    const score = sorted[start];
    let end = start;
    let tiedPositives = 0;
    while (end < n && sorted[end] === score) {
      tiedPositives += labels[end] as number;
      end++;
    }
    const tiedNegatives = end - start - tiedPositives;
    const negativesBelow = start - positivesBelow;
    const ofPositive = (negativesBelow + tiedNegatives / 2) / negatives;
    const ofNegative = (positives - positivesBelow - tiedPositives / 2) / positives;
    for (let i = start; i < end; i++) {
      placements[order[i] as number] = labels[i] === 1 ? ofPositive : ofNegative;
    }
    positivesBelow += tiedPositives;
    start = end;
  }
  return placements;
}

/**
 * Variance of the AUC, or, with `other` on the same rows, of `auc - factor * other`. Null with fewer than two rows of a
 * class, where DeLong's variance does not exist.
 */
export function delongVariance(
  auc: Auc,
  isPositive: Uint8Array,
  other: Auc | null = null,
  factor = 1,
): number | null {
  const { positives, negatives, placements } = auc;
  if (positives < 2 || negatives < 2) {
    return null;
  }
  const centre = other === null ? auc.value : auc.value - factor * other.value;
  let ofPositives = 0;
  let ofNegatives = 0;
  for (let i = 0; i < placements.length; i++) {
    const part = placements[i] as number;
    const deviation = (other === null ? part : part - factor * (other.placements[i] as number)) - centre;
    if (isPositive[i] === 1) {
      ofPositives += deviation * deviation;
    } else {
      ofNegatives += deviation * deviation;
    }
  }
  return ofPositives / (positives - 1) / positives + ofNegatives / (negatives - 1) / negatives;
}

/**
 * DeLong's interval, built on the logit of the AUC, which keeps it inside (0, 1) and covers better near the ends
 * (Qin and Hotilovac 2008, Stat. Methods Med. Res. 17). An AUC of 0 or 1, and a class of a single row, have no
 * usable variance: there it is Newcombe's score-like interval.
 */
export function aucInterval(auc: Auc, isPositive: Uint8Array, level: number): Interval {
  const variance = delongVariance(auc, isPositive);
  const { value } = auc;
  if (variance === null || variance <= 0 || value <= 0 || value >= 1) {
    return newcombeAuc(value, auc.positives, auc.negatives, level);
  }
  return logitInterval(value, Math.sqrt(variance), level, 'delong');
}

/** value -+ z se, taken on the logit scale by the delta method; value strictly between 0 and 1. */
export function logitInterval(value: number, se: number, level: number, method: string): Interval {
  const logit = Math.log(value / (1 - value));
  const half = (criticalValue(level) * se) / (value * (1 - value));
  return {
    level,
    low: 1 / (1 + Math.exp(half - logit)),
    high: 1 / (1 + Math.exp(-half - logit)),
    method,
  };
}

/** Newcombe 2006 (Statistics in Medicine 25, 559-573), method 5: |theta - value| = z sqrt(V(theta)), solved for theta. */
export function newcombeAuc(value: number, positives: number, negatives: number, level: number): Interval {
  const z = criticalValue(level);
  const star = (positives + negatives) / 2 - 1;
  const span = (theta: number): number => {
    const shape = 1 + star * ((1 - theta) / (2 - theta) + theta / (1 + theta));
    return z * Math.sqrt((theta * (1 - theta) * shape) / (positives * negatives));
  };
  // Both ends by bisection: the interval is where |theta - value| <= span(theta).
  const end = (outside: number): number => {
    let inner = value;
    let outer = outside;
    for (let i = 0; i < 60; i++) {
      const middle = (inner + outer) / 2;
      if (Math.abs(middle - value) <= span(middle)) {
        inner = middle;
      } else {
        outer = middle;
      }
    }
    return inner;
  };
  return {
    level,
    low: value <= 0 ? 0 : end(0),
    high: value >= 1 ? 1 : end(1),
    method: 'newcombe-auc',
  };
}
