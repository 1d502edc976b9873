import { describe, expect, it } from 'vitest';
import { type CheckOutcome, levelOf, placeText, ruleId, ruleName, shareText } from './words.ts';

describe('names', () => {
  it.each([
    ['age', 'minimum', 'age minimum', 'age/minimum'],
    [null, 'fields', 'fields', 'fields'],
    ['id', 'unique(id)', 'unique(id)', 'unique(id)'],
    [null, 'holds(start <= end)', 'holds(start <= end)', 'holds(start <= end)'],
  ])('of %s and %s are %s and %s', (column, rule, name, id) => {
    expect(ruleName({ column, rule })).toBe(name);
    expect(ruleId({ column, rule })).toBe(id);
  });
});

describe('places', () => {
  it.each([
    [{ file: 'data.csv', line: 17, row: 16 }, 'data.csv:17'],
    [{ file: 'data.npz', line: null, row: 1200 }, 'data.npz, row 1,200'],
    [{ file: 'a.parquet', line: null, row: 120_001, row_group: 2 }, 'a.parquet, row 120,001 (row group 2)'],
  ])('%#', (place, text) => expect(placeText(place)).toBe(text));
});

describe('the level of a broken rule', () => {
  const check = (metric: string, verdict: CheckOutcome['verdict'], given: Partial<CheckOutcome> = {}) => ({
    metric,
    selector: null,
    severity: 'fail' as const,
    verdict,
    ...given,
  });
  const unique = { selector: 'id' };
  it.each<[string, string, readonly CheckOutcome[], 'error' | 'warning']>([
    ['fails the gate', 'minimum', [check('invalid_rows', 'fail')], 'error'],
    ['is within max-invalid-rows', 'minimum', [check('invalid_fraction', 'pass')], 'warning'],
    [
      'fails by its own line',
      'unique(id)',
      [check('unique', 'fail', unique), check('invalid_rows', 'pass')],
      'error',
    ],
    [
      'is allowed by its own line',
      'unique(id)',
      [check('unique', 'pass', unique), check('invalid_rows', 'fail')],
      'warning',
    ],
    ['only warns', 'unique(id)', [check('unique', 'fail', { ...unique, severity: 'warn' })], 'warning'],
    [
      'warns and fails',
      'unique(id)',
      [check('unique', 'fail', { ...unique, severity: 'warn' }), check('unique', 'fail', unique)],
      'error',
    ],
    ['is inconclusive', 'unique(id)', [check('unique', 'inconclusive', unique)], 'error'],
    ['has no check', 'minimum', [check('row_count', 'pass')], 'error'],
  ])('that %s', (_, rule, checks, level) => expect(levelOf(rule, checks)).toBe(level));
});

describe('shares', () => {
  it.each([
    [0, 50_000, '0%'],
    [1204, 50_000, '2.4%'],
    [1, 3, '33.3%'],
    [1, 1_000_000, '<0.01%'],
    [999_999, 1_000_000, '>99.9%'],
    [7, 7, '100%'],
    [0, 0, ''],
  ])('%d of %d is %j', (count, total, text) => expect(shareText(count, total)).toBe(text));
});
