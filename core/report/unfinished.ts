/** A run that came to no verdict: what is wrong, and that this is neither a pass nor a failed check. */

import { visible } from './escape.ts';

export interface UnfinishedRun {
  /** `Model gate`. */
  readonly title: string;
  /** May span lines, as carets do. */
  readonly message: string;
}

const messageLimit = 20_000;

/** Markdown for the job summary and the pull request comment. */
export function renderUnfinished({ title, message }: UnfinishedRun): string {
  const lines = message.slice(0, messageLimit).split('\n').map(visible);
  // A fence longer than any run of backticks inside cannot be closed by data (CommonMark 0.31, 4.5).
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [
    `## ⛔ ${visible(title)} could not run`,
    '',
    'There is no verdict: nothing was judged.',
    '',
    `${fence}text`,
    ...lines,
    fence,
    '',
  ].join('\n');
}
