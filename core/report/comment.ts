import type { GateResult } from '../gate/types.ts';
import { escapeMarkdown, shorten } from './escape.ts';
import { counted } from './format.ts';
import {
  addFolded,
  checkTable,
  fitRows,
  LimitedText,
  type Measure,
  noticeSection,
  reasonList,
  repositoryUrl,
  safeUrl,
  textLength,
} from './markdown.ts';
import { headline, sentenceLimit, standingOf, worstFirst } from './verdict.ts';

export interface CommentOptions {
  /** Where the HTML report can be fetched (the artifact's URL); null: not uploaded. */
  readonly reportUrl?: string | null;
  /** Characters. */
  readonly limit?: number;
}

/** GitHub's 65,536 less room for the hidden marker that whoever posts the comment puts before it. */
export const commentLimit = 65_536 - 1024;

/**
 * Body of the sticky pull request comment, made to be read on a phone: the verdict, then every check that did not
 * pass with its reason in words, the numbers and the passed checks folded, links at the end.
 */
export function renderComment(result: GateResult<unknown>, options: CommentOptions = {}): string {
  const { checks } = result.predicate.gate;
  const limit = options.limit ?? commentLimit;
  const text = new LimitedText(textLength, limit);
  const { icon, title, reason } = headline(result);
  text.add(`### ${icon} ${escapeMarkdown(title)}`);

  const links = linkLine(result, options);
  const closing = links === '' ? 0 : textLength(links) + 2;
  const ordered = worstFirst(checks);
  const open = ordered.filter((check) => standingOf(check) !== 'passed');
  const passed = ordered.filter((check) => standingOf(check) === 'passed');
  if (open.length === 0) {
    text.add(escapeMarkdown(shorten(reason, sentenceLimit * 2)), closing);
  } else {
    addList(
      text,
      reasonList('', open),
      'check that did not pass',
      'checks that did not pass',
      textLength,
      closing,
    );
  }
  const foldReserve = closing + Math.min(1500, Math.floor(limit / 10));
  addFolded(
    text,
    { ...checkTable(checks), title: `Numbers of ${counted(checks.length, 'check')}` },
    foldReserve,
  );
  if (passed.length > 0)
    addFolded(text, reasonList(`${counted(passed.length, 'check')} passed`, passed), closing + 700);
  addFolded(text, noticeSection(result), closing);
  if (links !== '') text.add(links);
  return text.toString();
}

function addList(
  text: LimitedText,
  list: ReturnType<typeof reasonList>,
  singular: string,
  plural: string,
  measure: Measure,
  closing: number,
): void {
  // Half of the room for reasons at most: the table below needs some, too.
  const { text: items, left } = fitRows(list, Math.floor((text.left - closing) / 2), measure);
  if (items !== '') text.add(items, closing);
  if (left > 0)
    text.add(`… and ${counted(left, `more ${singular}`, `more ${plural}`)}; see the report.`, closing);
}

function linkLine(result: GateResult<unknown>, options: CommentOptions): string {
  const { commit, run } = result.predicate.gate;
  const repository = repositoryUrl(result);
  const runUrl = safeUrl(run?.url ?? null);
  const reportUrl = safeUrl(options.reportUrl ?? null);
  return [
    reportUrl === null ? '' : `[Report](${reportUrl})`,
    runUrl === null ? '' : `[Run](${runUrl})`,
    commitLink(commit, repository),
  ]
    .filter((link) => link !== '')
    .join(' · ');
}

function commitLink(commit: string | null, repository: string | null): string {
  if (commit === null || !/^[0-9a-f]{7,64}$/i.test(commit)) return '';
  const short = commit.slice(0, 7);
  return repository === null
    ? `Commit \`${short}\``
    : `Commit [\`${short}\`](${repository}/commit/${commit})`;
}
