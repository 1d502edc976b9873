/** What there is in place of what is missing. */

import { nearest } from '../../../core/gate/index.ts';

const shownAtMost = 5;

/** `; did you mean v1.2.3?`, else the first few; nothing where there are none. */
export function hint(wanted: string, present: readonly string[], what: string): string {
  if (present.length === 0) return '';
  const near = nearest(wanted, present);
  if (near !== undefined) return `; did you mean ${near}?`;
  const shown = present.slice(0, shownAtMost).join(', ');
  const more = present.length - shownAtMost;
  return `; it has the ${what} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
