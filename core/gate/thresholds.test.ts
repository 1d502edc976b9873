import { describe, expect, test } from 'vitest';
import { describeProblem } from '../inputs/errors.ts';
import { testCatalogue } from './testing.ts';
import { parseThresholds } from './thresholds.ts';
import type { Check, Condition } from './types.ts';

const read = (text: string) => parseThresholds(text, testCatalogue, { input: 'thresholds' });
const messages = (text: string): string[] => read(text).problems.map(describeProblem);

function only(text: string): Check {
  const { checks, problems } = read(text);
  expect(problems.map(describeProblem)).toEqual([]);
  expect(checks).toHaveLength(1);
  return checks[0] as Check;
}

const number = (operator: string, value: number, text: string): Condition =>
  ({ kind: 'compare', operator, bound: { kind: 'number', value, text } }) as Condition;
const baseline = (operator: string, factor: number, offset: number, text: string): Condition =>
  ({ kind: 'compare', operator, bound: { kind: 'baseline', factor, offset, text } }) as Condition;

describe('the grammar', () => {
  test.each<[string, string, string, string | null, Condition]>([
    ['accuracy >= 0.85', 'accuracy >= 0.85', 'accuracy', null, number('>=', 0.85, '0.85')],
    ['  accuracy>=.850  # why', 'accuracy >= 0.85', 'accuracy', null, number('>=', 0.85, '0.85')],
    ['f1 ( macro )  >  80%', 'f1(macro) > 80%', 'f1', 'macro', number('>', 0.8, '80%')],
    [
      'accuracy(region=EU) >= 0.8',
      'accuracy(region=EU) >= 0.8',
      'accuracy',
      'region=EU',
      number('>=', 0.8, '0.8'),
    ],
    [
      'null_fraction(age) <= 12.3%',
      'null_fraction(age) <= 12.3%',
      'null_fraction',
      'age',
      number('<=', 0.123, '12.3%'),
    ],
    ['roc_auc >= baseline', 'roc_auc >= baseline', 'roc_auc', null, baseline('>=', 1, 0, 'baseline')],
    [
      'roc_auc >= baseline-0.01',
      'roc_auc >= baseline - 0.01',
      'roc_auc',
      null,
      baseline('>=', 1, -0.01, 'baseline - 0.01'),
    ],
    [
      'null_fraction(a) <= baseline + 2%',
      'null_fraction(a) <= baseline + 2%',
      'null_fraction',
      'a',
      baseline('<=', 1, 0.02, 'baseline + 2%'),
    ],
    [
      'p99 <= baseline * 1.10',
      'p99 <= baseline * 1.1',
      'p99',
      null,
      baseline('<=', 1.1, 0, 'baseline * 1.1'),
    ],
    [
      'p99 <= baseline * 110%',
      'p99 <= baseline * 110%',
      'p99',
      null,
      baseline('<=', 1.1, 0, 'baseline * 110%'),
    ],
    ['p99 <= baseline + 5 ms', 'p99 <= baseline + 5ms', 'p99', null, baseline('<=', 1, 5, 'baseline + 5ms')],
    [
      'freshness(updated_at) <= 24h',
      'freshness(updated_at) <= 24h',
      'freshness',
      'updated_at',
      number('<=', 86_400, '24h'),
    ],
    ['freshness(t) < 2d', 'freshness(t) < 2d', 'freshness', 't', number('<', 172_800, '2d')],
    ['freshness(t) < 250ms', 'freshness(t) < 250ms', 'freshness', 't', number('<', 0.25, '250ms')],
    ['p95 < 1.1s', 'p95 < 1.1s', 'p95', null, number('<', 1100, '1.1s')],
    ['p95(checkout) < 2m', 'p95(checkout) < 2m', 'p95', 'checkout', number('<', 120_000, '2m')],
    ['throughput >= 1e3/s', 'throughput >= 1000/s', 'throughput', null, number('>=', 1000, '1000/s')],
    ['throughput >= 50', 'throughput >= 50/s', 'throughput', null, number('>=', 50, '50/s')],
    ['model_size <= 1.5 GB', 'model_size <= 1.5GB', 'model_size', null, number('<=', 1.5e9, '1.5GB')],
    ['model_size <= 2KiB', 'model_size <= 2KiB', 'model_size', null, number('<=', 2048, '2KiB')],
    ['model_size <= 3 kB', 'model_size <= 3KB', 'model_size', null, number('<=', 3000, '3KB')],
    ['row_count != 0', 'row_count != 0', 'row_count', null, number('!=', 0, '0')],
    ['rmse == 1e-7', 'rmse == 1e-7', 'rmse', null, number('==', 1e-7, '1e-7')],
    ['mcc > -.5', 'mcc > -0.5', 'mcc', null, number('>', -0.5, '-0.5')],
    ['mape <= 150%', 'mape <= 150%', 'mape', null, number('<=', 1.5, '150%')],
    ['quantile(c, 0.95) < 3', 'quantile(c, 0.95) < 3', 'quantile', 'c, 0.95', number('<', 3, '3')],
    ['unique(country, tax_id)', 'unique(country, tax_id)', 'unique', 'country, tax_id', { kind: 'holds' }],
    ['holds(start <= end)', 'holds(start <= end)', 'holds', 'start <= end', { kind: 'holds' }],
    ['matches(c, /re(g)ex,/)', 'matches(c, /re(g)ex,/)', 'matches', 'c, /re(g)ex,/', { kind: 'holds' }],
    [
      'matches(c, /[/)#](\\/\\(/) # x',
      'matches(c, /[/)#](\\/\\(/)',
      'matches',
      'c, /[/)#](\\/\\(/',
      { kind: 'holds' },
    ],
    [
      'exists(c in other.csv:id)',
      'exists(c in other.csv:id)',
      'exists',
      'c in other.csv:id',
      { kind: 'holds' },
    ],
    [
      'overlap(data/other.csv on a, b) <= 0%',
      'overlap(data/other.csv on a, b) <= 0%',
      'overlap',
      'data/other.csv on a, b',
      number('<=', 0, '0%'),
    ],
    ['f1("a)\\"# b") > 0.5 # c', 'f1("a)\\"# b") > 0.5', 'f1', '"a)\\"# b"', number('>', 0.5, '0.5')],
    ['f1(C#) > 0.5', 'f1(C#) > 0.5', 'f1', 'C#', number('>', 0.5, '0.5')],
    ["f1(don't) > 0.5", "f1(don't) > 0.5", 'f1', "don't", number('>', 0.5, '0.5')],
    [
      "holds(name <> 'it''s )' and (a / b) > c / d)",
      "holds(name <> 'it''s )' and (a / b) > c / d)",
      'holds',
      "name <> 'it''s )' and (a / b) > c / d",
      { kind: 'holds' },
    ],
  ])('%s', (line, id, metric, selector, condition) => {
    expect(only(line)).toEqual({
      id,
      metric,
      selector,
      condition,
      confidence: null,
      severity: 'fail',
      place: { input: 'thresholds', line: 1, column: line.length - line.trimStart().length + 1 },
    });
  });

  test('between takes numbers and bounds over the baseline', () => {
    expect(only('mean(age) between 20 and 60').condition).toEqual({
      kind: 'between',
      low: { kind: 'number', value: 20, text: '20' },
      high: { kind: 'number', value: 60, text: '60' },
    });
    expect(only('mean(age) between -1 and baseline + 1').id).toBe('mean(age) between -1 and baseline + 1');
  });

  test('`at` and `warn:` stand with any comparison', () => {
    expect(only('f1(macro) >= 0.8 at 99.9 %')).toMatchObject({
      id: 'f1(macro) >= 0.8 at 99.9%',
      confidence: 0.999,
    });
    expect(only('warn : p99 < 500ms')).toMatchObject({ id: 'warn: p99 < 500ms', severity: 'warn' });
    expect(only('mean(a) between 1 and 2 at 95%')).toMatchObject({ confidence: 0.95 });
  });

  test('blank lines, comments, CRLF and a BOM are no checks; lines are counted from the first', () => {
    const { checks, problems } = read('\uFEFF# all\r\n\r\naccuracy >= 0.5\r\n   \r\n  rmse < 3 # tail\r\n');
    expect(problems).toEqual([]);
    expect(checks.map((check) => [check.id, check.place?.line, check.place?.column])).toEqual([
      ['accuracy >= 0.5', 3, 1],
      ['rmse < 3', 5, 3],
    ]);
    const shifted = parseThresholds('rmse < 3', testCatalogue, {
      input: 'rules',
      inputLine: 7,
      severity: 'warn',
    });
    expect(shifted.checks[0]).toMatchObject({ severity: 'warn', place: { input: 'rules', line: 7 } });
  });
});

