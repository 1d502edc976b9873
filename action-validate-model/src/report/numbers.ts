/** The model gate's metrics as tables, for the page and for the job summary. */

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
  formatCount,
  formatNumber,
  formatPercent,
  html,
  intervalText,
  type MarkdownSection,
  type Markup,
  markdownCode,
  type Section,
  shorten,
} from '../../../core/report/index.ts';
import type { ModelDetails } from './details.ts';
import { isOfOneClass, mostClassesInFull } from './many-classes.ts';

const mostMetrics = 300;
/** Longest name of a class, slice or file in a table. */
export const nameLimit = 120;
const reasonLimit = 300;

/** Of a metric by the name that thresholds use, e.g. `recall(fraud)`. */
export function unitOf(name: string): Unit {
  return modelCatalogue.get(name.split('(', 1)[0] ?? name)?.unit ?? 'number';
}

type MetricRow = ModelDetails['metrics'][number];

export function intervalOf(estimate: Estimate | null, unit: Unit): string {
  return estimate?.defined === true ? intervalText(estimate.interval, unit) : absent;
}

function difference(metric: MetricRow): string {
  if (metric.difference?.defined !== true) return absent;
  const { value, interval } = metric.difference;
  const scale = metric.estimate.defined ? metric.estimate.value : 0;
  return differenceText(value, interval, unitOf(metric.name), scale);
}

/** McNemar's test in one sentence. */
function pairedText(pairs: ModelDetails['pairedRows']): string {
  if (pairs === null) return '';
  const { onlyCandidateRight, onlyBaselineRight, mcnemar } = pairs;
  return (
    ` Only the candidate is right in ${counted(onlyCandidateRight, 'row')}, only the baseline in ` +
    `${counted(onlyBaselineRight, 'row')}: McNemar mid-p ${formatNumber(mcnemar.midP)}, exact ${formatNumber(mcnemar.exact)}.`
  );
}

/** Every metric of the candidate, beside the baseline's on the same rows. */
export function metricsSection(details: ModelDetails): Section {
  const withBaseline = details.metrics.some((metric) => metric.baseline !== null);
  const withDifference = details.metrics.some((metric) => metric.difference !== null);
  const level = formatPercent(details.confidence);
  const columns: readonly Column[] = [
    { title: 'Metric', kind: 'lead' },
    { title: withBaseline ? 'Candidate' : 'Value', kind: 'number' },
    { title: `${level} interval`, kind: 'number' },
    ...(withBaseline ? [{ title: 'Baseline', kind: 'number' } as const] : []),
    ...(withDifference
      ? [{ title: `Difference (${level} interval)`, kind: 'number', wrap: true } as const]
      : []),
  ];
  const table = (metrics: readonly MetricRow[]) => {
    const left = metrics.length - mostMetrics;
    const rows = metrics
      .slice(0, mostMetrics)
      .map((metric) => metricCells(metric, withBaseline, withDifference));
    return html`${dataTable(columns, rows)}${left > 0 ? html`<p class="note">… and ${counted(left, 'more metric')} in the result document.</p>` : null}`;
  };
  const overall = details.metrics.filter((metric) => !isOfOneClass(metric.name));
  const perClass = details.metrics.filter((metric) => isOfOneClass(metric.name));
  return {
    title: 'All metrics',
    body: html`<p class="note">On ${counted(details.rows, 'row')}. ${howToRead(details.confidence)}${pairedText(details.pairedRows)}</p>${table(overall)}${
      perClass.length === 0
        ? details.classes.length > mostClassesInFull
          ? html`<p class="note">Precision, recall and F1 of each of the ${formatCount(details.classes.length)} classes are in the result document, under <code>metrics</code>.</p>`
          : null
        : html`<details><summary>${counted(perClass.length, 'metric')} of single classes</summary>${table(perClass)}</details>`
    }`,
  };
}

function metricCells(
  metric: MetricRow,
  withBaseline: boolean,
  withDifference: boolean,
): readonly (Markup | string)[] {
  const unit = unitOf(metric.name);
  return [
    metricName(metric),
    estimateText(metric.estimate, unit),
    intervalOf(metric.estimate, unit),
    ...(withBaseline ? [estimateText(metric.baseline, unit)] : []),
    ...(withDifference ? [difference(metric)] : []),
  ];
}

/** The one sentence that every reader of an interval needs. */
function howToRead(confidence: number): string {
  const level = formatPercent(confidence);
  return `A ${level} interval is computed so that, over many test sets drawn like this one, ${level} of such intervals contain the model’s true value; rows unlike these are not covered.`;
}

function metricName(metric: MetricRow): Markup {
  return html`${shorten(metric.label, nameLimit)} <code>${shorten(metric.name, nameLimit)}</code>${
    metric.estimate.defined
      ? null
      : html`<span class="reason">${shorten(metric.estimate.reason, reasonLimit)}</span>`
  }`;
}

export function metricsMarkdown(details: ModelDetails): MarkdownSection {
  const withBaseline = details.metrics.some((metric) => metric.baseline !== null);
  return {
    title: `All metrics (${formatCount(details.metrics.length)})`,
    header: [
      'Metric',
      'Value',
      `${formatPercent(details.confidence)} interval`,
      ...(withBaseline ? ['Baseline', 'Difference'] : []),
    ],
    rows: details.metrics.map((metric) => {
      const unit = unitOf(metric.name);
      return [
        markdownCode(shorten(metric.name, nameLimit)),
        metric.estimate.defined
          ? escapeMarkdown(estimateText(metric.estimate, unit))
          : escapeMarkdown(shorten(metric.estimate.reason, reasonLimit)),
        escapeMarkdown(intervalOf(metric.estimate, unit)),
        ...(withBaseline
          ? [escapeMarkdown(estimateText(metric.baseline, unit)), escapeMarkdown(difference(metric))]
          : []),
      ];
    }),
  };
}
