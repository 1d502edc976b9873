/** The fixtures that kubectl renders. */

import { expect, test } from 'vitest';
import { expectedOf, findingsOf, renderedFixtures } from './fixtures.ts';

test.each(renderedFixtures)('$name', async (fixture) => {
  const { text, checks: found } = await findingsOf(fixture.folder);
  expect(withoutReason(text)).toBe(withoutReason(expectedOf(fixture)));
  if (fixture.isBad) expect(found).toContain(fixture.check);
});

/** Each version of kustomize has its own words for the reason; that there are some is enough. */
function withoutReason(text: string): string {
  return text.replaceAll(/(it cannot be rendered:) \S.*/g, '$1');
}
