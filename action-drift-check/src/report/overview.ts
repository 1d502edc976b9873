/** What was compared with what, and what such a comparison can show. */

import type { GateRecord } from '../../../core/gate/types.ts';
import {
  counted,
  escapeMarkdown,
  formatCount,
  html,
  type MarkdownSection,
  markdownCode,
  type Section,
  shorten,
} from '../../../core/report/index.ts';
import type { DriftDetails } from '../types.ts';
import { names } from './cards.ts';
import { smallestShift } from './smallest-shift.ts';
import { amount, columnLimit, fileLimit, isFeature, isUnjudged, isUnknown, percent } from './words.ts';

const mostFiles = 3;
const mostNamed = 8;

export interface Counts {
  readonly judged: number;
  readonly drifted: number;
  readonly unknown: number;
  readonly unjudged: number;
}

/** Of the features; roles are judged apart. */
export function countsOf({ columns, share_drifted: share }: DriftDetails): Counts {
  const features = columns.filter(isFeature);
  const drifted = features.filter((column) => column.drifted).length;
  const unknown = features.filter(isUnknown).length;
  const unjudged = features.filter(isUnjudged).length;
  // The share in the document decides how many were judged, so that the two never contradict each other.
  const judged =
    share !== null && share > 0 ? Math.round(drifted / share) : features.length - unknown - unjudged;
  return { judged, drifted, unknown, unjudged };
}

/** `7 of 100 columns drifted (7%)` */
export function countText(details: DriftDetails): string {
  const { judged, drifted } = countsOf(details);
  if (judged === 0)
    return drifted === 0 ? 'no column could be judged' : `${counted(drifted, 'column')} drifted`;
  const of = `${formatCount(drifted)} of ${counted(judged, 'column')} drifted`;
  return drifted === 0
    ? `none of ${counted(judged, 'column')} drifted`
    : `${of} (${percent(drifted / judged)})`;
}

export function overviewSection({ details }: GateRecord<DriftDetails>): Section {
  return {
    title: upperFirst(countText(details)),
    body: html`<dl>${factsOf(details).map(
      ([name, value, codes]) =>
        html`<dt>${name}</dt><dd>${codes === undefined ? value : html`${value}${value === '' || codes.length === 0 ? null : ' in '}${names(codes, (file) => shorten(file, fileLimit))}`}</dd>`,
    )}</dl>`,
  };
}

type Fact = readonly [name: string, text: string, codes?: readonly string[]];

function factsOf(details: DriftDetails): readonly Fact[] {
  const { reference, current, alpha, newColumns, metricsPath } = details;
  const { judged, unknown, unjudged } = countsOf(details);
  const apart = [
    ...(unknown === 0 ? [] : [`${formatCount(unknown)} inconclusive`]),
    ...(unjudged === 0 ? [] : [`${formatCount(unjudged)} with a distribution that is not judged`]),
  ];
  const shift = judged === 0 ? null : shiftText(details);
  return [
    [
      'Reference',
      reference.kind === 'profile'
        ? `a profile of ${counted(reference.rows, 'row')}`
        : counted(reference.rows, 'row'),
      reference.files,
    ],
    ['Current', counted(current.rows, 'row'), current.files],
    ...(apart.length === 0 ? [] : [['Besides', apart.join(', ')] as const]),
    ...(newColumns.length === 0 ? [] : [['Only in current', '', newColumns] as const]),
    ['False alarms', `at most ${percent(alpha)} of alarms on average, over all tests of the run (alpha)`],
    ...(shift === null ? [] : [['Smallest shift', shift] as const]),
    ...(metricsPath === null ? [] : [['Metrics', '', [metricsPath]] as const]),
  ];
}

/** `that these rows can show: about 0.12 standard deviations of a number, 5 points of a category’s share` */
export function shiftText(details: DriftDetails): string | null {
  const shift = smallestShift(details);
  if (shift === null) return null;
  const parts = [
    ...(shift.numeric === null
      ? []
      : [`about ${amount(Number(shift.numeric.toPrecision(2)))} standard deviations of a number`]),
    ...(shift.share === null
      ? []
      : [`about ${amount(Number((shift.share * 100).toPrecision(2)))} points of a category’s share`]),
  ];
  return `${parts.join(', ')}; with so many rows, smaller ones cannot be told from chance, or stay under the threshold`;
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** For the job summary. */
export function overviewMarkdown(details: DriftDetails): MarkdownSection {
  return {
    title: 'What was compared',
    header: null,
    rows: factsOf(details).map(([name, text, codes = []]) => {
      const most = name === 'Only in current' ? mostNamed : mostFiles;
      const named = codes.slice(0, most).map((code) => markdownCode(shorten(code, columnLimit)));
      const left = codes.length - named.length;
      const listed = `${named.join(', ')}${left > 0 ? ` and ${counted(left, 'more', 'more')}` : ''}`;
      const words = text === '' ? '' : escapeMarkdown(text);
      return [`${name}: ${words}${words !== '' && listed !== '' ? ' in ' : ''}${listed}`];
    }),
  };
}
