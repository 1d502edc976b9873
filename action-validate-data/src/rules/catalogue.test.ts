import { describe, expect, it } from 'vitest';
import { parseThresholds } from '../../../core/gate/index.ts';
import { describeProblem } from '../../../core/inputs/index.ts';
import { dataCatalogue } from './catalogue.ts';

const read = (line: string) => parseThresholds(line, dataCatalogue, { input: 'rules' });
const idOf = (line: string): string => {
  const { checks, problems } = read(line);
  return problems.map(describeProblem).join('\n') || (checks[0]?.id ?? '');
};
const problem = (line: string): string => read(line).problems.map(describeProblem).join('\n');

describe('what rules may say, in canonical spelling', () => {
  it.each([
    ['row_count >= 1', 'row_count >= 1'],
    ['column_count == 12', 'column_count == 12'],
    ['null_fraction( age ) <= 1%', 'null_fraction(age) <= 1%'],
    ['null_fraction(unit price) <= 0', 'null_fraction(unit price) <= 0'],
    ['unique(id)', 'unique(id)'],
    ['unique(country,tax_id)', 'unique(country, tax_id)'],
    ['unique(id) >= 99.9%', 'unique(id) >= 99.9%'],
    ['warn: unique(id)  # for now', 'warn: unique(id)'],
    ['duplicate_fraction <= 0.1%', 'duplicate_fraction <= 0.1%'],
    ['duplicate_fraction(a, "b") <= 0', 'duplicate_fraction(a, b) <= 0'],
    ['distinct_count(country) between 2 and 250', 'distinct_count(country) between 2 and 250'],
    ['mean(age) between 20 and 60 at 95%', 'mean(age) between 20 and 60 at 95%'],
    ['min(t) >= -40', 'min(t) >= -40'],
    ['quantile(ms, .950) < 200', 'quantile(ms, 0.95) < 200'],
    ['quantile(ms, 99.9%) < 200', 'quantile(ms, 0.999) < 200'],
    ['freshness(updated_at) <= 24h', 'freshness(updated_at) <= 24h'],
    ['exists(c in other.csv:id)', 'exists(c in other.csv:id)'],
    ['exists("made in"  IN  data/other.csv : the id)', 'exists("made in" in data/other.csv:the id)'],
    ['exists(c in "a:b.csv":"x:y")', 'exists(c in "a:b.csv":"x:y")'],
    ['exists(c in a:b.csv:id)', 'exists(c in "a:b.csv":id)'],
    ['overlap(train.csv on a,b) == 0', 'overlap(train.csv on a, b) == 0'],
    ['overlap(train.csv) <= 0%', 'overlap(train.csv) <= 0%'],
    ['overlap("turn on me.csv" on "a, b") == 0', 'overlap("turn on me.csv" on "a, b") == 0'],
    ['matches(email, email)', 'matches(email, email)'],
    ['matches(email, email) >= 99%', 'matches(email, email) >= 99%'],
    ['matches(zip, /^\\d{5}$/)', 'matches(zip, /^\\d{5}$/)'],
    ['matches(zip, /a,b)[/)]"\\/c/si )', 'matches(zip, /a,b)[/)]"\\/c/is)'],
    ['matches("zip, code", date-time)', 'matches("zip, code", date-time)'],
    ['correlation(a, b) > 0.5', 'correlation(a, b) > 0.5'],
    ['holds(start <= end)', 'holds(start <= end)'],
    ["holds( status in ('a', 'b)') )", "holds(status in ('a', 'b)'))"],
    ['unique("a ""quoted"" name")', 'unique("a \\"quoted\\" name")'],
    ['unique("back\\\\slash")', 'unique("back\\\\slash")'],
    ['unique(" blank ")', 'unique(" blank ")'],
    ["unique(l'école)", 'unique("l\'école")'],
    ['invalid_rows <= 3', 'invalid_rows <= 3'],
    ['invalid_fraction <= 1%', 'invalid_fraction <= 1%'],
  ])('%s', (line, canonical) => {
    expect(idOf(line)).toBe(canonical);
    expect(idOf(canonical)).toBe(canonical);
  });
});

