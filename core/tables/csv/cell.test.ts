import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cell, classifyCell, kindOfCells } from './cell.ts';
import { parseNumber } from './number.ts';

const classOf = (text: string): number => {
  const bytes = Buffer.from(`x${text}y`);
  return classifyCell(bytes, 1, bytes.length - 1);
};

const numberOf = (text: string): number => {
  const bytes = Buffer.from(`x${text}y`);
  return parseNumber(bytes, 1, bytes.length - 1);
};

const isNumberClass = (seen: number): boolean => seen > 0 && seen < cell.boolean;

/** The rule by JSON.parse: the cell, and nothing around it, is a JSON number that a double holds. */
function isJsonNumber(text: string): boolean {
  if (text.trim() !== text) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' && Number.isFinite(value);
  } catch {
    return false;
  }
}

const texts = [
  '007',
  ' 7',
  '7 ',
  '+5',
  '1_000',
  '1,5',
  'NaN',
  'Infinity',
  '-Infinity',
  '0x10',
  '1e400',
  '-1e400',
];
const moreTexts = [
  '.5',
  '5.',
  '1e',
  '1e+',
  '-',
  '--1',
  '-true',
  'True',
  'FALSE',
  'null',
  '1.2.3',
  '٣',
  '1e5.0',
  '00',
  '-01',
];

describe('the class of a cell', () => {
  it.each([...texts, ...moreTexts, `1${'0'.repeat(309)}`])('%j is text', (text) => {
    expect(classOf(text)).toBe(cell.text);
  });

  it.each([
    ['', cell.missing],
    ['0', cell.wholeDigits],
    ['-0', cell.wholeDigits],
    ['9007199254740992', cell.wholeDigits],
    ['-9007199254740992', cell.wholeDigits],
    ['9007199254740993', cell.wideDigits],
    ['-9007199254740993', cell.wideDigits],
    ['12345678901234567890', cell.wideDigits],
    ['3.0', cell.wholeDecimal],
    ['1e3', cell.wholeDecimal],
    ['15E-1', cell.fraction],
    ['150e-1', cell.wholeDecimal],
    ['0e-5', cell.wholeDecimal],
    ['1e300', cell.wideDecimal],
    ['1.5', cell.fraction],
    ['1e-400', cell.fraction],
    ['1234567890123456.5', cell.fraction],
    ['true', cell.boolean],
    ['false', cell.boolean],
  ])('%j', (text, expected) => {
    expect(classOf(text)).toBe(expected);
  });

  it('is a number exactly when JSON.parse says so', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '7',
      '9',
      '00',
      '-',
      '+',
      '.',
      'e',
      'E',
      '_',
      ' ',
      'x',
      '12345678',
      '308',
    );
    const near = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const any = fc.oneof(near, fc.string(), fc.double().map(String), fc.bigInt().map(String));
    fc.assert(
      fc.property(any, (text) => {
        expect(isNumberClass(classOf(text))).toBe(isJsonNumber(text));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('the value of a number', () => {
  it('is the nearest double, as Number says', () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,21})$/);
    const fraction = fc.option(fc.stringMatching(/^\d{1,24}$/), { nil: undefined });
    const decimal = fc
      .tuple(fc.boolean(), digits, fraction)
      .map(([minus, whole, part]) => `${minus ? '-' : ''}${whole}${part === undefined ? '' : `.${part}`}`);
    const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(decimal, double), (text) => {
        expect(numberOf(text)).toBe(Number(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('is right half way between two doubles', () => {
    const odd = fc.bigInt({ min: 2n ** 53n, max: 2n ** 54n }).map((value) => value * 2n + 1n);
    fc.assert(
      fc.property(odd, fc.constantFrom('', '.0', '.00'), (value, tail) => {
        expect(numberOf(`${value}${tail}`)).toBe(Number(`${value}${tail}`));
      }),
    );
  });
});

describe('the kind of a column', () => {
  it.each([
    ['no values', [''], 'string'],
    ['whole numbers', ['1', '', '-2'], 'integer'],
    ['whole values written otherwise', ['1', '3.0', '1e3'], 'integer'],
    ['a fraction', ['1', '2.5'], 'number'],
    ['whole numbers beyond 2^53', ['1', '9007199254740993'], 'bigint'],
    ['huge values in exponent form', ['1', '1e300'], 'number'],
    ['booleans', ['true', 'false', ''], 'boolean'],
    ['booleans and numbers', ['true', '1'], 'string'],
    ['one leading zero', ['1', '007'], 'string'],
    ['one overflow', ['1', '1e400'], 'string'],
  ])('%s', (_name, cells, kind) => {
    expect(kindOfCells(cells.reduce((seen, text) => seen | classOf(text), 0))).toBe(kind);
  });
});
