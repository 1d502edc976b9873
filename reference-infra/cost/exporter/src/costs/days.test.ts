import { expect, test } from 'vitest';
import { addDays, dayOf, daysBetween, firstOfMonth, firstOfNextMonth, isDay } from './days.ts';

test('a day begins and ends at midnight UTC, wherever the exporter runs', () => {
  expect(dayOf(Date.UTC(2026, 10, 29, 0, 0, 0))).toBe('2026-11-29');
  expect(dayOf(Date.UTC(2026, 10, 29, 23, 59, 59, 999))).toBe('2026-11-29');
});

test('months and leap years are those of the calendar', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  expect(firstOfMonth('2026-12-31')).toBe('2026-12-01');
  expect(firstOfNextMonth('2026-12-01')).toBe('2027-01-01');
  expect(firstOfNextMonth('2026-02-28')).toBe('2026-03-01');
  expect(daysBetween('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  expect(daysBetween('2026-03-02', '2026-03-02')).toEqual([]);
});

test('what is no day of the calendar is none', () => {
  expect(['2026-02-29', '2026-2-1', '2026-02-01T00:00:00Z', ''].filter(isDay)).toEqual([]);
  expect(isDay('2028-02-29')).toBe(true);
});
