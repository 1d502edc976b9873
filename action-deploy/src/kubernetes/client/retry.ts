/** Attempts at a request that may be repeated. */

import type { IncomingHttpHeaders } from 'node:http';
import { LostConnection, type Response } from './transport.ts';

/** Pauses in milliseconds: some 8 s in all, which a restarting API server behind a load balancer needs. */
const pauses = [250, 500, 1000, 2000, 4000];
const longestPauseMs = 30_000;
/** The same at every attempt. */
const final: ReadonlySet<string> = new Set([
  'CANCELLED',
  'TOO_LARGE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ENOTFOUND',
]);

export interface RetryWorld {
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Tells of a repetition. */
  readonly tell: (line: string) => void;
}

/**
 * Repeats after 429 and 5xx, as long as Retry-After says, and after lost connections. Every request here may be repeated:
 * reads, server-side apply, patches that test the version, deletions of one uid, and what is made under a name of its own.
 * @throws LostConnection of the last attempt.
 */
export async function withRetries(
  attempt: () => Promise<Response>,
  { sleep, signal, tell }: RetryWorld,
): Promise<Response> {
  for (let count = 0; ; count++) {
    const pause = pauses[count];
    try {
      const response = await attempt();
      const { status, headers } = response;
      // 501 and 505 are the same at every attempt.
      const isPassing =
        status === 429 || (status >= 500 && status !== 501 && status !== 505 && !isTypo(response));
      if (!isPassing || pause === undefined || signal.aborted) return response;
      const wait = retryAfter(headers) ?? pause;
      tell(`the API server answers ${status}; asked again in ${wait / 1000} s`);
      await sleep(wait, signal);
      if (signal.aborted) return response;
    } catch (error) {
      if (!(error instanceof LostConnection) || final.has(error.code)) throw error;
      if (pause === undefined || signal.aborted) throw error;
      tell(`the API server is lost (${error.code}); asked again in ${pause / 1000} s`);
      await sleep(pause, signal);
      // What was wrong says more than that the time is over.
      if (signal.aborted) throw error;
    }
  }
}

/** A field that the schema does not have makes server-side apply answer 500. */
export function isTypo({ status, body }: Pick<Response, 'status' | 'body'>): boolean {
  return status === 500 && body.includes('failed to create typed patch object');
}

function retryAfter(headers: IncomingHttpHeaders): number | null {
  const seconds = Number(headers['retry-after']);
  return headers['retry-after'] === undefined || !(seconds >= 0)
    ? null
    : Math.min(longestPauseMs, seconds * 1000);
}
