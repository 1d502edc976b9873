/** All pages of an answer, or none: a part of the costs would be a low number that looks fine. */

import { CostFailure } from './failure.ts';

/** @throws CostFailure when a token comes twice, or there are more pages than `most`; each page costs money. */
export async function allPages<Page>(
  ask: (token: string | undefined) => Promise<Page>,
  nextOf: (page: Page) => string | undefined,
  most: number,
): Promise<Page[]> {
  const pages: Page[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    if (pages.length === most)
      throw new CostFailure(
        'unexpected_answer',
        `the answer has more than ${most} pages: the history or the number of groups is too large`,
      );
    const page = await ask(token);
    pages.push(page);
    token = nextOf(page) || undefined;
    if (token !== undefined && seen.has(token))
      throw new CostFailure('unexpected_answer', 'the pages of the answer go round in a circle');
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  return pages;
}
