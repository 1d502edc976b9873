import { html, type Markup } from '../markup.ts';
import { type Described, extent, plot, svg } from './frame.ts';

export interface ScatterChart extends Described {
  readonly xLabel: string;
  readonly yLabel: string;
  /** [x, y] */
  readonly points: readonly (readonly [number, number])[];
  /** Both axes the same range, with the line on which x equals y. */
  readonly diagonal: boolean;
}

/** More points than this say nothing more, and make the page large. */
const mostPoints = 1000;

export function scatterChart(chart: ScatterChart): Markup {
  const step = Math.max(1, Math.ceil(chart.points.length / mostPoints));
  const points = chart.points.filter((_, index) => index % step === 0);
  const none = { min: 0, max: 1 };
  const both = extent(points.flat()) ?? none;
  const xRange = chart.diagonal ? both : (extent(points.map(([px]) => px)) ?? none);
  const yRange = chart.diagonal ? both : (extent(points.map(([, py]) => py)) ?? none);
  const frame = plot({ label: chart.xLabel, ...xRange }, { label: chart.yLabel, ...yRange }, 270);
  const { x, y } = frame;
  return svg(
    chart,
    frame.height,
    html`${frame.axes}${
      chart.diagonal
        ? html`<path class="reference" d="M${x(both.min)} ${y(both.min)}L${x(both.max)} ${y(both.max)}"/>`
        : null
    }<g class="points">${points.map(([px, py]) => html`<circle cx="${x(px)}" cy="${y(py)}" r="2.5"/>`)}</g>`,
  );
}
