/**
 * Policy variables: `${aws:username}`, with a default `${aws:PrincipalTag/team, 'none'}`, and the characters `${*}`, `${?}`, `${$}`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */

import { literal, type Token, wildcards } from './pattern.ts';
import type { PolicyVersion } from './policy.ts';

/** What is known of a request; names of keys know no case. A list is a key of several values. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

const variable = /\$\{([^{}]*)\}/g;

/** The values of a key; null: the request does not have it. A list without values counts as not there. */
export function valuesOf(context: RequestContext, key: string): readonly string[] | null {
  const wanted = key.toLowerCase();
  for (const [name, value] of Object.entries(context)) {
    if (name.toLowerCase() !== wanted) continue;
    if (typeof value === 'string') return [value];
    return value.length === 0 ? null : value;
  }
  return null;
}

/**
 * The text with its variables filled in, whose values are never wildcards. Null where one has no value: such a text is like
 * nothing, so that negated operators hold.
 */
export function fill(
  text: string,
  version: PolicyVersion,
  context: RequestContext,
  read: (text: string) => Token[] = wildcards,
): Token[] | null {
  if (version === '2008-10-17') return read(text);
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(variable)) {
    const value = fillerOf(match[1] ?? '', context);
    if (value === null) return null;
    tokens.push(...read(text.slice(end, match.index)), ...literal(value));
    end = match.index + match[0].length;
  }
  tokens.push(...read(text.slice(end)));
  return tokens;
}

/** The same, as text. */
export function fillText(text: string, version: PolicyVersion, context: RequestContext): string | null {
  const tokens = fill(text, version, context, literal);
  return tokens?.map((token) => (token.is === 'text' ? token.text : '')).join('') ?? null;
}

function fillerOf(inside: string, context: RequestContext): string | null {
  if (inside === '*' || inside === '?' || inside === '$') return inside;
  const [, key = '', otherwise] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? [];
  const values = valuesOf(context, key);
  // A key of several values cannot be a variable.
  if (values !== null && values.length === 1) return values[0] ?? null;
  return otherwise ?? null;
}
