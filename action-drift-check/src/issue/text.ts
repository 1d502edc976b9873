/** What the issue and the comments on it say. All text from data is escaped here. */

import {
  counted,
  escapeMarkdown,
  formatCount,
  formatNumber,
  markdownCode,
  shorten,
} from '../../../core/report/index.ts';
import type { Findings } from './findings.ts';
import type { RetrainConfig } from './inputs.ts';
import { type DriftMemory, mostColumns, type RunNote, streakOf } from './memory.ts';

export interface IssueFacts {
  readonly findings: Findings;
  readonly note: RunNote;
  readonly memory: DriftMemory;
  readonly reportUrl: string | null;
  /** `https://github.com/o/r/actions/runs`. */
  readonly runsUrl: string;
  readonly retrain: RetrainConfig | null;
}

/** Rows of the table, and bars of the chart. */
const shownRuns = 20;
const shownOthers = 10;
const nameLimit = 120;
const sentenceLimit = 600;
/** Characters for all findings; with the table and the memory that leaves room below GitHub's 65,536. */
const findingsLimit = 36_000;

export function renderIssue(facts: IssueFacts): string {
  const { memory } = facts;
  return [
    `### ${heading(facts)}`,
    lasting(memory),
    findingsText(facts),
    links(facts),
    chart(memory.runs),
    runTable(facts),
    retraining(facts),
    '<sub>The drift check keeps this issue: it overwrites this text with every run and leaves comments alone. ' +
      'Who closes it by hand silences it, and holds back retraining, until this drift has ended.</sub>',
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function heading({ findings, note, memory }: IssueFacts): string {
  if (streakOf(memory).count === 0) return '✅ The drift has ended';
  switch (note.verdict) {
    case 'fail':
      return `❌ ${what(findings)}`;
    case 'inconclusive':
      return '⚠️ Drift was found; the last run is inconclusive';
    case 'pass':
      return '❌ Drift was found by a later run';
  }
}

/** `3 of 12 columns have drifted`. */
function what({ columns, compared }: Findings): string {
  if (columns.length === 0) return 'The drift check failed';
  const have = columns.length === 1 ? 'has' : 'have';
  return `${formatCount(columns.length)} of ${counted(compared, 'column')} ${have} drifted`;
}

function lasting(memory: DriftMemory): string {
  const { count, since } = streakOf(memory);
  if (count === 0) return '';
  const inARow = count === 1 ? 'Found by one run' : `Found by ${formatCount(count)} runs in a row`;
  return since === null
    ? `${inARow}, at least: the record of earlier runs was lost when this text was edited.`
    : `${inARow}, since ${moment(since)}.`;
}

function findingsText({ findings, note, memory }: IssueFacts): string {
  if (streakOf(memory).count === 0) return '';
  if (note.verdict !== 'fail') {
    return memory.columns.length === 0 ? '' : `Last drifted: ${rememberedNames(memory)}.`;
  }
  const lines = [
    ...findings.columns
      .slice(0, mostColumns)
      .map(({ name, sentence }) => `- ${code(name)}: ${escapeMarkdown(shorten(sentence, sentenceLimit))}`),
    ...findings.others
      .slice(0, shownOthers)
      .map((sentence) => `- ${escapeMarkdown(shorten(sentence, sentenceLimit))}`),
  ];
  const fitting: string[] = [];
  let used = 0;
  for (const line of lines) {
    used += line.length + 1;
    if (used > findingsLimit) break;
    fitting.push(line);
  }
  const left = findings.columns.length + findings.others.length - fitting.length;
  const rest = left === 0 ? [] : [`- … and ${formatCount(left)} more, in the report`];
  return [...fitting, ...rest].join('\n');
}

function links({ reportUrl, note, runsUrl }: Pick<IssueFacts, 'reportUrl' | 'note' | 'runsUrl'>): string {
  const run = `[Run of ${moment(note.at)}](${runUrl(runsUrl, note)})`;
  return reportUrl === null ? run : `[Report](${reportUrl}) · ${run}`;
}

const bars = [...'▁▂▃▄▅▆▇█'];

/**
 * Text, not a picture or Mermaid: it is shown alike in mails, on phones and by GitHub Enterprise. Heights from 0 to the
 * largest score, but at least to the threshold.
 */
function chart(all: readonly RunNote[]): string {
  const runs = all.slice(-shownRuns);
  if (runs.length < 2) return '';
  const highest = Math.max(...runs.map(({ score }) => score));
  const top = Math.max(1, highest);
  const line = runs
    .map(({ score, verdict }) =>
      verdict === 'inconclusive' ? '·' : bars[Math.min(7, Math.floor((score / top) * 8))],
    )
    .join('');
  return `Score of the last ${counted(runs.length, 'run')}: \`${line}\` (1 is the threshold; the highest is ${formatNumber(highest)})`;
}

const verdicts: Readonly<Record<RunNote['verdict'], string>> = {
  pass: '✅ no drift',
  fail: '❌ drift',
  inconclusive: '⚠️ inconclusive',
};

/** The latest first. */
function runTable({ memory, runsUrl }: IssueFacts): string {
  const rows = memory.runs
    .slice(-shownRuns)
    .toReversed()
    .map((note) =>
      [
        `[${moment(note.at)}](${runUrl(runsUrl, note)})`,
        verdicts[note.verdict],
        formatNumber(note.score),
        formatCount(note.columns),
      ].join(' | '),
    );
  return [
    '| Run | Verdict | Score | Drifted columns |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function retraining({ memory: { retrained }, retrain }: IssueFacts): string {
  if (retrain === null || retrained === null || retrained.run === null) return '';
  return `Retraining was last requested on ${moment(retrained.at)}.`;
}

export function endedComment({ memory, note, runsUrl, reportUrl }: IssueFacts): string {
  const others = memory.runs.filter(({ run }) => run !== note.run);
  const { count, since } = streakOf({ before: memory.before, runs: others });
  const lasted =
    since === null ? '' : ` It lasted ${counted(count, 'run')}, from ${moment(since)} to ${moment(note.at)}.`;
  const columns = memory.columns.length === 0 ? '' : ` Had drifted: ${rememberedNames(memory)}.`;
  return `**The drift has ended.**${lasted}${columns}\n\n${links({ reportUrl, note, runsUrl })}`;
}

export function backComment(facts: IssueFacts): string {
  const { findings, memory } = facts;
  const columns = findings.columns.length === 0 ? '' : ` ${rememberedNames(memory)}.`;
  return `**Drift is back:** ${what(findings)}.${columns}\n\n${links(facts)}`;
}

/** `what`: which workflow, escaped. */
export function retrainComment(facts: IssueFacts, drifted: number, what: string): string {
  const { memory } = facts;
  const found = memory.columns.length === 0 ? '' : ` Drifted: ${rememberedNames(memory)}.`;
  const after = drifted === 1 ? 'a drifted run' : `${formatCount(drifted)} drifted runs in a row`;
  return `**Retraining requested** after ${after}: ${what}.${found}\n\n${links(facts)}`;
}

/** Columns of the last drifted run: at most ten names, the rest counted. */
function rememberedNames({ columns, runs }: DriftMemory): string {
  const total = Math.max(columns.length, runs.findLast(({ verdict }) => verdict === 'fail')?.columns ?? 0);
  const shown = columns.slice(0, 10).map(code);
  const left = total - shown.length;
  return left === 0
    ? shown.join(', ')
    : `${shown.join(', ')} and ${counted(left, 'more column', 'more columns')}`;
}

export function code(name: string): string {
  return markdownCode(shorten(name, nameLimit));
}

/** `2026-07-01 06:00 UTC`. */
export function moment(time: string | Date): string {
  const iso = typeof time === 'string' ? time : time.toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function runUrl(runsUrl: string, { run }: RunNote): string {
  return `${runsUrl}/${run}`;
}
