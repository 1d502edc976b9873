/** What the month comes to: what it has cost, and what AWS expects of the rest. */

import { type Charges, costsOf, isSettled } from './charges.ts';
import { addDays, type Day, dayOf, daysBetween, firstOfMonth } from './days.ts';

export interface ForecastDay {
  readonly day: Day;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** What Cost Explorer expects from the day on which it was asked to the end of that month. */
export interface Forecast {
  readonly askedAt: number;
  readonly currency: string;
  readonly days: readonly ForecastDay[];
}

export interface MonthCost {
  readonly currency: string;
  /** From the first of the month to the last settled day. */
  readonly toDate: number;
}

export interface MonthEnd {
  readonly currency: string;
  readonly mean: number;
  /** Sums of the bounds of days: no narrower than the interval of the sum, since days need not err together. */
  readonly lower: number;
  readonly upper: number;
}

/** Of the month of the last settled day. */
export function monthToDate(charges: Charges, lastDay: Day): readonly MonthCost[] {
  const sums = new Map<string, number>();
  for (const day of daysBetween(firstOfMonth(lastDay), addDays(lastDay, 1))) {
    for (const { currency, cost } of costsOf(charges, day))
      sums.set(currency, (sums.get(currency) ?? 0) + cost);
  }
  return [...sums].map(([currency, toDate]) => ({ currency, toDate }));
}

/**
 * The days before the forecast as they were charged, the others as they are expected. Days that are not settled are billed in part:
 * they count for what an expected day does, unless they cost more already. Null: the charges do not reach back to the first of the
 * month, so that the sum would be too small.
 */
export function monthEnd(charges: Charges, forecast: Forecast, settleMs: number): MonthEnd | null {
  const { currency, days } = forecast;
  const today = dayOf(forecast.askedAt);
  const first = firstOfMonth(today);
  if (days.length === 0 || charges.start > first) return null;
  const expected = sum(days.map(({ mean }) => mean)) / days.length;
  const before = sum(
    daysBetween(first, today).map((day) => {
      const charged = costsOf(charges, day).find((each) => each.currency === currency)?.cost ?? 0;
      return isSettled(charges, day, settleMs) ? charged : Math.max(charged, expected);
    }),
  );
  return {
    currency,
    mean: before + sum(days.map(({ mean }) => mean)),
    lower: before + sum(days.map(({ lower }) => lower)),
    upper: before + sum(days.map(({ upper }) => upper)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
