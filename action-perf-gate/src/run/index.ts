/** Services under load: one by itself, or two beside each other over several lives. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DuetPlan, planDuet } from '../duet/index.ts';
import type { Config } from '../inputs/index.ts';
import { makeSchedule } from '../load/index.ts';
import { LogFile } from '../service/index.ts';
import { type Arm, type Life, type LifeContext, type LifePlan, runLife } from './life.ts';

export type { Life } from './life.ts';
export type { Track } from './track.ts';

export interface Runs {
  readonly lives: readonly Life[];
  /** Null: one service by itself. */
  readonly duet: DuetPlan | null;
  /** Which target of the schedules the candidate is. */
  readonly candidate: 0 | 1;
}

export interface RunOptions extends Pick<LifeContext, 'env' | 'signal' | 'preflight'> {
  /** `lifeMs`: warm-up and measured time of one life. */
  readonly progress: (life: number, lives: number, lifeMs: number) => LifeContext['progress'];
  /** Absolute path of the file for what a service wrote: `.log` of the candidate, `.baseline.log`. */
  readonly beside: (ending: string) => Promise<string>;
}

/** @throws RunError, with nothing left running; logs of services are written in any case. */
export async function runAll(config: Config, options: RunOptions): Promise<Runs> {
  const logs: { readonly log: LogFile; readonly ending: string }[] = [];
  const arm = (title: string, side: Config['candidate'], ending: string): Arm => {
    if (side.service === null) return { title, side, log: null };
    const log = new LogFile(config.redact);
    logs.push({ log, ending });
    return { title, side, log };
  };
  const { candidate, baseline } = config;
  const arms = [
    ...(baseline === null ? [] : [arm('the baseline', baseline, logEndings.baseline)]),
    arm('the service', candidate, logEndings.candidate),
  ];
  let duet = baseline === null ? null : planLives(config);
  let plans = duet === null ? [planSingle(config)] : lifePlans(duet);
  let lives: Life[] = [];
  let isAsked = false;
  const live = async (plan: LifePlan): Promise<Life> => {
    const preflight = isAsked ? async () => {} : options.preflight;
    isAsked = true;
    const progress = options.progress(lives.length, plans.length, plan.schedule.durationMs);
    return await runLife(plan, { ...options, config, arms, preflight, progress });
  };
  try {
    for (const plan of plans.slice(0, 1)) lives.push(await live(plan));
    const longer = duet === null ? null : planLonger(config, duet, lives);
    if (longer !== null) {
      duet = longer;
      plans = lifePlans(longer);
      lives = [];
    }
    for (const plan of plans.slice(lives.length)) lives.push(await live(plan));
  } finally {
    for (const { log, ending } of logs) {
      await writeLog(log, await options.beside(ending));
      log.close();
    }
  }
  return { lives, duet, candidate: baseline === null ? 0 : 1 };
}

export const logEndings = { candidate: '.service.log', baseline: '.baseline.log' } as const;

async function writeLog(log: LogFile, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, log.text());
}

function planSingle({ plan, requests, seed }: Config): LifePlan {
  const [first] = plan.stages;
  const warmup = plan.warmupMs > 0 && first !== undefined ? [{ ...first, durationMs: plan.warmupMs }] : [];
  const schedule = makeSchedule({
    arrivals: plan.arrivals,
    stages: [...warmup, ...plan.stages].map(({ ratePerSecond, durationMs }) => ({
      perSecond: ratePerSecond,
      durationMs,
    })),
    weights: requests.templates.map(({ weight }) => weight),
    seed,
  });
  return { startOrder: [0], schedule, warmupMs: plan.warmupMs };
}

/** Fewer and longer lives, where the first has shown that starting takes most of the time; null: as planned. */
function planLonger(config: Config, planned: DuetPlan, [first]: readonly Life[]): DuetPlan | null {
  if (!planned.restarts || first === undefined) return null;
  const startMs = first.readyMs.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
  const longer = planLives(config, startMs);
  return longer.lives.length < planned.lives.length ? longer : null;
}

function planLives({ plan, requests, seed, candidate, baseline }: Config, startMs = 0): DuetPlan {
  return planDuet({
    startMs,
    stages: plan.stages.map(({ ratePerSecond, durationMs }) => ({
      perSecond: ratePerSecond,
      durationMs,
    })),
    arrivals: plan.arrivals,
    warmupMs: plan.warmupMs,
    weights: requests.templates.map(({ weight }) => weight),
    seed,
    restarts: candidate.service !== null && (baseline?.service ?? null) !== null,
  });
}

function lifePlans({ lives, warmupMs }: DuetPlan): LifePlan[] {
  return lives.map(({ startsFirst, schedule }) => ({
    startOrder: [startsFirst, 1 - startsFirst],
    schedule,
    warmupMs,
  }));
}
