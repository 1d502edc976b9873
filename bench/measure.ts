/** Runs children one after the other, interleaved, and reduces what they say to medians. */

import { runProcess } from '../scripts/tools/process.ts';
import type { Reading } from './ours/meter.ts';

export interface Subject {
  readonly name: string;
  run(): Promise<Reading>;
}

export interface Comparison {
  readonly id: string;
  readonly title: string;
  readonly ours: Subject;
  readonly peer: Subject;
  readonly repeats: number;
  /** Least ratio peer / ours of wall seconds that is wanted; null: for the record. */
  readonly target: number | null;
  /** What both sides say must agree to this relative difference; null: they cannot, see README. */
  readonly agreement: number | null;
  /** For rates: rows that the seconds are for. */
  readonly rows?: number;
}

export interface Medians {
  readonly name: string;
  readonly wall: number;
  readonly cpu: number;
  readonly peakMb: number;
  readonly runs: readonly Reading[];
}

export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly target: number | null;
  readonly rows: number | null;
  readonly ours: Medians;
  readonly peer: Medians;
  /** Peer's median over ours: above 1, ours is faster. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
}

/** Ours, peer, ours, peer, …: what else the machine does meets both alike. */
export async function compare(comparison: Comparison): Promise<Outcome> {
  const { id, title, target, ours, peer, repeats, agreement, rows } = comparison;
  const readings: { ours: Reading[]; peer: Reading[] } = { ours: [], peer: [] };
  for (let i = 0; i < repeats; i++) {
    readings.ours.push(await ours.run());
    readings.peer.push(await peer.run());
  }
  if (agreement !== null) requireAgreement(id, readings.ours[0], readings.peer[0], agreement);
  const own = medians(ours.name, readings.ours);
  const other = medians(peer.name, readings.peer);
  return {
    id,
    title,
    target,
    rows: rows ?? null,
    ours: own,
    peer: other,
    wallRatio: other.wall / own.wall,
    cpuRatio: other.cpu / own.cpu,
  };
}

export function medians(name: string, runs: readonly Reading[]): Medians {
  const of = (read: (reading: Reading) => number): number => median(runs.map(read));
  return {
    name,
    wall: of(({ wall }) => wall),
    cpu: of(({ cpu }) => cpu),
    peakMb: of(({ peakMb }) => peakMb),
    runs,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** A child that prints its reading as the last line of standard output. */
export function child(
  name: string,
  command: string,
  args: readonly string[],
  options: { readonly scale?: number; readonly timeoutMs?: number } = {},
): Subject {
  const { scale = 1, timeoutMs = 10 * 60_000 } = options;
  return {
    name,
    run: async () => {
      const { code, stdout, stderr } = await runProcess(command, args, { timeoutMs });
      if (code !== 0) throw new Error(`${name} ended with exit code ${code}\n${stderr}`);
      const reading = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Reading;
      return { ...reading, wall: reading.wall * scale, cpu: reading.cpu * scale };
    },
  };
}

function requireAgreement(
  id: string,
  ours: Reading | undefined,
  peer: Reading | undefined,
  tolerance: number,
): void {
  for (const [name, value] of Object.entries(peer?.said ?? {})) {
    const own = ours?.said?.[name] ?? Number.NaN;
    if (!(Math.abs(own - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      throw new Error(`${id}: ${name} is ${own} here and ${value} there; the two did not do the same work`);
    }
  }
}
