/** The threat model: every claim names a test that is there. */

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const model = readFileSync(join(root, 'reference-infra/security/threat-model.md'), 'utf8');
const tests = globSync('test/infra/{iam,kubernetes,check-infra}/**/*.test.ts', { cwd: root }).map((file) =>
  readFileSync(join(root, file), 'utf8'),
);
const titles = new Set(
  tests.flatMap((text) =>
    [...text.matchAll(/\btest(?:\.each\([\s\S]*?\))?\(\s*'((?:[^'\\]|\\.)*)'/g)].map(
      ([, title = '']) => title,
    ),
  ),
);
/** Claims are items of lists; what stands in code in them, and has a blank, is the title of a test. */
const claims = model
  .split(/\n(?=- |\n|#)/)
  .map((part) => part.trim())
  .filter((part) => part.startsWith('- '))
  .map((claim) => ({
    claim: claim.slice(0, 70),
    named: [...claim.matchAll(/`([^`]*)`/g)]
      .map(([, title = '']) => title.replaceAll(/\s+/g, ' '))
      .filter((title) => title.includes(' ')),
  }));

test('there are claims, and tests that they could name', () => {
  expect(claims.length).toBeGreaterThan(15);
  expect(titles.size).toBeGreaterThan(50);
});

test.each(claims)('$claim', ({ named }) => {
  expect(named.length).toBeGreaterThan(0);
  for (const title of named) expect(titles, title).toContain(title);
});

test('it has two pages at the most', () => {
  expect(model.split(/\s+/).length).toBeLessThan(1_200);
});

test('every statement of every policy has its reason in the README', () => {
  const folder = join(root, 'reference-infra/security/aws');
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  let policy = '';
  const explained = new Set(
    [...readme.matchAll(/^\| (`[a-z-]+`)? ?\| ([A-Z][A-Za-z, ]*) \|/gm)].flatMap(([, file, names = '']) => {
      if (file !== undefined) policy = file.replaceAll('`', '');
      return names.split(', ').map((name) => `${policy} ${name}`);
    }),
  );
  const there = globSync('*.json', { cwd: folder }).flatMap((file) => {
    const { Statement } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      Statement: { Sid: string }[];
    };
    return Statement.map(({ Sid }) => `${file.replace('.json', '')} ${Sid}`);
  });
  expect([...explained].sort()).toEqual(there.sort());
});
