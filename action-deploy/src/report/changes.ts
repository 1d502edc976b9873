/** The difference between what ran and what was wanted. */

import { counted, html, type Markup, type Section, shorten } from '../../../core/report/index.ts';
import type { Change, DeployDetails, Plan, Revision } from '../types.ts';
import { folded, nameLimit, textLimit } from './words.ts';

const mostChanges = 150;
const openLimit = 180;

export function changeSections({ plan, outcome }: DeployDetails): readonly Section[] {
  if (plan === null) return [];
  const would = outcome === 'planned';
  const left = plan.changes.length - mostChanges;
  return [
    {
      title:
        plan.changes.length === 0
          ? 'No differences'
          : `${counted(plan.changes.length, 'difference')} ${would ? 'that a rollout would make' : 'to what ran before'}`,
      body: html`<p>${shorten(plan.headline, textLimit)}</p>${revisions(plan)}${
        plan.changes.length === 0 ? null : changeCards(plan.changes.slice(0, mostChanges))
      }${left > 0 ? html`<p class="note">… and ${counted(left, 'more difference')}; the result document has them all.</p>` : null}${
        plan.notices.length === 0
          ? null
          : html`<ul class="gap">${plan.notices.map((notice) => html`<li>${shorten(notice, textLimit)}</li>`)}</ul>`
      }`,
    },
  ];
}

function revisions({ before, after }: Pick<Plan, 'before' | 'after'>): Markup {
  return html`<dl>${before === null ? null : html`<dt>Before</dt><dd>${revisionText(before)}</dd>`}<dt>After</dt><dd>${revisionText(after)}</dd></dl>`;
}

/** `web:41, 3 wanted` */
export function revisionText({ name, desired, images }: Revision): string {
  return [
    name === null ? 'a new revision' : shorten(name, nameLimit),
    ...(desired === null ? [] : [`${desired} wanted`]),
    ...images.map(({ container, image }) => `${shorten(container, 80)} runs ${shorten(image, nameLimit)}`),
  ].join(', ');
}

/** Values are long, and side by side in cards they can be compared on a desk and read on a phone. */
function changeCards(changes: readonly Change[]): Markup {
  return html`<div class="grid-cards gap">${changes.map(
    ({ place, from, to }) =>
      html`<div class="card"><p><code>${shorten(place, nameLimit)}</code></p><dl><dt>Before</dt><dd>${valueCell(from)}</dd><dt>After</dt><dd>${valueCell(to)}</dd></dl></div>`,
  )}</div>`;
}

function valueCell(value: string | null): Markup {
  return value === null
    ? html`<span class="missing">not there</span>`
    : html`<div>${folded(value, openLimit)}</div>`;
}
