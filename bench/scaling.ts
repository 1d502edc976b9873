/** One of ours on more and more rows: how its time and its memory follow. */

import { type Medians, medians, requireAgreement, requireFlags, type Subject } from './measure.ts';
import type { Reading } from './ours/meter.ts';

export interface Scaling {
  readonly id: string;
  readonly title: string;
  /** Rows, ascending. */
  readonly sizes: readonly number[];
  readonly repeats: number;
  /** The last step may take at most this many times the wall seconds of the one before. */
  readonly wanted: number;
  /** At any size, MiB; a run that takes more fails. */
  readonly limitMb: number;
  subject(rows: number): Promise<{
    readonly subject: Subject;
    readonly expected: Readonly<Record<string, number>>;
    /** As of a contest. */
    readonly flags?: readonly string[];
  }>;
}

export interface ScalingOutcome {
  readonly id: string;
  readonly title: string;
  readonly wanted: number;
  readonly limitMb: number;
  readonly steps: readonly (Medians & {
    readonly rows: number;
    /** Median wall and processor seconds over those of the step before; null: the first. */
    readonly wallGrowth: number | null;
    readonly cpuGrowth: number | null;
  })[];
}

/** All sizes in turn, so that what else the machine does meets them alike. */
export async function scale(scaling: Scaling): Promise<ScalingOutcome> {
  const { id, title, wanted, limitMb, sizes, repeats } = scaling;
  const prepared = [];
  for (const rows of sizes) prepared.push({ rows, ...(await scaling.subject(rows)), runs: [] as Reading[] });
  for (let i = 0; i < repeats; i++) {
    for (const { rows, subject, expected, flags, runs } of prepared) {
      const reading = await subject.run();
      requireAgreement(`${id}, ${rows} rows`, reading.said, expected, 0);
      if (flags !== undefined) requireFlags(`${id}, ${rows} rows`, reading.flagged, flags);
      runs.push(reading);
    }
  }
  const each = prepared.map(({ rows, subject, runs }) => ({ rows, ...medians(subject.name, runs) }));
  const steps = each.map((step, i) => {
    const before = each[i - 1];
    return {
      ...step,
      wallGrowth: before === undefined ? null : step.wall / before.wall,
      cpuGrowth: before === undefined ? null : step.cpu / before.cpu,
    };
  });
  return { id, title, wanted, limitMb, steps };
}
