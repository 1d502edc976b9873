/** What one request is made of, where the inputs do not say. */

import { quote } from '../../../core/inputs/index.ts';
import { type Header, hasHeader, type Mistake } from './headers.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const bodiless = ['GET', 'HEAD'];

export function usualMethod(body: Uint8Array | null): string {
  return body === null ? 'GET' : 'POST';
}

export function methodMistake(text: string, body: Uint8Array | null): Mistake | null {
  const method = text.toUpperCase();
  if (!methods.includes(method)) {
    return { message: `${quote(text)} is not a method that can be sent`, allowed: methods.join(', ') };
  }
  if (body !== null && bodiless.includes(method)) {
    return { message: `${method} has no body, and one is given`, nearest: 'POST' };
  }
  return null;
}

/** The type of a body that has none: JSON where it is JSON, else text. */
export function bodyHeaders(
  headers: readonly Header[],
  body: Uint8Array | null,
  isJson: boolean,
): readonly Header[] {
  if (body === null || hasHeader(headers, 'content-type')) return [];
  return [['content-type', isJson || parses(body) ? 'application/json' : 'text/plain; charset=utf-8']];
}

export function withUsualHeaders(headers: readonly Header[]): readonly Header[] {
  const usual: readonly Header[] = [
    ['accept', '*/*'],
    ['user-agent', 'ml-gates-perf-gate'],
  ];
  return [...usual.filter(([name]) => !hasHeader(headers, name)), ...headers];
}

function parses(body: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(body).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
