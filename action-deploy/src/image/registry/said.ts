/** What a registry says of a failure. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */

import { isRecord } from '../manifest.ts';
import type { HttpAnswer } from './http.ts';

export interface Said {
  /** `MANIFEST_UNKNOWN`; empty: none is told. */
  readonly code: string;
  /** One line, bounded; empty: nothing is said. */
  readonly message: string;
}

export function saidOf({ body }: Pick<HttpAnswer, 'body'>): Said {
  const text = Buffer.from(body.subarray(0, 64 * 1024)).toString('utf8');
  try {
    const document: unknown = JSON.parse(text);
    const errors: unknown = isRecord(document) ? document.errors : null;
    const first: unknown = Array.isArray(errors) ? errors[0] : null;
    if (isRecord(first)) return { code: word(first.code), message: line(first.message) };
  } catch {
    // Said as it is, below.
  }
  return { code: '', message: /^\s*</.test(text) ? '' : line(text) };
}

/** `404 MANIFEST_UNKNOWN: manifest unknown` */
export function describeAnswer(answer: HttpAnswer): string {
  const { code, message } = saidOf(answer);
  return [`${answer.status}${code === '' ? '' : ` ${code}`}`, message]
    .filter((part) => part !== '')
    .join(': ');
}

function word(value: unknown): string {
  return typeof value === 'string' && /^\w{1,60}$/.test(value) ? value : '';
}

function line(value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    // A server that repeats the request shows what it was sent.
    .replace(/\b(basic|bearer)\s+[\w.~+/=-]+/gi, '$1 ***')
    .trim();
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
