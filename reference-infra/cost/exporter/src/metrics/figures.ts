/** From what is known to the values that are shown; what cannot be said has no value. */

import type { metrics } from '../../../../monitoring/metrics.ts';
import { anomaliesOf } from '../costs/anomaly.ts';
import { type Charges, costsOf, lastSettledDay } from '../costs/charges.ts';
import { dayOf, firstOfMonth, startOf } from '../costs/days.ts';
import { monthEnd, monthToDate } from '../costs/month.ts';
import { type Known, questionNames } from '../refresh/questions.ts';

type Metrics = typeof metrics;
/** The gauges of costs, which are set anew with each answer. */
export type FigureName = {
  [Name in keyof Metrics]: Name extends `aws_cost_explorer_${string}`
    ? never
    : Name extends `aws_cost_${string}`
      ? Name
      : never;
}[keyof Metrics];
type LabelsOf<Name extends FigureName> = Readonly<Record<Metrics[Name]['labels'][number], string>>;

export interface Figure {
  readonly name: FigureName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface FigureSettings {
  readonly settleMs: number;
  readonly weeks: number;
}

export function figuresOf(known: Known, settings: FigureSettings): readonly Figure[] {
  const { services, models, forecast } = known;
  return [
    ...(services.value === null ? [] : serviceFigures(services.value, settings)),
    ...(models.value === null ? [] : modelFigures(models.value, settings)),
    ...monthFigures(known, settings),
    ...questionNames.flatMap((query) => {
      const at = { services, models, forecast }[query].value?.askedAt;
      return at === undefined
        ? []
        : [figure('aws_cost_last_success_timestamp_seconds', { query }, at / 1000)];
    }),
  ];
}

function serviceFigures(charges: Charges, { settleMs, weeks }: FigureSettings): readonly Figure[] {
  const day = lastSettledDay(charges, settleMs);
  if (day === null) return [];
  const costs = costsOf(charges, day).flatMap(({ currency, cost, net, byKey, givenBack }) => [
    figure('aws_cost_daily', { currency }, cost),
    figure('aws_cost_daily_net', { currency }, net),
    figure('aws_cost_credits', { type: 'credit', currency }, givenBack.credit),
    figure('aws_cost_credits', { type: 'refund', currency }, givenBack.refund),
    ...[...byKey].map(([service, value]) => figure('aws_cost_by_service', { service, currency }, value)),
  ]);
  const anomalies = anomaliesOf(charges, day, weeks).flatMap((anomaly) => {
    const { currency } = anomaly;
    if (anomaly.kind === 'unknown')
      return [figure('aws_cost_anomaly_unknown', { currency, reason: anomaly.reason }, 1)];
    return [
      figure('aws_cost_anomaly_score', { currency }, anomaly.score),
      figure('aws_cost_weekday_median', { currency }, anomaly.median),
    ];
  });
  return [...costs, ...anomalies, ...dayFigures('services', charges, day)];
}

function modelFigures(charges: Charges, { settleMs }: FigureSettings): readonly Figure[] {
  const day = lastSettledDay(charges, settleMs);
  if (day === null) return [];
  return [
    ...costsOf(charges, day).flatMap(({ currency, byKey, untagged }) => [
      ...[...byKey].map(([model, value]) => figure('aws_cost_by_model', { model, currency }, value)),
      figure('aws_cost_untagged', { currency }, untagged ?? 0),
    ]),
    ...dayFigures('models', charges, day),
  ];
}

function dayFigures(query: 'services' | 'models', charges: Charges, day: string): readonly Figure[] {
  return [
    figure('aws_cost_day_timestamp_seconds', { query }, startOf(day) / 1000),
    figure('aws_cost_estimated', { query }, charges.estimated.includes(day) ? 1 : 0),
  ];
}

/** The end of the month needs charges and forecast of one month. */
function monthFigures({ services, forecast }: Known, { settleMs }: FigureSettings): readonly Figure[] {
  const charges = services.value;
  const day = charges === null ? null : lastSettledDay(charges, settleMs);
  if (charges === null || day === null) return [];
  const toDate = monthToDate(charges, day).map(({ currency, toDate: value }) =>
    figure('aws_cost_month_to_date', { currency }, value),
  );
  if (forecast.value === null || monthOf(forecast.value.askedAt) !== monthOf(charges.askedAt)) return toDate;
  const end = monthEnd(charges, forecast.value, settleMs);
  if (end === null) return toDate;
  const { currency } = end;
  return [
    ...toDate,
    figure('aws_cost_forecast', { currency }, end.mean),
    figure('aws_cost_forecast_lower', { currency }, end.lower),
    figure('aws_cost_forecast_upper', { currency }, end.upper),
  ];
}

function monthOf(time: number): string {
  return firstOfMonth(dayOf(time));
}

function figure<Name extends FigureName>(name: Name, labels: LabelsOf<Name>, value: number): Figure {
  return { name, labels, value };
}
