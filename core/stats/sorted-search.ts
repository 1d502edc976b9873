/** Counting by binary search in what is sorted. */

type Sorted = Float64Array | Int32Array;

/** How many numbers are less than `value`: all before `from` are, those from there to before `to` ascend, none behind is. */
export function countBelow(sorted: Sorted, value: number, from = 0, to = sorted.length): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Likewise, how many are at most `value`. */
export function countUpTo(sorted: Sorted, value: number, from = 0, to = sorted.length): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
