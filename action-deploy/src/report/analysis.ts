/** What Prometheus said between the steps, round by round. */

import {
  counted,
  dataTable,
  formatNumber,
  html,
  type Markup,
  type Section,
  shorten,
} from '../../../core/report/index.ts';
import type { AnalysisRound, DeployDetails } from '../types.ts';
import { nameLimit, sinceStart, spanOf, textLimit } from './words.ts';

const mostRounds = 20;
const mostLines = 50;

export function analysisSections(details: DeployDetails): readonly Section[] {
  const { analysis } = details;
  if (analysis.length === 0) return [];
  const span = spanOf(details);
  // The last ones decided.
  const shown = analysis.slice(-mostRounds);
  const left = analysis.length - shown.length;
  return [
    {
      title: `Analysis: ${counted(analysis.length, 'round')}`,
      body: html`${left > 0 ? html`<p class="note">The last ${counted(shown.length, 'round')}; the result document has them all.</p>` : null}<div class="stacked">${shown.map(
        (round) =>
          html`<div class="card"><h3>${roundTitle(round)}<span class="standing ${round.promote ? 'passed' : 'failed'}">${round.promote ? 'goes on' : 'stops here'}</span></h3><p class="note">${sinceStart(round.at, span)} after the start</p>${lineTable(round)}</div>`,
      )}</div>`,
    },
  ];
}

export function roundTitle({ stage }: AnalysisRound): string {
  const text = shorten(stage, nameLimit);
  return text === '' ? 'Analysis' : text.charAt(0).toUpperCase() + text.slice(1);
}

const standings = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const;

function lineTable({ lines }: AnalysisRound): Markup {
  return dataTable(
    [
      { title: 'Check', kind: 'lead' },
      { title: 'Value', kind: 'number' },
      { title: 'Verdict', kind: 'text' },
    ],
    lines
      .slice(0, mostLines)
      .map(({ check, value, verdict, reason }) => [
        html`<code>${shorten(check, 300)}</code><span class="reason">${shorten(reason, textLimit)}</span>`,
        value === null ? '–' : formatNumber(value),
        html`<span class="standing ${lineStanding(check, verdict)}">${lineStanding(check, verdict)}</span>`,
      ]),
  );
}

/** A `warn:` line never fails. */
export function lineStanding(check: string, verdict: keyof typeof standings): string {
  return verdict !== 'pass' && check.startsWith('warn:') ? 'warning' : standings[verdict];
}
