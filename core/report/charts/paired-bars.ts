import { html, type Markup } from '../markup.ts';
import { chartWidth, type Described, fitText, linearScale, svg, textWidth } from './frame.ts';
import { pairLegend, sharesText, shareText } from './overlay.ts';

export interface PairedBars extends Described {
  readonly rows: readonly {
    readonly label: string;
    /** Shares, from 0 to 1. */
    readonly reference: number;
    readonly current: number;
  }[];
}

const rowHeight = 40;
const barHeight = 7;

/** Shares of categories, two bars each: the reference above, the current data below; both numbers at the end of the line. */
export function pairedBars(chart: PairedBars): Markup {
  const most = Math.max(1e-9, ...chart.rows.flatMap(({ reference, current }) => [reference, current]));
  const length = linearScale(0, most, 0, chartWidth - 8);
  const height = chart.rows.length * rowHeight;
  return svg(
    chart,
    height + 24,
    html`${chart.rows.map(({ label, reference, current }, index) => {
      const top = index * rowHeight;
      const numbers = `${shareText(reference)} → ${shareText(current)}`;
      const bar = (kind: 'was' | 'now', share: number, y: number) =>
        // A share that is there must be seen, and one that is not must not.
        share > 0
          ? html`<rect class="${kind}" x="4" y="${y}" width="${Math.max(1.5, length(share))}" height="${barHeight}"/>`
          : null;
      return html`<g><title>${`${label.slice(0, 300)}: ${sharesText(reference, current)}`}</title><text x="4" y="${top + 13}">${fitText(label, chartWidth - 16 - textWidth(numbers, 12), 12)}</text><text class="end strong" x="${chartWidth - 4}" y="${top + 13}">${numbers}</text>${bar('was', reference, top + 18)}${bar('now', current, top + 18 + barHeight + 1)}</g>`;
    })}${pairLegend(4, height + 16)}`,
  );
}
