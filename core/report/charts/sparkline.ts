import { shorten } from '../escape.ts';
import { html, type Markup } from '../markup.ts';
import { coordinate, type Described } from './frame.ts';

export interface Sparkline extends Described {
  /** Heights from left to right. */
  readonly counts: readonly number[];
  /** `bins`: a histogram, its bars side by side; `values`: different values, with gaps between them. */
  readonly kind: 'bins' | 'values';
}

const width = 120;
const height = 28;
const mostBars = 30;
/** A bar of few values is not as wide as the chart. */
const widest = 24;

/** Bars without axes, as small as a word; one path, so that hundreds of them stay small. */
export function sparkline(chart: Sparkline): Markup {
  const counts = chart.kind === 'bins' ? merged(chart.counts) : chart.counts.slice(0, mostBars);
  const most = Math.max(1, ...counts);
  const step = Math.min(width / Math.max(1, counts.length), chart.kind === 'bins' ? width : widest);
  const gap = chart.kind === 'bins' ? (step > 3 ? 0.5 : 0) : Math.min(3, step / 4);
  const bars = counts.map((count, index) => {
    if (!(count > 0)) return '';
    // A bar that is there must be seen.
    const top = coordinate(height - 1 - Math.max(1.5, (count / most) * (height - 2)));
    return `M${coordinate(index * step)} ${height - 1}V${top}H${coordinate((index + 1) * step - gap)}V${height - 1}`;
  });
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" xmlns="http://www.w3.org/2000/svg"><title>${shorten(chart.title, 120)}</title><desc>${shorten(chart.description, 300)}</desc><path class="grid" d="M0 ${height - 0.5}H${width}"/><path class="${chart.kind}" d="${bars.join('')}"/></svg>`;
}

/** As many bins as can be told apart, each the sum of its neighbours. */
function merged(counts: readonly number[]): readonly number[] {
  const each = Math.ceil(counts.length / mostBars);
  if (each <= 1) return counts;
  return Array.from({ length: Math.ceil(counts.length / each) }, (_, index) =>
    counts.slice(index * each, (index + 1) * each).reduce((sum, count) => sum + count, 0),
  );
}
