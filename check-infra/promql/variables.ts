/**
 * Variables of Grafana within an expression, made into something that parses and is as long, so that places stay what they
 * are: a duration within brackets and after `offset`, a number, nothing where a list of matchers may stand, or a name that is
 * remembered as made up. `$x`, `${x:format}`, and `[[x]]` as before Grafana 7.
 */

import type { Span } from './ast.ts';

export interface Plain {
  readonly text: string;
  /** Where names and matchers stand that are not the author's. */
  readonly variables: readonly Span[];
  /** Where durations stand that are not the author's. */
  readonly durations: readonly Span[];
}

const pattern = /\$\{[^}]*\}|\$\w+|\[\[\w+(?::\w+)?\]\]/g;
const numbers = new Set(['__range_s', '__range_ms', '__interval_ms', '__from', '__to']);

export function withoutVariables(text: string): Plain {
  const quoted = quotedIn(text);
  const variables: Span[] = [];
  const durations: Span[] = [];
  const depth = { '[': 0, '{': 0 };
  let counted = 0;
  const plain = text.replaceAll(pattern, (variable, at: number) => {
    for (; counted < at; counted += 1) {
      if (isWithin(quoted, counted)) continue;
      const character = text[counted];
      if (character === '[' || character === '{') depth[character] += 1;
      if (character === ']') depth['['] -= 1;
      if (character === '}') depth['{'] -= 1;
    }
    if (isWithin(quoted, at)) return variable;
    const [before, after] = [text.slice(0, at), text.slice(at + variable.length)];
    const span = { from: at, to: at + variable.length };
    const name = variable.replace(/^(?:\$\{?|\[\[)/, '').replace(/[:}\]].*$/, '');
    if (depth['['] > 0 || /\boffset\s+-?$/i.test(before)) {
      durations.push(span);
      // `[${__range_s}s]`: the unit is the author's.
      return /^(?:ms|[smhdwy])\b/.test(after)
        ? '5'.padStart(variable.length, '0')
        : '5m'.padEnd(variable.length);
    }
    if (numbers.has(name)) return '60'.padEnd(variable.length);
    // `job=${job:doublequote}`: the quotes come with it.
    if (depth['{'] > 0 && /[=~]\s*$/.test(before) && variable.length > 2)
      return `"${'$'.repeat(variable.length - 2)}"`;
    variables.push(span);
    const isMatcher = depth['{'] > 0 && /[{,]\s*$/.test(before) && /^\s*[,}]/.test(after);
    return isMatcher ? ' '.repeat(variable.length) : variable.replaceAll(/\W/g, '_');
  });
  return { text: withoutLeadingCommas(plain, variables), variables, durations };
}

/** `{$filters, job="x"}`: a list of matchers may end with a comma, but not begin with one. */
function withoutLeadingCommas(plain: string, variables: readonly Span[]): string {
  return variables.reduce((text, { from, to }) => {
    const comma = /^\s*,/.exec(text.slice(to))?.[0];
    if (comma === undefined || text.slice(from, to).trim() !== '') return text;
    return text.slice(0, to) + ' '.repeat(comma.length) + text.slice(to + comma.length);
  }, plain);
}

/** What stands in quotes: Grafana fills it in as text, and so does nothing to the form of the expression. */
function quotedIn(text: string): Span[] {
  const found = text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*/g);
  return [...found].map((match) => ({ from: match.index, to: match.index + match[0].length }));
}

function isWithin(spans: readonly Span[], at: number): boolean {
  return spans.some(({ from, to }) => at >= from && at < to);
}
