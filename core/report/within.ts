/** Parts of a page within a budget: what does not fit is counted, and the page never drops the whole section. */

import type { Markup } from './markup.ts';

/**
 * Renders items in order until their texts exceed `budget` bytes or their number `most`; the first always stands.
 * `left`: those that are not rendered.
 */
export function within<Item>(
  items: readonly Item[],
  { budget, most }: { readonly budget: number; readonly most: number },
  render: (item: Item) => Markup,
): { readonly parts: readonly Markup[]; readonly left: number } {
  const parts: Markup[] = [];
  let used = 0;
  for (const item of items.slice(0, most)) {
    const part = render(item);
    used += Buffer.byteLength(part.text, 'utf8');
    if (used > budget && parts.length > 0) break;
    parts.push(part);
  }
  return { parts, left: items.length - parts.length };
}
