import { expect, test } from 'vitest';
import type { Charges } from './charges.ts';
import { daysBetween } from './days.ts';
import { type Forecast, monthEnd, monthToDate } from './month.ts';

const dayMs = 86_400_000;
/** 10 on each day from `start` to yesterday, but for those that are given. */
function charged(asked: string, start: string, others: Readonly<Record<string, number>> = {}): Charges {
  const charges = daysBetween(start, asked.slice(0, 10)).map((day) => ({
    day,
    key: 'Amazon EC2',
    recordType: 'Usage',
    amount: others[day] ?? 10,
    currency: 'USD',
  }));
  return { askedAt: Date.parse(asked), start, charges, estimated: [] };
}
function expecting(asked: string, days: readonly string[], currency = 'USD'): Forecast {
  return {
    askedAt: Date.parse(asked),
    currency,
    days: days.map((day) => ({ day, mean: 12, lower: 11, upper: 15 })),
  };
}

test('the month so far ends with the last settled day', () => {
  const charges = charged('2026-11-20T06:00:00Z', '2026-10-01');
  expect(monthToDate(charges, '2026-11-18')).toEqual([{ currency: 'USD', toDate: 180 }]);
  expect(monthToDate(charges, '2026-10-31')).toEqual([{ currency: 'USD', toDate: 310 }]);
});

test('the month at its end is what it cost and what is expected; a day that is billed in part counts as an expected one', () => {
  const asked = '2026-11-20T06:00:00Z';
  const charges = charged(asked, '2026-10-01', { '2026-11-19': 1 });
  const forecast = expecting(asked, daysBetween('2026-11-20', '2026-12-01'));
  // 18 settled days at 10; yesterday for 12; 11 days at 12, and at 11 and 15.
  expect(monthEnd(charges, forecast, dayMs)).toEqual({
    currency: 'USD',
    mean: 180 + 12 + 132,
    lower: 180 + 12 + 121,
    upper: 180 + 12 + 165,
  });
});

test('a day that is not settled and costs more than expected already counts as it is', () => {
  const asked = '2026-11-20T06:00:00Z';
  const charges = charged(asked, '2026-10-01', { '2026-11-19': 500 });
  const forecast = expecting(asked, daysBetween('2026-11-20', '2026-12-01'));
  expect(monthEnd(charges, forecast, dayMs)?.mean).toBe(180 + 500 + 132);
});

test('on the first of a month nothing is behind it, on the last one day is before it', () => {
  const first = '2026-11-01T00:00:30Z';
  expect(
    monthEnd(charged(first, '2026-09-01'), expecting(first, daysBetween('2026-11-01', '2026-12-01')), dayMs)
      ?.mean,
  ).toBe(30 * 12);
  const last = '2026-11-30T23:59:00Z';
  expect(monthEnd(charged(last, '2026-09-01'), expecting(last, ['2026-11-30']), dayMs)?.mean).toBe(
    280 + 12 + 12,
  );
});

test('days between charges that are old and a forecast that is new count as expected ones', () => {
  const charges = charged('2026-11-18T06:00:00Z', '2026-10-01');
  const forecast = expecting('2026-11-20T06:00:00Z', daysBetween('2026-11-20', '2026-12-01'));
  expect(monthEnd(charges, forecast, dayMs)?.mean).toBe(160 + 3 * 12 + 132);
});

test('two currencies are not added, and a month whose beginning is not known has no end', () => {
  const asked = '2026-11-20T06:00:00Z';
  const days = daysBetween('2026-11-20', '2026-12-01');
  expect(monthEnd(charged(asked, '2026-10-01'), expecting(asked, days, 'INR'), dayMs)).toMatchObject({
    currency: 'INR',
    mean: 12 + 132,
  });
  expect(monthEnd(charged(asked, '2026-11-02'), expecting(asked, days), dayMs)).toBeNull();
});
