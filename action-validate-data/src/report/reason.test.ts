import { describe, expect, it } from 'vitest';
import { group } from '../../../test/support/data-sample-parts.ts';
import { failingUsers } from '../../../test/support/data-samples.ts';
import type { ViolationGroup } from '../types.ts';
import { invalidRowsReason } from './reason.ts';

const of = (column: string | null, rule: string, rows: number, given: object = {}): ViolationGroup =>
  group({
    column,
    rule,
    rows,
    examples: [{ line: 17, row: 16, message: '', cells: [], file: 'data.csv', ...given }],
  });
const age = of('age', 'minimum', 1204);

describe('the reason of invalid rows', () => {
  it.each<[string, number, readonly ViolationGroup[], string]>([
    [
      'names the rule with the most rows',
      1556,
      [of('email', 'format', 310), age],
      '1,556 of 50,000 rows are invalid, most by age minimum (1,204 rows, first at data.csv:17)',
    ],
    [
      'says when one rule is all',
      1204,
      [age],
      '1,204 of 50,000 rows are invalid, all by age minimum (1,204 rows, first at data.csv:17)',
    ],
    [
      'of a single row',
      1,
      [of('age', 'minimum', 1)],
      '1 of 50,000 rows is invalid, by age minimum (at data.csv:17)',
    ],
    [
      'does not call one of equals "most"',
      2,
      [of('age', 'minimum', 1), of('id', 'type', 1)],
      '2 of 50,000 rows are invalid, among others by age minimum (1 row, first at data.csv:17)',
    ],
    [
      'of broken rows',
      3,
      [of(null, 'fields', 3)],
      '3 of 50,000 rows are invalid, all by fields (3 rows, first at data.csv:17)',
    ],
    [
      'where there are no lines',
      18,
      [of('age', 'type', 18, { line: null, row: 120_001, row_group: 1, file: 'a.parquet' })],
      '18 of 50,000 rows are invalid, all by age type (18 rows, first in a.parquet, row 120,001 (row group 1))',
    ],
    [
      'passes over the rules of `rules`',
      2,
      [{ ...of('id', 'unique(id)', 9), origin: 'rule' }, of('age', 'minimum', 2)],
      '2 of 50,000 rows are invalid, all by age minimum (2 rows, first at data.csv:17)',
    ],
    ['without groups', 2, [], '2 of 50,000 rows are invalid'],
    ['of none', 0, [], 'all 50,000 rows are valid'],
  ])('%s', (_, rejectedRows, groups, text) =>
    expect(invalidRowsReason({ rows: 50_000, rejectedRows, groups })).toBe(text),
  );

  it.each([
    [0, 'there are no rows'],
    [1, 'the only row is valid'],
  ])('of %d rows', (rows, text) =>
    expect(invalidRowsReason({ rows, rejectedRows: 0, groups: [] })).toBe(text),
  );

  it('is the one of the sample that the page is looked at with', () => {
    const { details, checks } = failingUsers().predicate.gate;
    expect(checks[0]?.reason).toBe(
      invalidRowsReason({ rows: details.rows, rejectedRows: 1556, groups: details.violations.groups }),
    );
  });

  it('stays short whatever the column is called', () =>
    expect(
      invalidRowsReason({
        rows: 5,
        rejectedRows: 2,
        groups: [of('x'.repeat(10_000), 'type', 2, { file: 'y'.repeat(9999) })],
      }).length,
    ).toBeLessThan(300));
});
