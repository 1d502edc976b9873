/**
 * Pushing to a Pushgateway with PUT, which replaces the whole group: a series that is not in the text is gone afterwards.
 * https://github.com/prometheus/pushgateway#url
 */

import { setTimeout as delay } from 'node:timers/promises';
import { RunError } from '../inputs/index.ts';
import { basicLogin, describeAnswer, describeFailure, isTimeout } from './push-failure.ts';
import { textContentType } from './text.ts';

export interface PushTarget {
  /** The base address of the gateway, checked with `pushProblem`; a user name and password in it become basic auth. */
  readonly url: URL;
  /** With `labels`, the key of the group. The gateway puts these labels on every series of the group. */
  readonly job: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface PushOptions {
  /** One that goes through a proxy; default: Node's. */
  readonly fetch?: Fetch | undefined;
  /** Of one attempt, from send to the end of the answer; default: 10 s. */
  readonly timeoutMilliseconds?: number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

const attempts = 3;
/** Of a gateway, or of a proxy before it, that is about to be there again. */
const passing = new Set([429, 502, 503, 504]);

/**
 * Replaces the group by the samples of `text`. Repeated after a lost connection and 429, 502, 503 and 504 (twice, after
 * one and two seconds: to push the same again changes nothing), not after a time-out.
 * @throws RunError that begins with the address, without user name and password, and quotes what the gateway says.
 */
export async function pushMetrics(
  text: string,
  target: PushTarget,
  options: PushOptions = {},
): Promise<void> {
  const { fetch: send = fetch, timeoutMilliseconds = 10_000, sleep = delay } = options;
  const address = addressOf(target);
  const login = basicLogin(target.url);
  const shown = baseOf(target.url);
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= attempts;
    try {
      const answer = await send(address, {
        method: 'PUT',
        headers: { 'content-type': textContentType, ...(login === null ? {} : { authorization: login }) },
        body: text,
        // A redirect would turn up as a success of whatever it leads to, with the login sent along.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMilliseconds),
      });
      if (last || !passing.has(answer.status)) {
        const problem = await describeAnswer(answer, target.url, address);
        if (problem === null) return;
        throw new RunError(`${shown} ${problem}`);
      }
      await answer.body?.cancel();
    } catch (error) {
      if (error instanceof RunError) throw error;
      if (last || isTimeout(error)) {
        throw new RunError(`${shown} ${describeFailure(error, timeoutMilliseconds)}`, { cause: error });
      }
    }
    await sleep(attempt * 1000);
  }
}

/** What is wrong with an address as the base of a Pushgateway, for the reader of inputs; null: nothing. */
export function pushProblem(
  url: URL,
): { readonly message: string; readonly allowed: string; readonly nearest?: string } | null {
  const allowed = 'the base address of a Pushgateway, as http://pushgateway:9091';
  if (url.search !== '' || url.hash !== '') {
    return { message: 'the address has a query or a fragment, which a push has no place for', allowed };
  }
  const base = /^(.*?)\/metrics(?:\/.*)?$/.exec(url.pathname)?.[1];
  if (base === undefined) return null;
  return {
    message: 'the address names its /metrics; job and labels are added to the base',
    allowed,
    nearest: `${url.origin}${base}`,
  };
}

function addressOf({ url, job, labels }: PushTarget): string {
  const pairs = [['job', job] as const, ...Object.entries(labels)];
  const path = pairs.map(([name, value]) => `/${pathPair(name, value)}`).join('');
  return `${baseOf(url)}/metrics${path}`;
}

/**
 * Anything but plain characters goes as base64 (RFC 4648, 5): the gateway would take a slash for a separator and
 * drop an empty value, URL parsers and proxies would resolve `..`. An empty value needs its padding.
 */
function pathPair(name: string, value: string): string {
  if (/^[\w.~-]*[\w~-][\w.~-]*$/.test(value)) return `${name}/${value}`;
  const encoded = Buffer.from(value, 'utf8').toString('base64url');
  return `${name}@base64/${encoded === '' ? '=' : encoded}`;
}

/** Without user name, password and slashes at the end. */
function baseOf(url: URL): string {
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
