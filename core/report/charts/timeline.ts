import { html, type Markup } from '../markup.ts';
import { chartWidth, type Described, fitText, linearScale, type Scale, svg, textWidth } from './frame.ts';

export interface TimelineRow {
  readonly label: string;
  /** Short, at the right: `OOMKilled after 0:12`. */
  readonly note: string;
  /** Milliseconds since the epoch; null: it never began, and has no bar. */
  readonly from: number | null;
  /** Null: it goes on. */
  readonly to: number | null;
  readonly tone: 'plain' | 'passed' | 'failed' | 'warning' | 'old';
}

/** A moment, as a line through all rows; of many, as a notch under the axis. */
export interface TimelineMark {
  readonly at: number;
  readonly tone: 'passed' | 'failed' | 'warning' | 'plain';
  /** Shown on hover. */
  readonly text: string;
}

export interface TimelineChart extends Described {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** A group has a heading of its own. */
  readonly groups: readonly { readonly title: string; readonly rows: readonly TimelineRow[] }[];
  readonly marks: readonly TimelineMark[];
  /** What the marks of each tone are. */
  readonly legend: readonly { readonly tone: TimelineMark['tone']; readonly name: string }[];
}

const left = 8;
const right = chartWidth - 8;
const axisHeight = 22;
const headingHeight = 26;
const rowHeight = 33;
const barHeight = 8;
const legendLine = 18;
const labelSize = 12;
const mostNote = 230;
/** More lines than these would be a curtain: then they are notches under the axis. */
const mostLines = 16;
/** A life of a moment is still seen. */
const leastBar = 2;

/** What happened when: a bar for each step and each life, under one axis of time since the start. */
export function timelineChart(chart: TimelineChart): Markup {
  const end = Math.max(chart.end, chart.start + 1000);
  const x = linearScale(chart.start, end, left, right);
  const groups = chart.groups.filter(({ rows }) => rows.length > 0);
  const bottom = groups.reduce((at, { rows }) => at + headingHeight + rows.length * rowHeight, axisHeight);
  let top = axisHeight;
  const drawn = groups.map(({ title, rows }) => {
    const heading = top;
    top += headingHeight + rows.length * rowHeight;
    return html`<text class="strong" x="${left}" y="${heading + 18}">${fitText(title, right - left, labelSize)}</text>${rows.map(
      (row, index) => bar(row, heading + headingHeight + index * rowHeight, x),
    )}`;
  });
  const reach = chart.marks.length > mostLines ? axisHeight + 5 : bottom;
  const marks = chart.marks.map(
    ({ at, tone, text }) =>
      html`<path class="${lineOf(tone)}" d="M${x(at)} ${axisHeight - 4}V${reach}"><title>${fitText(text, 900, labelSize)}</title></path>`,
  );
  const legend = chart.legend.map(({ tone, name }, index) => {
    const y = bottom + 14 + index * legendLine;
    return html`<path class="${lineOf(tone)}" d="M${left + 6} ${y - 7}v13"/><text x="${left + 20}" y="${y + 4}">${fitText(name, right - left - 20, labelSize)}</text>`;
  });
  return svg(
    chart,
    bottom + chart.legend.length * legendLine + 8,
    html`${axis(chart.start, end, x, bottom)}${marks}${drawn}${legend}`,
  );
}

function lineOf(tone: TimelineMark['tone']): string {
  return tone === 'plain' ? 'reference' : `whisker ${tone}`;
}

function bar({ label, note, from, to, tone }: TimelineRow, top: number, x: Scale): Markup {
  const noteText = fitText(note, mostNote, labelSize);
  const noteWidth = textWidth(noteText, labelSize);
  const labelText = fitText(label, right - left - noteWidth - 10, labelSize);
  const start = from === null ? left : x(from);
  const width = from === null ? 0 : Math.max(leastBar, x(to ?? x.max) - start);
  const at = Math.min(start, right - width);
  const fill = tone === 'old' ? 'was' : tone === 'plain' ? 'value' : `value ${tone}`;
  return html`<path class="track" d="M${left} ${top + 15 + barHeight / 2}H${right}"/>${
    from === null
      ? null
      : html`<rect class="${fill}" x="${at}" y="${top + 15}" width="${width}" height="${barHeight}" rx="2"/>`
  }${backdrop(left, top, textWidth(labelText, labelSize))}<text x="${left}" y="${top + 10}">${labelText}</text>${backdrop(right - noteWidth, top, noteWidth)}<text class="muted end" x="${right}" y="${top + 10}">${noteText}</text>`;
}

/** Texts stay readable where marks run through them. */
function backdrop(x: number, top: number, width: number): Markup {
  return html`<rect class="backdrop" x="${x}" y="${top - 1}" width="${width}" height="13"/>`;
}

/** Seconds between ticks that people count in. */
const spans = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const mostTicks = 6;

function axis(start: number, end: number, x: Scale, bottom: number): Markup {
  const seconds = (end - start) / 1000;
  const widest = textWidth(elapsedText(end - start), labelSize) + 12;
  const most = Math.max(1, Math.min(mostTicks, Math.floor((right - left) / widest) - 1));
  const span = spans.find((each) => seconds / each <= most) ?? Math.ceil(seconds / most / 86_400) * 86_400;
  const count = Math.floor(seconds / span) + 1;
  return html`${Array.from({ length: count }, (_, index) => {
    const at = x(start + index * span * 1000);
    const text = elapsedText(index * span * 1000);
    const half = textWidth(text, labelSize) / 2;
    const middle = Math.min(right - half, Math.max(left + half, at));
    return html`<path class="grid" d="M${at} ${axisHeight - 4}V${bottom}"/><text class="muted middle" x="${middle}" y="12">${text}</text>`;
  })}`;
}

/** `0:07`, `12:30`, `1:02:03`: time since a start, rounded to seconds. */
export function elapsedText(milliseconds: number): string {
  const all = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
