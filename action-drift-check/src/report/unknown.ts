/** Columns of which nothing can be said, or whose distribution says nothing: grouped by the reason. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import {
  counted,
  escapeMarkdown,
  html,
  type MarkdownSection,
  markdownCode,
  type Section,
  shorten,
  within,
} from '../../../core/report/index.ts';
import { names } from './cards.ts';
import { columnCount, columnLimit, isFeature, isUnjudged, isUnknown, sentenceLimit } from './words.ts';

const mostOpen = 12;
const budget = 30_000;
const mostNamed = 8;

/** `Inconclusive: 3 columns`, open; those not judged folded. */
export function unknownSections(columns: readonly ColumnDrift[]): readonly Section[] {
  const unknown = columns.filter((column) => isFeature(column) && isUnknown(column));
  const unjudged = columns.filter((column) => isFeature(column) && isUnjudged(column));
  return [
    ...(unknown.length === 0
      ? []
      : [{ title: `Inconclusive: ${columnCount(unknown.length)}`, body: list(byReason(unknown)) }]),
    ...(unjudged.length === 0
      ? []
      : [
          {
            title: `Distribution not judged: ${columnCount(unjudged.length)}`,
            body: html`<p class="note">Missing values and types of these columns are judged. Naming a column in <code>columns</code> or <code>method</code> judges its distribution, too.</p>${list(byReason(unjudged))}`,
          },
        ]),
  ];
}

/** Both for the job summary. */
export function unknownMarkdown(columns: readonly ColumnDrift[]): readonly MarkdownSection[] {
  const features = columns.filter(isFeature);
  return [
    listed('Inconclusive', byReason(features.filter(isUnknown))),
    listed('Distribution not judged', byReason(features.filter(isUnjudged))),
  ];
}

interface Reason {
  readonly reason: string;
  readonly columns: readonly string[];
}

/** The reason that most columns have first. */
function byReason(columns: readonly ColumnDrift[]): readonly Reason[] {
  const groups = new Map<string, string[]>();
  for (const { column, inconclusive, unjudged } of columns) {
    const reason = inconclusive ?? unjudged ?? '';
    groups.set(reason, [...(groups.get(reason) ?? []), column]);
  }
  return [...groups]
    .map(([reason, names]) => ({ reason, columns: names }))
    .toSorted((a, b) => b.columns.length - a.columns.length);
}

function list(reasons: readonly Reason[]) {
  const item = ({ reason, columns }: Reason) =>
    html`<li>${names(columns)}: ${shorten(reason, sentenceLimit)}</li>`;
  const open = within(reasons.slice(0, mostOpen), { budget: budget / 2, most: mostOpen }, item);
  const rest = reasons.slice(open.parts.length);
  const folded = within(rest, { budget: budget / 2, most: rest.length }, item);
  return html`<ul>${open.parts}</ul>${
    rest.length === 0
      ? null
      : html`<details><summary>${counted(rest.length, 'more reason')}</summary><ul>${folded.parts}</ul>${
          folded.left === 0
            ? null
            : html`<p class="note">… and ${counted(folded.left, 'more reason')}; the result document has them all.</p>`
        }</details>`
  }`;
}

function listed(title: string, reasons: readonly Reason[]): MarkdownSection {
  const count = reasons.reduce((sum, { columns }) => sum + columns.length, 0);
  return {
    title: `${title}: ${columnCount(count)}`,
    header: null,
    rows: reasons.map(({ reason, columns }) => {
      const named = columns.slice(0, mostNamed).map((name) => markdownCode(shorten(name, columnLimit)));
      const left = columns.length - named.length;
      return [
        `${named.join(', ')}${left === 0 ? '' : ` and ${counted(left, 'more', 'more')}`}: ${escapeMarkdown(shorten(reason, sentenceLimit))}`,
      ];
    }),
  };
}
