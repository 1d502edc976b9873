import { expect, test } from 'vitest';
import type { Charge, Charges } from '../costs/charges.ts';
import { daysBetween } from '../costs/days.ts';
import { type Known, neverAsked, nothingKnown } from '../refresh/questions.ts';
import { type Figure, figuresOf } from './figures.ts';

const settings = { settleMs: 86_400_000, weeks: 8 };
const askedAt = Date.parse('2026-11-20T06:00:00Z');

function answered(charges: readonly Charge[]): Charges {
  return { askedAt, start: '2026-09-20', charges, estimated: ['2026-11-18', '2026-11-19'] };
}
/** 100 of EC2 on each day, but for the 18th. */
function services(today: readonly Charge[]): Charge[] {
  const days = daysBetween('2026-09-20', '2026-11-20').filter((day) => day !== '2026-11-18');
  return [...days.map((day) => charge('Amazon EC2', 'Usage', 100, day)), ...today];
}
function charge(
  key: string | null,
  recordType: string,
  amount: number,
  day = '2026-11-18',
  currency = 'USD',
): Charge {
  return { day, key, recordType, amount, currency };
}
const asked = <Value>(value: Value) => ({ value, failures: 0, notBefore: 0 });
const shown = (figures: readonly Figure[]): Record<string, number> =>
  Object.fromEntries(
    figures.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  );

test('nothing known is nothing shown, and not 0', () => {
  expect(figuresOf(nothingKnown, settings)).toEqual([]);
  const empty = { ...nothingKnown, services: asked(answered([])) };
  // It has answered, and has no day.
  expect(shown(figuresOf(empty, settings))).toEqual({
    'aws_cost_last_success_timestamp_seconds services': askedAt / 1000,
  });
});

test('a day with credits, by service, against its weekday', () => {
  const today = [
    charge('Amazon EC2', 'Usage', 150),
    charge('Amazon S3', 'Usage', 25),
    charge('Amazon EC2', 'Credit', -60),
  ];
  expect(shown(figuresOf({ ...nothingKnown, services: asked(answered(services(today))) }, settings))).toEqual(
    {
      'aws_cost_daily USD': 175,
      'aws_cost_daily_net USD': 115,
      'aws_cost_credits credit USD': -60,
      'aws_cost_credits refund USD': 0,
      'aws_cost_by_service Amazon EC2 USD': 150,
      'aws_cost_by_service Amazon S3 USD': 25,
      'aws_cost_anomaly_score USD': Infinity,
      'aws_cost_weekday_median USD': 100,
      'aws_cost_day_timestamp_seconds services': Date.parse('2026-11-18T00:00:00Z') / 1000,
      'aws_cost_estimated services': 1,
      'aws_cost_month_to_date USD': 17 * 100 + 175,
      'aws_cost_last_success_timestamp_seconds services': askedAt / 1000,
    },
  );
});

test('models stand apart, with what has no tag', () => {
  const models = answered([
    charge('fraud', 'Usage', 30),
    charge(null, 'Usage', 70),
    charge('fraud', 'Credit', -30),
  ]);
  expect(shown(figuresOf({ ...nothingKnown, models: asked(models) }, settings))).toEqual({
    'aws_cost_by_model fraud USD': 30,
    'aws_cost_untagged USD': 70,
    'aws_cost_day_timestamp_seconds models': Date.parse('2026-11-18T00:00:00Z') / 1000,
    'aws_cost_estimated models': 1,
    'aws_cost_last_success_timestamp_seconds models': askedAt / 1000,
  });
});

test('a forecast of another month than the charges is not added to them', () => {
  const forecast = (at: string): Known['forecast'] => ({
    ...neverAsked,
    value: {
      askedAt: Date.parse(at),
      currency: 'USD',
      days: daysBetween(at.slice(0, 10), '2026-12-01').map((day) => ({
        day,
        mean: 100,
        lower: 90,
        upper: 120,
      })),
    },
  });
  const known = {
    ...nothingKnown,
    services: asked(answered(services([charge('Amazon EC2', 'Usage', 100)]))),
  };
  const good = shown(figuresOf({ ...known, forecast: forecast('2026-11-20T07:00:00Z') }, settings));
  expect([
    good['aws_cost_forecast USD'],
    good['aws_cost_forecast_lower USD'],
    good['aws_cost_forecast_upper USD'],
  ]).toEqual([3_000, 2_890, 3_220]);
  const late = figuresOf({ ...known, forecast: forecast('2026-10-31T07:00:00Z') }, settings);
  expect(late.filter(({ name }) => name.startsWith('aws_cost_forecast'))).toEqual([]);
});

test('too little history has its reason, and neither score nor median', () => {
  const figures = figuresOf(
    { ...nothingKnown, services: asked(answered([charge('Amazon EC2', 'Usage', 5)])) },
    settings,
  );
  expect(figures.filter(({ name }) => name.includes('anomaly') || name.includes('median'))).toEqual([
    { name: 'aws_cost_anomaly_unknown', labels: { currency: 'USD', reason: 'too_little_history' }, value: 1 },
  ]);
});
