/** Expressions that are right have no finding: a lint that cries wolf is taken out. */

import { expect, test } from 'vitest';
import { knowledgeOfFolder, lintPromql } from './index.ts';
import { right, rightContract, wellKnown } from './testing-right.ts';

const nobody = knowledgeOfFolder({ rules: [], dashboards: [], scrapes: [], contract: null });

test.each(wellKnown)('nothing is wrong with %s', (text) => {
  expect(lintPromql(text, nobody).mistakes.filter((one) => !isShownRaw(text, one.name))).toEqual([]);
});

/** Selectors alone are examples of selectors, and not of what to show. */
function isShownRaw(text: string, name: string): boolean {
  return name === 'promql-raw-counter' && /^[\w]+\{?[^(]*$/.test(text);
}

test('nor of those that know their metrics', () => {
  const known = knowledgeOfFolder({ rules: [], dashboards: [], scrapes: [], contract: rightContract });
  expect(right.flatMap((text) => lintPromql(text, known).mistakes)).toEqual([]);
});