describe('mistakes, each with the place', () => {
  it.each([
    ['unqiue(id)', 'rules: line 1: unknown metric `unqiue`; did you mean `unique`?\n    unqiue(id)\n    ^'],
    [
      'null_fraction(a, b) <= 1%',
      'rules: line 1: one column is enough; allowed: a column name\n    null_fraction(a, b) <= 1%\n                   ^',
    ],
    [
      'unique(a, a)',
      'rules: line 1: column `a` stands twice; allowed: one or more columns: the key\n    unique(a, a)\n              ^',
    ],
    [
      'unique(a=b)',
      'rules: line 1: a name with `=` needs quotes; allowed: a column name; in double quotes when it has commas, ' +
        'parentheses, = or blanks at its ends\n    unique(a=b)\n            ^',
    ],
    [
      'unique(a, )',
      'rules: line 1: a column name is missing; allowed: a column name; in double quotes when it has commas, ' +
        'parentheses, = or blanks at its ends\n    unique(a, )\n             ^',
    ],
    [
      'unique("a" b)',
      'rules: line 1: text follows the closing quote; allowed: a comma\n    unique("a" b)\n               ^',
    ],
    [
      'quantile(ms) < 3',
      'rules: line 1: which quantile is missing; allowed: a column and a number from 0 to 1: `latency, 0.95`\n' +
        '    quantile(ms) < 3\n               ^',
    ],
    [
      'quantile(ms, 95) < 3',
      'rules: line 1: `95` is no quantile; allowed: a column and a number from 0 to 1: `latency, 0.95`; ' +
        'did you mean `95%`?\n    quantile(ms, 95) < 3\n                 ^',
    ],
    [
      'correlation(a) > 0.5',
      'rules: line 1: two columns are needed, not 1; allowed: `height, weight`\n    correlation(a) > 0.5\n                ^',
    ],
    [
      'exists(c)',
      'rules: line 1: the file is missing; allowed: a column, a file and its column: `customer_id in customers.csv:id`\n' +
        '    exists(c)\n            ^',
    ],
    [
      'exists(c in other.csv)',
      'rules: line 1: the column of the file is missing; allowed: a column, a file and its column: ' +
        '`customer_id in customers.csv:id`\n    exists(c in other.csv)\n                         ^',
    ],
    [
      'matches(c, emial)',
      'rules: line 1: `emial` is no format; allowed: email, uuid, date, date-time, time, uri, ipv4, ipv6, hostname ' +
        'or /regular expression/, with the flags i, m, s; did you mean `email`?\n    matches(c, emial)\n               ^',
    ],
    [
      'matches(c, /a(?=b)/)',
      'rules: line 1: lookahead and lookbehind are not available; allowed: the syntax of RE2, which takes linear ' +
        'time\n    matches(c, /a(?=b)/)\n                 ^',
    ],
    [
      'matches(c, /(a)\\1/)',
      'rules: line 1: references back to a group are not available; allowed: the syntax of RE2, which takes linear ' +
        'time\n    matches(c, /(a)\\1/)\n                   ^',
    ],
    [
      'matches(c, /a/g)',
      'rules: line 1: unknown flags `g`; allowed: i (any case), m (^ and $ at line ends), s (. matches line ends)\n' +
        '    matches(c, /a/g)\n                  ^',
    ],
    [
      'overlap(train.csv on a)',
      'rules: line 1: `overlap` needs a condition; allowed: `>=`, `>`, `<=`, `<`, `==`, `!=`, `between … and …`\n' +
        '    overlap(train.csv on a)\n                           ^',
    ],
    [
      'row_count(a) > 1',
      'rules: line 1: `row_count` takes no parentheses; did you mean `row_count`?\n    row_count(a) > 1\n             ^',
    ],
    [
      'null_fraction(a) <= 5',
      'rules: line 1: `null_fraction` is always from 0 to 1, so 5 decides nothing; did you mean `5% or 0.05`?\n' +
        '    null_fraction(a) <= 5\n                        ^',
    ],
  ])('%s', (line, message) => {
    expect(problem(line)).toBe(message);
  });

  it('promises nothing that is not there yet', () => {
    expect(problem('pii(email)')).toContain('unknown metric `pii`');
    expect(problem('sql(SELECT 1) == 1')).toContain('unknown metric `sql`');
    expect(problem('xyz(a)')).not.toMatch(/\bpii\b|\bsql\b/);
  });
});

it('every rule says what it is', () => {
  for (const { name, definition, label, selector, selectorHelp } of dataCatalogue.values()) {
    expect(definition, name).toMatch(/^[A-Z].*\.$/);
    expect(label, name).not.toBe('');
    expect(selector === 'never', name).toBe(selectorHelp === null);
  }
});
