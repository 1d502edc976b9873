/** Whether a response meets what is expected; cheap where the status tells. */

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Comparison, Expect } from '../types.ts';
import { valueAt } from './json-path.ts';

export interface Answer {
  readonly head: { readonly status: number; readonly contentEncoding: string };
  /** The body is longer than what was kept of it. */
  readonly isCut: boolean;
  body(): Buffer;
}

const decodedLimit = 16 * 1024 * 1024;

export function needsBody(expects: readonly Expect[]): boolean {
  return expects.some(({ kind }) => kind !== 'status');
}

/** The first expectation that the answer does not meet, in words that are made when asked for; null: it meets all. */
export function unmet(expects: readonly Expect[], answer: Answer): (() => string) | null {
  const { status } = answer.head;
  let text: string | null = null;
  let document: { readonly value: unknown } | null = null;
  for (const expect of expects) {
    if (expect.kind === 'status') {
      if (!compare(status, expect.operator, expect.value))
        return () => `the status is ${status}, expected is ${expect.text}`;
      continue;
    }
    const failed = (found: string) => (): string => `${found}, expected is ${expect.text} (status ${status})`;
    if (text === null) {
      text = decode(answer);
      if (text === null) return failed(`the body cannot be decoded (${answer.head.contentEncoding})`);
    }
    if (expect.kind === 'body') {
      if (!text.includes(expect.contains)) return failed('the body does not contain it');
      continue;
    }
    if (document === null) {
      if (answer.isCut) return failed('the body is too long to be read as JSON');
      document = parse(text);
      if (document === null) return failed('the body is not JSON');
    }
    const value = valueAt(document.value, expect.path);
    if (!compare(value, expect.operator, expect.value))
      return failed(value === undefined ? 'the body has no such value' : `the value is ${show(value)}`);
  }
  return null;
}

/** A value of another type is not equal, and neither less nor greater; one that is missing meets nothing. */
function compare(value: unknown, operator: Comparison, wanted: unknown): boolean {
  if (value === undefined) return false;
  if (operator === '==') return value === wanted;
  if (operator === '!=') return value !== wanted;
  if (typeof value !== 'number' || typeof wanted !== 'number') return false;
  switch (operator) {
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
  }
}

function decode(answer: Answer): string | null {
  const body = answer.body();
  const options = { maxOutputLength: decodedLimit };
  try {
    switch (answer.head.contentEncoding) {
      case '':
      case 'identity':
        return body.toString('utf8');
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, options).toString('utf8');
      case 'deflate':
        return inflateSync(body, options).toString('utf8');
      case 'br':
        return brotliDecompressSync(body, options).toString('utf8');
      default:
        return null;
    }
  } catch {
    return null;
  }
}

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
