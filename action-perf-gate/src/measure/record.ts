/** What the result document says of a service, from what was read of it. */

import { sampleQuantile } from '../../../core/stats/index.ts';
import { quantiles } from '../catalogue.ts';
import type { Config, Side } from '../inputs/index.ts';
import type { GeneratorHealth, LoadResult } from '../load/index.ts';
import type { Runs } from '../run/index.ts';
import type { ArmRecord, ConnectsRecord, LoadRecord, RequestsRecord } from '../types.ts';
import { countFailed, estimate } from './estimate.ts';
import { failuresOf } from './failures.ts';
import type { Reading } from './reading.ts';
import { round, seriesOf } from './series.ts';
import { spectrumOf } from './spectrum.ts';
import type { Arm } from './subjects.ts';

export interface ArmFiles {
  /** Relative to the workspace. */
  readonly log: string;
  readonly histogram: string | null;
}

export function recordArm(
  config: Config,
  runs: Runs,
  { arm, side, target }: { readonly arm: Arm; readonly side: Side; readonly target: 0 | 1 },
  files: ArmFiles,
): ArmRecord {
  const { reading, usage } = arm.all;
  const names = [...arm.byName].map(([name, { reading: own }]) => recordRequests(name, own));
  const cpu = estimate('cpu_per_request', arm.all, 0.95);
  return {
    url: side.address.shown,
    all: recordRequests(null, reading),
    by_name: names.length < 2 ? [] : names,
    series: seriesOf(arm.windows),
    spectrum: spectrumOf(reading.sortedMs, reading.serviceMs),
    failures: failuresOf(runs.lives, target, config.redact),
    started:
      side.service === null
        ? null
        : {
            ready: runs.lives.map(({ readyMs }) => round(readyMs[target] ?? 0)),
            cpu_per_request: cpu.defined ? cpu.value : null,
            memory_peak: usage?.peakBytes ?? null,
            log: files.log,
          },
    histogram: files.histogram,
  };
}

function recordRequests(name: string | null, reading: Reading): RequestsRecord {
  const failed = countFailed(reading);
  return {
    name,
    due: reading.failed.length,
    ok: reading.failed.length - failed,
    failed,
    latency: latenciesOf(reading.sortedMs),
    service: latenciesOf(reading.serviceMs),
  };
}

function latenciesOf(sorted: Float64Array): Record<string, number | null> {
  const value = (of: () => number): number | null => (sorted.length === 0 ? null : round(of()));
  return {
    min: value(() => sorted[0] ?? 0),
    mean: value(() => sorted.reduce((sum, each) => sum + each, 0) / sorted.length),
    ...Object.fromEntries(
      Object.entries(quantiles).map(([metric, share]) => [
        metric,
        value(() => sampleQuantile(sorted, share)),
      ]),
    ),
    max: value(() => sorted.at(-1) ?? 0),
  };
}

export function recordLoad({ plan, seed, connections, timeoutMs, expects, requests }: Config): LoadRecord {
  return {
    arrivals: plan.arrivals,
    stages: plan.stages.map(({ ratePerSecond, durationMs }) => ({
      per_second: ratePerSecond,
      seconds: durationMs / 1000,
    })),
    warmup_seconds: plan.warmupMs / 1000,
    seconds: plan.durationMs / 1000,
    seed,
    connections: connections ?? 'auto',
    timeout: timeoutMs,
    expect: expects.map(({ text }) => text),
    requests: requests.templates.length,
    digest: requests.digest,
  };
}

/** Of all lives together. */
export function recordConnects(loads: readonly LoadResult[]): ConnectsRecord {
  const all = loads.map(({ connects }) => connects);
  const sum = (of: (connects: LoadResult['connects']) => number): number =>
    all.reduce((total, each) => total + of(each), 0);
  const times = (of: (connects: LoadResult['connects']) => Float64Array) => {
    const sorted = Float64Array.from(all.flatMap((each) => [...of(each)])).sort();
    const longest = sorted.at(-1);
    return longest === undefined ? null : { p50: round(sampleQuantile(sorted, 0.5)), max: round(longest) };
  };
  const dns = all.flatMap(({ dnsMs }) => dnsMs ?? []);
  return {
    opened: sum(({ opened }) => opened),
    failed: sum(({ failed }) => failed),
    reconnects: sum(({ reconnects }) => reconnects),
    peak: Math.max(0, ...all.map(({ peak }) => peak)),
    tcp: times(({ tcpMs }) => tcpMs),
    tls: times(({ tlsMs }) => tlsMs),
    dns: dns.length === 0 ? null : round(Math.max(...dns)),
  };
}

/** Where nothing was sent there is no lag, and no processor time of a request: 0, as JSON has no NaN. */
export function recordHealth(health: GeneratorHealth): GeneratorHealth {
  const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
  const { p50, p99, max } = health.lagMs;
  return {
    ...health,
    lagMs: { p50: finite(p50), p99: finite(p99), max: finite(max) },
    lagLimitMs: finite(health.lagLimitMs),
    cpuUsPerRequest: finite(health.cpuUsPerRequest),
    busyShare: finite(health.busyShare),
  };
}
