/** What a child process says of its work: one JSON line at the end of standard output. */

import { peakMebibytes } from '../../test/support/peak-memory.ts';

export interface Reading {
  /** Seconds on the clock, of the work alone: not of starting and loading. */
  readonly wall: number;
  /** Seconds of processor time of the work, user and system, all threads. */
  readonly cpu: number;
  /** Greatest resident set of the whole process so far, MiB. */
  readonly peakMb: number;
  /** Numbers that show that both sides did the same work. */
  readonly said?: Readonly<Record<string, number>>;
  /** Of the drift check and its peers: the columns that it calls drifted. */
  readonly flagged?: readonly string[];
}

/** `whole`: processor seconds from the start of the process, loading included. */
export async function meter(work: () => unknown, whole = false): Promise<Reading> {
  const started = performance.now();
  const before = whole ? { user: 0, system: 0 } : process.cpuUsage();
  const said = await work();
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - started) / 1000;
  const numbers = typeof said === 'object' && said !== null ? (said as Record<string, number>) : undefined;
  const reading = { wall, cpu: (user + system) / 1e6, peakMb: peakMebibytes() };
  return numbers === undefined ? reading : { ...reading, said: numbers };
}

export function tell(reading: Reading): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
