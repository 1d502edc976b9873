/** Names, times and outcomes as the report of the deploy action says them. */

import { elapsedText, html, type Markup, shorten } from '../../../core/report/index.ts';
import type { DeployDetails, Outcome, Unit } from '../types.ts';

export const textLimit = 600;
export const nameLimit = 160;

const outcomeTitles: Readonly<Record<Outcome, string>> = {
  succeeded: 'Succeeded',
  unchanged: 'Unchanged: it runs already',
  planned: 'Planned: nothing was changed',
  'rolled-back': 'Rolled back: the former state runs again',
  'rollback-failed': 'Failed, and not rolled back',
  failed: 'Failed',
  'timed-out': 'Timed out',
  superseded: 'Superseded: another deployment took its place',
};

export function outcomeTitle({ outcome }: DeployDetails): string {
  return outcomeTitles[outcome];
}

/** `tasks` of ECS, `pods` of Kubernetes. */
export function unitNoun({ target }: DeployDetails): string {
  return target === 'ecs' ? 'task' : 'pod';
}

/** Milliseconds since the epoch; null: not a time of ISO 8601. `Date.parse` alone takes `GH-2` for one. */
export function timeOf(text: string | null): number | null {
  const time = text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** `09:00:07`, in UTC; text that is no time stays what it is. */
export function clockText(text: string): string {
  const time = timeOf(text);
  return time === null ? shorten(text, 40) : new Date(time).toISOString().slice(11, 19);
}

/** `2026-05-04 09:00:07 UTC` */
export function momentText(text: string): string {
  const time = timeOf(text);
  return time === null
    ? shorten(text, 40)
    : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What the report is about, from the first thing that happened to the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Units of the former revision may be weeks old: they do not stretch it. Null: nothing happened. */
export function spanOf({ timeline, units, analysis }: DeployDetails): Span | null {
  const happened = [
    ...timeline.map(({ at }) => at),
    ...analysis.map(({ at }) => at),
    ...units.flatMap(({ revision, startedAt, stoppedAt }) => [
      revision === 'new' ? startedAt : null,
      stoppedAt,
    ]),
  ].flatMap((at) => timeOf(at) ?? []);
  if (happened.length === 0) return null;
  return { start: Math.min(...happened), end: Math.max(...happened) };
}

/** `0:42` after the start. */
export function sinceStart(at: string | null, span: Span | null): string {
  const time = timeOf(at);
  return time === null || span === null ? '' : time < span.start ? 'before' : elapsedText(time - span.start);
}

/** `OOMKilled after 0:12`, `healthy`, `stopped` */
export function unitNote({ revision, state, healthy, reason, startedAt, stoppedAt }: Unit): string {
  const [from, to] = [timeOf(startedAt), timeOf(stoppedAt)];
  if (healthy) return 'healthy';
  if (revision === 'old') return to === null ? state : 'stopped';
  const life = from === null || to === null ? '' : ` after ${elapsedText(to - from)}`;
  return `${shortReason(reason) ?? state}${life}`;
}

/** Reasons begin with the platform's word: `OOMKilled: the container …`. */
function shortReason(reason: string | null): string | null {
  const word = /^[A-Za-z]\w*(?=[:;,.\s]|$)/.exec(reason ?? '')?.[0];
  const isName = word !== undefined && (reason?.[word.length] === ':' || /[a-z][A-Z]|^[A-Z]{3}/.test(word));
  return isName ? word : null;
}

/** `sha256:1f3c0a…` in a line of text; the whole digest stands elsewhere. */
export function shortDigest(digest: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? `${digest.slice(0, 19)}…` : shorten(digest, 40);
}

/** A long text folds behind its beginning. */
export function folded(text: string, limit: number): Markup {
  if (text.length <= limit) return html`<code>${text}</code>`;
  return html`<details><summary><code>${`${text.slice(0, limit).toWellFormed()}…`}</code></summary><code>${shorten(text, 4000)}</code></details>`;
}

/** Lines of a log keep their blanks, which HTML and Markdown would drop. */
export function indented(line: string): string {
  return shorten(line.replaceAll('\t', '    '), textLimit).replace(/^ +| {2,}/g, (blanks) =>
    '\u00a0'.repeat(blanks.length),
  );
}
