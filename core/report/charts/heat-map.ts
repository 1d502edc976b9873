import { formatCount, formatPercent } from '../format.ts';
import { html, type Markup } from '../markup.ts';
import { chartWidth, coordinate, type Described, fitText, svg, tickText } from './frame.ts';

export interface HeatMap extends Described {
  readonly rowLabel: string;
  readonly columnLabel: string;
  readonly labels: readonly string[];
  /** Counts, rows x columns, as many of each as labels. Colours show the share of a row's total. */
  readonly cells: readonly (readonly number[])[];
}

/** More classes than this cannot be read as a matrix on a phone. */
export const heatMapLimit = 10;

const levels = 5;

/** A matrix of counts (at most `heatMapLimit` square), coloured by the share within each row. */
export function heatMap(chart: HeatMap): Markup {
  const size = chart.labels.length;
  const left = 84;
  const top = 44;
  const side = (chartWidth - left - 4) / Math.max(1, size);
  const cellHeight = Math.min(side, 64);
  const font = side < 30 ? 10 : 12;
  const bottom = top + cellHeight * size;
  return svg(
    chart,
    bottom + 8,
    html`<text class="muted" x="2" y="14">${fitText(`${chart.rowLabel} ↓`, left - 6, 12)}</text><text class="muted middle" x="${coordinate((left + chartWidth) / 2)}" y="14">${chart.columnLabel} →</text>${chart.labels.map(
      (label, column) =>
        html`<text class="middle" font-size="${font}" x="${coordinate(left + side * (column + 0.5))}" y="36">${fitText(label, side, font)}<title>${label.slice(0, 200)}</title></text>`,
    )}${chart.cells.map((row, rowIndex) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      const label = chart.labels[rowIndex] ?? '';
      const y = top + cellHeight * rowIndex;
      const middle = coordinate(y + cellHeight / 2);
      return html`<text class="end" x="${left - 6}" y="${middle + 4}">${fitText(label, left - 8, 12)}<title>${label.slice(0, 200)}</title></text>${row.map(
        (count, column) => {
          const share = total === 0 ? 0 : count / total;
          const level = count === 0 ? 0 : Math.max(1, Math.ceil(share * levels));
          const x = coordinate(left + side * column);
          const twoLines = cellHeight >= 40 && side >= 52;
          return html`<g><title>${`${label.slice(0, 80)} as ${(chart.labels[column] ?? '').slice(0, 80)}: ${formatCount(count)} of ${formatCount(total)}`}</title><rect class="h${level}" x="${x}" y="${coordinate(y)}" width="${coordinate(side - 2)}" height="${coordinate(cellHeight - 2)}" rx="3"/><text class="middle t${level}" font-size="${font}" x="${coordinate(x + side / 2 - 1)}" y="${twoLines ? middle - 3 : middle + 3}">${cellText(count, side, font)}</text>${
            twoLines
              ? html`<text class="middle t${level}" font-size="11" x="${coordinate(x + side / 2 - 1)}" y="${middle + 13}">${formatPercent(Number(share.toPrecision(3)))}</text>`
              : null
          }</g>`;
        },
      )}`;
    })}`,
  );
}

function cellText(count: number, side: number, font: number): string {
  const full = formatCount(count);
  return full.length * font * 0.62 <= side ? full : tickText(count);
}
