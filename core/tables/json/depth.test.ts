import { expect, test } from 'vitest';
import { deepestRow, isTooDeep } from './depth.ts';

const nested = (levels: number, inner = ''): string => '['.repeat(levels) + inner + ']'.repeat(levels);

test.each([
  ['as deep as allowed', nested(deepestRow), false],
  ['one deeper', nested(deepestRow + 1), true],
  ['objects and arrays together', `${'{"a":['.repeat(501)}1${']}'.repeat(501)}`, true],
  ['brackets that close in between', `[${'[],'.repeat(5000)}[]]`, false],
  ['brackets in a string', `["${'['.repeat(5000)}"]`, false],
  ['brackets behind an escaped quote', `["\\"${'['.repeat(5000)}"]`, false],
  ['brackets behind a string that ends in a backslash', `["\\\\",${nested(1001)}]`, true],
  ['a string that never closes', `["${'['.repeat(5000)}`, false],
])('%s', (_, text, expected) => expect(isTooDeep(text)).toBe(expected));