describe('mistakes', () => {
  test('an unknown metric is shown with its place and the nearest name', () => {
    expect(messages('accuracy >= 0.8\nacuracy >= 0.85')).toEqual([
      'thresholds: line 2: unknown metric `acuracy`; did you mean `accuracy`?\n    acuracy >= 0.85\n    ^',
    ]);
  });

  test.each<[string, RegExp, string]>([
    // line, message, the text that begins under the caret
    ['accuracy ≥ 0.8', /unknown operator `≥`.*did you mean `>=`\?/, '≥'],
    ['accuracy => 0.8', /unknown operator `=>`.*did you mean `>=`\?/, '=>'],
    ['accuracy = 0.8', /did you mean `==`\?/, '= 0.8'],
    ['accuracy 0.8', /an operator is expected, not `0.8`/, '0.8'],
    ['accuracy betwen 0.1 and 0.2', /did you mean `between`\?/, 'betwen'],
    ['accuracy >=', /a bound is missing/, ''],
    ['accuracy', /`accuracy` needs a condition/, ''],
    ['accuracy >= 85', /always from 0 to 1, so 85 decides nothing.*85% or 0.85/, '85'],
    ['accuracy >= -0.1', /decides nothing/, '-0.1'],
    ['accuracy <= 101%', /decides nothing/, '101%'],
    ['mcc > 2', /always from -1 to 1/, '2'],
    ['row_count > -1', /at least 0/, '-1'],
    ['accuracy >= baseline - 5', /cannot differ by 5.*5% or 0.05/, '5'],
    ['accuracy >= 0,85', /`0,85` is not a number.*did you mean `0.85`\?/, '0,85'],
    ['row_count >= 1,000', /did you mean `1000`\?/, '1,000'],
    ['row_count >= 1_000', /did you mean `1000`\?/, '1_000'],
    ['accuracy >= NaN', /a bound is expected, not `NaN`/, 'NaN'],
    ['rmse < 1e999', /too large/, '1e999'],
    ['accuracy >= basline', /did you mean `baseline`\?/, 'basline'],
    ['p95 < 200', /`p95` is a time: `200` needs a unit; allowed: 200ms, 200s/, '200'],
    ['p95 < 200 MS', /did you mean `200ms`\?/, '200 MS'],
    ['p95 < 2 min', /did you mean `2m`\?/, '2 min'],
    ['p95 < 5%', /does not take the unit `%`/, '5%'],
    ['p95 <= baseline + 10%', /did you mean `baseline \* 1.1`\?/, '10%'],
    ['p95 <= baseline - 10%', /did you mean `baseline \* 0.9`\?/, '10%'],
    ['p95 <= baseline * 2ms', /a factor of the baseline has no unit `ms`/, '2ms'],
    ['p95 <= baseline * 0', /must be above zero/, '0'],
    ['p95 <= baseline / 2', /`\/` is not allowed here/, '/ 2'],
    ['p95 <= 1.1 * baseline', /begins with `baseline`/, '1.1'],
    ['rmse <= baseline − 1', /not the minus sign/, '−'],
    ['rmse <= baseline - -1', /one sign is enough/, '-1'],
    ['rmse <= baseline * 1.1 + 2', /unexpected `\+`/, '+ 2'],
    ['row_count > 5%', /`row_count` is a count and does not take the unit `%`/, '5%'],
    ['model_size < 5mb', /did you mean `5MB`\?/, '5mb'],
    ['mean(x) between 5 and 2', /nothing lies between 5 and 2.*did you mean `between 2 and 5`\?/, 'between'],
    ['mean(x) between 5', /`and` is missing/, ''],
    ['mean(x) between 5 or 7', /does not take the unit `or`/, '5 or'],
    ['mean(x) between baseline * 1 and baseline * 2', /same factor/, 'between'],
    ['accuracy > 0.8 at 0%', /no interval has a confidence level of 0%/, '0%'],
    ['accuracy > 0.8 at 100%', /no interval has a confidence level of 100%/, '100%'],
    ['accuracy > 0.8 at 95', /did you mean `at 95%`\?/, '95'],
    ['accuracy > 0.8 at 0.95', /did you mean `at 95%`\?/, '0.95'],
    ['accuracy > 0.8 at', /needs a confidence level/, ''],
    ['accuracy == 0.8 at 95%', /`at` does not go with `==`/, 'at'],
    ['accuracy != 0.8 at 95%', /`at` does not go with `!=`/, 'at'],
    ['unique(a) at 95%', /`at` is for comparisons/, 'at'],
    ['accuracy > 0.8 at 95% or so', /unexpected `or`; one check stands on each line/, 'or so'],
    ['accuracy > 0.8; rmse < 3', /unexpected `;`/, ';'],
    ['roc_auc(x) > 0.5', /takes no parentheses/, '(x)'],
    ['null_fraction <= 1%', /needs parentheses/, ' <='],
    ['null_fraction( ) <= 1%', /are empty; allowed: a column/, '( )'],
    ['f1( macor) > 0.5', /unknown average `macor`.*did you mean `macro`\?/, 'macor'],
    ['f1(macro > 0.5', /the parenthesis opened here is never closed/, '(macro'],
    ['f1("a) > 0.5', /the quote opened here is never closed/, '"a'],
    ['0.8 <= accuracy', /the number stands on the right/, '0.8'],
    ['>= 0.8', /a check begins with the name of a metric/, '>='],
    ['Warn: accuracy > 0.8', /unknown prefix `Warn:`.*did you mean `warn:`\?/, 'Warn'],
    ['fail: accuracy > 0.8', /unknown prefix `fail:`; allowed: `warn:` or none/, 'fail'],
    ['Accuracy > 0.8', /did you mean `accuracy`\?/, 'Accuracy'],
    ['auc > 0.8', /did you mean `roc_auc`\?/, 'auc'],
    ['zzz > 0.8', /unknown metric `zzz`; allowed: accuracy, f1/, 'zzz'],
  ])('%s', (line, message, under) => {
    const { checks, problems } = read(line);
    expect(checks).toEqual([]);
    expect(problems).toHaveLength(1);
    const text = describeProblem(problems[0] as (typeof problems)[0]);
    expect(text).toMatch(message);
    const [shown = '', caret = ''] = (problems[0]?.excerpt ?? '').split('\n');
    expect(shown).toBe(`    ${line}`);
    expect(shown.slice(caret.indexOf('^')).startsWith(under)).toBe(true);
    if (under === '') expect(caret.indexOf('^')).toBe(shown.length);
  });

  test('every mistake of every line is reported', () => {
    const found = messages('acuracy >= 85x at 3\nrmse < 3\nf1(macor) ≥ 0.8');
    expect(found.map((message) => /line \d+: [^;`]*`[^`]*`/.exec(message)?.[0])).toEqual([
      'line 1: unknown metric `acuracy`',
      undefined,
      'line 3: unknown average `macor`',
      'line 3: unknown operator `≥`',
    ]);
    expect(found[1]).toContain('line 1: a confidence level is a percentage');
  });
});

describe('duplicates and contradictions', () => {
  test.each<[string, RegExp]>([
    ['accuracy >= 80%\naccuracy >= 0.8', /line 2: `accuracy >= 0.8` repeats `>= 80%` of line 1/],
    ['accuracy >= 0.8\nwarn: accuracy >= 0.8', /line 2: .* repeats .* line 1/],
    ['unique(a)\nunique( a )', /repeats/],
    [
      'accuracy >= 0.9\n\naccuracy <= 0.8',
      /line 3: no value of `accuracy` can satisfy both `<= 0.8` and `>= 0.9` of line 1/,
    ],
    ['accuracy >= 0.9 at 95%\naccuracy < 0.9', /no value/],
    ['accuracy > 0.9\naccuracy <= 0.9', /no value/],
    ['accuracy == 0.9\naccuracy == 0.8', /no value/],
    ['accuracy == 0.9\naccuracy != 0.9', /no value/],
    ['accuracy == 0.9\naccuracy < 0.5', /no value/],
    ['mean(a) between 1 and 2\nmean(a) > 2', /no value/],
    ['mean(a) between 1 and 2\nmean(a) between 3 and 4', /no value/],
    ['rmse >= 5\nrmse <= 5\nrmse != 5', /line 3: .*`>= 5` of line 1 and `<= 5` of line 2/],
    ['p95 < 1s\np95 > 2000ms', /no value/],
  ])('%s', (text, message) => {
    const found = messages(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test.each([
    'accuracy >= 0.9\naccuracy >= 0.8',
    'accuracy >= 0.9\naccuracy >= 0.9 at 95%',
    'accuracy >= 0.9\naccuracy <= 0.9',
    'accuracy >= 0.9\nwarn: accuracy <= 0.8',
    'accuracy(a=1) >= 0.9\naccuracy(a=2) <= 0.8',
    'accuracy >= 0.9\naccuracy <= baseline',
    'rmse != 1\nrmse != 2',
    'f1 >= 0.5\nf1(macro) <= 0.4',
  ])('%s is fine', (text) => {
    expect(messages(text)).toEqual([]);
  });
});
