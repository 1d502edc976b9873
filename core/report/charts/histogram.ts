import { formatCount } from '../format.ts';
import { html, type Markup } from '../markup.ts';
import { type Described, extent, plot, svg, tickText } from './frame.ts';

export interface HistogramChart extends Described {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly bins: readonly { readonly low: number; readonly high: number; readonly count: number }[];
  /** A value to mark with a vertical line, e.g. 0 for residuals or a threshold. */
  readonly mark: { readonly value: number; readonly name: string } | null;
}

export function histogramChart(chart: HistogramChart): Markup {
  const marked = chart.mark === null ? [] : [chart.mark.value];
  const range = extent([...chart.bins.flatMap((bin) => [bin.low, bin.high]), ...marked]) ?? {
    min: 0,
    max: 1,
  };
  const most = Math.max(1, ...chart.bins.map((bin) => bin.count));
  const frame = plot({ label: chart.xLabel, ...range }, { label: chart.yLabel, min: 0, max: most }, 230);
  const { x, y, bottom, top } = frame;
  return svg(
    chart,
    frame.height,
    html`${frame.axes}${chart.bins.map((bin) => {
      const height = bin.count === 0 ? 0 : Math.max(1, bottom - y(bin.count));
      return html`<rect class="bar" x="${x(bin.low) + 0.5}" y="${bottom - height}" width="${Math.max(0.5, x(bin.high) - x(bin.low) - 1)}" height="${height}"><title>${`${tickText(bin.low)} to ${tickText(bin.high)}: ${formatCount(bin.count)}`}</title></rect>`;
    })}${chart.mark === null ? null : html`<path class="threshold" d="M${x(chart.mark.value)} ${top}V${bottom}"><title>${chart.mark.name}</title></path>`}`,
  );
}
