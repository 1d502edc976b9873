/** Where rows between two points are put. */

/** Beyond it doubles do not hold every whole number. */
const mostWhole = 2 ** 53;

/**
 * Places of `rows` rows, evenly and ascending, above `low` and below `high`; whole numbers where the column has only
 * those, each at most once while there are enough of them.
 */
export function placement(low: number, high: number, rows: number, whole: boolean): (row: number) => number {
  const room = high - low - 1;
  if (whole && room >= 1 && room < mostWhole) {
    return (row) => low + 1 + Math.floor(((row + 0.5) / rows) * room);
  }
  // Rounding must not put a row onto a point, whose rows are counted.
  const [least, most] = [above(low), -above(-high)];
  return (row) => {
    // In this form two far ends do not overflow.
    const share = (row + 1) / (rows + 1);
    return Math.min(most, Math.max(least, low * (1 - share) + high * share));
  };
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The next double. */
function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return double[0];
}
