/** What was run, where and how well: facts that page and summary share. */

import { formatCount } from '../../../core/gate/index.ts';
import { counted } from '../../../core/report/index.ts';
import type { ArmRecord, PerfDetails, RequestsRecord } from '../types.ts';
import { bytes, loadText, ms, percent, perSecond } from './words.ts';

export type Fact = readonly [name: string, text: string];

export function rateOf({ candidate, load }: PerfDetails, of: 'due' | 'ok'): number {
  return candidate.all[of] / load.seconds;
}

/** `1,498 of 1,500 requests successful (50/s asked, 49.9/s reached)` */
export function resultText(details: PerfDetails): string {
  const { due, ok } = details.candidate.all;
  return `${formatCount(ok)} of ${counted(due, 'request')} successful`;
}

export function factsOfLoad(details: PerfDetails): readonly Fact[] {
  const { load, candidate, baseline, connects, duet } = details;
  return [
    [baseline === null ? 'Service' : 'Candidate', candidate.url],
    ...(baseline === null ? [] : [['Baseline', baseline.url] as const]),
    ['Load', `${loadText(load)}${baseline === null ? '' : ', each'}`],
    ...(duet === null ? [] : [['Lives', livesText(details)] as const]),
    [
      'Warm-up',
      load.warmup_seconds === 0
        ? 'none'
        : `${load.warmup_seconds} s${duet !== null && duet.lives > 1 ? ' in each life' : ''}, not counted`,
    ],
    ['Requests', load.requests === 1 ? 'one kind' : `${formatCount(load.requests)} of the corpus`],
    ['Expected', load.expect.join('; ')],
    ['Rate', `${perSecond(rateOf(details, 'due'))} asked, ${perSecond(rateOf(details, 'ok'))} successful`],
    ['Connections', connectsText(connects)],
    ['Seed', String(load.seed)],
  ];
}

function livesText({ duet, candidate }: PerfDetails): string {
  if (duet === null) return '';
  const out = duet.left_out === 0 ? '' : `, ${duet.left_out} left out`;
  return candidate.started === null
    ? 'one: the services were not started by the gate'
    : `${duet.lives} of both services, each started anew${out}`;
}

function connectsText({ opened, failed, reconnects, peak, tcp, tls, dns }: PerfDetails['connects']): string {
  return [
    `${formatCount(opened)} opened, ${formatCount(peak)} at most at a time`,
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    ...(reconnects === 0 ? [] : [`${formatCount(reconnects)} made again, as the server had closed them`]),
    ...(tcp === null ? [] : [`TCP ${ms(tcp.p50)} (longest ${ms(tcp.max)})`]),
    ...(tls === null ? [] : [`TLS ${ms(tls.p50)} (longest ${ms(tls.max)})`]),
    ...(dns === null ? [] : [`name looked up in ${ms(dns)}`]),
  ].join('; ');
}

export function factsOfService({ started }: ArmRecord): readonly Fact[] {
  if (started === null) return [];
  const longest = Math.max(...started.ready);
  return [
    [
      'Ready after',
      started.ready.length > 1 ? `${ms(longest)} at most, in ${started.ready.length} lives` : ms(longest),
    ],
    ['CPU per request', started.cpu_per_request === null ? 'could not be seen' : ms(started.cpu_per_request)],
    ['Peak memory', started.memory_peak === null ? 'could not be seen' : bytes(started.memory_peak)],
    ['Its log', started.log],
  ];
}

export function factsOfMachine({ environment, health }: PerfDetails): readonly Fact[] {
  const { lagMs, lagLimitMs } = health;
  return [
    ['Processor', `${environment.cpu}, ${counted(environment.cores, 'core')}`],
    ['Memory', bytes(environment.memory_bytes)],
    ['System', `${environment.kernel}, ${environment.architecture}, Node ${environment.node}`],
    ['Generator', health.void ?? 'kept its schedule'],
    [
      'Its lag',
      `p50 ${ms(round3(lagMs.p50))}, p99 ${ms(round3(lagMs.p99))} (at most ${ms(lagLimitMs)} allowed), longest ${ms(round3(lagMs.max))}`,
    ],
    [
      'Its threads',
      `${health.threads}, the busiest ${percent(health.busyShare)} busy; ${Math.round(health.cpuUsPerRequest)} µs of CPU per request`,
    ],
    ...(health.starvedShare === null
      ? []
      : [['Waited for a core', `${percent(health.starvedShare)} of the time`] as const]),
  ];
}

const round3 = (value: number): number => Number(value.toFixed(3));

/** Rows of a table: latency beside service time. */
export function latencyRows({
  latency,
  service,
}: RequestsRecord): readonly (readonly [string, string, string])[] {
  return ['min', 'p50', 'p75', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'].map((name) => [
    { min: 'Shortest', max: 'Longest', mean: 'Mean', p999: 'p99.9' }[name] ?? name,
    ms(latency[name]),
    ms(service[name]),
  ]);
}
