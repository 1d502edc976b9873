/** One duet of the experiment: two services that are equal or not, under the real generator, life by life. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { perfCatalogue } from '../../action-perf-gate/src/catalogue.ts';
import {
  type CpuTrack,
  compareDuet,
  type DuetPlan,
  type LifeReading,
  measureDuet,
  planDuet,
  readLife,
} from '../../action-perf-gate/src/duet/index.ts';
import { parseExpect, type RequestTemplate, runLoad } from '../../action-perf-gate/src/load/index.ts';
import { judge, parseThresholds } from '../../core/gate/index.ts';
import { loopsPerMs } from './work.ts';

export interface Setting {
  readonly service: 'cpu' | 'timer';
  /** How many times as much the candidate has to do. */
  readonly slower: number;
  readonly burner: boolean;
  readonly perSecond: number;
  readonly seconds: number;
  /** 0: one life, as of services that the gate did not start. */
  readonly lives: number;
  readonly warmupSeconds: number;
  readonly seed: number;
}

export interface Told {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The smallest change that this run could have seen. */
  readonly detectable: number;
}

export interface Finding extends Setting {
  readonly date: string;
  readonly metrics: Readonly<Record<string, Told | null>>;
  /** ln(candidate / baseline) of each life. */
  readonly p50: readonly number[];
  readonly p95: readonly number[];
  readonly verdicts: Readonly<Record<string, string>>;
  /** Lives in which the generator was late, and its worst lag at p99, in ms. */
  readonly late: number;
  readonly lagMs: number;
  /** Wall seconds of the whole run. */
  readonly wall: number;
}

/** Judged in each run: no change allowed at all, and 10%. */
const lines = [
  'p95 <= baseline',
  'p95 <= baseline * 1.10',
  'p50 <= baseline * 1.05',
  'p99 <= baseline * 1.20',
  'cpu_per_request <= baseline * 1.05',
];

const request: RequestTemplate = {
  name: 'GET /',
  method: 'GET',
  path: '/',
  headers: [],
  body: null,
  weight: 1,
};

export async function runDuet(setting: Setting): Promise<Finding> {
  const start = performance.now();
  const plan = planDuet({
    arrivals: 'poisson',
    stages: [{ perSecond: setting.perSecond, durationMs: 1000 * setting.seconds }],
    warmupMs: 1000 * setting.warmupSeconds,
    weights: [1],
    seed: setting.seed,
    restarts: setting.lives > 0,
    ...(setting.lives > 0 ? { lives: setting.lives } : {}),
  });
  const burner = setting.burner ? child('burner.ts', []) : null;
  // Some 2 ms of work, or 5 ms of waiting.
  const amount = setting.service === 'cpu' ? 2 * loopsPerMs() : 5;
  const readings: LifeReading[] = [];
  let [late, lagMs] = [0, 0];
  try {
    for (const [index, life] of plan.lives.entries()) {
      const found = await runLife(setting, plan, life, index, amount);
      readings.push(...found.readings);
      lagMs = Math.max(lagMs, found.lagMs);
      if (found.late) late += 1;
    }
  } finally {
    burner?.stdin?.end();
  }
  return {
    ...setting,
    date: new Date().toISOString(),
    ...tell(readings, plan),
    late,
    lagMs,
    wall: (performance.now() - start) / 1000,
  };
}

function tell(readings: readonly LifeReading[], { restarts }: DuetPlan) {
  const options = { restarts, level: 0.95 };
  const { metrics } = compareDuet(readings, options);
  const ratios = (name: string): number[] => {
    const lives = metrics.find(({ metric }) => metric === name)?.lives ?? [];
    return lives.map(([baseline, candidate]) =>
      Math.log((candidate ?? Number.NaN) / (baseline ?? Number.NaN)),
    );
  };
  const { checks } = parseThresholds(lines.join('\n'), perfCatalogue, { input: 'thresholds' });
  return {
    metrics: Object.fromEntries(
      metrics.map(({ metric, change }): [string, Told | null] => [
        metric,
        change === null
          ? null
          : {
              value: change.value,
              low: change.interval.low,
              high: change.interval.high,
              detectable: change.detectable.change,
            },
      ]),
    ),
    p50: ratios('p50'),
    p95: ratios('p95'),
    verdicts: Object.fromEntries(
      checks.map((check) => [
        check.id,
        judge(check, measureDuet(check, readings, options), { confidence: 0.95 }).verdict,
      ]),
    ),
  };
}

async function runLife(
  setting: Setting,
  plan: DuetPlan,
  life: DuetPlan['lives'][number],
  index: number,
  amount: number,
) {
  const services: (Service | undefined)[] = [undefined, undefined];
  try {
    for (const side of life.startsFirst === 0 ? [0, 1] : [1, 0]) {
      const share = side === 1 ? setting.slower : 1;
      services[side] = await startService(
        setting.service,
        amount * share,
        1000 * setting.seed + 2 * index + side,
      );
    }
    const [baseline, candidate] = services;
    if (baseline === undefined || candidate === undefined) throw new Error('a service did not start');
    const tracks = [baseline, candidate].map(({ process }) => trackCpu(process.pid ?? 0));
    const { samples, health } = await runLoad({
      targets: [baseline, candidate].map(({ port }) => ({ url: new URL(`http://127.0.0.1:${port}/`) })),
      templates: [request],
      schedule: life.schedule,
      warmupMs: plan.warmupMs,
      expects: parseExpect('status < 400'),
      timeoutMs: 10_000,
      connections: 'auto',
      started: (originMs) => {
        for (const track of tracks) track.begin(originMs + plan.warmupMs);
      },
    });
    const [first, second] = tracks.map((track) => track.end());
    const readings = readLife(plan, samples, { cpu: [first ?? null, second ?? null] });
    return { readings, lagMs: health.lagMs.p99, late: health.void !== null };
  } finally {
    for (const service of services) service?.process.stdin?.end();
  }
}

interface Service {
  readonly process: ChildProcess;
  readonly port: number;
}

async function startService(kind: string, amount: number, seed: number): Promise<Service> {
  const started = child('service.ts', [kind, String(amount), String(seed)]);
  if (started.stdout === null) throw new Error('a service has no output');
  const [line] = (await once(started.stdout, 'data')) as [Buffer];
  return { process: started, port: Number(line.toString()) };
}

/** Its input is a pipe: it ends with the experiment, however that ends. */
function child(file: string, words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, file), ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** One process without children, in clock ticks of 10 ms, as the gate sees it. */
function trackCpu(pid: number) {
  const atMs: number[] = [];
  const cpuMs: number[] = [];
  let zeroMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const [, fields = ''] = /\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    const ticks = fields.split(' ').map(Number);
    atMs.push(performance.now() - zeroMs);
    cpuMs.push(10 * ((ticks[11] ?? 0) + (ticks[12] ?? 0)));
  };
  return {
    begin(at: number): void {
      zeroMs = at;
      look();
      timer = setInterval(look, 100);
    },
    end(): CpuTrack {
      clearInterval(timer);
      look();
      return { atMs, cpuMs };
    },
  };
}
