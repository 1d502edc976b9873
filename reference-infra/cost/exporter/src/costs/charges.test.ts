import { expect, test } from 'vitest';
import { type Charge, costsOf, givenBackOf, lastSettledDay } from './charges.ts';

const hour = 3_600_000;
const of = (
  day: string,
  key: string | null,
  recordType: string,
  amount: number,
  currency = 'USD',
): Charge => ({
  day,
  key,
  recordType,
  amount,
  currency,
});
const asked = (time: string, ...charges: Charge[]) => ({
  askedAt: Date.parse(time),
  start: '2026-11-01',
  charges,
  estimated: [],
});

test('credits and refunds stand apart from the cost, and only the net amount has them', () => {
  const [cost, ...more] = costsOf(
    asked(
      '2026-11-20T06:00:00Z',
      of('2026-11-18', 'Amazon EC2', 'Usage', 100),
      of('2026-11-18', 'Amazon EC2', 'Credit', -90),
      of('2026-11-18', 'Amazon S3', 'Usage', 20),
      of('2026-11-18', 'Amazon S3', 'Refund', -5),
      of('2026-11-18', 'Tax', 'Tax', 8),
      of('2026-11-17', 'Amazon EC2', 'Usage', 1_000),
    ),
    '2026-11-18',
  );
  expect(more).toEqual([]);
  expect(cost).toMatchObject({ currency: 'USD', cost: 128, net: 33, givenBack: { credit: -90, refund: -5 } });
  expect([...(cost?.byKey ?? [])]).toEqual([
    ['Amazon EC2', 100],
    ['Amazon S3', 20],
    ['Tax', 8],
  ]);
});

test('the negation of a savings plan is part of the price', () => {
  const charges = asked(
    '2026-11-20T06:00:00Z',
    of('2026-11-18', 'Amazon EC2', 'SavingsPlanCoveredUsage', 50),
    of('2026-11-18', 'Amazon EC2', 'SavingsPlanNegation', -50),
    of('2026-11-18', 'Savings Plans', 'SavingsPlanRecurringFee', 30),
  );
  expect(costsOf(charges, '2026-11-18')[0]).toMatchObject({ cost: 30, net: 30 });
  expect(givenBackOf('SavingsPlanNegation')).toBeNull();
  expect(givenBackOf('CREDIT')).toBe('credit');
});

test('two currencies are never added', () => {
  const charges = asked(
    '2026-11-20T06:00:00Z',
    of('2026-11-18', 'Amazon EC2', 'Usage', 100),
    of('2026-11-18', 'Amazon EC2', 'Usage', 7_000, 'INR'),
  );
  expect(costsOf(charges, '2026-11-18').map(({ currency, cost }) => [currency, cost])).toEqual([
    ['INR', 7_000],
    ['USD', 100],
  ]);
});

test('what has no tag is told apart from what has one', () => {
  const charges = asked(
    '2026-11-20T06:00:00Z',
    of('2026-11-18', 'fraud', 'Usage', 10),
    of('2026-11-18', null, 'Usage', 3),
    of('2026-11-18', null, 'Credit', -3),
  );
  expect(costsOf(charges, '2026-11-18')[0]).toMatchObject({ cost: 13, untagged: 3 });
  expect(costsOf(charges, '2026-11-17')).toEqual([]);
});

test.each([
  ['a day is told once it has been over for a day', '2026-11-20T00:00:00Z', '2026-11-18'],
  ['one moment before it is not', '2026-11-19T23:59:59.999Z', '2026-11-17'],
  ['all through the next day it is the same one', '2026-11-20T23:59:59Z', '2026-11-18'],
])('%s', (_, time, day) => {
  const charges = ['2026-11-17', '2026-11-18', '2026-11-19'].map((each) =>
    of(each, 'Amazon EC2', 'Usage', 1),
  );
  expect(lastSettledDay(asked(time, ...charges), 24 * hour)).toBe(day);
});

test('a settled day for which nothing has come is not told as free; without any there is none', () => {
  const charges = asked('2026-11-20T06:00:00Z', of('2026-11-16', 'Amazon EC2', 'Usage', 1));
  expect(lastSettledDay(charges, 24 * hour)).toBe('2026-11-16');
  expect(lastSettledDay(asked('2026-11-20T06:00:00Z'), 24 * hour)).toBeNull();
  const only = asked('2026-11-20T06:00:00Z', of('2026-11-19', 'Amazon EC2', 'Usage', 1));
  expect(lastSettledDay(only, 24 * hour)).toBeNull();
});
