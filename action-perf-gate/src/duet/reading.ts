/** What each life of a duet gave, by service. */

import { sortNumbers } from '../../../core/stats/index.ts';
import { outcomes, type Samples } from '../load/types.ts';
import { type DuetPlan, partsFor } from './schedule.ts';

/** One service in one life, its measured time only. */
export interface ArmReading {
  /** From the intended start to the end of the response, of those that met every `expect`; in the order of arrivals. */
  readonly latencyMs: Float64Array;
  /** The same ascending. */
  readonly ascendingMs: Float64Array;
  /** The same without the generator's own lateness, from the moment it took a request up; ascending. */
  readonly promptMs: Float64Array;
  /** Of each request that was due, in order: 1 where it did not end in a response that met every `expect`. */
  readonly failed: Uint8Array;
  /** Responses that met every `expect` and ended within the measured time; of requests after the warm-up. */
  readonly completed: number;
  /** Responses that ended within the measured time, as expected or not: what processor time is spread over. */
  readonly answered: number;
  readonly seconds: number;
  /** User and system time of the process tree; null where it is not known. */
  readonly cpuMs: number | null;
  /** The most resident memory of the process tree while under load; null where it is not known. */
  readonly peakBytes: number | null;
}

/** The pair in one life: `[baseline, candidate]`. Without restarts, in one part of the only life. */
export type LifeReading = readonly [baseline: ArmReading, candidate: ArmReading];

/** The processor time of a process tree so far, at some moments of a life; both ascending. */
export interface CpuTrack {
  /** From the end of the life's warm-up. */
  readonly atMs: readonly number[];
  readonly cpuMs: readonly number[];
}

export interface ReadingOptions {
  /** Of baseline and candidate; null: not measured. Tracks that do not span the measured time give no value. */
  readonly cpu?: readonly [baseline: CpuTrack | null, candidate: CpuTrack | null];
  /** The most resident memory of baseline and candidate in this life; null: not seen. */
  readonly peakBytes?: readonly [baseline: number | null, candidate: number | null];
  /** Only requests of these places in the corpus, for the results of one name; what a process uses has no names. */
  readonly requests?: ReadonlySet<number>;
}

const ok = outcomes.indexOf('ok');
const unexpected = outcomes.indexOf('unexpected');

/**
 * The readings of one life: one with restarts; without, one for each of some equal parts of the run (they are then no
 * lives of their own, and `compareDuet` knows it by `plan.restarts`). Time 0 of the samples is the
 * end of the warm-up, as `runLoad` gives them.
 */
export function readLife(plan: DuetPlan, samples: Samples, options: ReadingOptions = {}): LifeReading[] {
  const parts = plan.restarts ? 1 : partsFor(plan.measuredMs);
  const length = plan.measuredMs / parts;
  return Array.from({ length: parts }, (_, part): LifeReading => {
    const from = part * length;
    const read = (target: 0 | 1) => readArm(samples, target, from, from + length, options);
    return [read(0), read(1)];
  });
}

function readArm(
  { schedule, attemptMs, doneMs, outcome }: Samples,
  target: 0 | 1,
  from: number,
  to: number,
  { cpu, peakBytes, requests: wanted }: ReadingOptions,
): ArmReading {
  const latencies: number[] = [];
  const prompt: number[] = [];
  const failed: number[] = [];
  let [completed, answered] = [0, 0];
  for (let i = 0; i < schedule.dueMs.length; i++) {
    if (schedule.target[i] !== target) continue;
    if (wanted !== undefined && !wanted.has(schedule.request[i] as number)) continue;
    const due = schedule.dueMs[i] as number;
    const done = doneMs[i] as number;
    const met = outcome[i] === ok;
    if (done >= from && done < to) {
      if (met) completed++;
      if (met || outcome[i] === unexpected) answered++;
    }
    if (due < from || due >= to) continue;
    failed.push(met ? 0 : 1);
    if (!met) continue;
    latencies.push(done - due);
    prompt.push(done - (attemptMs[i] as number));
  }
  const track = wanted === undefined ? (cpu?.[target] ?? null) : null;
  const latencyMs = Float64Array.from(latencies);
  return {
    latencyMs,
    ascendingMs: sortNumbers(latencyMs.slice()),
    promptMs: sortNumbers(Float64Array.from(prompt)),
    failed: Uint8Array.from(failed),
    completed,
    answered,
    seconds: (to - from) / 1000,
    cpuMs: track === null ? null : cpuBetween(track, from, to),
    peakBytes: wanted === undefined ? (peakBytes?.[target] ?? null) : null,
  };
}

/** A reading is seldom taken at the very moment. */
const slackMs = 250;
/** A track ends with the last response, which at a low rate is well before the end of the measured time. */
const slackShare = 0.2;

function cpuBetween(track: CpuTrack, from: number, to: number): number | null {
  const start = cpuAt(track, from, slackMs);
  const end = cpuAt(track, to, Math.max(slackMs, slackShare * (to - from)));
  return start === null || end === null ? null : end - start;
}

/** Between its moments a track is taken as straight, up to `slack` beyond its ends as level. */
function cpuAt({ atMs, cpuMs }: CpuTrack, moment: number, slack: number): number | null {
  const next = atMs.findIndex((at) => at >= moment);
  const after = atMs[next];
  const afterMs = cpuMs[next];
  if (after === undefined || afterMs === undefined) {
    const last = atMs.at(-1);
    return last !== undefined && moment - last <= slack ? (cpuMs.at(-1) ?? null) : null;
  }
  const before = atMs[next - 1];
  const beforeMs = cpuMs[next - 1];
  if (before === undefined || beforeMs === undefined) return after - moment <= slack ? afterMs : null;
  return beforeMs + ((moment - before) / (after - before)) * (afterMs - beforeMs);
}

/** One service over several lives, as if they were one. */
export function poolArm(readings: readonly LifeReading[], side: 0 | 1): ArmReading {
  const arms = readings.map((reading) => reading[side]);
  const total = (of: (arm: ArmReading) => number): number => arms.reduce((sum, arm) => sum + of(arm), 0);
  const knows = (of: 'cpuMs' | 'peakBytes'): boolean =>
    arms.length > 0 && arms.every((arm) => arm[of] !== null);
  const latencyMs = new Float64Array(total((arm) => arm.latencyMs.length));
  const promptMs = new Float64Array(latencyMs.length);
  const failed = new Uint8Array(total((arm) => arm.failed.length));
  let [latencies, requests] = [0, 0];
  for (const arm of arms) {
    latencyMs.set(arm.latencyMs, latencies);
    promptMs.set(arm.promptMs, latencies);
    failed.set(arm.failed, requests);
    latencies += arm.latencyMs.length;
    requests += arm.failed.length;
  }
  return {
    latencyMs,
    ascendingMs: sortNumbers(latencyMs.slice()),
    promptMs: sortNumbers(promptMs),
    failed,
    completed: total((arm) => arm.completed),
    answered: total((arm) => arm.answered),
    seconds: total((arm) => arm.seconds),
    cpuMs: knows('cpuMs') ? total((arm) => arm.cpuMs ?? 0) : null,
    peakBytes: knows('peakBytes') ? Math.max(...arms.map((arm) => arm.peakBytes ?? 0)) : null,
  };
}
