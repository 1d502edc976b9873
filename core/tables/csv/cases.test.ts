/** CSV as people really have it: the bytes, and what becomes of them. */

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readAll, useFolder } from '../testing.ts';
import type { CsvOptions } from './options.ts';

const folder = useFolder();

interface Case {
  readonly given: string | Uint8Array;
  readonly options?: CsvOptions;
  readonly skipsRagged?: true;
  /** `name: kind` of each column. */
  readonly columns: readonly string[];
  /** By column in the order above; null: missing. */
  readonly cells: readonly (readonly unknown[])[];
  readonly notes?: readonly string[];
  /** Physical line of each row; left out: 2, 3, … */
  readonly lines?: readonly number[];
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const looksLike = (column: string, what: string, cell: string, line = 2): string =>
  `column "${column}" has values that look like ${what} and are none, such as "${cell}" (line ${line}); it is read as text`;

const hasNull = (column: string, cell: string, line: number): string =>
  `column "${column}" has numbers and "${cell}" (line ${line}); it is read as text; null=${cell} in csv-options makes such cells missing`;

const structure: Readonly<Record<string, Case>> = {
  'one column': { given: 'a\n1\n2\n', columns: ['a: integer'], cells: [[1, 2]] },
  'no line end at the end': { given: 'a,b\n1,2', columns: ['a: integer', 'b: integer'], cells: [[1], [2]] },
  'a header only': { given: 'a,b\n', columns: ['a: string', 'b: string'], cells: [[], []] },
  'a header only, without a line end': { given: 'a,b', columns: ['a: string', 'b: string'], cells: [[], []] },
  'a byte order mark': { given: '\ufeffa\n1\n', columns: ['a: integer'], cells: [[1]] },
  CRLF: { given: 'a,b\r\n1,x\r\n', columns: ['a: integer', 'b: string'], cells: [[1], ['x']] },
  'lone CR': {
    given: 'a,b\r1,x\r2,z\r',
    columns: ['a: integer', 'b: string'],
    cells: [
      [1, 2],
      ['x', 'z'],
    ],
  },
  'mixed line ends, each is a line': {
    given: 'a,b\r\n1,"x\ry"\n2,z\r3,"u\r\nv"\r\n4,w',
    columns: ['a: integer', 'b: string'],
    cells: [
      [1, 2, 3, 4],
      ['x\ry', 'z', 'u\r\nv', 'w'],
    ],
    lines: [2, 4, 5, 7],
  },
  'LF inside quotes': {
    given: 'a,b\n"1\n\n",x\n2,y\n',
    columns: ['a: string', 'b: string'],
    cells: [
      ['1\n\n', '2'],
      ['x', 'y'],
    ],
    notes: [looksLike('a', 'numbers', '1\\n\\n')],
    lines: [2, 5],
  },
  'CRLF inside quotes': {
    given: 'a,b\r\n"1\r\n2",x\r\n3,y\r\n',
    columns: ['a: string', 'b: string'],
    cells: [
      ['1\r\n2', '3'],
      ['x', 'y'],
    ],
    lines: [2, 4],
  },
  'doubled quotes': { given: 'a\n"say ""hi"""\n""""\n', columns: ['a: string'], cells: [['say "hi"', '"']] },
  'a quote inside a bare field': {
    given: 'a,b\n5" x 3",1\n',
    columns: ['a: string', 'b: integer'],
    cells: [['5" x 3"'], [1]],
  },
  'a quoted header': {
    given: '"a ""b""\n",c\n1,2\n',
    columns: ['a "b"\n: integer', 'c: integer'],
    cells: [[1], [2]],
    lines: [3],
  },
  'blanks in the header stay': {
    given: ' a ,b\n1,2\n',
    columns: [' a : integer', 'b: integer'],
    cells: [[1], [2]],
  },
  'an empty header name': {
    given: ',b\n0,1\n',
    columns: ['column_1: integer', 'b: integer'],
    cells: [[0], [1]],
    notes: ['column 1 has no name in the header; it is called column_1'],
  },
  'a trailing delimiter everywhere': {
    given: 'a,b,\n1,2,\n',
    columns: ['a: integer', 'b: integer', 'column_3: string'],
    cells: [[1], [2], [null]],
    notes: [
      'column 3 has no name in the header; it is called column_3',
      'column "column_3" has no values; it is read as text',
    ],
  },
  'blank lines at the start, in the middle, at the end': {
    given: '\n\r\na,b\n1,2\n\n3,4\n\n\n',
    columns: ['a: integer', 'b: integer'],
    cells: [
      [1, 3],
      [2, 4],
    ],
    notes: ['blank lines skipped: 5, the first is line 1'],
    lines: [4, 6],
  },
  'blank lines in a file of one column: missing': {
    given: 'a\n1\n\n2\n',
    columns: ['a: integer'],
    cells: [[1, null, 2]],
  },
  'a line of blanks in a file of one column: text': {
    given: 'a\nx\n  \n',
    columns: ['a: string'],
    cells: [['x', '  ']],
  },
  'a header that is data': {
    given: '1.5,x\n2.5,z\n',
    columns: ['1.5: number', 'x: string'],
    cells: [[2.5], ['z']],
    notes: ['the header holds numbers: if the first line is data, say header=false in csv-options'],
  },
  'header=false': {
    given: '\n1.5,x\n2.5,z\n',
    options: { header: false },
    columns: ['column_1: number', 'column_2: string'],
    cells: [
      [1.5, 2.5],
      ['x', 'z'],
    ],
    notes: ['blank lines skipped: 1, the first is line 1'],
    lines: [2, 3],
  },
  'a very long line': {
    given: `a,b\n1,"${'x'.repeat(3_000_000)}"\n2,z\n`,
    columns: ['a: integer', 'b: string'],
    cells: [
      [1, 2],
      ['x'.repeat(3_000_000), 'z'],
    ],
  },
  'rows with too many or too few fields, left out': {
    given: 'a,b\n1,x\n2\n3,z,\n4,"w\nv"\n5,\n',
    skipsRagged: true,
    columns: ['a: integer', 'b: string'],
    cells: [
      [1, 4, 5],
      ['x', 'w\nv', null],
    ],
    notes: ['rows left out: 2 with more or fewer fields than the header, first on line 3'],
    lines: [2, 5, 7],
  },
};

const dialects: Readonly<Record<string, Case>> = {
  semicolons: {
    given: 'a;b\n1;x\n',
    columns: ['a: integer', 'b: string'],
    cells: [[1], ['x']],
    notes: ['delimiter `;`'],
  },
  tabs: {
    given: 'a\tb\n1\tx\n',
    columns: ['a: integer', 'b: string'],
    cells: [[1], ['x']],
    notes: ['delimiter tab'],
  },
  bars: {
    given: 'a|b\n1|x\n',
    columns: ['a: integer', 'b: string'],
    cells: [[1], ['x']],
    notes: ['delimiter `|`'],
  },
  'two that fit': {
    given: 'a;b,c\n1;2,3\n',
    columns: ['a;b: string', 'c: integer'],
    cells: [['1;2'], [3]],
    notes: ['delimiter `,` (`;` would also split every row evenly)'],
  },
  'a delimiter that is told': {
    given: 'a;b,c\n1;2,3\n',
    options: { delimiter: ';' },
    columns: ['a: integer', 'b,c: string'],
    cells: [[1], ['2,3']],
    notes: [looksLike('b,c', 'numbers', '2,3')],
  },
  'a control character as delimiter': {
    given: 'a\u0001b\n1\u0001x\n',
    options: { delimiter: '\u0001' },
    columns: ['a: integer', 'b: string'],
    cells: [[1], ['x']],
  },
  'decimal commas': {
    given: 'a;b\n1,5;2\n-0,25;3\n',
    columns: ['a: string', 'b: integer'],
    cells: [
      ['1,5', '-0,25'],
      [2, 3],
    ],
    notes: ['delimiter `;`', looksLike('a', 'numbers', '1,5')],
  },
  'single quotes': {
    given: "a,b\n'x,''y''',\"z\"\n",
    options: { quote: "'" },
    columns: ['a: string', 'b: string'],
    cells: [["x,'y'"], ['"z"']],
  },
  'no quotes': {
    given: 'a,b\n"x,y"\n',
    options: { quote: null },
    columns: ['a: string', 'b: string'],
    cells: [['"x'], ['y"']],
  },
};

const cells: Readonly<Record<string, Case>> = {
  'leading zeros': {
    given: 'zip\n01099\n10115\n',
    columns: ['zip: string'],
    cells: [['01099', '10115']],
    notes: [looksLike('zip', 'numbers', '01099')],
  },
  'blanks around numbers': {
    given: 'a\n1\n 2\n',
    columns: ['a: string'],
    cells: [['1', ' 2']],
    notes: [looksLike('a', 'numbers', ' 2', 3)],
  },
  infinities: {
    given: 'a\n1\ninf\n-Infinity\n',
    columns: ['a: string'],
    cells: [['1', 'inf', '-Infinity']],
    notes: [looksLike('a', 'numbers', 'inf', 3)],
  },
  'grouped digits, a plus, hexadecimal, what overflows a double': {
    given: 'a,b,c,d\n1_000,+5,0x10,1e400\n',
    columns: ['a: string', 'b: string', 'c: string', 'd: string'],
    cells: [['1_000'], ['+5'], ['0x10'], ['1e400']],
    notes: ['a 1_000', 'b +5', 'c 0x10', 'd 1e400'].map((each) =>
      looksLike(each.slice(0, 1), 'numbers', each.slice(2)),
    ),
  },
  '2^53 + 1 keeps its digits': {
    given: 'a\n9007199254740993\n5\n',
    columns: ['a: bigint'],
    cells: [['9007199254740993', '5']],
  },
  '2^53 + 1 beside a fraction': {
    given: 'a\n9007199254740993\n0.5\n',
    columns: ['a: number'],
    cells: [[9007199254740992, 0.5]],
    notes: ['column "a" mixes fractions with whole numbers beyond 2^53, which are rounded'],
  },
  'NA among numbers': {
    given: 'a,b\n1,NULL\nNA,2\n',
    columns: ['a: string', 'b: string'],
    cells: [
      ['1', 'NA'],
      ['NULL', '2'],
    ],
    notes: [hasNull('a', 'NA', 3), hasNull('b', 'NULL', 2)],
  },
  'NaN among numbers': {
    given: 'a\n1\nNaN\n',
    columns: ['a: string'],
    cells: [['1', 'NaN']],
    notes: [hasNull('a', 'NaN', 3)],
  },
  'null=NA and null=NULL, quoted or not': {
    given: 'a,b\n1,NULL\nNA,2\n"NA",na\n',
    options: { nulls: ['NA', 'NULL'] },
    columns: ['a: integer', 'b: string'],
    cells: [
      [1, null, null],
      [null, '2', 'na'],
    ],
    notes: [hasNull('b', 'na', 4)],
  },
  'a null text with quotes in it': {
    given: 'a,b\n"""-""",1\n-,2\n',
    options: { nulls: ['"-"'] },
    columns: ['a: string', 'b: integer'],
    cells: [
      [null, '-'],
      [1, 2],
    ],
  },
  'an empty cell, quoted or not': {
    given: 'a,b\n"",1\n,2\n',
    columns: ['a: string', 'b: integer'],
    cells: [
      [null, null],
      [1, 2],
    ],
    notes: ['column "a" has no values; it is read as text'],
  },
  'booleans in other spellings': {
    given: 'a\nTRUE\nfalse\n',
    columns: ['a: string'],
    cells: [['TRUE', 'false']],
    notes: [looksLike('a', 'booleans', 'TRUE')],
  },
  'yes and no': {
    given: 'a\nyes\nno\n',
    columns: ['a: string'],
    cells: [['yes', 'no']],
    notes: [],
  },
  'numbers and booleans': {
    given: 'a\n1\ntrue\n',
    columns: ['a: string'],
    cells: [['1', 'true']],
    notes: ['column "a" mixes numbers and booleans; it is read as text'],
  },
  'numbers and a few words': {
    given: 'a\n1\n2\n3\nunknown::error::\n',
    columns: ['a: string'],
    cells: [['1', '2', '3', 'unknown::error::']],
    notes: ['column "a" has numbers and other text, such as "unknown::error::" (line 5); it is read as text'],
  },
  'words and a few numbers: nothing to wonder': {
    given: 'a\n1\nx\nz\n',
    columns: ['a: string'],
    cells: [['1', 'x', 'z']],
  },
  formulas: {
    given: 'a\n"=cmd|\'/C calc\'!A0"\n=1+1\n@SUM(1)\n',
    columns: ['a: string'],
    cells: [["=cmd|'/C calc'!A0", '=1+1', '@SUM(1)']],
  },
};

const encodings: Readonly<Record<string, Case>> = {
  latin1: {
    given: latin1('a,b\ncaf\xe9,1\n'),
    options: { encoding: 'latin1' },
    columns: ['a: string', 'b: integer'],
    cells: [['café'], [1]],
  },
  'windows-1252, also where it is not Latin-1': {
    given: latin1('a\n\x80 5 \x96 \x93x\x94\n'),
    options: { encoding: 'windows-1252' },
    columns: ['a: string'],
    cells: [['€ 5 – “x”']],
  },
  'UTF-16 with a mark and the option': {
    given: Buffer.from('\ufeffa,b\r\n1,"é\n😀"\r\n2,x\r\n', 'utf16le'),
    options: { encoding: 'utf-16le' },
    columns: ['a: integer', 'b: string'],
    cells: [
      [1, 2],
      ['é\n😀', 'x'],
    ],
    lines: [2, 4],
  },
  'UTF-16 without a mark': {
    given: utf16be('a\né\n'),
    options: { encoding: 'utf-16be' },
    columns: ['a: string'],
    cells: [['é']],
  },
  Shift_JIS: {
    given: Buffer.from([0x61, 10, 0x83, 0x65, 10]),
    options: { encoding: 'shift_jis' },
    columns: ['a: string'],
    cells: [['テ']],
  },
  'utf-8 by its name': {
    given: '\ufeffa\né\n',
    options: { encoding: 'UTF8' },
    columns: ['a: string'],
    cells: [['é']],
  },
};

describe.each(Object.entries({ structure, dialects, cells, encodings }))('%s', (_group, cases) => {
  it.each(Object.entries(cases))('%s', async (name, expected) => {
    const options = {
      csv: expected.options ?? {},
      ...(expected.skipsRagged ? { ragged: 'skip' as const } : {}),
    };
    const check = async (path: string): Promise<void> => {
      const table = await readAll(path, options);
      expect(table.columns).toEqual(expected.columns);
      expect(Object.values(table.cells)).toEqual(expected.cells);
      expect(table.notes).toEqual(expected.notes ?? []);
      const lines = expected.lines ?? (expected.cells[0] ?? []).map((_, row) => row + 2);
      expect(table.places).toEqual(lines.map((line) => `${path.slice(path.lastIndexOf('/') + 1)}:${line}`));
      expect(table.rows).toBe(lines.length);
    };
    const file = name.replaceAll(/\W/g, '-');
    await check(await folder.write(`${file}.csv`, expected.given));
    await check(await folder.write(`${file}.csv.gz`, gzipSync(expected.given)));
  });
});
