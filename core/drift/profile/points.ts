/** Which values of a column stand for all of them. */

import { countBelow, countUpTo } from '../../stats/index.ts';
import { decileEdges } from '../sides.ts';
import { placement } from './placement.ts';

/** Rows on both sides without which a point is not shortened: the one row that it was would be misplaced. */
const denseRows = 16;
/** Of the distance to the next point: how far shortening may move one. */
const tolerance = 1 / 50;

/**
 * At most `most` values (16 or more), ascending. All of them when they are so few. Else minimum, maximum, the deciles
 * that bins are made of and the most repeated value, all as they are; half of the rest at even ranks, where a sketch
 * must be fine for Kolmogorov-Smirnov; the other half, one by one, where the rows are farthest from the places that
 * they would be given, as in tails and at gaps: that is what Wasserstein distance and deviation hang on.
 * @param sorted ascending, at least one value
 */
export function pointsOf(sorted: Float64Array, most: number, whole: boolean): number[] {
  const { few, top } = survey(sorted, most);
  if (few !== null) return few;
  const n = sorted.length;
  const kept = new Set<number>([sorted[0] as number, sorted[n - 1] as number, ...decileEdges(sorted)]);
  // So numbers that repeat are told from row numbers, which do not.
  if (top !== null) kept.add(top);
  const points = new Set(kept);
  const even = Math.ceil((most - points.size) / 2);
  for (let index = 1; index <= even; index += 1) {
    points.add(sorted[Math.floor((index / (even + 1)) * n)] as number);
  }
  addWorst(sorted, points, most, whole);
  const ascending = [...points].map((value) => value + 0).sort((a, b) => a - b);
  return ascending.map((value, index) =>
    kept.has(value) ? value : shortened(sorted, value, ascending[index - 1], ascending[index + 1]),
  );
}

/** `few`: all different values, null when there are more than `most`. `top`: the most repeated one, null when none is. */
function survey(sorted: Float64Array, most: number): { few: number[] | null; top: number | null } {
  let few: number[] | null = [];
  let top: number | null = null;
  let largest = 1;
  for (let start = 0; start < sorted.length; ) {
    const value = sorted[start] as number;
    let end = start + 1;
    while (end < sorted.length && sorted[end] === value) end += 1;
    if (end - start > largest) {
      largest = end - start;
      top = value;
    }
    if (few !== null && few.length === most) few = null;
    few?.push(value + 0);
    start = end;
  }
  return { few, top };
}

/** Rows strictly between two points. */
interface Gap {
  readonly low: number;
  readonly high: number;
  readonly first: number;
  readonly end: number;
  /** How far the rows are from their places, together. */
  readonly error: number;
  /** The row that is farthest. */
  readonly worst: number;
}

function addWorst(sorted: Float64Array, points: Set<number>, most: number, whole: boolean): void {
  const values = [...points].sort((a, b) => a - b);
  const gaps: Gap[] = [];
  const push = (low: number, high: number, first: number, end: number): void => {
    if (end > first) gaps.push(gapOf(sorted, low, high, first, end, whole));
  };
  for (let index = 1; index < values.length; index += 1) {
    const [low, high] = [values[index - 1] as number, values[index] as number];
    push(low, high, countUpTo(sorted, low), countBelow(sorted, high));
  }
  while (points.size < most && gaps.length > 0) {
    let at = 0;
    for (let index = 1; index < gaps.length; index += 1) {
      if ((gaps[index] as Gap).error > (gaps[at] as Gap).error) at = index;
    }
    const [gap] = gaps.splice(at, 1);
    if (gap === undefined || !(gap.error > 0)) return;
    const value = sorted[gap.worst] as number;
    points.add(value);
    push(gap.low, value, gap.first, countBelow(sorted, value));
    push(value, gap.high, countUpTo(sorted, value), gap.end);
  }
}

function gapOf(
  sorted: Float64Array,
  low: number,
  high: number,
  first: number,
  end: number,
  whole: boolean,
): Gap {
  const place = placement(low, high, end - first, whole);
  let error = 0;
  let worst = first;
  let farthest = -1;
  for (let row = first; row < end; row += 1) {
    const distance = Math.abs((sorted[row] as number) - place(row - first));
    error += distance;
    if (distance > farthest) {
      farthest = distance;
      worst = row;
    }
  }
  return { low, high, first, end, error, worst };
}

/** With as few digits as leave it near its place; as it is where it repeats or few rows are about. */
function shortened(
  sorted: Float64Array,
  value: number,
  before: number | undefined,
  next: number | undefined,
): number {
  if (before === undefined || next === undefined) return value;
  const [first, end] = [countBelow(sorted, value), countUpTo(sorted, value)];
  const isDense =
    first - countUpTo(sorted, before) >= denseRows && countBelow(sorted, next) - end >= denseRows;
  if (end - first > 1 || !isDense) return value;
  const most = Math.min(value - before, next - value) * tolerance;
  for (let digits = 1; digits < 17; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= most) return short + 0;
  }
  return value;
}
