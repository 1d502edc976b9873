/** Costs as Cost Explorer writes them, around today. */

import {
  addDays,
  type Day,
  dayOf,
  daysBetween,
  firstOfNextMonth,
} from '../../../reference-infra/cost/exporter/src/costs/days.ts';
import type { CostAnswer, CostCall } from './cost-explorer.ts';

/** `key`, record type, amount, currency. */
export type Row = readonly [key: string, recordType: string, amount: number, currency?: string];

export interface UsageResult {
  readonly ResultsByTime: readonly object[];
  readonly NextPageToken?: string;
}

/** The day that is told now: the day before yesterday. */
export const toldDay = (): Day => addDays(dayOf(Date.now()), -2);

export function usage(
  rowsOf: (day: Day) => readonly Row[],
  days: readonly Day[],
  next?: string,
): UsageResult {
  return {
    ResultsByTime: days.map((day) => ({
      TimePeriod: { Start: day, End: addDays(day, 1) },
      Total: {},
      Groups: rowsOf(day).map(([key, recordType, amount, Unit = 'USD']) => ({
        Keys: [key, recordType],
        Metrics: { UnblendedCost: { Amount: String(amount), Unit } },
      })),
      Estimated: true,
    })),
    ...(next === undefined ? {} : { NextPageToken: next }),
  };
}

/** 100 of EC2 each day, give or take a little, 250 on the day that is told, with a credit that hides it. */
export function services(day: Day): readonly Row[] {
  if (day === toldDay())
    return [
      ['Amazon Elastic Compute Cloud - Compute', 'Usage', 230.5],
      ['Amazon Simple Storage Service', 'Usage', 19.5],
      ['Amazon Elastic Compute Cloud - Compute', 'Credit', -240],
    ];
  const weeks = Math.round((Date.parse(toldDay()) - Date.parse(day)) / (7 * 86_400_000));
  return [['Amazon Elastic Compute Cloud - Compute', 'Usage', 100 + (weeks % 3)]];
}

export function models(day: Day): readonly Row[] {
  return [
    ['model$fraud', 'Usage', day === toldDay() ? 5.76 : 1],
    ['model$churn', 'Usage', 3],
    ['model$', 'Usage', 241.24],
  ];
}

/** Answers whatever is asked, for the period that is asked. */
export function costsFor(call: CostCall): CostAnswer {
  const { operation, input } = call;
  const { Start, End } = periodOf(call);
  if (operation === 'GetCostForecast') return { kind: 'answer', body: forecast(Start, End, 300) };
  const byTag = JSON.stringify(input.GroupBy).includes('TAG');
  return { kind: 'answer', body: usage(byTag ? models : services, daysBetween(Start, End)) };
}

export function forecast(start: Day, end: Day, perDay: number): object {
  const days = daysBetween(start, end);
  return {
    Total: { Amount: String(perDay * days.length), Unit: 'USD' },
    ForecastResultsByTime: days.map((day) => ({
      TimePeriod: { Start: day, End: addDays(day, 1) },
      MeanValue: String(perDay),
      PredictionIntervalLowerBound: String(perDay - 10),
      PredictionIntervalUpperBound: String(perDay + 20),
    })),
  };
}

/** From today to the end of the month. */
export const daysLeft = (): number => {
  const today = dayOf(Date.now());
  return daysBetween(today, firstOfNextMonth(today)).length;
};

/** What a question is about; its end is exclusive. */
export function periodOf({ input }: CostCall): { readonly Start: Day; readonly End: Day } {
  return isPeriod(input.TimePeriod) ? input.TimePeriod : { Start: '', End: '' };
}

function isPeriod(value: unknown): value is { readonly Start: string; readonly End: string } {
  return typeof value === 'object' && value !== null && 'Start' in value && 'End' in value;
}
