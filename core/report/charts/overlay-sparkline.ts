import { shorten } from '../escape.ts';
import { html, type Markup } from '../markup.ts';
import { type Described, linearScale } from './frame.ts';
import { heights, steps } from './steps.ts';

export interface OverlaySparkline extends Described {
  /** Edges of bins: two histograms over each other. Null: shares of categories, two bars side by side each. */
  readonly edges: readonly number[] | null;
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

const width = 120;
const height = 28;
/** More bins or categories than these cannot be told apart, and make pages of hundreds of columns large. */
const mostBins = 16;
const mostCategories = 12;

/** Two distributions as small as a word, in the styles of the large chart. */
export function overlaySparkline(chart: OverlaySparkline): Markup {
  const content = chart.edges === null ? bars(chart) : outlines({ ...chart, edges: chart.edges });
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" xmlns="http://www.w3.org/2000/svg"><title>${shorten(chart.title, 120)}</title><desc>${shorten(chart.description, 300)}</desc><path class="grid" d="M0 ${height - 0.5}H${width}"/>${content}</svg>`;
}

function outlines(chart: OverlaySparkline & { readonly edges: readonly number[] }): Markup {
  const each = Math.max(1, Math.ceil(chart.reference.length / mostBins));
  const edges = chart.edges.filter((_, index, all) => index % each === 0 || index === all.length - 1);
  const even = edges.map((_, index) => index);
  const first = edges[0] ?? 0;
  const last = edges.at(-1) ?? first;
  // Bins of a constant column, or of a range that doubles cannot measure, are drawn side by side.
  const drawn = Number.isFinite(last - first) && last > first ? edges : even;
  const reference = heights(drawn, merged(chart.reference, each)).heights;
  const current = heights(drawn, merged(chart.current, each)).heights;
  const most = Math.max(1e-9, ...reference, ...current);
  const x = whole(linearScale(drawn[0] ?? 0, drawn.at(-1) ?? 1, 1, width - 1));
  const y = whole(linearScale(0, most, height - 1, 2));
  return html`<path class="was" d="${steps(drawn, reference, x, y)}"/><path class="now-line" d="${steps(drawn, current, x, y)}"/>`;
}

/** Half a pixel is as fine as it gets here. */
function whole(scale: ReturnType<typeof linearScale>): ReturnType<typeof linearScale> {
  return Object.assign((value: number) => Math.round(scale(value) * 2) / 2, {
    min: scale.min,
    max: scale.max,
  });
}

function merged(shares: readonly number[], each: number): readonly number[] {
  if (each === 1) return shares;
  return Array.from({ length: Math.ceil(shares.length / each) }, (_, index) =>
    shares.slice(index * each, (index + 1) * each).reduce((sum, share) => sum + share, 0),
  );
}

function bars(chart: OverlaySparkline): Markup {
  const reference = chart.reference.slice(0, mostCategories);
  const current = chart.current.slice(0, mostCategories);
  const most = Math.max(1e-9, ...reference, ...current);
  const step = Math.min(width / Math.max(1, reference.length), 30);
  const bar = (step - Math.min(4, step / 4)) / 2;
  const y = whole(linearScale(0, most, height - 1, 2));
  const path = (shares: readonly number[], offset: number) =>
    shares
      .map((share, index) => {
        if (!(share > 0)) return '';
        const left = Math.round((index * step + offset) * 2) / 2;
        return `M${left} ${height - 1}V${Math.min(height - 2.5, y(share))}h${Math.round(bar * 2) / 2}V${height - 1}`;
      })
      .join('');
  return html`<path class="was" d="${path(reference, 0.5)}"/><path class="now" d="${path(current, bar + 0.5)}"/>`;
}
