/** Requests to services of users: retries, time limits, and messages that show no credentials. */

import { setTimeout as delay } from 'node:timers/promises';
import { describeConnection, RunError } from '../inputs/index.ts';

export interface HttpOptions {
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of one attempt, from send to the end of the body. */
  readonly timeoutMilliseconds: number;
  /** In all. */
  readonly attempts: number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The longest wait that a service may ask for with Retry-After. */
const longestWait = 60_000;

/**
 * Sends a request; repeats it after a lost connection, a time-out, 429, 502, 503 and 504 (heeding Retry-After), and
 * 500 for GET. Any other answer is returned, whatever its status. `consume` reads the body within the time limit.
 * @throws RunError when no attempt got an answer.
 */
export async function request<T>(
  url: string,
  options: HttpOptions,
  { method, body, headers }: HttpRequest,
  consume: (response: Response) => Promise<T>,
): Promise<T> {
  const sleep = options.sleep ?? delay;
  const { address, login } = splitLogin(url);
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= options.attempts;
    let wait = 500 * 2 ** (attempt - 1);
    try {
      const response = await fetch(address, {
        method,
        headers: { ...login, ...options.headers, ...headers },
        signal: AbortSignal.timeout(options.timeoutMilliseconds),
        ...(body === undefined ? {} : { body }),
      });
      if (last || !isTransient(response.status, method)) return await consume(response);
      wait = retryAfter(response.headers.get('retry-after')) ?? wait;
      await response.body?.cancel();
    } catch (error) {
      if (error instanceof RunError) throw error;
      if (last)
        throw new RunError(`${redactUrl(url)} ${describeFailure(error, options)} (${attempt} attempts).`);
    }
    await sleep(wait);
  }
}

/** An address without user name, password and query, which may carry a token. */
export function redactUrl(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
  } catch {
    return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*/s, '');
  }
}

/** The beginning of a body on one line, without control characters and credentials; for messages. */
export function excerpt(body: string): string {
  const line = body
    .slice(0, 10_000)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    // A service that answers with the request shows the credentials that it was sent (RFC 9110, 11.4).
    .replace(/\b(basic|bearer)\s+[\w.~+/=-]+/gi, '$1 ***')
    .trim();
  return line === '' ? '(empty)' : line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** Global fetch refuses an address with a user name in it: it goes into the header. */
function splitLogin(url: string): { address: URL; login: Record<string, string> } {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    throw new RunError(`${redactUrl(url)} is not a valid address.`);
  }
  const { username, password } = address;
  address.username = '';
  address.password = '';
  if (username === '') return { address, login: {} };
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { address, login: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** A lone `%` in a password stays what it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isTransient(status: number, method: string): boolean {
  return (
    status === 429 ||
    status === 502 ||
    status === 503 ||
    status === 504 ||
    (status === 500 && method === 'GET')
  );
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), in milliseconds. */
function retryAfter(value: string | null): number | null {
  if (value === null) return null;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longestWait) : null;
}

function describeFailure(error: unknown, options: HttpOptions): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `did not answer within ${options.timeoutMilliseconds / 1000} s`;
  }
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = isCoded(cause) ? cause.code : isCoded(error) ? error.code : '';
  return (
    describeConnection(code) ??
    `cannot be reached: ${cause instanceof Error && cause.message !== '' ? cause.message : 'the connection was lost'}`
  );
}

function isCoded(error: unknown): error is { readonly code: string } {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
