import { formatCount } from '../format.ts';
import { html, type Markup } from '../markup.ts';
import { type Described, fitText, linearScale, plot, svg } from './frame.ts';

export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly meanScore: number;
  readonly observed: number;
}

export interface CalibrationChart extends Described {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly candidate: readonly CalibrationBin[];
  readonly baseline: readonly CalibrationBin[] | null;
}

const countsHeight = 46;

/** Reliability diagram: observed share against mean score per bin, and how many rows each bin holds. */
export function calibrationChart(chart: CalibrationChart): Markup {
  const frame = plot({ label: chart.xLabel, min: 0, max: 1 }, { label: chart.yLabel, min: 0, max: 1 }, 230);
  const { x, y } = frame;
  const countsTop = frame.height + 16;
  const countsBottom = countsTop + countsHeight;
  const most = Math.max(1, ...chart.candidate.map((bin) => bin.n));
  const barHeight = linearScale(0, most, 0, countsHeight);
  const line = (bins: readonly CalibrationBin[]) =>
    bins.map((bin, index) => `${index === 0 ? 'M' : 'L'}${x(bin.meanScore)} ${y(bin.observed)}`).join('');
  const baseline = chart.baseline ?? [];
  return svg(
    chart,
    countsBottom + 30,
    html`${frame.axes}<path class="reference" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>${
      baseline.length === 0 ? null : html`<path class="line c1 dashed" d="${line(baseline)}"/>`
    }<path class="line c0" d="${line(chart.candidate)}"/>${chart.candidate.map(
      (bin) =>
        html`<circle class="dot c0" cx="${x(bin.meanScore)}" cy="${y(bin.observed)}" r="4"><title>${binText(bin)}</title></circle>`,
    )}<text class="muted" x="2" y="${countsTop - 4}">${fitText(`Rows per bin (most: ${formatCount(most)})`, 350, 12)}</text>${chart.candidate.map(
      (bin) =>
        html`<rect class="bar" x="${x(bin.low) + 1}" width="${Math.max(1, x(bin.high) - x(bin.low) - 2)}" y="${countsBottom - Math.max(1, barHeight(bin.n))}" height="${Math.max(1, barHeight(bin.n))}"><title>${binText(bin)}</title></rect>`,
    )}<path class="grid" d="M${frame.left} ${countsBottom}H${frame.right}"/>${legend(baseline.length > 0, frame.left, countsBottom + 20)}`,
  );
}

/** Below the plot: curves of few rows may run anywhere in it. */
function legend(withBaseline: boolean, left: number, y: number): Markup {
  const entries = [
    { name: 'candidate', style: 'line c0' },
    ...(withBaseline ? [{ name: 'baseline', style: 'line c1 dashed' }] : []),
    { name: 'perfect', style: 'reference' },
  ];
  return html`${entries.map(
    ({ name, style }, index) =>
      html`<path class="${style}" d="M${left + index * 98} ${y - 4}h18"/><text x="${left + index * 98 + 23}" y="${y}">${name}</text>`,
  )}`;
}

function binText(bin: CalibrationBin): string {
  return `scores ${bin.low.toFixed(2)} to ${bin.high.toFixed(2)}: mean ${bin.meanScore.toFixed(3)}, observed ${bin.observed.toFixed(3)}, ${formatCount(bin.n)} rows`;
}
