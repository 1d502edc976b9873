const digitBits = 11;
const buckets = 1 << digitBits;
const mask = buckets - 1;
const passes = 6;

/**
 * Row indices in ascending order of `values` (finite numbers); equal values keep their order. Least-significant-digit
 * radix sort on the bit patterns, six passes of 11 bits; passes in which all rows share the digit are left out.
 * A comparator sort of a million rows takes some ten times as long.
 */
export function argsort(values: Float64Array): Int32Array {
  const n = values.length;
  const highWords = new Int32Array(n);
  const lowWords = new Int32Array(n);
  const cell = new Float64Array(1);
  const words = new Int32Array(cell.buffer);
  const histogram = new Int32Array(passes * buckets);
  for (let i = 0; i < n; i++) {
    // Adding zero turns -0 into 0, which it must tie with.
    cell[0] = (values[i] as number) + 0;
    const sign = (words[1] as number) >> 31;
    // Negative numbers: all bits flipped; others: the sign bit. Then unsigned order is numeric order.
    const high = (words[1] as number) ^ (sign | 0x80000000);
    const low = (words[0] as number) ^ sign;
    highWords[i] = high;
    lowWords[i] = low;
    for (let pass = 0; pass < passes; pass++) {
      const at = pass * buckets + digit(high, low, pass);
      histogram[at] = (histogram[at] as number) + 1;
    }
  }
  let order = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    order[i] = i;
  }
  let next = new Int32Array(n);
  for (let pass = 0; pass < passes; pass++) {
    const base = pass * buckets;
    const first = digit(highWords[0] ?? 0, lowWords[0] ?? 0, pass);
    if (n === 0 || histogram[base + first] === n) {
      continue;
    }
    let start = 0;
    for (let b = base; b < base + buckets; b++) {
      const count = histogram[b] as number;
      histogram[b] = start;
      start += count;
    }
    for (let i = 0; i < n; i++) {
      const row = order[i] as number;
      const at = base + digit(highWords[row] as number, lowWords[row] as number, pass);
      const target = histogram[at] as number;
      histogram[at] = target + 1;
      next[target] = row;
    }
    const swapped = order;
    order = next;
    next = swapped;
  }
  return order;
}

function digit(high: number, low: number, pass: number): number {
  switch (pass) {
    case 0:
      return low & mask;
    case 1:
      return (low >>> 11) & mask;
    case 2:
      return ((low >>> 22) | (high << 10)) & mask;
    case 3:
      return (high >>> 1) & mask;
    case 4:
      return (high >>> 12) & mask;
    default:
      return high >>> 23;
  }
}
