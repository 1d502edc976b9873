import { html, type Markup } from '../markup.ts';
import { type AxisOptions, type Described, fitText, path, plot, svg, textWidth } from './frame.ts';

export interface LineSeries {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** Baselines are dashed, candidates solid. */
  readonly dashed: boolean;
  /** Index into the palette; series of one thing (a class) share it. */
  readonly color: number;
}

export interface LineChart extends Described {
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly series: readonly LineSeries[];
  /** A thin dotted line to compare with, e.g. that of chance. */
  readonly reference?: { readonly name: string; readonly points: readonly (readonly [number, number])[] };
  /** Where the curves leave room for the names; `below` for many series. */
  readonly legend: 'bottom-right' | 'bottom-left' | 'below';
  /** Places on the x axis at which something failed; each with what it was, shown on hover. */
  readonly marks?: {
    readonly name: string;
    readonly at: readonly { readonly x: number; readonly text: string }[];
  };
  /** Of the plot; 270 unless told. */
  readonly height?: number;
}

export const paletteSize = 6;

const legendLine = 18;
const swatch = 22;

export function lineChart(chart: LineChart): Markup {
  const frame = plot(chart.x, chart.y, chart.height ?? 270);
  const { x, y } = frame;
  const { reference, marks } = chart;
  const entries = [
    ...chart.series.map((series) => ({ name: series.name, style: styleOf(series) })),
    ...(reference === undefined ? [] : [{ name: reference.name, style: 'reference' }]),
    ...(marks === undefined ? [] : [{ name: marks.name, style: 'mark' }]),
  ];
  const below = chart.legend === 'below';
  const widest = Math.max(0, ...entries.map((entry) => textWidth(entry.name, 12)));
  const room = frame.right - frame.left - swatch - 30;
  const legendLeft =
    chart.legend === 'bottom-right'
      ? frame.right - Math.min(room, widest) - swatch - 14
      : frame.left + (below ? 0 : 10);
  const legendTop = below ? frame.height + 10 : frame.bottom - entries.length * legendLine - 2;
  const height = below ? frame.height + entries.length * legendLine + 6 : frame.height;
  return svg(
    chart,
    height,
    html`${frame.axes}${reference === undefined ? null : html`<path class="reference" d="${path(reference.points, x, y)}"/>`}${[
      ...chart.series,
    ]
      .reverse()
      .map((series) => html`<path class="${styleOf(series)}" d="${path(series.points, x, y)}"/>`)}${
      below
        ? null
        : html`<rect class="backdrop" x="${legendLeft - 6}" y="${legendTop - 2}" width="${Math.min(room, widest) + swatch + 16}" height="${entries.length * legendLine}"/>`
    }${(marks?.at ?? []).map(
      (mark) =>
        html`<path class="mark" d="M${x(mark.x)} ${frame.bottom}v-9"><title>${mark.text}</title></path>`,
    )}${entries.map((entry, index) => {
      const middle = legendTop + index * legendLine + 7;
      return html`<path class="${entry.style}" d="M${legendLeft} ${middle}h${swatch - 4}"/><text x="${legendLeft + swatch}" y="${middle + 4}">${fitText(entry.name, room, 12)}</text>`;
    })}`,
  );
}

function styleOf(series: LineSeries): string {
  return `line c${series.color % paletteSize}${series.dashed ? ' dashed' : ''}`;
}
