/** How many connections and threads the generator takes. */

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { RunError } from '../../../core/inputs/index.ts';
import type { Schedule } from './types.ts';

/** Files that are opened beside connections: modules, logs, reports, pipes of the service. */
const reservedFiles = 64;
/** What `auto` opens at most to a target: below the ports that Linux has for connections to one address (28,232). */
const mostConnections = 20_000;
/** One thread keeps such a rate with two thirds of a core to spare; a second one takes a core from the service. */
const ratePerThread = 10_000;

/** How many files this process may still open; null: the system does not tell. */
export function freeFiles(): number | null {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (limit === undefined) return null;
    return Number(limit) - readdirSync('/proc/self/fd').length - reservedFiles;
  } catch {
    return null;
  }
}

/**
 * Connections to each target in all threads together.
 * @throws RunError when more are asked for than the process may open.
 */
export function connectionLimit(asked: number | 'auto', targets: number, free: number | null): number {
  const possible = free === null ? mostConnections : Math.max(1, Math.floor(free / targets));
  if (asked === 'auto') return Math.min(mostConnections, possible);
  if (asked > possible) {
    throw new RunError(
      `connections: ${asked} are more than this process may open: ${possible}${targets > 1 ? ` to each of ${targets} targets` : ''}; raise the limit of open files (ulimit -n), or allow fewer.`,
    );
  }
  return asked;
}

/** As many threads as the fastest second needs and cores allow; each has at least one connection. */
export function threadCount(
  asked: number | undefined,
  { dueMs }: Schedule,
  connections: number,
  cores = availableParallelism(),
): number {
  const wanted = asked ?? Math.min(Math.ceil(peakRate(dueMs) / ratePerThread), cores);
  return Math.max(1, Math.min(wanted, connections));
}

/** The most arrivals in any second that begins with an arrival. */
export function peakRate(dueMs: Float64Array): number {
  let most = 0;
  for (let first = 0, after = 0; after < dueMs.length; first++) {
    while (after < dueMs.length && (dueMs[after] as number) < (dueMs[first] as number) + 1000) after++;
    most = Math.max(most, after - first);
  }
  return most;
}
