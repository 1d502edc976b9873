/** Runs without servers, for tests: what the generator would have seen of services whose latencies are drawn. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { buildResult, serializeResult } from '../../core/gate/index.ts';
import type { GateResult } from '../../core/gate/types.ts';
import { InputReader, readCommon } from '../../core/inputs/index.ts';
import { Random } from '../../core/stats/index.ts';
import { perfCatalogue } from './catalogue.ts';
import { planDuet } from './duet/index.ts';
import { type Config, readConfig } from './inputs/index.ts';
import {
  type GeneratorHealth,
  type LoadResult,
  makeSchedule,
  type Outcome,
  outcomes,
  type Samples,
  type Schedule,
} from './load/index.ts';
import { evaluate, type Files } from './measure/index.ts';
import { type Life, logEndings, type Runs } from './run/index.ts';
import { openStored } from './stored/index.ts';
import type { PerfDetails } from './types.ts';

const action = parse(readFileSync(resolve(import.meta.dirname, '../action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
};

/** Inputs as a workflow gives them: those that are not given have the defaults of action.yml. */
export function inputReader(given: Readonly<Record<string, string>>, workspace: string): InputReader {
  return new InputReader({
    get: (name) => {
      const value = given[name] ?? action.inputs[name]?.default ?? '';
      return value.includes('${{') ? '' : value;
    },
    workspace,
  });
}

/** @throws InputError with every mistake. */
export function configOf(given: Readonly<Record<string, string>>, workspace: string): Config {
  const reader = inputReader({ url: 'http://127.0.0.1:8000/predict', ...given }, workspace);
  readCommon(reader, 'perf-gate');
  const config = readConfig(reader);
  reader.finish();
  return config;
}

/** What becomes of one request. */
export interface Fate {
  readonly latencyMs: number;
  /** Between due and sent, of that; 0.1 unless told. */
  readonly waitMs?: number;
  readonly outcome?: Outcome;
  readonly status?: number;
}

/** `atMs` from the end of the warm-up, `target` and `request` as in the schedule. */
export type Draw = (
  random: Random,
  at: { readonly atMs: number; readonly target: number; readonly request: number },
) => Fate;

export const soundHealth: GeneratorHealth = {
  lagMs: { p50: 0.03, p99: 0.4, max: 2.1 },
  lagLimitMs: 1,
  threads: 1,
  cpuUsPerRequest: 210,
  busyShare: 0.08,
  starvedShare: 0.01,
  stolenShare: 0,
  exhausted: false,
  void: null,
};

export interface Simulated {
  readonly draw: Draw;
  readonly health?: Partial<GeneratorHealth>;
  /** Processor time of each target in ms per request; the services are then started by the gate. */
  readonly cpuMs?: readonly number[];
}

/** The runs that a configuration plans, with the fates that are drawn. */
export function simulate(config: Config, { draw, health = {}, cpuMs }: Simulated): Runs {
  const { plan, seed, requests } = config;
  const stages = plan.stages.map(({ ratePerSecond: perSecond, durationMs }) => ({ perSecond, durationMs }));
  const weights = requests.templates.map(({ weight }) => weight);
  const common = { arrivals: plan.arrivals, stages, weights, seed };
  const life = (schedule: Schedule, number: number): Life => ({
    load: loadOf(schedule, new Random(seed, 1000 + number), draw, { ...soundHealth, ...health }),
    tracks: [0, 1].map((target) => {
      const each = cpuMs?.[target];
      return each === undefined ? null : trackOf(schedule, target, each);
    }),
    readyMs: [812 + number, 798 + number],
  });
  if (config.baseline === null) {
    return { lives: [life(makeSchedule(common), 0)], duet: null, candidate: 0 };
  }
  const restarts = config.candidate.service !== null && config.baseline.service !== null;
  const duet = planDuet({ ...common, warmupMs: 0, restarts });
  return { lives: duet.lives.map(({ schedule }, number) => life(schedule, number)), duet, candidate: 1 };
}

function trackOf(schedule: Schedule, target: number, each: number) {
  const atMs = Array.from({ length: Math.ceil(schedule.durationMs / 500) + 1 }, (_, index) => index * 500);
  const due = schedule.dueMs.filter((_, index) => schedule.target[index] === target);
  const cpuMs = atMs.map((at) => Math.round((due.filter((ms) => ms <= at).length * each) / 10) * 10);
  return { atMs, cpuMs, peakBytes: 93_000_000 + target * 4_000_000 };
}

function loadOf(schedule: Schedule, random: Random, draw: Draw, health: GeneratorHealth): LoadResult {
  const n = schedule.dueMs.length;
  const times = () => new Float64Array(n);
  const samples: Samples = {
    schedule,
    attemptMs: times(),
    sentMs: times(),
    firstByteMs: times(),
    doneMs: times(),
    outcome: new Uint8Array(n),
    status: new Uint16Array(n),
  };
  const examples: LoadResult['examples'][number][] = [];
  for (let i = 0; i < n; i++) {
    const [dueMs, target, request] = [
      schedule.dueMs[i] ?? 0,
      schedule.target[i] ?? 0,
      schedule.request[i] ?? 0,
    ];
    const {
      latencyMs,
      waitMs = 0.1,
      outcome = 'ok',
      status = 200,
    } = draw(random, { atMs: dueMs, target, request });
    samples.attemptMs[i] = dueMs + 0.03;
    samples.sentMs[i] = dueMs + Math.min(waitMs, latencyMs);
    samples.firstByteMs[i] = dueMs + latencyMs * 0.9;
    samples.doneMs[i] = dueMs + latencyMs;
    samples.outcome[i] = outcomes.indexOf(outcome);
    samples.status[i] = status;
    if (outcome === 'ok' || examples.some((each) => each.outcome === outcome && each.target === target))
      continue;
    examples.push({
      outcome,
      target,
      request,
      status,
      dueMs,
      message: `the ${outcome} that came first (status ${status})`,
    });
  }
  return {
    samples,
    warmup: { sent: 100, failed: 0 },
    examples,
    connects: {
      opened: 12,
      failed: 0,
      reconnects: 0,
      peak: 9,
      tcpMs: Float64Array.of(0.1, 0.12, 0.2),
      tlsMs: new Float64Array(0),
      dnsMs: null,
    },
    health,
    complete: true,
  };
}

/** The result document of simulated runs, checked; files go into `workspace`. */
export async function resultOf(
  given: Readonly<Record<string, string>>,
  simulated: Simulated,
  workspace: string,
): Promise<GateResult<PerfDetails>> {
  const config = configOf(given, workspace);
  const startedAt = new Date('2026-05-04T09:00:00Z');
  mkdirSync(join(workspace, 'gate-results'), { recursive: true });
  const earlier = config.stored === null ? null : openStored(config.stored);
  const files: Files = {
    startedAt,
    place: async (ending) => {
      const shown = `gate-results/perf-gate${ending}`;
      return { path: join(workspace, shown), shown };
    },
    endings: {
      histogram: ['.baseline.hlog', '.hlog'],
      log: [logEndings.baseline, logEndings.candidate],
    },
  };
  const measured = await evaluate(config, simulate(config, simulated), files, earlier);
  const result = buildResult({
    ...measured,
    action: 'perf-gate',
    id: '',
    catalogue: perfCatalogue,
    startedAt,
    finishedAt: new Date('2026-05-04T09:00:42Z'),
    commit: '0123456789abcdef0123456789abcdef01234567',
    run: null,
  });
  serializeResult(result);
  return result;
}
