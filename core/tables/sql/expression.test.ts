import { describe, expect, it } from 'vitest';
import { bindExpression } from './expression.ts';

const columns = [
  'start',
  'end',
  'order',
  'group',
  'from',
  'date',
  'qty',
  'unit price',
  'Total',
  'status',
  'say "x"',
];

/** The SQL with `[name]` for each column, or the problem: offset, message, nearest. */
function bind(text: string, names: readonly string[] = columns): string {
  const bound = bindExpression(text, names);
  if ('problem' in bound) {
    const { offset, message, nearest } = bound.problem;
    return `${offset}: ${message}${nearest === undefined ? '' : ` -> ${nearest}`}`;
  }
  return bound.sql((name) => `[${name}]`).replace(/\(\[(.*?)\]\)/g, '[$1]');
}

describe('an expression over the columns of a row', () => {
  it.each([
    ['start <= end', '[start] <= [end]'],
    ['start<=end', '[start] <= [end]'],
    ['"unit price" * qty = total', '[unit price] * [qty] = [Total]'],
    [`"say ""x""" is not null`, '[say "x"] IS NOT NULL'],
    [`status in ('a','b''c')`, "[status] IN ( 'a' , 'b''c' )"],
    ['order > 0 and group > 0 or from = date', '[order] > 0 AND [group] > 0 OR [from] = [date]'],
    ['case when qty > 1 then end else start end < 5', 'CASE WHEN [qty] > 1 THEN [end] ELSE [start] END < 5'],
    ["case status when 'a' then 1 end = 1", "CASE [status] WHEN 'a' THEN 1 END = 1"],
    ['end between start and end', '[end] BETWEEN [start] AND [end]'],
    ['qty not between 1 and 2 and not (qty = -3)', '[qty] NOT BETWEEN 1 AND 2 AND NOT ( [qty] = - 3 )'],
    [`status not like 'a!%' escape '!'`, "[status] NOT LIKE 'a!%' ESCAPE '!'"],
    ['qty is distinct from total', '[qty] IS DISTINCT FROM [Total]'],
    ['from is distinct from from', '[from] IS DISTINCT FROM [from]'],
    [`date >= date '2024-01-31'`, "[date] >= DATE '2024-01-31'"],
    [
      `end - start < interval '1 day' or end < start + interval 2 days`,
      "[end] - [start] < INTERVAL '1 day' OR [end] < [start] + INTERVAL 2 DAYS",
    ],
    ['round(qty / 3, 2) < 1e3', 'round ( [qty] / 3 , 2 ) < 1e3'],
    ['coalesce(length(trim(status)), 0) <> .5', 'coalesce ( length ( trim ( [status] ) ) , 0 ) <> .5'],
    ['cast(status as decimal(10, 2)) > 0', 'CAST ( [status] AS DECIMAL ( 10 , 2 ) ) > 0'],
    ['try_cast(status as int) > 0', 'TRY_CAST ( [status] AS INT ) > 0'],
    ['status::date < end', '[status] :: DATE < [end]'],
    ['qty is not true', '[qty] IS NOT TRUE'],
    [
      'a.b',
      '1: "." cannot stand here; a column name with other characters than letters, digits and _ stands in double quotes',
      ['a', 'b'],
    ],
    ['größe > 1', '[größe] > 1', ['größe']],
    ['A = a', '[A] = [a]', ['a', 'A']],
    ['interval > 1 and case = 2', '22: a column or a value is expected; found "="', ['interval', 'case']],
    ['interval > 1 and "case" = 2', '[interval] > 1 AND [case] = 2', ['interval', 'case']],
    ['and > or', '0: no column "and"', ['x']],
    ['and > or', '[and] > [or]', ['and', 'or']],
  ])('%s', (text, sql, names?: readonly string[]) => {
    expect(bind(text, names)).toBe(sql);
  });

  it('names the columns that it uses once each, in the order of their use', () => {
    const bound = bindExpression('TOTAL > qty or total = "end" + QTY', columns);
    expect('columns' in bound && bound.columns).toEqual(['Total', 'qty', 'end']);
  });

  it('keeps what stands for a column together', () => {
    const bound = bindExpression('qty * 2 > 0', columns);
    expect('sql' in bound && bound.sql(() => 'c1 + c2')).toBe('(c1 + c2) * 2 > 0');
  });

  it.each([
    ['', '0: an expression is missing'],
    ['statsu = 1', '0: no column "statsu" -> status'],
    ['qty > 0 and unit_price > 0', '12: no column "unit_price" -> "unit price"'],
    ['"unit prise" > 0', '0: no column "unit prise" -> "unit price"'],
    ['status = "active"', '9: no column "active"; a text stands in single quotes'],
    ['Name = 1', '0: "Name" could be each of the columns "name", "NAME"'],
    ["status = 'open", "9: the text that begins here has no closing '"],
    ['"unit price > 0', '0: the name that begins here has no closing "'],
    ['qty > 1_000', '6: a number is written as 1000, 0.5 or 1e3'],
    ['qty > 0x10', '6: a number is written as 1000, 0.5 or 1e3'],
    ['qty > 0 && end > 0', '8: "&" cannot stand here; write `and`'],
    ['0 < qty < 10', '8: two comparisons in a row; join them with `and`'],
    ['qty', '[qty]'],
    ['qty >', '5: a column or a value is expected; the expression ends'],
    ['qty > 1)', '7: an operator such as =, and, or, in, is null is expected; found ")"'],
    ['(qty > 1', '8: `)` is expected; the expression ends'],
    ['qty is 5', '7: null, true, false or distinct from is expected; found "5"'],
    ['qty in 5', '7: a list in parentheses is expected; found "5"'],
    ['case when qty then 1', '20: `end` is expected; the expression ends'],
    ['roundd(qty) = 1', '0: no function "roundd" of the values of one row -> round'],
    [
      'cast(qty as doubel) = 1',
      '12: a type such as double, bigint, date, timestamp or varchar is expected; found "doubel" -> double',
    ],
    [
      'cast(qty as blob) = 1',
      '12: a type such as double, bigint, date, timestamp or varchar is expected; found "blob"',
    ],
  ])('%s is told with its place', (text, problem) => {
    expect(bind(text, [...columns, 'name', 'NAME'])).toBe(problem);
  });

  it.each([
    '1 = 1; drop table r0',
    'qty > 0 -- comment',
    'qty /* comment */ > 0',
    'select 1',
    '(select 1) = 1',
    'exists (select 1)',
    'qty in (select qty from r0)',
    "read_csv('/etc/passwd') = 1",
    "read_text('/etc/passwd') is null",
    'getenv(status) = 1',
    "query('select 1') = 1",
    'count(*) > 1',
    'sum(qty) over () > 1',
    'nextval(status) > 1',
    'sleep_ms(1000) = 1',
    "current_setting('temp_directory') = 'x'",
    "repeat(status, 1000000000) = ''",
    'qty > $1',
    "$$x$$ = 'x'",
    "e'\\'' = 'x'",
    "U&'x' = 'x'",
    '[1, 2][1] = 1',
    "{'a': 1} is null",
    'list_transform([1], x -> x) = 1',
    'qty > 0 limit 1',
    'qty > 0 union select 1',
    'qty collate nocase = 1',
    'qty::struct(a int) = 1',
    'c0 = 1',
    'row = 1',
    'main.r0 = 1',
    'qty = ?',
    'qty = @x',
    'qty = \u0000',
    `${'('.repeat(200)}qty${')'.repeat(200)} = 1`,
    `${'not '.repeat(9000)}qty`,
    "'\u0000' = status",
  ])('%s is refused', (text) => {
    expect(bind(text)).toMatch(/^\d+: /);
  });
});
