import { html, type Markup } from '../markup.ts';
import {
  chartWidth,
  coordinate,
  type Described,
  extent,
  fitText,
  linearScale,
  svg,
  textWidth,
  ticks,
  tickText,
} from './frame.ts';

export interface ForestRow {
  readonly label: string;
  /** The number as the report writes it. */
  readonly text: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** What the value is judged against; null: nothing is drawn. */
  readonly threshold: number | null;
  /** On which side of the threshold a value is good. */
  readonly good: 'above' | 'below' | null;
  /** A second value on the same scale (hollow diamond). */
  readonly baseline: number | null;
  readonly tone: 'failed' | 'inconclusive' | 'warning' | 'passed' | 'plain';
}

export interface ForestChart extends Described {
  readonly rows: readonly ForestRow[];
  /** `shared`: one axis for all rows; `own`: rows in different units, each on its own scale. */
  readonly scale: 'shared' | 'own';
}

const rowHeight = 46;
const left = 8;
const right = chartWidth - 8;

/** One row per value: dot, interval and threshold, so that it is seen how far from the threshold each one is. */
export function forestChart(chart: ForestChart): Markup {
  const shared = domain(chart.rows);
  const bottom = chart.rows.length * rowHeight;
  const axis =
    chart.scale === 'shared' && shared !== null
      ? ticks(shared.min, shared.max).map((tick) => {
          const x = linearScale(shared.min, shared.max, left, right)(tick);
          return html`<path class="grid" d="M${x} 4V${bottom}"/><text class="muted middle" x="${Math.min(right - 8, Math.max(left + 8, x))}" y="${bottom + 16}">${tickText(tick)}</text>`;
        })
      : null;
  return svg(
    chart,
    bottom + (axis === null ? 4 : 22),
    html`${axis}${chart.rows.map((row, index) => forestRow(row, index * rowHeight, chart.scale === 'shared' ? shared : domain([row])))}`,
  );
}

function domain(rows: readonly ForestRow[]): { readonly min: number; readonly max: number } | null {
  const range = extent(
    rows.flatMap((row) =>
      [row.value, row.low, row.high, row.threshold, row.baseline].filter((value) => value !== null),
    ),
  );
  if (range === null) return null;
  const room = (range.max - range.min) * 0.08;
  return { min: range.min - room, max: range.max + room };
}

function forestRow(
  row: ForestRow,
  top: number,
  range: { readonly min: number; readonly max: number } | null,
): Markup {
  const track = top + 30;
  const room = right - left - textWidth(row.text, 12) - 10;
  const names = html`<text x="${left}" y="${top + 16}">${fitText(row.label, room, 12)}</text><text class="end strong" x="${right}" y="${top + 16}">${row.text}</text>`;
  if (range === null || row.value === null) {
    return html`<g><title>${row.label.slice(0, 200)}</title>${names}<path class="track" d="M${left} ${track}H${right}"/></g>`;
  }
  const x = linearScale(range.min, range.max, left, right);
  const at = row.threshold === null ? null : x(row.threshold);
  return html`<g><title>${`${row.label.slice(0, 200)}: ${row.text}`}</title>${names}<path class="track" d="M${left} ${track}H${right}"/>${
    at === null || row.good === null
      ? null
      : html`<rect class="good" x="${row.good === 'above' ? at : left}" y="${track - 6}" width="${coordinate(row.good === 'above' ? right - at : at - left)}" height="12"/>`
  }${at === null ? null : html`<path class="threshold" d="M${at} ${track - 9}V${track + 9}"/>`}${
    row.low === null || row.high === null
      ? null
      : html`<path class="whisker ${row.tone}" d="M${x(row.low)} ${track - 5}V${track + 5}M${x(row.low)} ${track}H${x(row.high)}M${x(row.high)} ${track - 5}V${track + 5}"/>`
  }${row.baseline === null ? null : html`<path class="diamond" d="M${x(row.baseline)} ${track - 6}l6 6-6 6-6-6z"/>`}<circle class="value ${row.tone}" cx="${x(row.value)}" cy="${track}" r="5"/></g>`;
}
