/** What all charts share: the SVG element, scales, ticks and text that fits. */

import { formatApart } from '../../gate/index.ts';
import { shorten, visible } from '../escape.ts';
import { formatNumber } from '../format.ts';
import { html, type Markup, type MarkupValue } from '../markup.ts';

/** Width of a chart's coordinates: that of a phone's screen, so that 12 units of text are read as 12 pixels. */
export const chartWidth = 360;

export interface Described {
  /** What the chart shows; read out by screen readers and shown on hover. */
  readonly title: string;
  /** What a reader should see in it, in a sentence or two, with the numbers that matter. */
  readonly description: string;
}

export function svg(chart: Described, height: number, content: MarkupValue): Markup {
  return html`<svg class="chart" viewBox="0 0 ${chartWidth} ${coordinate(height)}" role="img" xmlns="http://www.w3.org/2000/svg"><title>${shorten(chart.title, 300)}</title><desc>${shorten(chart.description, 1000)}</desc>${content}</svg>`;
}

/** Two decimals are enough for a coordinate, and keep pages small. */
export function coordinate(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 100) / 100 : 0;
}

export interface Scale {
  (value: number): number;
  readonly min: number;
  readonly max: number;
}

/** Linear from [min, max] to [start, end]; values outside are clamped, so that nothing is drawn off the chart. */
export function linearScale(min: number, max: number, start: number, end: number): Scale {
  // Halves, because the range of two large doubles may be too large for one.
  const span = max / 2 - min / 2;
  const scale = (value: number) => {
    const share = span > 0 && Number.isFinite(value) ? (value / 2 - min / 2) / span : 0.5;
    return coordinate(start + Math.min(1, Math.max(0, share)) * (end - start));
  };
  return Object.assign(scale, { min, max });
}

/** Four to seven round numbers from min to max (Heckbert, Graphics Gems, 1990: steps of 1, 2 and 5). */
export function ticks(min: number, max: number): readonly number[] {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [min];
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: Math.min(12, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The finite values' range; a single value gets room around it. Null: there is none. */
export function extent(values: readonly number[]): { readonly min: number; readonly max: number } | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return null;
  if (min < max) return { min, max };
  const room = Math.abs(min) * 0.1 || 1;
  return { min: min - room, max: max + room };
}

/**
 * Cuts text to `width` units at `size` units of font. Widths are those of DejaVu Sans, the widest of the fonts that the
 * page names; hidden characters count as they will be shown.
 */
export function fitText(text: string, width: number, size: number): string {
  let used = 0;
  let kept = '';
  for (const character of visible(text.slice(0, 400))) {
    used += characterWidth(character) * size;
    if (used > width - size * 0.6) return `${kept.trimEnd()}…`;
    kept += character;
  }
  return kept;
}

export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += characterWidth(character) * size;
  return width;
}

function characterWidth(character: string): number {
  if (/[\u1100-\uffff]|[\u{10000}-\u{10ffff}]/u.test(character) && !/[\u2000-\u2bff]/.test(character))
    return 1;
  if (/[@%mWM—…]/.test(character)) return 1;
  if (/[#+<=>~^w]/.test(character)) return 0.84;
  if (/[A-Z↵→‹›&]/.test(character)) return 0.74;
  return /[ilj.,:;|!'()[\] -]/.test(character) ? 0.38 : 0.63;
}

export interface AxisOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Instead of round numbers, as on a logarithmic axis; those without room lose their text, not their line. */
  readonly ticks?: readonly Tick[];
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Plot {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Height of the chart with the axis labels. */
  readonly height: number;
  readonly axes: Markup;
}

/** A square-ish plot with grid, ticks and axis labels. */
export function plot(xAxis: AxisOptions, yAxis: AxisOptions, plotHeight: number): Plot {
  const left = 46;
  const right = chartWidth - 12;
  const top = 24;
  const bottom = top + plotHeight;
  const x = linearScale(xAxis.min, xAxis.max, left, right);
  const y = linearScale(yAxis.min, yAxis.max, bottom, top);
  const yTicks = yAxis.ticks ?? ticks(yAxis.min, yAxis.max).map((at) => ({ at, text: tickText(at) }));
  const axes = html`<g class="axis"><text class="muted" x="2" y="12">${fitText(yAxis.label, 340, 12)}</text>${yTicks.map(
    ({ at, text }) =>
      html`<path class="grid" d="M${left} ${y(at)}H${right}"/><text class="muted end" x="${left - 6}" y="${y(at) + 4}">${fitText(text, left - 4, 12)}</text>`,
  )}${tickTexts(xAxis, right - left).map(
    ({ tick, text }) =>
      html`<path class="grid" d="M${x(tick)} ${top}V${bottom}"/>${text === null ? null : html`<text class="muted middle" x="${tickMiddle(x(tick), text)}" y="${bottom + 16}">${text}</text>`}`,
  )}<text class="muted middle" x="${(left + right) / 2}" y="${bottom + 33}">${fitText(xAxis.label, 290, 12)}</text></g>`;
  return { x, y, left, right, top, bottom, height: bottom + 40, axes };
}

/** As short as tells them apart: 1,000,001 and 1,000,002 are not both 1M; null for those that there is no room for. */
function tickTexts(
  axis: AxisOptions,
  room: number,
): readonly { readonly tick: number; readonly text: string | null }[] {
  if (axis.ticks !== undefined) return axis.ticks.map(({ at, text }) => ({ tick: at, text }));
  const all = ticks(axis.min, axis.max);
  const short = all.map(tickText);
  const texts = new Set(short).size === short.length ? short : formatApart(all, 'number');
  const widest = Math.max(0, ...texts.map((text) => textWidth(text, 12))) + 8;
  const each = Math.max(1, Math.ceil((texts.length * widest) / (room + widest)));
  return all.map((tick, index) => ({ tick, text: index % each === 0 ? (texts[index] ?? '') : null }));
}

/** Under its tick, but within the chart: the last number may be wide. */
function tickMiddle(x: number, text: string): number {
  return Math.min(x, coordinate(chartWidth - textWidth(text, 12) / 2));
}

/** Short enough for an axis: 1,200,000 is 1.2M. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  for (const [unit, divisor] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e4],
  ] as const) {
    if (size >= divisor && size < 1e12)
      return `${formatNumber(Number((value / (unit === 'k' ? 1e3 : divisor)).toPrecision(3)))}${unit}`;
  }
  return formatNumber(Number(value.toPrecision(3)));
}

/** Points as a path: `M1 2L3 4…`. A point whose y is NaN is a gap. */
export function path(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points
    .map(([px, py], index) => {
      if (Number.isNaN(py)) return '';
      const isFirst = index === 0 || Number.isNaN(points[index - 1]?.[1]);
      return `${isFirst ? 'M' : 'L'}${x(px)} ${y(py)}`;
    })
    .join('');
}
