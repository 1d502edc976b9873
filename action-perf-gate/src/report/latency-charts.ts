/** Latency over time, and latency by percentile on a scale on which the nines have room. */

import {
  html,
  type LineSeries,
  lineChart,
  type Markup,
  type Tick,
  ticks,
} from '../../../core/report/index.ts';
import type { SeriesPoint } from '../measure/series.ts';
import type { SpectrumPoint } from '../measure/spectrum.ts';
import type { ArmRecord, PerfDetails } from '../types.ts';
import { ms } from './words.ts';

/** A logarithmic axis of times from a tenth of the least to the most, with round ticks that have room. */
interface TimeAxis {
  readonly place: (value: number) => number;
  readonly min: number;
  readonly max: number;
  readonly ticks?: readonly Tick[];
}

/** Beyond such a range a linear axis shows the stall and nothing else. */
const widest = 25;

export function timeAxis(values: readonly number[]): TimeAxis {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const most = Math.max(1e-3, ...positive);
  const least = positive.length === 0 ? most : Math.min(...positive);
  if (most / least <= widest) {
    const top = most * 1.05;
    return { place: (value) => value, min: 0, max: top };
  }
  const from = Math.max(1e-3, least);
  const [min, max] = [Math.log10(from * 0.9), Math.log10(most * 1.1)];
  const factors = max - min > 3 ? [1] : max - min > 1.5 ? [1, 3] : [1, 2, 5];
  const marks: Tick[] = [];
  for (let power = Math.floor(min); power <= max; power++) {
    for (const factor of factors) {
      const at = Math.log10(factor) + power;
      if (at >= min && at <= max) marks.push({ at, text: tickText(factor * 10 ** power) });
    }
  }
  return { place: (value) => Math.log10(Math.max(value, from)), min, max, ticks: marks };
}

function tickText(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded >= 10_000 ? `${rounded / 1000}k` : String(rounded);
}

const axisLabel = (name: string, axis: TimeAxis): string =>
  `${name}, ms${axis.ticks === undefined ? '' : ' (logarithmic)'}`;

export function latencyOverTime({ series, failures, all }: ArmRecord): Markup {
  const { points, seconds } = series;
  const end = (points.at(-1)?.at ?? 0) + seconds;
  const kinds: readonly (readonly [
    name: string,
    of: (point: SeriesPoint) => number | null,
    dashed: boolean,
  ])[] = [
    ['longest', ({ max }) => max, true],
    ['p99', ({ p99 }) => p99, false],
    ['p95', ({ p95 }) => p95, false],
    ['p50', ({ p50 }) => p50, false],
  ];
  const axis = timeAxis(points.flatMap((point) => kinds.flatMap(([, of]) => of(point) ?? [])));
  const lines = kinds.map(
    ([name, of, dashed], index): LineSeries => ({
      name,
      points: points.map((point) => {
        const value = of(point);
        return [point.at + seconds / 2, value === null ? Number.NaN : axis.place(value)];
      }),
      dashed,
      color: [5, 1, 0, 2][index] ?? 0,
    }),
  );
  const failed = points.filter((point) => point.failed > 0);
  const [most] = failures;
  return lineChart({
    title: 'Latency over time',
    description: `p50 ${ms(all.latency.p50)}, p95 ${ms(all.latency.p95)}, p99 ${ms(all.latency.p99)}, longest ${ms(all.latency.max)}; ${all.failed} of ${all.due} requests failed`,
    x: { label: 'seconds of the measured time', min: 0, max: end },
    y: { ...axis, label: axisLabel(`Latency ${seconds === 1 ? 'each second' : `each ${seconds} s`}`, axis) },
    series: lines,
    legend: 'below',
    height: 220,
    ...(failed.length === 0
      ? {}
      : {
          marks: {
            name: `failed requests${most === undefined ? '' : ` (${most.kind})`}`,
            at: failed.map((point) => ({
              x: point.at + seconds / 2,
              text: `${point.failed} of ${point.due} failed at ${point.at} s`,
            })),
          },
        }),
  });
}

