import { formatPercent } from '../format.ts';
import { html, type Markup } from '../markup.ts';
import { type Described, extent, plot, svg } from './frame.ts';
import { type BinnedPair, heights, steps } from './steps.ts';

export interface OverlayChart extends Described, BinnedPair {
  readonly xLabel: string;
}

const plotHeight = 130;

/**
 * Two distributions of numbers, one over the other: the reference as a filled area, the current one as a strong line,
 * so that they are told apart without colour as well.
 */
export function overlayChart(chart: OverlayChart): Markup {
  const { edges } = chart;
  const range = extent(edges) ?? { min: 0, max: 1 };
  // A constant column has a single edge: its bar stands in the middle of the room that `extent` makes.
  const drawn = edges.every((edge) => edge === edges[0]) ? spread(range, edges.length) : edges;
  const reference = heights(drawn, chart.reference);
  const current = heights(drawn, chart.current);
  const most = Math.max(1e-9, ...reference.heights, ...current.heights);
  const yLabel = reference.even ? 'Share of the values, %' : 'Density (the area is the share of the values)';
  const scale = reference.even ? 100 : 1;
  const frame = plot(
    { label: chart.xLabel, ...range },
    { label: yLabel, min: 0, max: most * scale },
    plotHeight,
  );
  const { x, y } = frame;
  const outline = (tops: readonly number[]) =>
    steps(
      drawn,
      tops.map((top) => top * scale),
      x,
      y,
    );
  return svg(
    chart,
    frame.height + 22,
    html`${frame.axes}<path class="was" d="${outline(reference.heights)}"/><path class="now-line" d="${outline(current.heights)}"/>${pairLegend(frame.left, frame.height + 12)}`,
  );
}

function spread(range: { readonly min: number; readonly max: number }, edges: number): readonly number[] {
  const third = (range.max - range.min) / 3;
  const step = third / Math.max(1, edges - 1);
  return Array.from({ length: edges }, (_, index) => range.min + third + index * step);
}

/** `reference 12%, current 31%` */
export function sharesText(reference: number | undefined, current: number | undefined): string {
  return `reference ${shareText(reference ?? 0)}, current ${shareText(current ?? 0)}`;
}

/** Short enough for a chart: `12.3%`; never 0% of some. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  return formatPercent(Number((share * 100).toFixed(1)) / 100);
}

/** What the two styles stand for; `y` is the base line of the text. */
export function pairLegend(left: number, y: number): Markup {
  return html`<rect class="was" x="${left}" y="${y - 9}" width="16" height="9"/><text x="${left + 22}" y="${y}">reference</text><rect class="now" x="${left + 98}" y="${y - 9}" width="16" height="9"/><text x="${left + 120}" y="${y}">current</text>`;
}
