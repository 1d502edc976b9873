import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enginePattern } from './engine-pattern.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What the engine finds with the translated expression in each text. */
async function found(source: string, texts: readonly string[]): Promise<boolean[]> {
  const expression = enginePattern(source);
  if (expression === null) throw new Error(`not translated: ${source}`);
  const items = texts.map((text) => `regexp_matches(${quoted(text)}, ${quoted(expression)})`);
  const [row = []] = (await connection.runAndReadAll(`SELECT ${items.join(', ')}`)).getRows();
  return row.map((each) => each === true);
}

const texts = [
  ...['', 'a', 'ab', 'aab', 'abc-12345', 'ABC-12345', 'é', 'eé', '👍', '👍👍', 'a\nb', 'a\n', '\n', 'a\rb'],
  ...[
    'a\u2028b',
    ' ',
    '\u00a0',
    '\ufeff',
    '12',
    '١٢',
    'x.y',
    'x-y',
    'x_y',
    '\\',
    '[',
    ']',
    '^',
    '$',
    'a b',
    "it's",
  ],
  ...['ada@example.org', 'Z', 'ſ', 'K', '\u000b', '\u001c', '\u0085'],
];

test.each([
  ...[
    '^[A-Z]{3}-[0-9]{5}$',
    '^[^@ ]+@[^@ ]+\\.[a-z]+$',
    '^a',
    'b$',
    '^a|b$',
    '(?:^a)|(?<name>b$)',
    'a.b',
    '^.$',
  ],
  ...[
    '^\\d{2}$',
    '\\D',
    '^\\w+$',
    '\\W',
    '^\\s$',
    '^\\S+$',
    '[\\s\\d]',
    '[^\\s]',
    '^[^a]$',
    '[a\\-z]',
    '[a-]',
    '[\\]^]',
  ],
  ...[
    'é',
    '^é?$',
    '👍{2}',
    '\\u00e9',
    '\\u{1f44d}',
    '\\x61',
    '^(?:a|ab)*$',
    '(a+)+$',
    'a{0,2}?b',
    '^a{2,}b',
    '',
    '|a',
  ],
  ...[
    '\\.',
    '\\\\',
    '\\[',
    '\\^',
    '\\$',
    '\\/',
    '\\t|\\n|\\v|\\f|\\r',
    '^(?:)$',
    'a|',
    '[\\u0080-\\u{10ffff}]',
  ],
])('%s is read by the engine as by JavaScript', async (source) => {
  const expression = new RegExp(source, 'u');
  expect(await found(source, texts)).toEqual(texts.map((text) => expression.test(text)));
});

test.each([
  ...[
    '\\bx',
    '\\p{L}',
    '(a)\\1',
    '(?=a)b',
    '(?!a)b',
    '(?<=a)b',
    '(?<!a)b',
    '[]',
    '[^]',
    '[\\D]',
    '\\cA',
    '\\0',
  ],
  ...[
    'a{1001}',
    '(?:a{100}){100}',
    '(?:^a|b)*',
    '\\ud83d',
    '\ud83d',
    'a'.repeat(2000),
    `${'('.repeat(60)}${')'.repeat(60)}`,
  ],
])('%s is left to JavaScript', (source) => {
  expect(enginePattern(source)).toBeNull();
});

describe('random expressions', () => {
  const atom = fc.constantFrom(
    ...['a', 'b', '-', 'é', '.', '\\d', '\\w', '\\s', '\\S', '[ab]', '[^a]', '[a-c1-3]', '\\.', '^', '$'],
  );
  const quantifier = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,2}', '*?');
  const term = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(inner, quantifier).map(([text, count]) => (/^[\^$]$/.test(text) ? text : text + count));
  const sequence = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.array(term(inner), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const group = fc
    .tuple(fc.constantFrom('(?:', '('), fc.array(sequence(atom), { minLength: 1, maxLength: 3 }))
    .map(([open, parts]) => `${open}${parts.join('|')})`);
  const whole = sequence(fc.oneof({ weight: 3, arbitrary: atom }, { weight: 1, arbitrary: group }));
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', '1', '-', 'é', ' ', '\n', '.'),
    maxLength: 5,
  });

  test('match the same texts', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(whole, fc.array(text, { minLength: 20, maxLength: 20 }), async (source, some) => {
        if (enginePattern(source) === null) return;
        const expression = new RegExp(source, 'u');
        expect(await found(source, some)).toEqual(some.map((each) => expression.test(each)));
        compared += 1;
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