export function rateOverTime({ series }: ArmRecord): Markup {
  const { points, seconds } = series;
  const end = (points.at(-1)?.at ?? 0) + seconds;
  // A last interval that is cut short is no drop.
  const whole = points.filter(
    (_, index) => index < points.length - 1 || points.length === 1 || end % seconds === 0,
  );
  const line = (
    name: string,
    of: (point: SeriesPoint) => number,
    color: number,
    dashed: boolean,
  ): LineSeries => ({
    name,
    points: whole.map((point) => [point.at + seconds / 2, of(point) / seconds]),
    dashed,
    color,
  });
  const most = Math.max(1, ...whole.map(({ due, sent, ok }) => Math.max(due, sent, ok) / seconds));
  const total = (of: (point: SeriesPoint) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0);
  return lineChart({
    title: 'Rate asked and reached',
    description: `${total(({ due }) => due)} requests due, ${total(({ sent }) => sent)} sent in the measured time, ${total(({ ok }) => ok)} successful`,
    x: { label: 'seconds of the measured time', min: 0, max: end },
    y: { label: 'Requests per second', min: 0, max: most * 1.1 },
    series: [
      line('due', ({ due }) => due, 5, true),
      line('sent', ({ sent }) => sent, 0, false),
      line('successful, by when they were due', ({ ok }) => ok, 2, false),
    ],
    legend: 'below',
    height: 130,
  });
}

/** 0 at the fastest, 1 at 90%, 2 at 99%, 3 at 99.9%: each nine takes the same room. */
const ninesOf = (share: number): number => -Math.log10(1 - share);

export function byPercentile({ candidate, baseline }: PerfDetails): Markup {
  const n = Math.max(candidate.all.ok, baseline?.all.ok ?? 0, 10);
  const end = Math.max(1, Math.log10(n) + 0.15);
  const spectra = [candidate.spectrum, ...(baseline === null ? [] : [baseline.spectrum])];
  const axis = timeAxis(spectra.flat().flatMap(({ latency, service }) => [latency, service]));
  const line = (
    name: string,
    spectrum: readonly SpectrumPoint[],
    of: (point: SpectrumPoint) => number,
    style: { readonly color: number; readonly dashed: boolean },
  ): LineSeries => ({
    name,
    points: spectrum.map((point) => [Math.min(end, ninesOf(point.share)), axis.place(of(point))]),
    ...style,
  });
  const marks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]
    .map((share) => ({ at: ninesOf(share), text: percentText(share) }))
    .filter(({ at }) => at <= end);
  const { latency } = candidate.all;
  return lineChart({
    title: 'Latency by percentile',
    description: `p50 ${ms(latency.p50)}, p90 ${ms(latency.p90)}, p99 ${ms(latency.p99)}, p99.9 ${ms(latency.p999)}, longest ${ms(latency.max)}`,
    x: { label: 'percent of the successful requests', min: 0, max: end, ticks: marks },
    y: { ...axis, label: axisLabel('Latency', axis) },
    series: [
      line(
        baseline === null ? 'from when they were due' : 'candidate',
        candidate.spectrum,
        ({ latency: of }) => of,
        {
          color: 0,
          dashed: false,
        },
      ),
      baseline === null
        ? line('from when they were sent', candidate.spectrum, ({ service }) => service, {
            color: 2,
            dashed: true,
          })
        : line('baseline', baseline.spectrum, ({ latency: of }) => of, { color: 1, dashed: true }),
    ],
    legend: 'below',
    height: 220,
  });
}

const percentText = (share: number): string => String(Number((share * 100).toPrecision(6)));

/** Each life's value of baseline and candidate, beside each other. */
export function byLife(title: string, lives: readonly (readonly [number | null, number | null])[]): Markup {
  const axis = timeAxis(lives.flatMap((pair) => pair.flatMap((value) => value ?? [])));
  const line = (name: string, side: 0 | 1): LineSeries => ({
    name,
    points: lives.map((pair, index) => {
      const value = pair[side];
      return [index + 1, value === null ? Number.NaN : axis.place(value)];
    }),
    dashed: side === 0,
    color: side === 0 ? 1 : 0,
  });
  return lineChart({
    title,
    description: lives
      .map(([before, after], index) => `life ${index + 1}: ${ms(before)} and ${ms(after)}`)
      .join('; '),
    x: {
      label: 'life of the pair',
      min: 1,
      max: Math.max(2, lives.length),
      ticks: ticks(1, Math.max(2, lives.length))
        .filter(Number.isInteger)
        .map((at) => ({ at, text: String(at) })),
    },
    y: { ...axis, label: axisLabel(title, axis) },
    series: [line('candidate', 1), line('baseline', 0)],
    legend: 'below',
    height: 160,
  });
}

export const card = (chart: Markup, note: string | null = null): Markup =>
  html`<div class="card">${chart}${note === null ? null : html`<p class="note">${note}</p>`}</div>`;
