/** Every mistake is refused by the check that is named for it, with words that help; what is right has no finding. */

import { expect, test } from 'vitest';
import { checks } from '../../../check-infra/index.ts';
import { expectedOf, findingsOf, plainFixtures, renderedFixtures } from './fixtures.ts';

test.each(plainFixtures)('$name', async (fixture) => {
  const { text, checks: found } = await findingsOf(fixture.folder);
  expect(text).toBe(expectedOf(fixture));
  if (fixture.isBad) expect(found).toContain(fixture.check);
});

test('each check has a fixture that it refuses and one that it lets be', () => {
  const names = [...plainFixtures, ...renderedFixtures];
  // Mistakes in PromQL are many and small: check-infra/promql/lint.test.ts has a line for each.
  const wanted = checks.map(({ name }) => name).filter((name) => !name.startsWith('promql-'));
  for (const isBad of [true, false]) {
    const there = new Set(names.filter((one) => one.isBad === isBad).map(({ check }) => check));
    expect(wanted.filter((name) => !there.has(name))).toEqual([]);
  }
  const unknown = names.filter(({ check }) => !checks.some(({ name }) => name === check));
  expect(unknown).toEqual([]);
});
