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
  /** What ours may take at most, MiB; a run that takes more fails. */
  readonly limitMb?: number;
}

/** Ours beside several peers that do the same work. */
export interface Contest {
  readonly id: string;
  readonly title: string;
  readonly rows: number;
  readonly limitMb: number;
  readonly ours: Subject;
  /** What ours must say, exactly; a peer must say the same of what it is able to count. */
  readonly expected: Readonly<Record<string, number>>;
  /** The columns that ours must flag, in any order; what peers flag is told, since their verdicts differ by design. */
  readonly flags?: readonly string[];
  readonly peers: readonly Rival[];
}

export interface Rival {
  readonly id: string;
  readonly subject: Subject;
  readonly repeats: number;
  /** As of a comparison. */
  readonly target: number | null;
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
  readonly limitMb: number | null;
  /** Outcomes of one contest share the runs of ours. */
  readonly contest: string | null;
  readonly ours: Medians;
  readonly peer: Medians;
  /** Peer's median over ours: above 1, ours is faster. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
}

/** Ours, peer, ours, peer, …: what else the machine does meets both alike. */
export async function compare(comparison: Comparison): Promise<Outcome> {
  const { id, title, target, ours, peer, repeats, agreement, rows, limitMb } = comparison;
  const readings: { ours: Reading[]; peer: Reading[] } = { ours: [], peer: [] };
  for (let i = 0; i < repeats; i++) {
    readings.ours.push(await ours.run());
    readings.peer.push(await peer.run());
  }
  if (agreement !== null) requireAgreement(id, readings.ours[0]?.said, readings.peer[0]?.said, agreement);
  const own = medians(ours.name, readings.ours);
  const other = medians(peer.name, readings.peer);
  const shared = { id, title, target, rows: rows ?? null, limitMb: limitMb ?? null, contest: null };
  return { ...shared, ...sideBySide(own, other) };
}

/** Rounds of ours and each peer in turn; a slow peer takes part in the first ones only. */
export async function contest(contest: Contest): Promise<Outcome[]> {
  const { id, title, rows, limitMb, ours, expected, flags, peers } = contest;
  const own: Reading[] = [];
  const others = peers.map((): Reading[] => []);
  for (let round = 0; round < Math.max(...peers.map(({ repeats }) => repeats)); round++) {
    own.push(await ours.run());
    requireAgreement(id, own.at(-1)?.said, expected, 0);
    if (flags !== undefined) requireFlags(id, own.at(-1)?.flagged, flags);
    for (const [i, peer] of peers.entries()) {
      if (round >= peer.repeats) continue;
      const reading = await peer.subject.run();
      requireAgreement(peer.id, own.at(-1)?.said, reading.said, 0);
      others[i]?.push(reading);
    }
  }
  const shared = { title, rows, limitMb, contest: id };
  return peers.map(({ id, subject, target }, i) => ({
    ...shared,
    id,
    target,
    ...sideBySide(medians(ours.name, own), medians(subject.name, others[i] ?? [])),
  }));
}

function sideBySide(ours: Medians, peer: Medians): Pick<Outcome, 'ours' | 'peer' | 'wallRatio' | 'cpuRatio'> {
  return { ours, peer, wallRatio: peer.wall / ours.wall, cpuRatio: peer.cpu / ours.cpu };
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

/** Throws when what ours says differs from what the other says of the same names. */
export function requireAgreement(
  id: string,
  ours: Reading['said'],
  peer: Reading['said'],
  tolerance: number,
): void {
  for (const [name, value] of Object.entries(peer ?? {})) {
    const own = ours?.[name] ?? Number.NaN;
    if (!(Math.abs(own - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      throw new Error(`${id}: ${name} is ${own} here and ${value} there; the two did not do the same work`);
    }
  }
}

/** Throws when the columns that ours flags are not those. */
export function requireFlags(id: string, flagged: Reading['flagged'], flags: readonly string[]): void {
  const [found, wanted] = [flagged ?? [], flags].map((names) => [...names].sort().join(', '));
  if (found !== wanted)
    throw new Error(`${id}: flagged are ${found || 'none'}, drifted are ${wanted || 'none'}`);
}

/** The clock around the whole process, as for a bundle: starting and imports are part of a job. */
export function wholeProcess(subject: Subject): Subject {
  return {
    name: subject.name,
    run: async () => {
      const started = performance.now();
      const reading = await subject.run();
      return { ...reading, wall: (performance.now() - started) / 1000 };
    },
  };
}
