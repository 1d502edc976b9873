/**
 * Variables of Grafana within an expression, made into something that parses and is as long, so that places stay what they
 * are: a duration within brackets and after `offset`, a number, or a name that is remembered as made up.
 */

import type { Span } from './ast.ts';

export interface Plain {
  readonly text: string;
  /** Where names stand that are not the author's. */
  readonly variables: readonly Span[];
}

const pattern = /\$\{[^}]*\}|\$\w+/g;
const numbers = new Set(['__range_s', '__range_ms', '__interval_ms', '__from', '__to']);

export function withoutVariables(text: string): Plain {
  const quoted = quotedIn(text);
  const variables: Span[] = [];
  let brackets = 0;
  let counted = 0;
  const plain = text.replaceAll(pattern, (variable, at: number) => {
    for (; counted < at; counted += 1) {
      if (isWithin(quoted, counted)) continue;
      if (text[counted] === '[') brackets += 1;
      if (text[counted] === ']') brackets -= 1;
    }
    if (isWithin(quoted, at)) return variable;
    const name = variable.replace(/^\$\{?/, '').replace(/[:}].*$/, '');
    if (brackets > 0 || /\boffset\s+-?$/i.test(text.slice(0, at))) return '5m'.padEnd(variable.length);
    if (numbers.has(name)) return '60'.padEnd(variable.length);
    variables.push({ from: at, to: at + variable.length });
    return variable.replaceAll(/\W/g, '_');
  });
  return { text: plain, variables };
}

/** What stands in quotes: Grafana fills it in as text, and so does nothing to the form of the expression. */
function quotedIn(text: string): Span[] {
  const found = text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*/g);
  return [...found].map((match) => ({ from: match.index, to: match.index + match[0].length }));
}

function isWithin(spans: readonly Span[], at: number): boolean {
  return spans.some(({ from, to }) => at >= from && at < to);
}
