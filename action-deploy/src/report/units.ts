/** Tasks or pods, as they were seen last. */

import { counted, dataTable, html, type Markup, type Section, shorten } from '../../../core/report/index.ts';
import type { DeployDetails, Unit } from '../types.ts';
import { nameLimit, sinceStart, spanOf, textLimit, unitNoun } from './words.ts';

const mostUnits = 100;

export function unitSections(details: DeployDetails): readonly Section[] {
  const { units } = details;
  if (units.length === 0) return [];
  const left = units.length - mostUnits;
  return [
    {
      title: unitTitle(details),
      body: html`${unitTable(details)}${
        left > 0
          ? html`<p class="note">… and ${counted(left, `more ${unitNoun(details)}`)}; the result document has them all.</p>`
          : null
      }`,
    },
  ];
}

/** `3 tasks: 2 new ones healthy of 3` */
export function unitTitle(details: DeployDetails): string {
  const fresh = details.units.filter(({ revision }) => revision === 'new');
  const healthy = fresh.filter((unit) => unit.healthy).length;
  const noun = unitNoun(details);
  return fresh.length === 0
    ? `${counted(details.units.length, noun)}, none of the new revision`
    : `${counted(details.units.length, noun)}: ${healthy} of ${fresh.length} new healthy`;
}

export function sortedUnits(units: readonly Unit[]): readonly Unit[] {
  const rank = ({ healthy, revision }: Unit): number => (revision === 'old' ? 2 : healthy ? 1 : 0);
  return [...units].sort((a, b) => rank(a) - rank(b));
}

function unitTable(details: DeployDetails): Markup {
  const span = spanOf(details);
  return dataTable(
    [
      { title: details.target === 'ecs' ? 'Task' : 'Pod', kind: 'lead' },
      { title: 'State', kind: 'text' },
      { title: 'Revision', kind: 'text' },
      { title: 'Started', kind: 'number' },
      { title: 'Stopped', kind: 'number' },
    ],
    sortedUnits(details.units)
      .slice(0, mostUnits)
      .map((unit) => [
        html`<code>${shorten(unit.name, nameLimit)}</code>${
          unit.reason === null ? null : html`<span class="reason">${shorten(unit.reason, textLimit)}</span>`
        }`,
        stateCell(unit),
        unit.revision === 'new' ? 'new' : 'former',
        sinceStart(unit.startedAt, span) || '–',
        sinceStart(unit.stoppedAt, span) || '–',
      ]),
    'glance',
  );
}

/** That a task of the former revision stopped is as it should be. */
function stateCell({ revision, healthy, state }: Unit): Markup {
  const text = shorten(state, 60);
  if (healthy) return html`<strong class="passed">${text}</strong>`;
  return revision === 'old' ? html`${text}` : html`<strong class="failed">${text}</strong>`;
}
