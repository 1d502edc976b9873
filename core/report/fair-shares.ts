/**
 * Shares `limit` places among groups of different size, so that a large group does not push out the small ones: a group
 * that needs no more than an equal share gets all it needs, and what is over is shared among the rest (max-min
 * fairness: Bertsekas and Gallager, Data Networks, 1992, section 6.5). The shares sum to the limit, or to all.
 */
export function fairShares<Key>(sizes: ReadonlyMap<Key, number>, limit: number): Map<Key, number> {
  const ascending = [...sizes].sort(([, a], [, b]) => a - b);
  let left = limit;
  return new Map(
    ascending.map(([key, size], index) => {
      const share = Math.min(size, Math.floor(left / (ascending.length - index)));
      left -= share;
      return [key, share];
    }),
  );
}
