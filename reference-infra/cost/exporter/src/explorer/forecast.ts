/** GetCostForecast: what AWS expects of the rest of the month. */

import type {
  GetCostForecastCommandInput,
  GetCostForecastCommandOutput,
} from '@aws-sdk/client-cost-explorer';
import { dayOf, firstOfNextMonth, isDay } from '../costs/days.ts';
import type { Forecast, ForecastDay } from '../costs/month.ts';
import { type CostMetric, readMoney } from './daily-charges.ts';
import { CostFailure } from './failure.ts';

const forecastMetrics = {
  UnblendedCost: 'UNBLENDED_COST',
  AmortizedCost: 'AMORTIZED_COST',
  BlendedCost: 'BLENDED_COST',
  NetAmortizedCost: 'NET_AMORTIZED_COST',
  NetUnblendedCost: 'NET_UNBLENDED_COST',
} as const satisfies Record<CostMetric, string>;

/**
 * From today to the end of the month, day by day: of a forecast by months the description does not say whether the days that are
 * over are in it. @throws CostFailure; `no_data` where AWS has too little history.
 */
export async function askForecast(
  ask: (input: GetCostForecastCommandInput) => Promise<GetCostForecastCommandOutput>,
  question: { readonly metric: CostMetric; readonly now: number; readonly level: number },
): Promise<Forecast> {
  const today = dayOf(question.now);
  const end = firstOfNextMonth(today);
  const answer = await ask({
    TimePeriod: { Start: today, End: end },
    Granularity: 'DAILY',
    Metric: forecastMetrics[question.metric],
    PredictionIntervalLevel: question.level,
    // As the cost of a day is told: without what is given back.
    Filter: { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } },
  });
  const total = readMoney(answer.Total, 'total of the forecast');
  if (total === null) throw unexpected('its total has no currency');
  const days = (answer.ForecastResultsByTime ?? []).map((result): ForecastDay => {
    const day = result.TimePeriod?.Start ?? '';
    if (!isDay(day) || day < today || day >= end)
      throw unexpected(`${JSON.stringify(day)} is not a day from ${today} to the end of the month`);
    const mean = numberOf(result.MeanValue, `the mean of ${day}`);
    return {
      day,
      mean,
      lower:
        result.PredictionIntervalLowerBound === undefined
          ? mean
          : numberOf(result.PredictionIntervalLowerBound, `the lower bound of ${day}`),
      upper:
        result.PredictionIntervalUpperBound === undefined
          ? mean
          : numberOf(result.PredictionIntervalUpperBound, `the upper bound of ${day}`),
    };
  });
  const expected = Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);
  if (new Set(days.map(({ day }) => day)).size !== expected || days.length !== expected)
    throw unexpected(`it has ${days.length} days, not the ${expected} from ${today} to the end of the month`);
  return { askedAt: question.now, currency: total.currency, days };
}

function numberOf(text: string | undefined, what: string): number {
  const value = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isFinite(value))
    throw unexpected(`${what} is ${JSON.stringify(text ?? '')}, not an amount`);
  return value;
}

function unexpected(message: string): CostFailure {
  return new CostFailure('unexpected_answer', `the forecast of Cost Explorer cannot be used: ${message}`);
}
