import type { GateResult } from '../gate/types.ts';
import { escapeMarkdown } from './escape.ts';
import { counted, formatCount, valueText } from './format.ts';
import {
  addFolded,
  byteLength,
  checkTable,
  fitRows,
  LimitedText,
  type MarkdownSection,
  noticeSection,
  reasonList,
  subjectSection,
} from './markdown.ts';
import { headline, mostOpenChecks, sentence, standingOf, worstFirst } from './verdict.ts';

export interface SummaryOptions {
  /** Folded parts that only this gate knows (slices, all metrics), in order of importance. */
  readonly details?: readonly MarkdownSection[];
  /** Bytes; GitHub takes 1 MiB a step. */
  readonly limit?: number;
}

/** GitHub's limit for one step, less a margin for what else the step writes there. */
export const summaryLimit = 1024 * 1024 - 4096;

/** Kept free below the table of checks, so that details can at least say that they were left out. */
const detailsReserve = 4096;

/**
 * Markdown for the job summary: the verdict as a heading, why in one sentence, the table of checks, then details
 * folded. Over the limit details lose rows first, then the table; the verdict always stands.
 */
export function renderSummary(result: GateResult<unknown>, options: SummaryOptions = {}): string {
  const { checks } = result.predicate.gate;
  const limit = options.limit ?? summaryLimit;
  const text = new LimitedText(byteLength, limit);
  const { icon, title, reason } = headline(result);
  text.add(`## ${icon} ${escapeMarkdown(title)}`);
  text.add(escapeMarkdown(reason));

  const notPassed = worstFirst(checks).filter((check) => standingOf(check) !== 'passed');
  const passed = checks.filter((check) => standingOf(check) === 'passed');
  const isLong = checks.length > mostOpenChecks;
  const table = checkTable(isLong ? notPassed : checks);
  const reserve = Math.min(detailsReserve, Math.floor(limit / 8));
  const { text: rows, left: unfit } = fitRows(table, text.left - reserve - 300, byteLength);
  if (rows !== '') text.add(rows);
  const left = unfit + (isLong ? passed.length : 0);
  if (left > 0) {
    text.add(`${rows === '' ? '' : '… and '}${restOfChecks(result, left, rows !== '')}`);
  }

  const sections: readonly MarkdownSection[] = [
    reasonList(`Why: reasons of ${counted(checks.length, 'check')}`, [...notPassed, ...passed]),
    ...(options.details ?? [metricSection(result)]),
    ...(isLong ? [{ ...checkTable(passed), title: `${counted(passed.length, 'check')} passed` }] : []),
    noticeSection(result),
    subjectSection(result),
  ];
  sections.forEach((section, index) => {
    // What is left is shared fairly: a long section does not push out the ones after it.
    const later = sections.length - index - 1;
    addFolded(text, section, Math.floor((text.left * later) / (later + 1) / 2));
  });
  return text.toString();
}

function restOfChecks(result: GateResult<unknown>, left: number, isMore: boolean): string {
  const rest = worstFirst(result.predicate.gate.checks).slice(-left);
  const counts = ['failed', 'inconclusive', 'warning', 'passed']
    .map((standing) => [standing, rest.filter((check) => standingOf(check) === standing).length] as const)
    .filter(([, count]) => count > 0)
    .map(([standing, count]) => `${formatCount(count)} ${standing}`);
  return `${counted(left, isMore ? 'more check' : 'check')} (${counts.join(', ')}); the result document has them all.`;
}

/** All metrics by name; gates that know units and intervals bring a section of their own. */
function metricSection(result: GateResult<unknown>): MarkdownSection {
  const { metrics, undefinedMetrics } = result.predicate.gate;
  return {
    title: 'All metrics',
    header: ['Metric', 'Value'],
    rows: Object.entries(metrics).map(([name, value]) => [
      escapeMarkdown(name),
      value === null
        ? escapeMarkdown(sentence(undefinedMetrics[name] ?? 'undefined'))
        : escapeMarkdown(valueText(value, 'number')),
    ]),
  };
}
