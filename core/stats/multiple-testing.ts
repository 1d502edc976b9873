/**
 * Benjamini and Hochberg 1995 adjusted p-values: p(i) m / i, made monotone by the minimum from the largest rank down,
 * capped at 1; in the order of the input.
 */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const m = p.length;
  const order = Array.from({ length: m }, (_, i) => i).sort((i, j) => (p[i] as number) - (p[j] as number));
  const adjusted = new Float64Array(m);
  let smallest = 1;
  for (let rank = m; rank >= 1; rank--) {
    const index = order[rank - 1] as number;
    smallest = Math.min(smallest, ((p[index] as number) * m) / rank);
    adjusted[index] = smallest;
  }
  return adjusted;
}
