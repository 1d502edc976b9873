/** Baseline against candidate: what changed in words, by metric and by life; and an earlier run, where one is given. */

import { formatValue } from '../../../core/gate/index.ts';
import { dataTable, html, type Section } from '../../../core/report/index.ts';
import { perfCatalogue } from '../catalogue.ts';
import type { ComparedMetric } from '../duet/index.ts';
import type { PerfDetails } from '../types.ts';
import { byLife, card } from './latency-charts.ts';
import { absentText, labelOf } from './words.ts';

type Duet = NonNullable<PerfDetails['duet']>;

export function duetSections(details: PerfDetails): readonly Section[] {
  const { duet, stored } = details;
  return [
    ...(duet === null ? [] : [duetSection(duet)]),
    ...(stored === null
      ? []
      : [
          {
            title: stored.comparable ? 'Compared with an earlier run' : 'Not compared with the earlier run',
            body: html`<p><code>${stored.path}</code>, finished ${stored.finished_at}</p><ul>${stored.remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`,
          },
        ]),
  ];
}

function duetSection(duet: Duet): Section {
  const told = duet.metrics.filter(({ metric }) => metric !== 'max');
  const shown = ['p50', 'p95', 'cpu_per_request']
    .flatMap((name) => duet.metrics.find(({ metric }) => metric === name) ?? [])
    .filter(({ lives }) => lives.some((pair) => pair.some((value) => value !== null)));
  return {
    title: 'Candidate against baseline',
    body: html`<ul>${leadSentences(told).map((sentence) => html`<li>${sentence}</li>`)}</ul>${table(duet)}<p class="note">In parentheses the 95% interval, over lives. “Could be seen”: a change that 80% of runs like this one would find; a threshold that asks for less is inconclusive.</p><div class="grid-cards gap">${shown.map(
      ({ metric, lives }) =>
        card(byLife(`${labelOf(metric)} in each ${duet.restarts ? 'life' : 'part of the run'}`, lives)),
    )}</div>`,
  };
}

function leadSentences(metrics: readonly ComparedMetric[]): readonly string[] {
  const wanted = ['p95', 'p50', 'cpu_per_request', 'error_rate'];
  return wanted.flatMap((name) => metrics.find(({ metric }) => metric === name)?.sentence ?? []);
}

function table(duet: Duet) {
  return dataTable(
    [
      { title: 'Metric', kind: 'lead' },
      { title: 'Baseline', kind: 'number' },
      { title: 'Candidate', kind: 'number' },
      { title: 'Change', kind: 'number', wrap: true },
      { title: 'Could be seen', kind: 'number' },
    ],
    duet.metrics.map((compared) => [
      labelOf(compared.metric),
      valueText(compared, 'baseline'),
      valueText(compared, 'candidate'),
      changeText(compared),
      detectableText(compared),
    ]),
  );
}

export function valueText({ metric, ...compared }: ComparedMetric, side: 'baseline' | 'candidate'): string {
  const found = compared[side];
  return found.defined ? formatValue(found.value, unitOf(metric)) : absentText;
}

export function changeText({ metric, change }: ComparedMetric): string {
  if (change === null) return absentText;
  const { value, interval } = change;
  const text = (of: number): string => signed(amount(metric, change.scale, of), of);
  return `${text(value)} (${text(interval.low)} to ${text(interval.high)})`;
}

export function detectableText({ metric, change }: ComparedMetric): string {
  if (change === null || !Number.isFinite(change.detectable.change)) return absentText;
  return amount(metric, change.detectable.scale, change.detectable.change);
}

function amount(metric: string, scale: 'ratio' | 'difference', value: number): string {
  const size = Math.abs(value);
  if (scale === 'ratio') return `${Number((size * 100).toPrecision(2))}%`;
  const unit = unitOf(metric);
  return unit === 'ratio'
    ? `${Number((size * 100).toPrecision(2))} points`
    : formatValue(Number(size.toPrecision(3)), unit);
}

const signed = (text: string, value: number): string =>
  value < 0 ? `−${text}` : value > 0 ? `+${text}` : text;
const unitOf = (metric: string) => perfCatalogue.get(metric)?.unit ?? 'number';
