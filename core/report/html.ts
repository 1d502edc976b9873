import { createHash } from 'node:crypto';
import type { CheckRecord, GateResult, Verdict } from '../gate/types.ts';
import { type ForestRow, forestChart } from './charts/index.ts';
import { shorten } from './escape.ts';
import { absent, checkText, counted, formatCount, formatPercent } from './format.ts';
import { commonLevel, repositoryUrl, safeUrl } from './markdown.ts';
import { html, type Markup, type MarkupValue, noMarkup } from './markup.ts';
import { style } from './style.ts';
import { type Column, dataTable } from './table.ts';
import {
  gateName,
  headline,
  mostOpenBroken,
  mostOpenChecks,
  nameLimit,
  type Standing,
  sentenceLimit,
  standingOf,
  standings,
  worstFirst,
} from './verdict.ts';

/** A part of the page that only one gate knows. */
export interface Section {
  readonly title: string;
  readonly body: Markup;
}

/** The page stays under this, whatever the data, so that any mail client and any phone opens it. */
export const pageLimit = 500_000;

const mostRows = 200;
const mostForestRows = 24;

/**
 * One self-contained page: no scripts, nothing loaded from anywhere, readable in light, dark, narrow and on paper.
 * The verdict and the checks come first, then the gate's own sections, then notices and what was judged. Sections
 * that would make the page too large are replaced by a note.
 */
export function renderPage(result: GateResult<unknown>, sections: readonly Section[]): string {
  const all = [checksSection(result), ...sections, ...noticeSections(result), subjectSection(result)];
  const sizes = all.map((section) => Buffer.byteLength(section.body.text, 'utf8') + 500);
  const frame = 30_000;
  let total = frame + sizes.reduce((sum, size) => sum + size, 0);
  const dropped = new Set<number>();
  while (total > pageLimit) {
    const largest = sizes.reduce((at, size, index) => (size > (sizes[at] ?? 0) ? index : at), 0);
    const size = sizes[largest] ?? 0;
    if (size === 0) break;
    dropped.add(largest);
    sizes[largest] = 0;
    total -= size - 500;
  }
  const shown = all.map((section, index) => (dropped.has(index) ? { ...section, body: tooLarge } : section));
  return page(result, shown);
}

const tooLarge = html`<p class="note">Left out, because the page would become too large; the result document has all of it.</p>`;

const verdictClasses: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive-verdict',
};
const verdictMarks: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', inconclusive: '?' };
const standingMarks: Readonly<Record<Standing, string>> = {
  failed: '✗',
  inconclusive: '?',
  warning: '!',
  passed: '✓',
};

function page(result: GateResult<unknown>, sections: readonly Section[]): string {
  const { verdict, title, reason } = headline(result);
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  // The style sheet holds no `<` or `&`: it is the same text in HTML and XML, which the policy's digest needs.
  const head = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"/><meta http-equiv="Content-Security-Policy" content="${policy}"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="referrer" content="no-referrer"/><style>${style}</style>`;
  const body = html`<title>${title}</title></head><body><main><header><div class="verdict ${verdictClasses[verdict]}"><h1><span aria-hidden="true">${verdictMarks[verdict]} </span>${title}</h1><p>${reason}</p></div>${metaLine(result)}</header>${sections.map(
    (section) => html`<section><h2>${section.title}</h2>${section.body}</section>`,
  )}<footer>${gateName(result)}, result document version ${result.predicate.gate.version}. This page is drawn from that document alone.</footer></main></body></html>`;
  return `${head}${body.text}\n`;
}

