/** Why a push did not succeed: a clause about the gateway, on one line, without credentials. */

import { describeConnection } from '../inputs/index.ts';
import { visible } from '../report/index.ts';

const mostWords = 300;
/** Bytes of an answer that are read: the gateway's own are a line. */
const mostBytes = 8192;

/** `Basic …` of the user name and password in an address; null: it has none. */
export function basicLogin(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** Null: the gateway has taken the push. `address` is what was asked, `url` the base as it was given. */
export async function describeAnswer(answer: Response, url: URL, address: string): Promise<string | null> {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    await answer.body?.cancel();
    return `answers ${status}, a redirect${destination(answer, url, address)}; it is not followed`;
  }
  const said = wordsOf(await startOf(answer), url);
  if (answer.ok) {
    // A Pushgateway answers with nothing, the login page of a proxy with HTML.
    const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true && said !== '';
    return isPage ? `answers ${status} with a web page: it is not a Pushgateway` : null;
  }
  return describeStatus(status, said, url, 'no Pushgateway takes pushes below this address');
}

/** A status that is no success. `said`: what came with it; `absent`: what 404 and 405 mean. */
export function describeStatus(status: number, said: string, url: URL, absent: string): string {
  const words = said === '' ? '' : `: ${said}`;
  switch (status) {
    case 401:
    case 403:
      return basicLogin(url) === null
        ? `answers ${status}${words}; a user name and password can stand in the address`
        : `answers ${status}${words}; it does not accept the user name and password of the address`;
    case 404:
    case 405:
      return `answers ${status}${words}; ${absent}`;
    default:
      return `answers ${status}${words}`;
  }
}

/** What `fetch` threw. */
export function describeFailure(error: unknown, timeoutMilliseconds: number): string {
  if (isTimeout(error)) return `did not answer within ${timeoutMilliseconds / 1000} s`;
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const known = describeConnection(code);
  if (known !== null) return known;
  const message = cause instanceof Error ? visible(cause.message).slice(0, mostWords) : '';
  return `cannot be reached: ${message === '' ? 'the connection was lost' : message}`;
}

/** Named by the signal of the request; the time-out of a proxy's own connection has another name. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** Where a redirect leads, as the base that would have to be given. */
function destination(answer: Response, url: URL, address: string): string {
  const location = answer.headers.get('location') ?? '';
  if (!URL.canParse(location, address)) return '';
  const { origin, pathname } = new URL(location, address);
  const base = hideSecrets(`${origin}${pathname.replace(/\/metrics\/job(?:@base64)?\/.*$/, '')}`, url);
  return ` to ${visible(base.replace(/\/+$/, '')).slice(0, mostWords)}`;
}

async function startOf(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < mostBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
  }
  await reader.cancel();
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}

/** The beginning of what a server said, on one line, without the user name and password of its address. */
export function wordsOf(body: string, url: URL): string {
  const line = visible(hideSecrets(body, url).replaceAll(/\s+/g, ' ').trim());
  return line.length > mostWords ? `${line.slice(0, mostWords).toWellFormed()}…` : line;
}

/** Whoever answers with the request shows the login that it was sent. */
function hideSecrets(text: string, url: URL): string {
  const secrets = [basicLogin(url)?.slice('Basic '.length) ?? '', url.password, decoded(url.password)];
  return secrets
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** A lone `%` in a password stays what it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
