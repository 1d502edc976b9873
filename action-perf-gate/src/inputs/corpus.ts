/** A corpus of requests: JSONL, one request a line, every mistake with its line. */

import { nearest } from '../../../core/gate/index.ts';
import { quote } from '../../../core/inputs/index.ts';
import type { RequestTemplate } from '../load/types.ts';
import { type Header, type Mistake, mergeHeaders, readHeader } from './headers.ts';
import { bodyHeaders, methodMistake, usualMethod, withUsualHeaders } from './request.ts';
import { shownAddress } from './secrets.ts';

export interface CorpusDefaults {
  /** Of the `method` input; null: not given. */
  readonly method: string | null;
  readonly headers: readonly Header[];
}

export interface CorpusProblem extends Mistake {
  /** From 1. */
  readonly line: number;
}

export interface CorpusReading {
  readonly requests: readonly RequestTemplate[];
  readonly problems: readonly CorpusProblem[];
}

/** Requests are numbered in 16 bits. */
export const mostRequests = 65_535;
const longestName = 100;
const fields = ['method', 'path', 'headers', 'body', 'weight', 'name'];

export function readCorpus(text: string, defaults: CorpusDefaults): CorpusReading {
  const requests: RequestTemplate[] = [];
  const problems: CorpusProblem[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((source, index) => {
      if (source.trim() === '') return;
      const mistakes: Mistake[] = [];
      const request = readRequest(source, defaults, mistakes);
      problems.push(...mistakes.map((mistake) => ({ line: index + 1, ...mistake })));
      if (request !== null && mistakes.length === 0) requests.push(request);
    });
  if (requests.length > mostRequests) {
    problems.push({
      line: mostRequests + 1,
      message: `${requests.length.toLocaleString('en-US')} requests are too many`,
      allowed: `up to ${mostRequests.toLocaleString('en-US')}`,
    });
  }
  return { requests, problems };
}

function readRequest(source: string, defaults: CorpusDefaults, mistakes: Mistake[]): RequestTemplate | null {
  const record = parse(source, mistakes);
  if (record === null) return null;
  for (const field of Object.keys(record)) {
    if (fields.includes(field)) continue;
    const guess = nearest(field, fields);
    mistakes.push({
      message: `unknown field ${quote(field)}`,
      ...(guess === undefined ? { allowed: fields.join(', ') } : { nearest: guess }),
    });
  }
  const body = readBody(record.body);
  const method = readMethod(record.method, defaults, body, mistakes);
  const path = readPath(record.path, mistakes);
  const given = readHeaders(record.headers, mistakes);
  const headers = mergeHeaders(defaults.headers, given);
  const isJson = body !== null && typeof record.body !== 'string';
  return {
    name: readName(record.name, mistakes) ?? usualName(method, path),
    method,
    path,
    headers: withUsualHeaders([...headers, ...bodyHeaders(headers, body, isJson)]),
    body,
    weight: readWeight(record.weight, mistakes),
  };
}

function parse(source: string, mistakes: Mistake[]): Record<string, unknown> | null {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    // The parser's own message quotes the line, which may hold a secret.
    mistakes.push({ message: 'is not JSON', allowed: 'one JSON object a line' });
    return null;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  mistakes.push({ message: 'is not a JSON object', allowed: `an object of ${fields.join(', ')}` });
  return null;
}

/** Text as it is; any other JSON value as JSON. */
function readBody(value: unknown): Uint8Array | null {
  if (value === undefined || value === null) return null;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');
}

function readMethod(
  value: unknown,
  defaults: CorpusDefaults,
  body: Uint8Array | null,
  mistakes: Mistake[],
): string {
  if (value !== undefined && typeof value !== 'string') {
    mistakes.push({ message: '`method` is not text' });
    return 'GET';
  }
  const method = value ?? defaults.method ?? usualMethod(body);
  const mistake = methodMistake(method, body);
  if (mistake !== null) mistakes.push({ ...mistake, message: `\`method\`: ${mistake.message}` });
  return method.toUpperCase();
}

function readPath(value: unknown, mistakes: Mistake[]): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') mistakes.push({ message: '`path` is not text' });
  else if (value !== '' && !/^[/?]/.test(value)) {
    mistakes.push({
      message: `\`path\` ${quote(shownAddress(value))} is not a path`,
      allowed: 'a path that begins with /, or a query that begins with ?; the host stands in `url`',
    });
  } else if (/[\s#\u0000-\u001f\u007f-\uffff]/.test(value)) {
    mistakes.push({
      message: `\`path\` ${quote(shownAddress(value))} holds a character that a request line cannot carry`,
      allowed: 'percent-encoded characters, no blanks and no #',
    });
  } else return value;
  return '';
}

function readHeaders(value: unknown, mistakes: Mistake[]): readonly Header[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    mistakes.push({ message: '`headers` is not an object', allowed: '{"name": "value"}' });
    return [];
  }
  return Object.entries(value).flatMap(([name, text]): Header[] => {
    if (typeof text !== 'string' && typeof text !== 'number') {
      mistakes.push({ message: `\`headers\`: the value of ${quote(name)} is not text` });
      return [];
    }
    const reading = readHeader(name, String(text));
    if (reading.ok) return [reading.header];
    mistakes.push({ ...reading.mistake, message: `\`headers\`: ${reading.mistake.message}` });
    return [];
  });
}

function readWeight(value: unknown, mistakes: Mistake[]): number {
  if (value === undefined) return 1;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  mistakes.push({
    message: `\`weight\` ${quote(JSON.stringify(value))} is no weight`,
    allowed: 'a number above 0',
  });
  return 1;
}

function readName(value: unknown, mistakes: Mistake[]): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= longestName) return value.trim();
  mistakes.push({ message: '`name` is no name', allowed: `text of 1 to ${longestName} characters` });
  return null;
}

/** Without the query: it may hold secrets, and differs where the kind of request does not. */
function usualName(method: string, path: string): string {
  const name = `${method} ${path.replace(/[?#].*$/, '') || '/'}`;
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}
