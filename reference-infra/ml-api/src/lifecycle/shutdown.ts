/**
 * The end of the service: first it says that it is not ready while it still answers, since proxies learn of it late;
 * then it takes no more connections, answers what it has, writes what waits, and ends.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../types.ts';

export interface Ending {
  readonly app: FastifyInstance;
  readonly log: Logger;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly openRequests: () => number;
  /** Called at once: from here on /ready says 503. */
  readonly onDraining: () => void;
  /** Each ends when what it holds is written or given up; called in this order once all requests are answered. */
  readonly closers: readonly (() => Promise<void>)[];
  readonly exit: (code: number) => void;
}

/** Returns what a signal calls: at first it drains, the second time it ends the service at once. */
export function createShutdown(ending: Ending): (signal: string) => void {
  const { log, openRequests, exit } = ending;
  let begun = false;
  return (signal) => {
    if (begun) {
      log.warn(
        { signal, openRequests: openRequests() },
        'a second signal: ended without waiting for open requests',
      );
      exit(1);
      return;
    }
    begun = true;
    ending.onDraining();
    void drain(ending, signal).catch((error: unknown) => {
      log.error(
        { reason: error instanceof Error ? error.message : String(error) },
        'the service did not end as it should',
      );
      exit(1);
    });
  };
}

async function drain(ending: Ending, signal: string): Promise<void> {
  const { app, log, drainDelayMs, drainTimeoutMs, openRequests, exit } = ending;
  log.info(
    { signal, drainDelayMs, drainTimeoutMs },
    'draining: not ready any more, requests are still taken',
  );
  await sleep(drainDelayMs);
  const timeout = setTimeout(() => {
    log.error(
      { openRequests: openRequests() },
      'the drain timeout is over: ended without waiting any longer',
    );
    exit(1);
  }, drainTimeoutMs);
  // Connections that have become idle since, and would be kept open for more requests.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  await app.close();
  clearInterval(sweep);
  for (const close of ending.closers) await close();
  clearTimeout(timeout);
  log.info({}, 'stopped');
  exit(0);
}
