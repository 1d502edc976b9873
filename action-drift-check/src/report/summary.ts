/** The drift check's parts of the job summary, to be read on a phone: few cells a line, what changed in words. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import type { GateResult } from '../../../core/gate/types.ts';
import {
  counted,
  escapeMarkdown,
  type MarkdownSection,
  markdownCode,
  shorten,
} from '../../../core/report/index.ts';
import type { DriftDetails } from '../types.ts';
import { rolesOf } from './cards.ts';
import { countText, overviewMarkdown } from './overview.ts';
import { performanceMarkdown } from './performance.ts';
import { profileMarkdown } from './profile.ts';
import { unknownMarkdown } from './unknown.ts';
import {
  closestFirst,
  columnCount,
  columnLimit,
  effectText,
  isFeature,
  isQuiet,
  levelOf,
  missingText,
  roleNames,
  scoreText,
  sentenceLimit,
} from './words.ts';

const mostDrifted = 15;

/** In order of importance: what changed, how the model does, what is not known, the rest. */
export function summaryDetails(result: GateResult<DriftDetails>): readonly MarkdownSection[] {
  const { gate } = result.predicate;
  const { details } = gate;
  if (details.mode === 'profile') return [profileMarkdown(details)];
  return [
    driftedMarkdown(result),
    performanceMarkdown(details),
    ...unknownMarkdown(details.columns),
    quietMarkdown(details.columns),
    overviewMarkdown(details),
  ];
}

/** Roles first, whether they drifted or not. */
function driftedMarkdown({ predicate: { gate } }: GateResult<DriftDetails>): MarkdownSection {
  const { columns } = gate.details;
  const drifted = columns.filter((column) => column.drifted && isFeature(column));
  const shown = drifted.slice(0, mostDrifted);
  const left = drifted.length - shown.length;
  const mark = (column: ColumnDrift): string =>
    column.drifted
      ? levelOf(column, gate) === 'failed'
        ? '❌'
        : '⚠️'
      : column.inconclusive !== null
        ? '❔'
        : '✅';
  return {
    title: `What changed: ${escapeMarkdown(countText(gate.details))}`,
    open: true,
    header: ['Column', 'What changed'],
    rows: [
      ...[...rolesOf(columns), ...shown].map((column) => [
        nameCell(column, mark(column)),
        escapeMarkdown(shorten(column.inconclusive ?? column.sentence, sentenceLimit)),
      ]),
      ...(left === 0 ? [] : [['…', `${counted(left, 'more drifted column')}; the report has them all.`]]),
    ],
  };
}

/** The name, then in a line of its own what it is to the model and how far it went. */
function nameCell(column: ColumnDrift, mark: string): string {
  const besides = [
    ...(column.role === 'feature' ? [] : [roleNames[column.role]]),
    ...(column.drifted ? [scoreText(column)] : []),
  ];
  const name = `${mark} ${markdownCode(shorten(column.column, columnLimit))}`;
  return besides.length === 0 ? name : `${name}<br>${escapeMarkdown(besides.join(', '))}`;
}

function quietMarkdown(columns: readonly ColumnDrift[]): MarkdownSection {
  const quiet = closestFirst(columns.filter((column) => isFeature(column) && isQuiet(column)));
  return {
    title: `No drift: ${columnCount(quiet.length)}`,
    header: ['Column', 'Effect / threshold', 'Missing'],
    rows: quiet.map((column) => [
      markdownCode(shorten(column.column, columnLimit)),
      escapeMarkdown(effectText(column)),
      escapeMarkdown(missingText(column.missing)),
    ]),
  };
}
