/** The model's metrics on both sides, where the labels are known. */

import type { Estimate, Unit } from '../../../core/gate/types.ts';
import { modelCatalogue } from '../../../core/metrics/index.ts';
import {
  absent,
  type Column,
  counted,
  dataTable,
  differenceText,
  escapeMarkdown,
  estimateText,
  html,
  type MarkdownSection,
  markdownCode,
  type Section,
  shorten,
} from '../../../core/report/index.ts';
import type { DriftDetails, PerformanceMetric } from '../types.ts';
import { columnLimit, pText, sentenceLimit } from './words.ts';

const mostMetrics = 60;

const heading: readonly Column[] = [
  { title: 'Metric', kind: 'lead' },
  { title: 'Verdict', kind: 'text' },
  { title: 'Reference', kind: 'number' },
  { title: 'Current', kind: 'number' },
  { title: 'Change', kind: 'number', wrap: true },
  { title: 'Adjusted p', kind: 'number' },
];

/** `Performance: 1 of 3 metrics worse` */
function titleOf(performance: readonly PerformanceMetric[]): string {
  const worse = performance.filter((metric) => metric.worse).length;
  const all = counted(performance.length, 'metric');
  return worse === 0 ? `Performance: none of ${all} worse` : `Performance: ${worse} of ${all} worse`;
}

/** Those that got worse first. */
function ordered(performance: readonly PerformanceMetric[]): readonly PerformanceMetric[] {
  return performance.toSorted((a, b) => Number(b.worse) - Number(a.worse));
}

function unitOf(metric: string): Unit {
  return modelCatalogue.get(metric.split('(', 1)[0] ?? metric)?.unit ?? 'number';
}

function changeText({ metric, change, reference }: PerformanceMetric): string {
  if (!change.defined) return absent;
  const scale = reference.defined ? reference.value : 0;
  return differenceText(change.value, change.interval, unitOf(metric), scale);
}

/** Why there is no number, where there is none. */
function undefinedReason({ reference, current, change }: PerformanceMetric): string | null {
  const undefinedOne = [change, current, reference].find((estimate: Estimate) => !estimate.defined);
  return undefinedOne === undefined || undefinedOne.defined ? null : undefinedOne.reason;
}

function verdictOf(metric: PerformanceMetric): 'worse' | 'not worse' | 'unknown' {
  if (metric.worse) return 'worse';
  return undefinedReason(metric) === null ? 'not worse' : 'unknown';
}

export function performanceSections({ performance }: DriftDetails): readonly Section[] {
  if (performance.length === 0) return [];
  const shown = ordered(performance).slice(0, mostMetrics);
  const left = performance.length - shown.length;
  const classes = { worse: 'failed', 'not worse': 'passed', unknown: 'inconclusive' };
  const rows = shown.map((metric) => {
    const unit = unitOf(metric.metric);
    const verdict = verdictOf(metric);
    const reason = undefinedReason(metric) ?? metric.sentence;
    return [
      html`<code>${shorten(metric.metric, columnLimit)}</code><span class="reason">${shorten(reason, sentenceLimit)}</span>`,
      html`<span class="standing ${classes[verdict]}">${verdict}</span>`,
      estimateText(metric.reference, unit),
      estimateText(metric.current, unit),
      changeText(metric),
      pText(metric.adjusted_p),
    ];
  });
  return [
    {
      title: titleOf(performance),
      body: html`${dataTable(heading, rows)}${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more metric')}; the result document has them all.</p>`}`,
    },
  ];
}

export function performanceMarkdown({ performance }: DriftDetails): MarkdownSection {
  const marks = { worse: '❌', 'not worse': '✅', unknown: '❔' };
  return {
    title: titleOf(performance),
    header: ['Metric', 'Before → now', 'Change'],
    rows: ordered(performance).map((metric) => {
      const unit = unitOf(metric.metric);
      const reason = undefinedReason(metric);
      return [
        `${marks[verdictOf(metric)]} ${markdownCode(shorten(metric.metric, columnLimit))}`,
        `${cell(estimateText(metric.reference, unit))} → ${cell(estimateText(metric.current, unit))}`,
        reason === null ? cell(changeText(metric)) : escapeMarkdown(shorten(reason, sentenceLimit)),
      ];
    }),
  };
}

function cell(text: string): string {
  return text === absent ? absent : escapeMarkdown(text);
}
