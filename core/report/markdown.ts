/** Markdown that fits a limit: what does not fit is counted, never dropped in silence. */

import type { CheckRecord, GateResult } from '../gate/types.ts';
import { escapeMarkdown, markdownCode, shorten } from './escape.ts';
import { absent, checkText, counted, formatCount, formatPercent } from './format.ts';
import { nameLimit, type Standing, sentenceLimit, standingIcons, standingOf, worstFirst } from './verdict.ts';

/** A folded part of a summary. All strings are Markdown: data in them is escaped already. */
export interface MarkdownSection {
  readonly title: string;
  /** Cells of a table's heading; null: `lines` are a list. */
  readonly header: readonly string[] | null;
  /** Rows of the table (as many cells as the header), or list items of one cell each; the important ones first. */
  readonly rows: readonly (readonly string[])[];
  /** Folded, but open at first: what decides the verdict. */
  readonly open?: boolean;
}

/** Counts what a limit counts: bytes for summaries, UTF-16 units for comments. */
export type Measure = (text: string) => number;

export const byteLength: Measure = (text) => Buffer.byteLength(text, 'utf8');
export const textLength: Measure = (text) => text.length;

/** Collects blocks while they fit. `reserve` characters stay free for the note that says what was left out. */
export class LimitedText {
  readonly #measure: Measure;
  readonly #limit: number;
  readonly #blocks: string[] = [];
  #used = 0;

  constructor(measure: Measure, limit: number) {
    this.#measure = measure;
    this.#limit = limit;
  }

  get left(): number {
    return this.#limit - this.#used;
  }

  /** Adds the block with a blank line after it, if it fits into the limit less `reserve`. */
  add(block: string, reserve = 0): boolean {
    const size = this.#measure(block) + 2;
    if (size > this.left - reserve) return false;
    this.#blocks.push(block);
    this.#used += size;
    return true;
  }

  size(text: string): number {
    return this.#measure(text);
  }

  toString(): string {
    return `${this.#blocks.join('\n\n')}\n`;
  }
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** As many rows as fit into `budget`, and how many did not. */
export function fitRows(
  section: MarkdownSection,
  budget: number,
  measure: Measure,
): { readonly text: string; readonly left: number } {
  const { header } = section;
  const lines = header === null ? [] : [tableRow(header), tableRow(header.map(() => '---'))];
  let used = lines.reduce((sum, line) => sum + measure(line) + 1, 0);
  let shown = 0;
  for (const row of section.rows) {
    const line = header === null ? `- ${row.join(' ')}` : tableRow(row);
    const size = measure(line) + 1;
    if (used + size > budget) break;
    lines.push(line);
    used += size;
    shown += 1;
  }
  return { text: shown === 0 ? '' : lines.join('\n'), left: section.rows.length - shown };
}

const foldFrame = 400;

/** Adds the section folded, with the rows that fit; what is left out is counted under it. */
export function addFolded(text: LimitedText, section: MarkdownSection, reserve: number): void {
  const measure = (part: string) => text.size(part);
  const budget = text.left - reserve - foldFrame - measure(section.title);
  const { text: body, left } = fitRows(section, budget, measure);
  if (section.rows.length === 0) return;
  const rest = left === 0 ? '' : `\n\n${leftOut(left, body === '')}`;
  text.add(
    `<details${section.open === true ? ' open' : ''}><summary>${section.title}</summary>\n\n${body}${rest}\n\n</details>`,
    reserve,
  );
}

function leftOut(count: number, all: boolean): string {
  return all
    ? `${counted(count, 'line')} left out to stay within GitHub’s size limit; the result document has them all.`
    : `… and ${counted(count, 'more line', 'more lines')}, left out to stay within GitHub’s size limit; the result document has them all.`;
}

/** Table of checks, worst first. Columns for the baseline stand only where a check has one. */
export function checkTable(checks: readonly CheckRecord[]): MarkdownSection {
  const withBaseline = checks.some((check) => check.baseline !== null || check.difference !== null);
  const withInterval = checks.some((check) => check.interval !== null);
  const level = commonLevel(checks);
  const header = [
    'Check',
    'Value',
    ...(withInterval ? [level === null ? 'Interval' : `${formatPercent(level)} interval`] : []),
    'Threshold',
    ...(withBaseline ? ['Baseline', 'Difference'] : []),
    'Verdict',
  ];
  return {
    title: 'Checks',
    header,
    rows: worstFirst(checks).map((check) => {
      const text = checkText(check);
      return [
        markdownCode(shorten(check.id, nameLimit)),
        value(text.value),
        ...(withInterval ? [value(text.interval)] : []),
        escapeMarkdown(shorten(text.threshold, nameLimit)),
        ...(withBaseline ? [value(text.baseline), value(text.difference)] : []),
        standingLabel(standingOf(check)),
      ];
    }),
  };
}

function value(text: string): string {
  return text === absent ? absent : escapeMarkdown(text);
}

/** The one level that all intervals share, else null. */
export function commonLevel(checks: readonly CheckRecord[]): number | null {
  const levels = new Set(checks.flatMap((check) => (check.interval === null ? [] : [check.interval.level])));
  const [first] = levels;
  return levels.size === 1 && first !== undefined ? first : null;
}

export function standingLabel(standing: Standing): string {
  return `${standingIcons[standing]} ${standing}`;
}

/** List of checks with their reasons in words. */
export function reasonList(title: string, checks: readonly CheckRecord[]): MarkdownSection {
  return {
    title,
    header: null,
    rows: checks.map((check) => [
      `${standingIcons[standingOf(check)]} ${markdownCode(shorten(check.id, nameLimit))}: ${escapeMarkdown(shorten(check.reason, sentenceLimit))}`,
      ...(check.notes ?? []).map((note) => `<br>${escapeMarkdown(shorten(note, sentenceLimit))}`),
    ]),
  };
}

export function noticeSection(result: GateResult<unknown>): MarkdownSection {
  const { notices } = result.predicate.gate;
  return {
    title: `Notices (${formatCount(notices.length)})`,
    header: null,
    rows: notices.map((notice) => [escapeMarkdown(shorten(notice, sentenceLimit))]),
  };
}

/** What was judged, by content, and how long it took. */
export function subjectSection(result: GateResult<unknown>): MarkdownSection {
  return {
    title: 'What was judged',
    header: ['File', 'Role', 'SHA-256'],
    rows: [
      ...result.subject.map((subject) => ({ subject, role: 'judged' })),
      ...result.predicate.configuration.map((subject) => ({ subject, role: 'judged with' })),
    ].map(({ subject, role }) => [
      markdownCode(shorten(subject.name, nameLimit)),
      role,
      markdownCode(shorten(subject.digest.sha256, nameLimit)),
    ]),
  };
}

/** `https://github.com/o/r/actions/runs/1` gives `https://github.com/o/r`; null for anything else. */
export function repositoryUrl(result: GateResult<unknown>): string | null {
  const url = safeUrl(result.predicate.gate.run?.url ?? null);
  return /^(.+)\/actions\/runs\/\d+/.exec(url ?? '')?.[1] ?? null;
}

/** Only http(s) URLs become links, without user info, and with nothing that could end a Markdown link. */
export function safeUrl(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.username = '';
  url.password = '';
  return url.href.replace(
    /[()<>[\]|`*_~'"\\\s]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
