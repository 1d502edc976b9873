/** What is too long for a page is cut in its middle: how a rollout failed and was rolled back stands at its end. */
export function headAndTail<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  const head = Math.floor(most / 3);
  return [...items.slice(0, head), ...items.slice(head - most)];
}
