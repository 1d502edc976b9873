/** What a classifier gets right and wrong: confusion matrix, ROC and precision-recall curves, calibration. */

import type { Evaluation } from '../../../core/metrics/types.ts';
import {
  barChart,
  calibrationChart,
  counted,
  formatCount,
  formatPercent,
  heatMap,
  heatMapLimit,
  html,
  type LineSeries,
  lineChart,
  type Markup,
  paletteSize,
  type Section,
  shorten,
  valueText,
} from '../../../core/report/index.ts';
import type { ConfusedPairs, ModelDetails } from './details.ts';
import { confusedPairs } from './many-classes.ts';

export function classificationSections(details: ModelDetails): readonly Section[] {
  const candidate = details.candidate.evaluation;
  const baseline = details.baseline?.evaluation ?? null;
  return [
    ...confusionSection(details, candidate, baseline),
    ...curveSection(details, candidate, baseline),
    ...calibrationSection(details, candidate, baseline),
  ];
}

function confusionSection(
  details: ModelDetails,
  candidate: Evaluation,
  baseline: Evaluation | null,
): readonly Section[] {
  const title = 'Which classes are confused';
  const { confusedPairs: kept } = details;
  const matrices = [
    { name: 'Candidate', cells: candidate.confusion, pairs: kept?.candidate },
    { name: 'Baseline', cells: baseline?.confusion ?? null, pairs: kept?.baseline },
  ].flatMap(({ name, cells, pairs = confusedPairs(cells) }) =>
    pairs === null ? [] : [{ name, cells, pairs }],
  );
  if (matrices.length === 0) return [];
  const small = details.classes.length <= heatMapLimit;
  return [
    {
      title,
      body: html`<p class="note">${
        small
          ? 'Rows are the true classes, columns what the model said; colours show the share of each row.'
          : `Of ${formatCount(details.classes.length)} classes, the pairs that are confused most often: true class → what the model said.`
      }</p><div class="grid-cards">${matrices.map(
        ({ name, cells, pairs }) =>
          html`<div class="card"><h3>${name}</h3>${small && cells !== null ? matrix(name, details.classes, cells) : topConfusions(name, details.classes, pairs)}</div>`,
      )}</div>`,
    },
  ];
}

type Cells = NonNullable<Evaluation['confusion']>;

function matrix(name: string, classes: readonly string[], cells: Cells): Markup {
  return heatMap({
    title: `Confusion matrix, ${name.toLowerCase()}`,
    description: classes
      .map((label, index) => {
        const row = cells[index] ?? [];
        const total = row.reduce((sum, count) => sum + count, 0);
        return `${shorten(label, 40)}: ${formatCount(row[index] ?? 0)} of ${formatCount(total)} right`;
      })
      .join('; '),
    rowLabel: 'True',
    columnLabel: 'Predicted',
    labels: classes,
    cells,
  });
}

function topConfusions(name: string, classes: readonly string[], { pairs, top }: ConfusedPairs): Markup {
  if (pairs === 0) return html`<p>No row was put into a wrong class.</p>`;
  const label = (index: number) => shorten(classes[index] ?? '', 60);
  return html`${barChart({
    title: `Most frequent confusions, ${name.toLowerCase()}`,
    description: `${counted(pairs, 'pair')} of classes are confused; the ${top.length} most frequent are drawn.`,
    rows: top.map((pair) => ({
      label: `${label(pair.actual)} → ${label(pair.predicted)}`,
      value: pair.count,
      text: `${formatCount(pair.count)} of ${formatCount(pair.total)}`,
    })),
  })}<p class="note">${top.length} of ${counted(pairs, 'confused pair')}.</p>`;
}

interface Curve {
  readonly className: string;
  readonly area: number | null;
  readonly points: readonly (readonly [number, number])[];
}

function curveSection(
  details: ModelDetails,
  candidate: Evaluation,
  baseline: Evaluation | null,
): readonly Section[] {
  const roc = (evaluation: Evaluation | null): readonly Curve[] =>
    evaluation?.roc.map((curve) => ({ ...curve, area: curve.auc })) ?? [];
  const precisionRecall = (evaluation: Evaluation | null): readonly Curve[] =>
    evaluation?.precisionRecall.map((curve) => ({ ...curve, area: curve.averagePrecision })) ?? [];
  const cards = [
    curveCard('ROC curve', 'AUC', roc(candidate), roc(baseline), details),
    curveCard('Precision and recall', 'AP', precisionRecall(candidate), precisionRecall(baseline), details),
  ].filter((card) => card !== null);
  if (cards.length === 0) return [];
  return [
    {
      title: 'At other score thresholds',
      body: html`<div class="grid-cards">${cards}</div>`,
    },
  ];
}

