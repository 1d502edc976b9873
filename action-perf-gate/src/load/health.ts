/** Whether the generator did what the schedule says, or the numbers of the run are its own. */

import { readFileSync } from 'node:fs';
import { sortNumbers } from '../../../core/stats/index.ts';
import { outcomeIndex } from './columns.ts';
import type { ThreadReport } from './protocol.ts';
import type { GeneratorHealth, Samples } from './types.ts';

/** Field guide of the suite: the p99 of the lag may be 1 ms, or 1% of the p50 latency. */
const lagLimit = { ms: 1, shareOfMedian: 0.01 };
/** A thread that computes for such a part of the time has no room for what comes at once. */
const busyLimit = 0.9;
/** Above, the machine gave its cores to others for too long to say anything of the service. */
const starvedLimit = 0.2;
const stolenLimit = 0.1;

/** CPU time of the whole machine, in ticks; null where the system does not tell. */
export interface CpuTicks {
  readonly stolen: number;
  readonly all: number;
}

/** proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guest times stand in user and nice already. */
export function cpuTicks(): CpuTicks | null {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const stolen = ticks[7];
    if (stolen === undefined || ticks.some((tick) => !Number.isFinite(tick))) return null;
    return { stolen, all: ticks.reduce((sum, tick) => sum + tick, 0) };
  } catch {
    return null;
  }
}

export interface Watched {
  /** Of the measured part. */
  readonly samples: Samples;
  readonly senders: readonly ThreadReport[];
  readonly pacer: ThreadReport;
  /** Requests of the whole run. */
  readonly sent: number;
  readonly before: CpuTicks | null;
  readonly after: CpuTicks | null;
}

export function judgeHealth(watched: Watched): GeneratorHealth {
  const { samples, senders, pacer, sent, before, after } = watched;
  const lags = sortNumbers(lagsOf(samples));
  const at = (quantile: number): number =>
    lags[Math.max(0, Math.ceil(quantile * lags.length) - 1)] ?? Number.NaN;
  const busiest = senders.reduce((most, each) => (busyShare(each) > busyShare(most) ? each : most), pacer);
  const starved = senders.map(({ starvedMs, wallMs }) => (starvedMs === null ? null : starvedMs / wallMs));
  const exhausted = new Set(senders.flatMap((each) => each.exhausted));
  const cpuMs = [...senders, pacer].reduce((sum, each) => sum + each.cpuMs, 0);
  const health = {
    lagMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    lagLimitMs: Math.max(lagLimit.ms, lagLimit.shareOfMedian * medianLatency(samples)),
    threads: senders.length,
    cpuUsPerRequest: (1000 * cpuMs) / sent,
    busyShare: busyShare(busiest),
    starvedShare: starved.includes(null) ? null : Math.max(...starved.map(Number)),
    stolenShare: stolenShare(before, after),
    exhausted: exhausted.size > 0,
  };
  return { ...health, void: reasonForVoid(health, exhausted) };
}

function reasonForVoid(health: Omit<GeneratorHealth, 'void'>, exhausted: ReadonlySet<string>): string | null {
  const { lagMs, lagLimitMs, busyShare, starvedShare, stolenShare, threads } = health;
  if (exhausted.size > 0) return exhaustion([...exhausted]);
  if (stolenShare !== null && stolenShare > stolenLimit)
    return `the host of this machine gave ${percent(stolenShare)} of its CPU time to others`;
  if (lagMs.p99 > lagLimitMs) {
    const late = `the generator was late: 1% of the requests were sent ${lagMs.p99.toFixed(1)} ms or more after they were due, ${lagLimitMs.toFixed(1)} ms are allowed`;
    if (busyShare > busyLimit)
      return `${late}; this machine cannot make the rate with ${threads === 1 ? 'one thread' : `${threads} threads`} (${percent(busyShare)} busy)`;
    if (starvedShare !== null && starvedShare > 0.02)
      return `${late}; it waited ${percent(starvedShare)} of the time for a core that others used`;
    return late;
  }
  if (starvedShare !== null && starvedShare > starvedLimit)
    return `the generator waited ${percent(starvedShare)} of the time for a core that others used`;
  return null;
}

function exhaustion(codes: readonly string[]): string {
  const parts = codes.map((code) => {
    switch (code) {
      case 'EADDRNOTAVAIL':
        return `no port was left for another connection (${code})`;
      case 'EMFILE':
      case 'ENFILE':
        return `no file descriptor was left for another connection (${code})`;
      default:
        return `no memory was left for another connection (${code})`;
    }
  });
  return `the generator's machine was exhausted: ${parts.join(', ')}`;
}

function lagsOf({ schedule, attemptMs }: Samples): Float64Array {
  const lags = new Float64Array(attemptMs.length);
  let count = 0;
  for (let i = 0; i < attemptMs.length; i++) {
    const lag = (attemptMs[i] as number) - (schedule.dueMs[i] as number);
    if (!Number.isNaN(lag)) lags[count++] = lag;
  }
  return lags.subarray(0, count).slice();
}

/** Of the requests that ended well; 0 without any. */
function medianLatency({ schedule, doneMs, outcome }: Samples): number {
  const latencies: number[] = [];
  for (let i = 0; i < doneMs.length; i++) {
    if (outcome[i] === outcomeIndex.ok) latencies.push((doneMs[i] as number) - (schedule.dueMs[i] as number));
  }
  return sortNumbers(Float64Array.from(latencies))[latencies.length >> 1] ?? 0;
}

function busyShare({ cpuMs, wallMs }: ThreadReport): number {
  return cpuMs / wallMs;
}

function stolenShare(before: CpuTicks | null, after: CpuTicks | null): number | null {
  if (before === null || after === null || after.all <= before.all) return null;
  return (after.stolen - before.stolen) / (after.all - before.all);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
}
