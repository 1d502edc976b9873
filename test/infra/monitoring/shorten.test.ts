/** That the rules of the end-to-end test are the repository's own but for time. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { filesOf } from './rule-files.ts';
import { shorterRoutes, shorterRules, shorterTime } from './shorten.ts';

test.each([
  ['30s', '500ms'],
  ['5m', '5000ms'],
  ['40m', '40000ms'],
  ['1h', '40000ms'],
  ['3d', '40000ms'],
])('%s becomes %s', (long, short) => {
  expect(shorterTime(long)).toBe(short);
});

test('what is no duration is refused', () => {
  expect(() => shorterTime('5 minutes')).toThrow('5 minutes is no duration such as 5m');
});

test.each(filesOf('rules/*.yml'))('nothing else is changed: %s', (path) => {
  const text = readFileSync(path, 'utf8');
  const without = (rules: unknown): unknown =>
    JSON.parse(
      JSON.stringify(rules)
        .replaceAll(/\[\w+\]|"for":"\w+"/g, 'TIME')
        .replaceAll('TIME,', ''),
    );
  const shorter = parse(shorterRules(text));
  expect(without(shorter)).toEqual(without(parse(text)));
  expect(shorter).not.toEqual(parse(text));
});

test('routes keep who is told what', () => {
  const text = readFileSync(filesOf('alertmanager/alertmanager.yml')[0] ?? '', 'utf8');
  const shorter = shorterRoutes(text);
  expect(shorter).toContain('  group_wait: 500ms\n  group_interval: 5000ms\n  repeat_interval: 12h\n');
  const names = (each: string): string => each.replaceAll(/group_(wait|interval): \w+/g, '');
  expect(names(shorter)).toBe(names(text));
});
