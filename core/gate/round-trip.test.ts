import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testCatalogue } from './testing.ts';
import { parseThresholds } from './thresholds.ts';
import type { Check } from './types.ts';

const read = (text: string) => parseThresholds(text, testCatalogue, { input: 'thresholds' });

function only(text: string): Check {
  const { checks, problems } = read(text);
  expect(problems).toEqual([]);
  return checks[0] as Check;
}

describe('for any text', () => {
  const piece = fc.constantFrom(
    'accuracy',
    'f1',
    'p95',
    'unique',
    'warn:',
    '(',
    ')',
    '"',
    "'",
    '/',
    '#',
    ' ',
    '>=',
    '≥',
    '==',
    'between',
    'and',
    'at',
    '95%',
    '0.8',
    '5ms',
    '-',
    '+',
    '*',
    'baseline',
    '\t',
    '\n',
    '\r\n',
    '\u0000',
    '\u202e',
    '😀',
    '\ud800',
    ',',
    '1e999',
    'é',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')),
  );

  test('the reader returns checks or problems and never throws', () => {
    fc.assert(
      fc.property(text, (source) => {
        const { checks, problems } = read(source);
        const written = source
          .replace(/^\uFEFF/, '')
          .split(/\r\n|\n|\r/)
          .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
        expect(checks.length + problems.length).toBeGreaterThanOrEqual(written.length);
        for (const problem of problems) {
          expect(problem.excerpt).toMatch(/^ {4}[^\n]*\n {4} *\^$/);
          expect(problem.message).toMatch(/^line \d+: /);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('the id of a check reads as the same check', () => {
    fc.assert(
      fc.property(text, (source) => {
        const { checks, problems } = read(source);
        if (problems.length > 0) return;
        const again = read(checks.map((check) => check.id).join('\n'));
        expect(again.problems).toEqual([]);
        expect(again.checks.map(({ place: _, ...rest }) => rest)).toEqual(
          checks.map(({ place: _, ...rest }) => rest),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('any number, operator, unit and level survives the round trip', () => {
    const magnitude = fc.double({ min: 0, max: 1e12, noNaN: true }).map(String);
    const bound = fc.tuple(
      fc.constantFrom('', 'baseline + ', 'baseline - '),
      magnitude,
      fc.constantFrom('ms', 's', 'm', 'h', 'd'),
    );
    const level = fc.option(
      fc.double({ min: 50, max: 99.999, noNaN: true }).map((value) => ` at ${value}%`),
      { nil: '' },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('>=', '>', '<=', '<'),
        bound,
        level,
        (operator, [lead, value, unit], at) => {
          const check = only(`p95 ${operator} ${lead}${value}${unit}${at}`);
          const { place: _, ...rest } = only(check.id);
          expect(rest).toEqual({
            id: check.id,
            metric: 'p95',
            selector: null,
            condition: check.condition,
            confidence: check.confidence,
            severity: 'fail',
          });
        },
      ),
    );
  });
});
