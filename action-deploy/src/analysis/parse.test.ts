import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../../core/inputs/index.ts';
import type { AnalysisLine } from '../config.ts';
import { parseAnalysis } from './parse.ts';

const messages = (text: string): string[] => parseAnalysis(text).problems.map(describeProblem);

function only(text: string): AnalysisLine {
  const { lines, problems } = parseAnalysis(text);
  expect(problems.map(describeProblem)).toEqual([]);
  expect(lines).toHaveLength(1);
  return lines[0] as AnalysisLine;
}

describe('a line is a name, a query and a bound', () => {
  test.each<[string, Partial<AnalysisLine>]>([
    [
      'error_rate: sum(rate(errors[5m])) / sum(rate(requests[5m])) < 1%',
      {
        id: 'error_rate: sum(rate(errors[5m])) / sum(rate(requests[5m])) < 1%',
        name: 'error_rate',
        query: 'sum(rate(errors[5m])) / sum(rate(requests[5m]))',
        operator: '<',
        bound: 0.01,
        unit: 'ratio',
        severity: 'fail',
      },
    ],
    ['  up :  up==1  # alive', { id: 'up: up == 1', query: 'up', operator: '==', bound: 1, unit: 'number' }],
    [
      'warn: p95: x <= 200 ms',
      { id: 'warn: p95: x <= 200ms', bound: 0.2, unit: 'seconds', severity: 'warn' },
    ],
    ['age: time() - x < 1.5h', { query: 'time() - x', bound: 5400, unit: 'seconds' }],
    ['rss: process_resident_memory_bytes < 64MiB', { bound: 64 * 2 ** 20, unit: 'bytes' }],
    ['rate: sum(rate(x[1m])) >= 10/s', { bound: 10, unit: 'per-second' }],
    ['balance: -x > -12.5', { query: '-x', bound: -12.5 }],
    ['cpu: x != 150%', { bound: 1.5, operator: '!=' }],
    ['tiny: x < 1e-3', { bound: 0.001 }],
    // Only the last comparison outside of everything is the bound's.
    ['a: x{code=~"5..",path!="a<b"} < 5', { query: 'x{code=~"5..",path!="a<b"}' }],
    ['a: count(x > 3) < 5', { query: 'count(x > 3)' }],
    ['a: x > bool 0 == 1', { query: 'x > bool 0', operator: '==' }],
    ['a: max_over_time((x > 1)[10m:1m]) < 5', { query: 'max_over_time((x > 1)[10m:1m])' }],
    ['a: job:errors:rate5m offset 5m < 5', { query: 'job:errors:rate5m offset 5m' }],
    ['a: (x and y) < 5', { query: '(x and y)' }],
    ['a: x{p="# < 3"} < 5 # really < 9', { query: 'x{p="# < 3"}' }],
    ["a: x{p='it\"s'} < 5", { query: "x{p='it\"s'}" }],
    ['a: x{p="\\") < 1"} < 5', { query: 'x{p="\\") < 1"}' }],
    ['a: x{p=`\\`} < 5', { query: 'x{p=`\\`}' }],
  ])('%s', (text, expected) => expect(only(text)).toMatchObject(expected));

  test('the text of a line, read again, is the same line', () => {
    const line = only('warn: p95:  histogram_quantile(0.95, x)  <=  .250 s');
    expect(only(line.id)).toEqual(line);
  });

  test('blank lines, comments, other line ends and a byte order mark are no lines', () => {
    const { lines, problems } = parseAnalysis('\uFEFFa: x < 1\r\n\n# b: y < 2\n  \t\rc: z < 3');
    expect(problems).toEqual([]);
    expect(lines.map(({ name, place }) => [name, place?.line])).toEqual([
      ['a', 1],
      ['c', 5],
    ]);
  });

  test('one query may have two bounds', () => {
    expect(parseAnalysis('p: x < 1s\nwarn: p: x < 500ms').problems).toEqual([]);
  });
});

describe('a mistake is shown at its place', () => {
  test.each<[string, string, number]>([
    ['sum(rate(x[5m])) < 1%', 'begins with a name and a colon', 0],
    ['job:errors:rate5m < 1%', 'a blank must stand behind the colon of the name', 4],
    ['a: x', 'a comparison with a bound is missing', 4],
    ['a: < 1', 'the query is missing', 3],
    ['a: x <', 'a bound is missing', 6],
    ['a: 5 < rate(x[5m])', 'a bound is expected, not `rate`', 7],
    ['a: x < 1 + 2', 'unexpected `+`; the bound ends the line', 9],
    ['a: x < baseline', 'the bound must be a number', 7],
    ['a: x < 1% at 95%', '`at` has no meaning here', 10],
    ['a: x =< 1', 'unknown operator `=<`; allowed: `>=`, `>`, `<=`, `<`, `==`, `!=`; did you mean `<=`?', 5],
    ['a: x < 5 msec', 'did you mean `5ms`?', 9],
    ['a: x < 5 parsecs', 'unknown unit `parsecs`; allowed: %, ms, s', 9],
    ['a: x < 1,000', 'did you mean `1000`?', 7],
    ['a: x < −1', 'not the minus sign of the keyboard', 7],
    ['a: sum(rate(x[5m]) < 1', 'the `(` opened here is never closed', 6],
    ['a: sum(x # y) < 1', 'the `(` opened here is never closed', 6],
    ['a: rate(x[5m)) < 1', '`)` does not close the `[` before it; did you mean `]`?', 12],
    ['a: x) < 1', 'the `)` closes nothing', 4],
    ['a: x{p="y} < 1', 'the string opened here is never closed', 7],
    ['a: x and y < 1', '`and` binds less tightly than `<`', 5],
    ['a: x or vector(0) < 1', '`or` binds less tightly than `<`', 5],
    ['warning: a: x < 1', 'unknown prefix `warning:`; allowed: `warn:` or none; did you mean `warn:`?', 0],
    ['fatal: a: x < 1', 'unknown prefix `fatal:`', 0],
  ])('%s', (text, message, column) => {
    const shown = messages(text);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain(message);
    expect(shown[0]?.split('\n').at(-1)?.indexOf('^')).toBe(column + 4);
  });

  test.each([
    ['a: x < 1\na: y < 2', '`a` stands for another query in line 1'],
    ['a: x < 1\nwarn: a: x < 1', '`a` repeats line 1'],
    ['a: x < 1s\nwarn: a: x < 2', 'the bound of `a` has another kind of unit in line 1'],
  ])('%j', (text, message) => {
    expect(messages(text).join()).toContain(`analysis: line 2: ${message}`);
  });

  test('all of them at once, each with its line', () => {
    const shown = messages('a: x\nb: y < 1\n\nc: z < 5 furlongs\nd y < 1');
    expect(shown.map((text) => text.slice(0, 17))).toEqual([
      'analysis: line 1:',
      'analysis: line 4:',
      'analysis: line 5:',
    ]);
  });
});
