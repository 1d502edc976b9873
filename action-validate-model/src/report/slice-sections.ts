/** Slices: the worst first, those too small to judge apart. */

import {
  type Column,
  counted,
  dataTable,
  escapeMarkdown,
  estimateText,
  type ForestRow,
  forestChart,
  formatCount,
  formatPercent,
  html,
  type MarkdownSection,
  type Markup,
  markdownCode,
  type Section,
  shorten,
} from '../../../core/report/index.ts';
import type { ModelDetails, SliceDetails } from './details.ts';
import { intervalOf, nameLimit, unitOf } from './numbers.ts';

const mostDrawn = 16;
const mostRows = 150;
const mostSmall = 60;

export function sliceSections(details: ModelDetails): readonly Section[] {
  const { slices, smallSlices } = details;
  if (slices.length === 0 && smallSlices.length === 0) return [];
  return [
    {
      title: 'Slices, the worst first',
      body: html`${slices.length === 0 ? null : judgedSlices(details)}${smallSlices.length === 0 ? null : smallList(smallSlices)}`,
    },
  ];
}

function judgedSlices(details: ModelDetails): Markup {
  const { slices } = details;
  const metric = slices[0]?.metric ?? '';
  const withBaseline = slices.some((slice) => slice.baseline !== null);
  const overall = details.metrics.find((other) => other.name === metric)?.estimate;
  const reference = overall?.defined === true ? overall.value : null;
  const columns: readonly Column[] = [
    { title: 'Slice', kind: 'lead' },
    { title: 'Rows', kind: 'number' },
    { title: withBaseline ? `Candidate ${metric}` : metric, kind: 'number' },
    { title: `${formatPercent(details.confidence)} interval`, kind: 'number' },
    ...(withBaseline ? [{ title: 'Baseline', kind: 'number' } as const] : []),
  ];
  const shown = slices.slice(0, mostRows);
  const left = slices.length - shown.length;
  const table = dataTable(
    columns,
    shown.map((slice) => sliceCells(slice, withBaseline)),
  );
  const drawn = slices.slice(0, mostDrawn);
  return html`<div class="split"><div class="card"><h3>${metric} by slice</h3>${forestChart({
    title: `${metric} by slice`,
    description: drawn
      .map((slice) => `${slice.slice}: ${estimateText(slice.estimate, unitOf(slice.metric))}`)
      .join('; '),
    rows: drawn.map((slice) => forestRow(slice, reference)),
    scale: 'shared',
  })}<p class="note">${reference === null ? '' : 'Upright line: all rows. '}${withBaseline ? 'Diamond: baseline. ' : ''}${
    drawn.length < slices.length ? `The worst ${drawn.length} of ${formatCount(slices.length)}.` : ''
  }</p></div><div>${table}${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more slice')}, none worse; the result document has them all.</p>`}</div></div>`;
}

function sliceCells(slice: SliceDetails, withBaseline: boolean): readonly (Markup | string)[] {
  const unit = unitOf(slice.metric);
  return [
    html`<code>${shorten(slice.slice, nameLimit)}</code>${slice.estimate.defined ? null : html`<span class="reason">${shorten(slice.estimate.reason, 300)}</span>`}`,
    formatCount(slice.rows),
    estimateText(slice.estimate, unit),
    intervalOf(slice.estimate, unit),
    ...(withBaseline ? [estimateText(slice.baseline, unit)] : []),
  ];
}

function forestRow(slice: SliceDetails, reference: number | null): ForestRow {
  const { estimate, baseline } = slice;
  const interval = estimate.defined ? estimate.interval : null;
  return {
    label: slice.slice,
    text: estimateText(estimate, unitOf(slice.metric)),
    value: estimate.defined ? estimate.value : null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    threshold: reference,
    good: null,
    baseline: baseline?.defined === true ? baseline.value : null,
    tone: 'plain',
  };
}

function smallList(slices: ModelDetails['smallSlices']): Markup {
  const shown = slices.slice(0, mostSmall);
  const left = slices.length - shown.length;
  return html`<details><summary>${counted(slices.length, 'slice')} too small to judge</summary><ul>${shown.map(
    (slice) => html`<li><code>${shorten(slice.slice, nameLimit)}</code>: ${counted(slice.rows, 'row')}</li>`,
  )}</ul>${left === 0 ? null : html`<p class="note">… and ${formatCount(left)} more.</p>`}</details>`;
}

export function sliceMarkdown(details: ModelDetails): readonly MarkdownSection[] {
  const { slices, smallSlices } = details;
  const withBaseline = slices.some((slice) => slice.baseline !== null);
  const metric = slices[0]?.metric ?? '';
  const judged: MarkdownSection = {
    title: `Slices, the worst first (${formatCount(slices.length)})`,
    header: [
      'Slice',
      'Rows',
      escapeMarkdown(metric),
      `${formatPercent(details.confidence)} interval`,
      ...(withBaseline ? ['Baseline'] : []),
    ],
    rows: slices.map((slice) => {
      const unit = unitOf(slice.metric);
      return [
        markdownCode(shorten(slice.slice, nameLimit)),
        formatCount(slice.rows),
        escapeMarkdown(
          slice.estimate.defined ? estimateText(slice.estimate, unit) : shorten(slice.estimate.reason, 300),
        ),
        escapeMarkdown(intervalOf(slice.estimate, unit)),
        ...(withBaseline ? [escapeMarkdown(estimateText(slice.baseline, unit))] : []),
      ];
    }),
  };
  const small: MarkdownSection = {
    title: `Slices too small to judge (${formatCount(smallSlices.length)})`,
    header: ['Slice', 'Rows'],
    rows: smallSlices.map((slice) => [
      markdownCode(shorten(slice.slice, nameLimit)),
      formatCount(slice.rows),
    ]),
  };
  return [judged, small];
}
