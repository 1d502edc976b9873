import { html, type Markup } from '../markup.ts';
import { chartWidth, type Described, fitText, linearScale, svg, textWidth } from './frame.ts';

export interface BarChart extends Described {
  readonly rows: readonly { readonly label: string; readonly value: number; readonly text: string }[];
}

const rowHeight = 34;

/** Horizontal bars from zero, the name above each, the number at the end of its line. */
export function barChart(chart: BarChart): Markup {
  const most = Math.max(0, ...chart.rows.map((row) => row.value)) || 1;
  const length = linearScale(0, most, 0, chartWidth - 8);
  return svg(
    chart,
    chart.rows.length * rowHeight + 4,
    html`${chart.rows.map((row, index) => {
      const top = index * rowHeight;
      return html`<g><title>${`${row.label.slice(0, 300)}: ${row.text}`}</title><text x="4" y="${top + 15}">${fitText(row.label, chartWidth - 16 - textWidth(row.text, 12), 12)}</text><text class="end strong" x="${chartWidth - 4}" y="${top + 15}">${row.text}</text><rect class="bar" x="4" y="${top + 20}" width="${Math.max(1, length(row.value))}" height="7" rx="2"/></g>`;
    })}`,
  );
}
