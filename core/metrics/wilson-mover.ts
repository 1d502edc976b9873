/**
 * Intervals where resampling has nothing to say: every row right, every row wrong, or candidate and baseline alike. The
 * bootstrap then repeats the value and would claim certainty from any number of rows. Instead each class' recall is
 * moved, one class at a time, to its Wilson bound (the errors going to the other classes as predictions do), and the
 * changes of the metric are added in quadrature, which is MOVER (Zou and Donner 2008) over independent class recalls.
 */

import type { Interval } from '../gate/types.ts';
import { wilson } from '../stats/index.ts';
import type { CountStatistic } from './cell-draws.ts';
import type { Margins } from './confusion.ts';

/** `reads`: the one class that the statistic looks at; null: any. It only spares time. */
export function wilsonMover(
  m: Margins,
  statistic: CountStatistic,
  level: number,
  reads: number | null = null,
): Interval {
  const value = statistic(m);
  const moved = mover(m, reads);
  let below = 0;
  let above = 0;
  for (let k = 0; k < m.hits.length; k++) {
    const rows = m.actual[k] as number;
    if (rows === 0) {
      continue;
    }
    const hits = m.hits[k] as number;
    const bounds = wilson(hits, rows, level);
    for (const recall of [bounds.low, bounds.high]) {
      const change = statistic(moved(k, recall * rows)) - value;
      if (change < 0) {
        below += change * change;
      } else if (change > 0) {
        above += change * change;
      }
    }
  }
  return { level, low: value - Math.sqrt(below), high: value + Math.sqrt(above), method: 'wilson-mover' };
}

/**
 * How far one of two models that agreed on every row may still move: per class, the share of rows on which they differ is
 * at most the Wilson bound of 0 in n.
 */
export function agreementReach(
  m: Margins,
  statistic: CountStatistic,
  level: number,
  reads: number | null = null,
): { readonly below: number; readonly above: number } {
  const value = statistic(m);
  const movedTo = mover(m, reads);
  let below = 0;
  let above = 0;
  for (let k = 0; k < m.hits.length; k++) {
    const rows = m.actual[k] as number;
    if (rows === 0) {
      continue;
    }
    const hits = m.hits[k] as number;
    const differing = wilson(0, rows, level).high * rows;
    for (const moved of [Math.max(0, hits - differing), Math.min(rows, hits + differing)]) {
      const change = statistic(movedTo(k, moved)) - value;
      if (change < 0) {
        below += change * change;
      } else if (change > 0) {
        above += change * change;
      }
    }
  }
  return { below: Math.sqrt(below), above: Math.sqrt(above) };
}

/**
 * `withHits` in constant time where only class `reads` is looked at: with 1,000 classes, 1,000 metrics of one class
 * would else copy the margins a million times. What is returned holds until the next call.
 */
function mover(m: Margins, reads: number | null): (k: number, hits: number) => Margins {
  if (reads === null) {
    return (k, hits) => withHits(m, k, hits);
  }
  const result = { n: m.n, hits: m.hits.slice(), actual: m.actual, predicted: m.predicted.slice() };
  const total = m.predicted.reduce((sum, count) => sum + count, 0);
  const ownHits = m.hits[reads] as number;
  const ownPredicted = m.predicted[reads] as number;
  const others = m.hits.length - 1;
  return (k, hits) => {
    const moved = (m.hits[k] as number) - hits;
    if (k === reads) {
      result.hits[reads] = hits;
      result.predicted[reads] = ownPredicted - moved;
      return result;
    }
    const weights = total - (m.predicted[k] as number);
    const share = weights > 0 ? ownPredicted / weights : 1 / others;
    result.hits[reads] = ownHits;
    result.predicted[reads] = Math.max(ownHits, ownPredicted + moved * share);
    return result;
  };
}

/** The margins with `hits` of class k right; the difference goes to or comes from the other classes. */
function withHits(m: Margins, k: number, hits: number): Margins {
  const moved = (m.hits[k] as number) - hits;
  const predicted = m.predicted.slice();
  const changed = m.hits.slice();
  changed[k] = hits;
  const others = m.hits.length - 1;
  let weights = 0;
  for (let j = 0; j < predicted.length; j++) {
    weights += j === k ? 0 : (predicted[j] as number);
  }
  predicted[k] = (predicted[k] as number) - moved;
  for (let j = 0; j < predicted.length; j++) {
    if (j !== k) {
      const share = weights > 0 ? (m.predicted[j] as number) / weights : 1 / others;
      predicted[j] = Math.max(changed[j] as number, (predicted[j] as number) + moved * share);
    }
  }
  return { n: m.n, hits: changed, actual: m.actual, predicted };
}
