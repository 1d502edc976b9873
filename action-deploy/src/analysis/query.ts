/** Instant queries over the HTTP API of Prometheus, which Thanos, Mimir and VictoriaMetrics have as well. */

import { proxyFetch } from '../../../core/github/index.ts';
import {
  basicLogin,
  describeFailure,
  describeStatus,
  type Fetch,
  isTimeout,
  wordsOf,
} from '../../../core/prometheus/index.ts';
import type { AnalysisConfig } from '../config.ts';
import type { World } from '../types.ts';
import { readAnswer, readError, type Sample } from './answer.ts';

export interface QueryOptions {
  /** One that goes through a proxy; default: Node's. */
  readonly fetch?: Fetch | undefined;
  /** Of one attempt, to the end of the answer; default: 30 s. */
  readonly attemptMs?: number;
  /** From the first attempt on, a server that is not there yet is asked again for so long; default: 2 min. */
  readonly patienceMs?: number;
}

/** As HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. */
export async function throughProxy(
  { prometheusUrl }: Pick<AnalysisConfig, 'prometheusUrl'>,
  { env }: Pick<World, 'env'>,
): Promise<QueryOptions> {
  return { fetch: (await proxyFetch(env, prometheusUrl.href)) as Fetch | undefined };
}

type Asking = Pick<World, 'clock' | 'sleep' | 'signal'>;

/** An answer of a few series is a few hundred bytes. */
const mostBytes = 4_000_000;
const longestWaitMs = 15_000;
/** Of a server that reads its log again after a start, or of a proxy before it. */
const passing = new Set([429, 502, 503, 504]);

type Attempt =
  | { readonly kind: 'done'; readonly sample: Sample }
  | { readonly kind: 'passing'; readonly reason: string };

const none = (reason: string): Attempt => ({ kind: 'done', sample: { known: false, reason } });

/**
 * The one number that a query gives now, by the server's clock. Never throws: whatever keeps the number from being
 * known is a reason. A server that refuses connections, loses them, or answers 429, 502, 503 or 504 is asked again, with
 * growing pauses; a query that was answered is not, whatever the answer, nor one that ran out of time.
 */
export async function ask(
  url: URL,
  query: string,
  world: Asking,
  options: QueryOptions = {},
): Promise<Sample> {
  const { patienceMs = 120_000 } = options;
  const until = world.clock().getTime() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    if (world.signal.aborted)
      return { known: false, reason: 'the job was cancelled before the query was answered' };
    const outcome = await once(url, query, world.signal, options);
    if (outcome.kind === 'done') return outcome.sample;
    const wait = Math.min(longestWaitMs, 1000 * 2 ** (attempt - 1));
    if (world.clock().getTime() + wait > until) {
      const times = attempt === 1 ? '' : ` (asked ${attempt} times)`;
      return { known: false, reason: `${outcome.reason}${times}` };
    }
    await world.sleep(wait, world.signal);
  }
}

/** Without user name and password, and without slashes at the end: for requests and messages. */
export function baseOf(url: URL): string {
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** What is wrong with an address as the base of the API, for the reader of inputs; null: nothing. */
export function prometheusUrlProblem(
  url: URL,
): { readonly message: string; readonly allowed: string; readonly nearest?: string } | null {
  const allowed = 'the base address of a Prometheus, as http://prometheus:9090';
  if (url.hash !== '') return { message: 'the address has a fragment', allowed };
  const base = /^(.*?)\/(?:api\/v1(?:\/.*)?|graph|query|metrics|-\/(?:ready|healthy))\/*$/.exec(
    url.pathname,
  )?.[1];
  if (base === undefined) return null;
  return {
    message: 'the address names a page of the server; the path of the API is added to the base',
    allowed,
    nearest: `${url.origin}${base}`,
  };
}

async function once(
  url: URL,
  query: string,
  cancelled: AbortSignal,
  options: QueryOptions,
): Promise<Attempt> {
  const { fetch: send = fetch, attemptMs = 30_000 } = options;
  const base = baseOf(url);
  const login = basicLogin(url);
  try {
    const answer = await send(`${base}/api/v1/query${url.search}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...(login === null ? {} : { authorization: login }),
      },
      // The server gives up a little earlier than we do, and says so.
      body: new URLSearchParams({ query, timeout: `${Math.ceil(attemptMs * 0.8)}ms` }).toString(),
      // The login would be sent along to whatever it leads to.
      redirect: 'manual',
      signal: AbortSignal.any([cancelled, AbortSignal.timeout(attemptMs)]),
    });
    return await read(answer, url, base);
  } catch (error) {
    if (cancelled.aborted) return none('the job was cancelled before the query was answered');
    const reason = `${base} ${describeFailure(error, attemptMs)}`;
    return isTimeout(error) || !isPassing(error) ? none(reason) : { kind: 'passing', reason };
  }
}

async function read(answer: Response, url: URL, base: string): Promise<Attempt> {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    await answer.body?.cancel();
    return none(`${base} answers ${status}, a redirect${destination(answer, url, base)}; it is not followed`);
  }
  const text = await bodyOf(answer);
  if (text === null) return none('the query gives too many values to be one');
  const body = parse(text);
  const sample = answer.ok ? readAnswer(body, url) : null;
  if (sample !== null) return { kind: 'done', sample };
  const error = readError(body, url);
  const isStarting = passing.has(status) && error?.type !== 'timeout' && error?.type !== 'execution';
  if (error !== null && !isStarting) {
    const { type, reason } = error;
    return {
      kind: 'done',
      sample: { known: false, reason, ...(type === 'bad_data' ? { invalid: true } : {}) },
    };
  }
  const reason = error === null ? `${base} ${refusal(answer, text, url)}` : error.reason;
  return isStarting ? { kind: 'passing', reason } : none(reason);
}

function refusal({ status, ok, headers }: Response, text: string, url: URL): string {
  const isPage = headers.get('content-type')?.startsWith('text/html') === true;
  if (ok) return `answers ${status}${isPage ? ' with a web page' : ''}, but not as Prometheus does`;
  const said = wordsOf(isPage ? '' : text, url);
  const told = describeStatus(status, said, url, 'no Prometheus API lies below this address');
  return status === 503 ? `${told}; it is starting, or overloaded` : told;
}

function destination(answer: Response, url: URL, base: string): string {
  const location = answer.headers.get('location') ?? '';
  if (!URL.canParse(location, base)) return '';
  const { origin, pathname } = new URL(location, base);
  const shown = wordsOf(`${origin}${pathname}`.replace(/\/api\/v1\/query\/?$/, '').replace(/\/+$/, ''), url);
  return shown === base ? ' to itself' : ` to ${shown}`;
}

/** Null: it is larger than any single value. */
async function bodyOf(answer: Response): Promise<string | null> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    chunks.push(value);
    size += value.byteLength;
    if (size <= mostBytes) continue;
    await reader.cancel();
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Not a name that is unknown, nor a certificate that is not trusted: these stay as they are. */
function isPassing(error: unknown): boolean {
  const codes = [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'UND_ERR_SOCKET',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  ];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && codes.includes(String(at.code))) return true;
  }
  return false;
}