function curveCard(
  title: string,
  area: 'AUC' | 'AP',
  candidate: readonly Curve[],
  baseline: readonly Curve[],
  details: ModelDetails,
): Markup | null {
  if (candidate.length === 0) return null;
  const isRoc = area === 'AUC';
  const single = candidate.length === 1;
  // Many classes: the ones that are told apart worst are those worth looking at.
  const shown = candidate
    .toSorted((a, b) => (a.area ?? 0) - (b.area ?? 0))
    .slice(0, single ? 1 : paletteSize);
  const series = single ? binarySeries(shown, baseline, area) : classSeries(shown, baseline, area);
  const share = isRoc || !single ? null : positiveShare(details);
  const chart = lineChart({
    title,
    description: series.map((line) => line.name).join('; '),
    x: { label: isRoc ? 'False positive rate' : 'Recall', min: 0, max: 1 },
    y: { label: isRoc ? 'True positive rate' : 'Precision', min: 0, max: 1 },
    series,
    ...(isRoc
      ? { reference: { name: 'chance', points: [[0, 0] as const, [1, 1] as const] } }
      : share === null
        ? {}
        : {
            reference: {
              name: `chance (${formatPercent(Number(share.toPrecision(3)))} positive)`,
              points: [[0, share] as const, [1, share] as const],
            },
          }),
    legend: single ? (isRoc ? 'bottom-right' : 'bottom-left') : 'below',
  });
  return html`<div class="card"><h3>${title}</h3>${chart}${
    single
      ? null
      : html`<p class="note">Each class against the rest${shown.length < details.classes.length ? `, the ${shown.length} of ${formatCount(details.classes.length)} with the lowest ${area}` : ''}.</p>`
  }</div>`;
}

function binarySeries(
  candidate: readonly Curve[],
  baseline: readonly Curve[],
  area: string,
): readonly LineSeries[] {
  const line = (name: string, curve: Curve, dashed: boolean, color: number): LineSeries => ({
    name: `${name}, ${area} ${valueText(curve.area, 'number')}`,
    points: curve.points,
    dashed,
    color,
  });
  return [
    ...candidate.map((curve) => line('candidate', curve, false, 0)),
    ...baseline.slice(0, 1).map((curve) => line('baseline', curve, true, 1)),
  ];
}

/** With few classes, each has its baseline dashed in its own colour; with more, those lines would hide each other. */
const mostWithBaseline = 3;

function classSeries(
  curves: readonly Curve[],
  baseline: readonly Curve[],
  area: string,
): readonly LineSeries[] {
  const line = (curve: Curve, color: number, dashed: boolean): LineSeries => ({
    name: `${area} ${valueText(curve.area, 'number')}${dashed ? ', baseline' : ''}, class ${shorten(curve.className, 60)}`,
    points: curve.points,
    dashed,
    color,
  });
  return curves.flatMap((curve, color) => {
    const old =
      curves.length > mostWithBaseline
        ? undefined
        : baseline.find((other) => other.className === curve.className);
    return [line(curve, color, false), ...(old === undefined ? [] : [line(old, color, true)])];
  });
}

/** Precision of a model that calls every row positive. */
function positiveShare(details: ModelDetails): number | null {
  const index = details.positiveClass === null ? -1 : details.classes.indexOf(details.positiveClass);
  const row = details.candidate.evaluation.confusion?.[index];
  if (row === undefined || details.rows === 0) return null;
  return row.reduce((sum, count) => sum + count, 0) / details.rows;
}

function calibrationSection(
  details: ModelDetails,
  candidate: Evaluation,
  baseline: Evaluation | null,
): readonly Section[] {
  if (candidate.calibration.length === 0) return [];
  const binary = details.task === 'binary';
  return [
    {
      title: 'Can the scores be read as probabilities?',
      body: html`<p class="note">On the dotted line, a score of 0.8 is right for 8 rows of 10. Below it the model is too sure of itself, above it not sure enough.</p><div class="grid-cards"><div class="card"><h3>Calibration</h3>${calibrationChart(
        {
          title: 'Calibration',
          description: candidate.calibration
            .map(
              (bin) =>
                `mean score ${bin.meanScore.toFixed(2)}: observed ${bin.observed.toFixed(2)} (${formatCount(bin.n)} rows)`,
            )
            .join('; '),
          xLabel: binary
            ? `Mean score of ${shorten(details.positiveClass ?? 'the positive class', 30)}`
            : 'Mean top score',
          yLabel: binary ? 'Share that is truly positive' : 'Share that is right',
          candidate: candidate.calibration,
          baseline: baseline === null || baseline.calibration.length === 0 ? null : baseline.calibration,
        },
      )}</div></div>`,
    },
  ];
}
