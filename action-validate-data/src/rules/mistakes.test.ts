import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseThresholds } from '../../../core/gate/index.ts';
import { describeProblem, InputError } from '../../../core/inputs/index.ts';
import { refuseBaseline } from './bind.ts';
import { dataCatalogue } from './catalogue.ts';
import { type Data, see, temporaryFolder } from './testing.ts';

async function mistake(rules: string, data: Data): Promise<string> {
  try {
    await see(rules, data);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'no mistake';
}

const data: Data = {
  files: { 'data.csv': 'customer_id,age,"unit, price",day\n1,30,2.5,2024-01-01\n2,n/a,3,02/01/2024\n' },
  others: { 'customers.csv': 'id,name\n1,a\n' },
};

describe('rules that do not fit the data', () => {
  it.each([
    [
      'null_fraction(agee) <= 1%',
      'rules: line 1: `agee` is not a column of data.csv; allowed: customer_id, age, unit, price, day; ' +
        'did you mean `age`?\n    null_fraction(agee) <= 1%\n                  ^',
    ],
    [
      '\n  unique(age, "unit price")  # key',
      'rules: line 2: `unit price` is not a column of data.csv; allowed: customer_id, age, unit, price, day; ' +
        'did you mean `unit, price`?\n    unique(age, "unit price")  # key\n                 ^',
    ],
    [
      'correlation(customer_id, id) > 0',
      'rules: line 1: `id` is not a column of data.csv; allowed: customer_id, age, unit, price, day\n' +
        '    correlation(customer_id, id) > 0\n                             ^',
    ],
    [
      'mean(age) < 50',
      'rules: line 1: `age` holds text, not numbers: "n/a" at data.csv:3\n    mean(age) < 50\n         ^',
    ],
    [
      'freshness(day) < 1d',
      'rules: line 1: `day` holds text that is no ISO 8601 date or time: "02/01/2024" at data.csv:3\n' +
        '    freshness(day) < 1d\n              ^',
    ],
    [
      'freshness(customer_id) < 1d',
      'rules: line 1: `customer_id` holds numbers, not dates or times\n    freshness(customer_id) < 1d\n              ^',
    ],
    [
      'exists(customer_id in custmers.csv:id)',
      'rules: line 1: there is no file `custmers.csv`; did you mean `customers.csv`?\n' +
        '    exists(customer_id in custmers.csv:id)\n                          ^',
    ],
    [
      'exists(customer_id in customers.csv:key)',
      'rules: line 1: `key` is not a column of customers.csv; allowed: id, name\n' +
        '    exists(customer_id in customers.csv:key)\n                                        ^',
    ],
    [
      'overlap(../secret.csv) == 0',
      'rules: line 1: `../secret.csv` leads outside the workspace; allowed: files in it\n' +
        '    overlap(../secret.csv) == 0\n            ^',
    ],
    [
      'overlap(/etc/passwd on age) == 0',
      'rules: line 1: `/etc/passwd` leads outside the workspace; allowed: files in it\n' +
        '    overlap(/etc/passwd on age) == 0\n            ^',
    ],
    [
      'overlap(customers.csv) == 0',
      'rules: line 1: `customers.csv` has no column of the data\n    overlap(customers.csv) == 0\n            ^',
    ],
    [
      'matches(age, /[z-a]/)',
      'rules: line 1: the regular expression does not read: invalid character class range: z-a\n' +
        '    matches(age, /[z-a]/)\n                 ^',
    ],
    [
      'holds(customer_id)',
      'rules: line 1: the expression is no condition: it gives BIGINT, not true or false\n' +
        '    holds(customer_id)\n          ^',
    ],
    ['holds(1 < 2)', 'rules: line 1: the expression names no column\n    holds(1 < 2)\n          ^'],
  ])('%s', async (rule, message) => {
    expect(await mistake(rule, data)).toBe(message);
  });

  it('an unknown name in an expression has the nearest column and a caret', async () => {
    const said = await mistake('holds( custmer_id > 0)', data);
    expect(said).toMatch(/custmer_id.*did you mean `customer_id`\?\n {4}holds\( custmer_id > 0\)\n {11}\^$/);
  });

  it('what the engine says of an expression has the cell that is no number', async () => {
    expect(await mistake('holds(customer_id > 0 and age > 18)', data)).toBe(
      'rules: line 1: the expression cannot be evaluated: Cannot compare values of type VARCHAR and type ' +
        'INTEGER_LITERAL - an explicit cast is required; `age` holds text, as "n/a" at data.csv:3\n' +
        '    holds(customer_id > 0 and age > 18)\n                              ^',
    );
  });

  it('a link that leads outside the workspace is not followed', async () => {
    const outside = temporaryFolder();
    const folder = temporaryFolder();
    writeFileSync(join(outside, 'secret.csv'), 'age\n1\n');
    symlinkSync(join(outside, 'secret.csv'), join(folder, 'link.csv'));
    expect(await mistake('overlap(link.csv on age) == 0', { ...data, folder })).toMatch(
      /^rules: line 1: `link.csv` leads outside the workspace/,
    );
  });

  it('all mistakes are told at once', async () => {
    const said = await mistake('unique(a)\nmean(b) < 1\nholds(c > 1)', data);
    expect(said.match(/^rules: line \d/gm)).toEqual(['rules: line 1', 'rules: line 2', 'rules: line 3']);
  });

  it('a list or a struct is no number', async () => {
    const nested = { files: { 'data.jsonl': '{"a":[1,2]}\n{"a":[3]}\n' } };
    expect(await mistake('mean(a) < 1', nested)).toMatch(/^rules: line 1: `a` holds .*, not numbers/);
    expect(await mistake('mean(a.b) < 1', nested)).toContain(
      '`a.b` is not a column of data.jsonl; what stands inside `a` is for the schema',
    );
  });
});

describe('what stands in lists and objects', () => {
  const nested = { files: { 'data.jsonl': '{"id":1,"tags":["a","b"]}\n{"id":2,"tags":[]}\n{"id":3}\n' } };

  it.each(['len(tags) < 3', "tags = '[]'", 'id > 0 and (tags) is null', 'tags > 3'])(
    'is no text to holds(%s)',
    async (expression) => {
      expect(await mistake(`holds(${expression})`, nested)).toContain(
        '`tags` holds lists or objects: an expression sees only whether it is null; what stands inside is for the schema',
      );
    },
  );

  it('may be asked for being there', async () => {
    const [is, isNot] = await see('holds(tags is null) >= 0\nholds(id > 2 OR tags IS NOT NULL)', nested);
    expect(is?.value).toBeCloseTo(1 / 3, 9);
    expect(isNot).toMatchObject({ value: 1, verdict: 'pass' });
  });
});

describe('refuseBaseline', () => {
  const refuse = (line: string): string => {
    const [check] = parseThresholds(line, dataCatalogue, { input: 'rules' }).checks;
    if (check === undefined) throw new Error('no check');
    const problem = refuseBaseline(check, line);
    return problem === null ? '' : describeProblem(problem);
  };

  it('a bound over a baseline is a mistake here', () => {
    expect(refuse('null_fraction(baseline) <= baseline + 2%')).toBe(
      'rules: line 1: there is no baseline here to compare with; allowed: a bound that is a number\n' +
        '    null_fraction(baseline) <= baseline + 2%\n                               ^',
    );
    expect(refuse('row_count between 1 and baseline * 2')).toContain('there is no baseline');
    expect(refuse('null_fraction(a) <= 2%')).toBe('');
    expect(refuse('unique(a)')).toBe('');
  });
});
