/** What came of it: what runs now, and why it is not what was wanted. */

import { counted, html, type Markup, type Section, shorten } from '../../../core/report/index.ts';
import type { Cause, DeployDetails } from '../types.ts';
import { indented, outcomeTitle, textLimit } from './words.ts';

const mostLines = 60;
const mostCauses = 20;

export function outcomeSection(details: DeployDetails): Section {
  const { left, causes } = details;
  return {
    title: outcomeTitle(details),
    body: html`<p>${shorten(left, textLimit)}</p>${causeBlocks(causes)}`,
  };
}

function causeBlocks(causes: readonly Cause[]): Markup | null {
  const [root, ...others] = causes.slice(0, mostCauses);
  if (root === undefined) return null;
  const left = causes.length - mostCauses;
  return html`<div class="card"><h3>The cause: ${shorten(root.reason, 100)}</h3><p>${shorten(root.text, textLimit)}</p>${logBlock(root.logLines)}</div>${
    others.length === 0
      ? null
      : html`<details${causes.length <= 3 ? openAttribute : null}><summary>${counted(causes.length - 1, 'more thing', 'more things')} went wrong</summary><ul>${others.map(
          (cause) =>
            html`<li><strong>${shorten(cause.reason, 100)}</strong>: ${shorten(cause.text, textLimit)}${logBlock(cause.logLines)}</li>`,
        )}</ul>${left > 0 ? html`<p class="note">… and ${counted(left, 'more')}; the result document has them all.</p>` : null}</details>`
  }`;
}

const openAttribute = html` open="open"`;

/** The last lines, as the newest tell the most. */
function logBlock(lines: readonly string[]): Markup | null {
  if (lines.length === 0) return null;
  const shown = lines.slice(-mostLines);
  return html`<h3>${shown.length === 1 ? 'Last line' : `Last ${counted(shown.length, 'line')}`} of its log</h3>${shown.map(
    (line) => html`<div><code>${indented(line)}</code></div>`,
  )}`;
}
