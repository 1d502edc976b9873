/** The drift check's own parts of the page, drawn from its result and from nothing else. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import type { GateRecord, GateResult } from '../../../core/gate/types.ts';
import { counted, html, type Section, within } from '../../../core/report/index.ts';
import type { DriftDetails } from '../types.ts';
import { card, rolesOf } from './cards.ts';
import { columnsTable } from './columns-table.ts';
import { overviewSection } from './overview.ts';
import { performanceSections } from './performance.ts';
import { profileSections } from './profile.ts';
import { unknownSections } from './unknown.ts';
import { closestFirst, columnCount, isFeature, isQuiet, roleNames } from './words.ts';

/** Cards, and bytes of them; drifted columns beyond those are lines of a table. */
const mostCards = 24;
const roleBudget = 40_000;
const cardBudget = 120_000;
const moreDriftedBudget = 70_000;

/** Columns without drift that stand open. */
const mostOpen = 10;
/** Bytes of all sections, so that the page's own have room; columns without drift get what is left. */
const budget = 300_000;
const leastQuiet = 40_000;

/** Sections for `renderPage`, in reading order; verdict, checks, notices and digests are the page's own. */
export function reportSections(result: GateResult<DriftDetails>): readonly Section[] {
  const { gate } = result.predicate;
  const { details } = gate;
  if (details.mode === 'profile') return profileSections(details);
  const sections = [
    overviewSection(gate),
    ...roleSections(gate),
    ...performanceSections(details),
    ...driftedSections(gate),
    ...unknownSections(details.columns),
  ];
  const used = sections.reduce((sum, { body }) => sum + Buffer.byteLength(body.text, 'utf8'), 0);
  return [...sections, ...quietSections(details.columns, Math.max(leastQuiet, budget - used))];
}

function roleSections(gate: GateRecord<DriftDetails>): readonly Section[] {
  const columns = rolesOf(gate.details.columns);
  if (columns.length === 0) return [];
  const { parts, left } = within(columns, { budget: roleBudget, most: mostCards }, (column) =>
    card(column, gate),
  );
  return [
    {
      title: roleTitle(columns),
      body: html`<div class="grid-cards">${parts}</div>${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more column')}; the result document has them all.</p>`}`,
    },
  ];
}

/** `Prediction, score and label` */
function roleTitle(columns: readonly ColumnDrift[]): string {
  const roles = [...new Set(columns.flatMap(({ role }) => (role === 'feature' ? [] : [roleNames[role]])))];
  const text = roles.join(', ').replace(/, (?=[^,]*$)/, ' and ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function driftedSections(gate: GateRecord<DriftDetails>): readonly Section[] {
  const drifted = gate.details.columns.filter((column) => isFeature(column) && column.drifted);
  if (drifted.length === 0) return [];
  const { parts } = within(drifted, { budget: cardBudget, most: mostCards }, (column) => card(column, gate));
  const more = columnsTable(drifted.slice(parts.length), moreDriftedBudget, true);
  const left = drifted.length - parts.length - more.count;
  return [
    {
      title: `Drifted: ${columnCount(drifted.length)}`,
      body: html`${drifted.length === 1 ? null : html`<p class="note">The farthest over its threshold first.</p>`}<div class="grid-cards">${parts}</div>${
        more.table === null
          ? null
          : html`<details><summary>${counted(more.count, 'more drifted column')}</summary>${more.table}</details>`
      }${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more drifted column')}; the result document has them all.</p>`}`,
    },
  ];
}

function quietSections(columns: readonly ColumnDrift[], quietBudget: number): readonly Section[] {
  const quiet = closestFirst(columns.filter((column) => isFeature(column) && isQuiet(column)));
  if (quiet.length === 0) return [];
  const open = columnsTable(quiet.length <= mostOpen * 1.5 ? quiet : quiet.slice(0, mostOpen), quietBudget);
  const folded = columnsTable(quiet.slice(open.count), quietBudget - open.bytes);
  const left = quiet.length - open.count - folded.count;
  return [
    {
      title: `No drift: ${columnCount(quiet.length)}`,
      body: html`<p class="note">The closest to its threshold first. Filled: reference. Strong line or bar: current.</p>${open.table}${
        folded.table === null
          ? null
          : html`<details><summary>${counted(folded.count, 'more column')}</summary>${folded.table}</details>`
      }${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more column')}; the result document has them all.</p>`}`,
    },
  ];
}
