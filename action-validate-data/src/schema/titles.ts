/** Types, formats and values as they are called in messages. */

import { shorten, visible } from '../../../core/report/index.ts';
import { type ValuePart, valueParts } from './declared-type.ts';
import { typeOf } from './types-of.ts';
import { isSchema, type Json, type Schema } from './walk.ts';

export const valueLimit = 80;

const typeTitles: Readonly<Record<string, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  null: 'null',
  array: 'an array',
  object: 'an object',
};

/** `an integer`, `text`. */
export function typeTitle(name: string): string {
  return typeTitles[name] ?? name;
}

const formatTitles: Readonly<Record<string, string>> = {
  date: 'a date (YYYY-MM-DD)',
  time: 'a time with its zone (RFC 3339)',
  'date-time': 'a date and time with its zone (RFC 3339)',
  'iso-time': 'a time (ISO 8601)',
  'iso-date-time': 'a date and time (ISO 8601)',
  duration: 'a duration (ISO 8601)',
  email: 'an email address',
  uri: 'a URI',
  'uri-reference': 'a URI reference',
  'uri-template': 'a URI template',
  url: 'a URL',
  uuid: 'a UUID',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  hostname: 'a host name',
  regex: 'a regular expression',
  'json-pointer': 'a JSON pointer',
  'json-pointer-uri-fragment': 'a JSON pointer in a URI fragment',
  'relative-json-pointer': 'a relative JSON pointer',
  byte: 'base64',
  int32: 'an integer of 32 bits',
  int64: 'an integer of 64 bits',
};

/** `an email address`. */
export function formatTitle(name: string): string {
  return formatTitles[name] ?? `of the format ${visible(name)}`;
}

/**
 * What a branch of a union admits, as in `an integer`, `null`; null: that takes more than a few words, or does not say
 * why `value` is not taken: `5 is not a number` would be untrue.
 */
export function titlesOf(root: Schema, branch: unknown, value?: unknown): readonly string[] | null {
  const parts = isSchema(branch) ? valueParts(root, branch) : null;
  const own = value === undefined ? undefined : typeOf(value as Json);
  if (parts === null || parts.some((part) => isWholly(part, own, value))) return null;
  return parts.map(({ type, format, values }) => {
    if (format !== undefined) return formatTitle(format);
    if (values === undefined) return typeTitle(type);
    return values.length <= 3
      ? values.map((each) => shown(each)).join(' or ')
      : `one of ${values.length} values`;
  });
}

function isWholly({ type, format, values }: ValuePart, own: string | undefined, value: unknown): boolean {
  if (format !== undefined || values !== undefined) return false;
  return type === own || (type === 'integer' && Number.isInteger(value));
}

/** A value in a message, at most 80 characters; texts in quotes, so that blanks are seen. */
export function shown(value: unknown, quoted = true): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  if (typeof value === 'string') return shorten(visible(quoted ? JSON.stringify(value) : value), valueLimit);
  return shorten(visible(JSON.stringify(value) ?? String(value)), valueLimit);
}