function metaLine(result: GateResult<unknown>): Markup {
  const { commit, run, finishedAt } = result.predicate.gate;
  const runUrl = safeUrl(run?.url ?? null);
  const repository = repositoryUrl(result);
  const short = commit === null ? '' : shorten(commit, 64).slice(0, 7);
  const items: readonly MarkupValue[] = [
    `Finished ${moment(finishedAt)}`,
    commit === null
      ? null
      : repository === null || !/^[0-9a-f]{7,64}$/i.test(commit)
        ? html`Commit <code>${short}</code>`
        : html`Commit <a href="${`${repository}/commit/${commit}`}"><code>${short}</code></a>`,
    run === null || runUrl === null
      ? null
      : html`<a href="${runUrl}">Run ${String(run.id)}</a>, attempt ${run.attempt}`,
  ];
  return html`<div class="meta">${items.filter((item) => item !== null).map((item) => html`<span>${item}</span>`)}</div>`;
}

/** `2026-05-04 09:00:07 UTC` */
function moment(time: string): string {
  const iso = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time);
  return iso === null ? shorten(time, 40) : `${iso[1]} ${iso[2]} UTC`;
}

function checksSection(result: GateResult<unknown>): Section {
  const { checks } = result.predicate.gate;
  const ordered = worstFirst(checks);
  if (ordered.length === 0) return { title: 'Checks', body: html`<p>No checks were asked for.</p>` };
  const level = commonLevel(checks);
  const intervalTitle = level === null ? 'Interval' : `${formatPercent(level)} interval`;
  const withInterval = checks.some((check) => check.interval !== null);
  const withBaseline = checks.some((check) => check.baseline !== null || check.difference !== null);
  const columns: readonly Column[] = [
    { title: 'Check', kind: 'lead' },
    { title: 'Verdict', kind: 'text' },
    { title: 'Value', kind: 'number' },
    ...(withInterval ? [{ title: intervalTitle, kind: 'number' } as const] : []),
    { title: 'Threshold', kind: 'number' },
    ...(withBaseline
      ? ([
          { title: 'Baseline', kind: 'number' },
          { title: 'Difference', kind: 'number', wrap: true },
        ] as const)
      : []),
  ];
  const rowOf = (check: CheckRecord) => {
    const text = checkText(check);
    return [
      checkCell(check),
      standingCell(standingOf(check)),
      text.value,
      ...(withInterval ? [text.interval] : []),
      shorten(text.threshold, 60),
      ...(withBaseline ? [text.baseline, text.difference] : []),
    ];
  };
  const shown = ordered.slice(0, mostRows);
  const left = ordered.length - shown.length;
  const open =
    shown.length <= mostOpenChecks
      ? shown
      : shown.filter((check) => standingOf(check) !== 'passed').slice(0, mostOpenBroken);
  const folded = shown.slice(open.length);
  const part = (some: readonly CheckRecord[]) =>
    some.length === 0 ? noMarkup : html`${dataTable(columns, some.map(rowOf))}${checksForest(some)}`;
  return {
    title: counted(checks.length, 'check'),
    body: html`${part(open)}${
      folded.length === 0
        ? null
        : html`<details><summary>${foldedText(folded, open.length > 0)}</summary>${part(folded)}</details>`
    }${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more check')}, none worse than the last one shown; the result document has them all.</p>`}`,
  };
}

/** `93 checks passed`, `5 more checks failed, 93 passed` */
function foldedText(folded: readonly CheckRecord[], isMore: boolean): string {
  const words = {
    failed: 'failed',
    inconclusive: 'inconclusive',
    warning: 'with a warning',
    passed: 'passed',
  };
  return standings
    .map((standing) => ({ standing, count: folded.filter((check) => standingOf(check) === standing).length }))
    .filter(({ count }) => count > 0)
    .map(({ standing, count }, index) => {
      const noun = isMore && standing !== 'passed' ? 'more check' : 'check';
      return `${index === 0 ? counted(count, noun) : formatCount(count)} ${words[standing]}`;
    })
    .join(', ');
}

function checkCell(check: CheckRecord): Markup {
  const notes = (check.notes ?? []).slice(0, 5);
  return html`<code>${shorten(check.id, nameLimit)}</code><span class="reason">${shorten(check.reason, sentenceLimit)}</span>${notes.map(
    (note) => html`<span class="reason">${shorten(note, sentenceLimit)}</span>`,
  )}`;
}

function standingCell(standing: Standing): Markup {
  return html`<span class="standing ${standing}"><span aria-hidden="true">${standingMarks[standing]} </span>${standing}</span>`;
}

/** Checks against their thresholds; those without a number or a bound have nothing to draw. */
function checksForest(ordered: readonly CheckRecord[]): Markup {
  const drawn = ordered
    .filter((check) => check.value !== null && check.threshold !== null)
    .slice(0, mostForestRows);
  if (drawn.length === 0) return noMarkup;
  const rows = drawn.map(forestRow);
  const half = rows.length > 3 ? Math.ceil(rows.length / 2) : rows.length;
  const parts = [rows.slice(0, half), rows.slice(half)].filter((part) => part.length > 0);
  return html`<h3 class="gap">Values against their thresholds</h3><p class="note">Dot: value. Whiskers: interval. Upright line: threshold, its good side tinted${
    rows.some((row) => row.baseline !== null) ? '. Diamond: baseline' : ''
  }. Each row has its own scale.</p><div class="grid-cards">${parts.map(
    (part) =>
      html`<div class="card">${forestChart({
        title: 'Checks against their thresholds',
        description: part.map((row) => `${row.label}: ${row.text}, ${row.tone}`).join('; '),
        rows: part,
        scale: 'own',
      })}</div>`,
  )}</div>`;
}

function forestRow(check: CheckRecord): ForestRow {
  const text = checkText(check);
  return {
    label: check.id,
    text: text.value === absent ? '' : text.value,
    value: check.value,
    low: check.interval?.low ?? null,
    high: check.interval?.high ?? null,
    threshold: check.threshold,
    good: /^>/.test(check.condition) ? 'above' : /^</.test(check.condition) ? 'below' : null,
    baseline: check.baseline,
    tone: standingOf(check),
  };
}

function noticeSections(result: GateResult<unknown>): readonly Section[] {
  const { notices } = result.predicate.gate;
  if (notices.length === 0) return [];
  const shown = notices.slice(0, mostRows);
  const left = notices.length - shown.length;
  return [
    {
      title: 'Notices',
      body: html`<ul>${shown.map((notice) => html`<li>${shorten(notice, sentenceLimit)}</li>`)}</ul>${left === 0 ? null : html`<p class="note">… and ${counted(left, 'more notice')}.</p>`}`,
    },
  ];
}

function subjectSection(result: GateResult<unknown>): Section {
  const { configuration, gate } = result.predicate;
  const all = [
    ...result.subject.map((subject) => ({ subject, role: 'judged' })),
    ...configuration.map((subject) => ({ subject, role: 'judged with' })),
  ];
  const shown = all.slice(0, mostRows);
  const left = all.length - shown.length;
  const columns: readonly Column[] = [
    { title: 'File', kind: 'lead' },
    { title: 'Role', kind: 'text' },
    { title: 'SHA-256', kind: 'text' },
  ];
  const rows = shown.map(({ subject, role }) => [
    html`<code>${shorten(subject.name, nameLimit)}</code>`,
    role,
    html`<code>${shorten(subject.digest.sha256, nameLimit)}</code>`,
  ]);
  return {
    title: 'What was judged, and how to verify it',
    body: html`${rows.length === 0 ? html`<p>Nothing that has a digest.</p>` : dataTable(columns, rows)}${
      left === 0 ? null : html`<p class="note">… and ${counted(left, 'more file')}.</p>`
    }<p class="note">Compare with <code>sha256sum</code> of your file. The result document (<code>${`${shorten(gate.action, 60)}.json`}</code> in this report’s artifact) is an in-toto statement about these files; its own digest is the step’s output <code>result-digest</code>. Where the workflow signs it with <code>actions/attest</code>, <code>gh attestation verify</code> checks who made it and for which commit.</p>`,
  };
}
