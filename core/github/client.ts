/**
 * Octokit that waits as long as GitHub asks, but not for ever.
 *
 * `@octokit/core` instead of `@actions/github`: 0.13 MB in a bundle instead of 1.2 MB, and the latter reads
 * the environment and parses the event file on import.
 */

import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import type { Log } from '../report/log.ts';

const Base = Octokit.plugin(paginateRest, patience, retry, throttling);

type OctokitOptions = NonNullable<ConstructorParameters<typeof Octokit>[0]>;
type ThrottlingOptions = NonNullable<OctokitOptions['throttle']>;

/** Typed requests, `client.request('GET /repos/{owner}/{repo}/…')`, and `client.paginate`. */
export type GitHubClient = InstanceType<typeof Base>;

export interface ClientOptions {
  readonly token: string;
  /** From GITHUB_API_URL; GitHub Enterprise has its own. */
  readonly apiUrl: string;
  readonly userAgent: string;
  readonly log: Log;
  /** A fetch that goes through a proxy (`proxyFetch`); default: Node's. */
  readonly fetch?: unknown;
  /** For all waits for rate limits together. After that the call fails. Default 60. */
  readonly maxWaitSeconds?: number;
  /** For each attempt. Default 20,000. */
  readonly timeoutMs?: number;
  /** How long a second of waiting takes; tests say 1. Default 1,000. */
  readonly millisecondsPerSecond?: number;
  /** The queues that space out writes, one a second by default as GitHub asks. */
  readonly queues?: Pick<ThrottlingOptions, 'write' | 'notifications'>;
}

/** 5xx and lost connections: 3 more attempts, after 1, 4 and 9 seconds. */
const RETRIES = 3;
/** Rate limits of one call, so that retry-after: 1 does not mean sixty attempts. */
const MAX_WAITS = 4;
/** 429 is for the throttling plugin, which reads retry-after; a second 4xx would be the same answer. */
const DO_NOT_RETRY = [400, 401, 403, 404, 409, 410, 422, 429, 451];

export function createClient(options: ClientOptions): GitHubClient {
  const { log, maxWaitSeconds = 60, millisecondsPerSecond = 1000 } = options;
  let waited = 0;
  const mayWait = (
    seconds: number,
    request: { method: string; url: string },
    _octokit: Octokit,
    earlierWaits: number,
  ): boolean => {
    if (earlierWaits >= MAX_WAITS || waited + seconds > maxWaitSeconds) return false;
    waited += seconds;
    log.info(`GitHub limits requests: waiting ${seconds} s before ${request.method} ${path(request.url)}.`);
    return true;
  };
  const quiet = { debug: log.debug, info: log.debug, warn: log.debug, error: log.debug };
  return new Base({
    auth: options.token,
    baseUrl: options.apiUrl,
    userAgent: options.userAgent,
    log: quiet,
    request: {
      timeoutMs: options.timeoutMs ?? 20_000,
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    },
    retry: { doNotRetry: DO_NOT_RETRY, retries: RETRIES, retryAfterBaseValue: millisecondsPerSecond },
    throttle: {
      retryAfterBaseValue: millisecondsPerSecond,
      fallbackSecondaryRateRetryAfter: 30,
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
      ...options.queues,
    },
  });
}

/**
 * Innermost plugin: sees every single attempt. Sets the API version and a time-out, and marks limits that
 * the throttling plugin knows only by their wording: it looks for "secondary rate" in the message, while
 * GitHub's rule is any 403 or 429 with retry-after.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function patience(octokit: Octokit): Record<string, never> {
  octokit.hook.wrap('request', async (request, options) => {
    const timeoutMs = Number(options.request.timeoutMs);
    options.request.signal = AbortSignal.timeout(timeoutMs);
    options.headers['x-github-api-version'] = '2022-11-28';
    try {
      const response = await request(options);
      if (isCutOff(response))
        throw Object.assign(new Error('the answer was cut off'), CUT_OFF, { request: options });
      return response;
    } catch (error) {
      throw isLimit(error)
        ? Object.assign(error, { message: `${error.message} (secondary rate limit)` })
        : error;
    }
  });
  return {};
}

/** As Octokit marks lost connections, so that the retry plugin knows it. */
const CUT_OFF = { status: 500, code: 'ECONNRESET' };

/** Octokit gives the text, and no error, when an answer of JSON ends early or is none. */
function isCutOff({ data, headers }: { data: unknown; headers: Record<string, unknown> }): boolean {
  return typeof data === 'string' && /^application\/json\b/.test(String(headers['content-type'] ?? ''));
}

function isLimit(error: unknown): error is Error {
  if (!(error instanceof Error) || !('status' in error) || /\bsecondary rate\b/i.test(error.message))
    return false;
  const headers = responseHeaders(error);
  if (headers['x-ratelimit-remaining'] === '0') return false;
  return error.status === 429 || (error.status === 403 && headers['retry-after'] !== undefined);
}

/** Headers of the answer that an Octokit error carries; empty when there was no answer. */
export function responseHeaders(error: unknown): Readonly<Record<string, string | number | undefined>> {
  const response = error instanceof Error && 'response' in error ? error.response : undefined;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {};
  return typeof response.headers === 'object' && response.headers !== null
    ? (response.headers as Record<string, string | number | undefined>)
    : {};
}

function path(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, '');
}
