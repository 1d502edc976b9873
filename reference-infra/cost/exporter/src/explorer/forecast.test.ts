import type {
  GetCostForecastCommandInput,
  GetCostForecastCommandOutput,
} from '@aws-sdk/client-cost-explorer';
import { expect, test } from 'vitest';
import { askForecast } from './forecast.ts';

const question = { metric: 'UnblendedCost', level: 80, now: Date.parse('2026-11-29T06:00:00Z') } as const;

function answer(days: readonly string[], change: Partial<GetCostForecastCommandOutput> = {}) {
  const whole: GetCostForecastCommandOutput = {
    $metadata: {},
    Total: { Amount: '24', Unit: 'USD' },
    ForecastResultsByTime: days.map((day) => ({
      TimePeriod: { Start: day, End: day },
      MeanValue: '12',
      PredictionIntervalLowerBound: '10.5',
      PredictionIntervalUpperBound: '14',
    })),
    ...change,
  };
  return async () => whole;
}

test('it asks for the rest of the month, day by day, without what is given back', async () => {
  const inputs: GetCostForecastCommandInput[] = [];
  const forecast = await askForecast(async (input) => {
    inputs.push(input);
    return await answer(['2026-11-29', '2026-11-30'])();
  }, question);
  expect(inputs).toEqual([
    {
      TimePeriod: { Start: '2026-11-29', End: '2026-12-01' },
      Granularity: 'DAILY',
      Metric: 'UNBLENDED_COST',
      PredictionIntervalLevel: 80,
      Filter: { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } },
    },
  ]);
  expect(forecast).toEqual({
    askedAt: question.now,
    currency: 'USD',
    days: [
      { day: '2026-11-29', mean: 12, lower: 10.5, upper: 14 },
      { day: '2026-11-30', mean: 12, lower: 10.5, upper: 14 },
    ],
  });
});

test('without bounds the mean stands for both', async () => {
  const days = ['2026-11-29', '2026-11-30'].map((day) => ({
    TimePeriod: { Start: day, End: day },
    MeanValue: '3',
  }));
  const { days: read } = await askForecast(answer([], { ForecastResultsByTime: days }), question);
  expect(read[0]).toEqual({ day: '2026-11-29', mean: 3, lower: 3, upper: 3 });
});

test.each<[string, () => Promise<GetCostForecastCommandOutput>, string]>([
  ['a day less', answer(['2026-11-29']), 'it has 1 days, not the 2 from 2026-11-29'],
  ['a day twice', answer(['2026-11-29', '2026-11-29']), 'it has 2 days, not the 2'],
  ['a day before', answer(['2026-11-01', '2026-11-29']), '"2026-11-01" is not a day from 2026-11-29'],
  ['the next month', answer(['2026-11-29', '2026-12-01']), '"2026-12-01" is not a day from 2026-11-29'],
  ['no total', answer(['2026-11-29', '2026-11-30'], { Total: undefined }), 'the total of the forecast is ""'],
  [
    'a mean that is none',
    answer([], {
      ForecastResultsByTime: [{ TimePeriod: { Start: '2026-11-29', End: '' }, MeanValue: 'NaN' }],
    }),
    'the mean of 2026-11-29 is "NaN", not an amount',
  ],
])('a forecast with %s is not used', async (_, ask, message) => {
  await expect(askForecast(ask, question)).rejects.toThrow(message);
});
