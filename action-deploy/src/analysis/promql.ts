/** As much of PromQL's form as it takes to find where a query ends and its bound begins. */

import { Mistake, nearest, visible } from '../../../core/gate/index.ts';

export interface Word {
  readonly text: string;
  /** UTF-16 index in the line. */
  readonly at: number;
}

export interface QueryOutline {
  /** What looks like a comparison and stands outside of braces, brackets, parentheses, strings and comments. */
  readonly comparisons: readonly Word[];
  /** `and`, `or` and `unless`, outside of the same. */
  readonly setOperators: readonly Word[];
  /** Where the text ends: at a comment or at the end of the line. */
  readonly end: number;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const comparison = /[<>=!~≥≤≠⩾⩽≧≦＜＞＝]+/uy;
const word = /[\p{L}_:][\p{L}\p{N}_:]*/uy;

/**
 * Strings are `"…"` and `'…'` with backslashes, and backquoted without; `#` begins a comment outside of them.
 * https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals
 * @throws Mistake for what is opened and not closed, or closed and not opened.
 */
export function outline(line: string, start: number): QueryOutline {
  const comparisons: Word[] = [];
  const setOperators: Word[] = [];
  const opened: Word[] = [];
  let at = start;
  while (at < line.length) {
    const character = line[at] as string;
    if (character === '#') break;
    if (character === '"' || character === "'" || character === '`') {
      at = closingQuote(line, at) + 1;
      continue;
    }
    if (character in closers) opened.push({ text: character, at });
    else if (character === ')' || character === ']' || character === '}') close(opened, character, at);
    const found = opened.length > 0 ? null : (match(comparison, line, at) ?? match(word, line, at));
    if (found === null) {
      at += 1;
      continue;
    }
    if (/^(?:and|or|unless)$/i.test(found)) setOperators.push({ text: found, at });
    else if (!/^[\p{L}_:]/u.test(found)) comparisons.push({ text: found, at });
    at += found.length;
  }
  const open = opened.at(-1);
  if (open !== undefined) {
    throw new Mistake(open.at, `the \`${open.text}\` opened here is never closed`, {
      allowed: 'a whole query on one line',
    });
  }
  return { comparisons, setOperators, end: Math.min(at, line.length) };
}

function match(pattern: RegExp, line: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? null;
}

function close(opened: Word[], character: string, at: number): void {
  const open = opened.pop();
  if (open === undefined) throw new Mistake(at, `the \`${character}\` closes nothing`);
  const expected = closers[open.text] ?? '';
  if (character === expected) return;
  throw new Mistake(at, `\`${character}\` does not close the \`${open.text}\` before it`, {
    nearest: expected,
  });
}

function closingQuote(line: string, open: number): number {
  const quote = line[open];
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] === '\\' && quote !== '`') at++;
    else if (line[at] === quote) return at;
  }
  throw new Mistake(open, 'the string opened here is never closed', {
    allowed: '"…" and \'…\' with backslashes, `…` without',
  });
}

/** A word before the name of a line: only `warn` may stand there. */
export function unknownPrefix({ text, at }: Word): Mistake {
  const known = /^(?:warning|warns?)$/i.test(text) ? 'warn:' : nearest(`${text}:`, ['warn:']);
  return new Mistake(at, `unknown prefix \`${visible(text)}:\``, {
    allowed: '`warn:` or none',
    ...(known === undefined ? {} : { nearest: known }),
  });
}
