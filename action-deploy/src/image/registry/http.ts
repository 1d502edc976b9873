/** Requests to registries: bounded in time and size, tried again, and with credentials for nobody but the one they are for. */

import { proxyFetch } from '../../../../core/github/index.ts';
import { describeConnection, RunError, redactUrl } from '../../../../core/inputs/index.ts';
import type { World } from '../../types.ts';

export interface HttpQuestion {
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body, at most. */
  readonly limit: number;
  /** What is asked for, for messages: `the manifest of ghcr.io/octo/api:v1`. */
  readonly what: string;
  /** Sent as a form; the request is a POST then. */
  readonly form?: URLSearchParams;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface HttpOptions {
  /** Of one attempt, from the first byte sent to the last received, in milliseconds. */
  readonly timeoutMs: number;
  readonly attempts: number;
}

type Fetch = typeof fetch;

const usual: HttpOptions = { timeoutMs: 30_000, attempts: 4 };
const mostRedirects = 5;
/** A registry that asks for more has no answer for this run. */
const longestWaitMs = 30_000;

export class HttpClient {
  private readonly world: Pick<World, 'env' | 'sleep' | 'signal'>;
  private readonly options: HttpOptions;
  /** By origin. */
  private readonly fetches = new Map<string, Promise<Fetch>>();

  constructor(world: Pick<World, 'env' | 'sleep' | 'signal'>, options: Partial<HttpOptions> = {}) {
    this.world = world;
    this.options = { ...usual, ...options };
  }

  /**
   * Any answer that is none of 429, 502, 503 and 504, whatever its status; of these the last one.
   * @throws RunError when there is none, or it is too large, or leads where it must not.
   */
  async get(url: string, question: HttpQuestion): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= this.options.attempts;
      let wait = 500 * 2 ** (attempt - 1);
      try {
        const answer = await this.once(url, question);
        if (last || !isTransient(answer.status)) return answer;
        wait = retryAfter(answer.headers) ?? wait;
        if (wait > longestWaitMs) return answer;
      } catch (error) {
        if (this.world.signal.aborted)
          throw new RunError(`${question.what}: stopped, since the run was cancelled`);
        if (error instanceof RunError) throw error;
        if (last) throw new RunError(`${question.what}: ${unreachable(url, error)} (${attempt} attempts)`);
      }
      await this.world.sleep(wait, this.world.signal);
    }
  }

  private async once(url: string, question: HttpQuestion): Promise<HttpAnswer> {
    const signal = AbortSignal.any([this.world.signal, AbortSignal.timeout(this.options.timeoutMs)]);
    let address = checkAddress(url, null, question.what);
    let headers = question.headers;
    for (let redirects = 0; ; redirects++) {
      const send = await this.fetchFor(address);
      const response = await send(address.href, {
        headers: { ...headers, 'user-agent': 'ml-gates-deploy' },
        redirect: 'manual',
        signal,
        ...(question.form === undefined ? {} : { method: 'POST', body: question.form }),
      });
      const location = isRedirect(response.status) ? response.headers.get('location') : null;
      if (location === null) {
        const body = await readBody(response, question);
        return { status: response.status, headers: response.headers, body };
      }
      await response.body?.cancel();
      if (redirects >= mostRedirects || question.form !== undefined)
        throw new RunError(
          `${question.what}: ${address.host} leads from one address to the next without an end`,
        );
      const next = checkAddress(resolveLocation(location, address), address, question.what);
      if (next.origin !== address.origin) headers = withoutCredentials(headers);
      address = next;
    }
  }

  private fetchFor(url: URL): Promise<Fetch> {
    const known = this.fetches.get(url.origin);
    if (known !== undefined) return known;
    // Loopback is never behind a proxy.
    const made = isLoopback(url.hostname)
      ? Promise.resolve(fetch)
      : proxyFetch(this.world.env, url.href).then((proxied) => (proxied as Fetch | undefined) ?? fetch);
    this.fetches.set(url.origin, made);
    return made;
  }
}

/** As Docker has it: the own machine needs no TLS. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]';
}

/** An address that may be asked; `from` led there. */
function checkAddress(text: string, from: URL | null, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const led = from === null ? '' : `${from.host} leads to `;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new RunError(`${what}: ${led}${shown(text)}, which is no address of HTTP`);
  // A registry of the own machine may lead within it; nobody else may lead to it without TLS.
  const mayBePlain = isLoopback(url.hostname) && (from === null || isLoopback(from.hostname));
  if (url.protocol === 'http:' && !mayBePlain)
    throw new RunError(`${what}: ${led}${shown(text)}, which is not encrypted; only https is asked`);
  url.username = '';
  url.password = '';
  return url;
}

function resolveLocation(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base.href).href : location;
}

/** Without the query, which signs addresses of stores. */
function shown(url: string): string {
  const text = redactUrl(url).replace(/[?#].*$/s, '');
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text).slice(1, -1);
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

async function readBody(response: Response, { limit, what }: HttpQuestion): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (length > limit) throw new RunError(`${what}: the answer has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function isTransient(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** In milliseconds; null: not told in seconds. */
function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(text) ? 1000 * Number(text) : null;
}

function unreachable(url: string, error: unknown): string {
  const host = new URL(url).host;
  const code = codeOf(error);
  const how = describeConnection(code);
  if (how !== null) return `${host} ${how}`;
  if (/^(?:TimeoutError|ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/.test(code)) return `${host} did not answer in time`;
  if (/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(code)) return `the connection to ${host} was lost`;
  return `${host} cannot be reached (${code})`;
}

/** The system's code, else the innermost name or words: fetch says little of its own. */
function codeOf(error: unknown): string {
  let said = 'the request failed';
  let depth = 0;
  for (let next = error; next instanceof Error && depth < 10; next = next.cause, depth++) {
    if ('code' in next && typeof next.code === 'string') return next.code;
    said = next.name === 'Error' || next.name === 'TypeError' ? next.message : next.name;
  }
  return said;
}
