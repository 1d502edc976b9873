import { hypergeometricPmf } from './hypergeometric.ts';

/** Up to so many factors are multiplied. */
const shortProduct = 64;

/**
 * Is a category that only one side has news, or chance? The p-value, never too small, of finding on that side a
 * category with `largest` rows and more that the other side lacks: min(1, sum over categories with at least so many
 * rows of P(all of them fall on the side)), for rows split at random. `pooled`: rows of each category on both sides
 * together; `rows` of all, `side` of the side; `largest`: rows of its largest category that the other side lacks.
 *
 * Valid without any assumption: it is Boole's bound on P(some category of that size is exclusive), given the pooled
 * counts.
 */
export function exclusiveCategoryP(
  pooled: ArrayLike<number>,
  rows: number,
  side: number,
  largest: number,
): number {
  if (!(largest > 0)) return 1;
  const known = new Map<number, number>();
  let sum = 0;
  for (let k = 0; k < pooled.length && sum < 1; k++) {
    const count = pooled[k] as number;
    if (count < largest) continue;
    let p = known.get(count);
    if (p === undefined) {
      p = allOnOneSide(count, rows, side);
      known.set(count, p);
    }
    sum += p;
  }
  return Math.min(1, sum);
}

/** C(rows - count, side - count) / C(rows, side), the product of the (side - i) / (rows - i). */
function allOnOneSide(count: number, rows: number, side: number): number {
  if (count > side) return 0;
  if (count > shortProduct) {
    return hypergeometricPmf(count, { rows, marked: count, drawn: side });
  }
  let product = 1;
  for (let i = 0; i < count; i++) product *= (side - i) / (rows - i);
  return product;
}
