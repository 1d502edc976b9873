/** Duets that never ran, for tests: what two services would have answered, life by life. */

import { type Check, type Judged, judge, parseThresholds } from '../../../core/gate/index.ts';
import type { Random } from '../../../core/stats/index.ts';
import { perfCatalogue } from '../catalogue.ts';
import { type DuetOptions, measureDuet } from './compare.ts';
import { definitionOf, isDuetMetric } from './metrics.ts';
import type { ArmReading, LifeReading } from './reading.ts';

export interface World {
  readonly lives: number;
  /** Of all lives together. */
  readonly seconds: number;
  /** Of each service. */
  readonly perSecond: number;
  /** One latency of an undisturbed service, in ms. */
  readonly latency: (random: Random) => number;
  /** How many times as slow the candidate is. */
  readonly slower: number;
  /** Standard deviation of the logarithm of what each life of each service carries. */
  readonly lifeDeviation: number;
  /** The same of what both share, from one tenth of a second to the next by an autoregression of 0.9. */
  readonly sharedDeviation: number;
  /** How late the generator takes a request up, and as late again its response, in ms. */
  readonly lag?: (random: Random) => number;
  /** Starts of disturbances a second: 0.3 to 1.5 s in which both are 2 to 6 times as slow, one more than the other. */
  readonly bursts: number;
}

export const logNormal =
  (deviation: number) =>
  (random: Random): number =>
    10 * Math.exp(deviation * random.normal());

/** A Pareto tail without a third moment. */
export const heavy = (random: Random): number => 10 * (1 - random.uniform()) ** (-1 / 2.5);

export const quiet: World = {
  lives: 16,
  seconds: 60,
  perSecond: 100,
  latency: logNormal(0.5),
  slower: 1,
  lifeDeviation: 0,
  sharedDeviation: 0,
  bursts: 0,
};

const tenths = 10;

export function liveThrough(world: World, random: Random): LifeReading[] {
  return Array.from({ length: world.lives }, () => liveOnce(world, random));
}

function liveOnce(world: World, random: Random): LifeReading {
  const seconds = world.seconds / world.lives;
  const steps = Math.ceil(seconds * tenths);
  const shared = sharedNoise(steps, world.sharedDeviation, random);
  const bursts = burstsOf(steps, world.bursts / tenths, random);
  const count = Math.round(world.perSecond * seconds);
  const arm = (side: 0 | 1): ArmReading => {
    const life = world.lifeDeviation * random.normal() + (side === 1 ? Math.log(world.slower) : 0);
    const lags = Float64Array.from({ length: count }, () => world.lag?.(random) ?? 0);
    const latencies = lags.map((lag, index) => {
      const step = Math.floor((index / count) * steps);
      const noise = life + (shared[step] ?? 0) + (bursts[side][step] ?? 0);
      return world.latency(random) * Math.exp(noise) + lag + (world.lag?.(random) ?? 0);
    });
    const promptMs = latencies.map((latency, index) => latency - (lags[index] ?? 0)).sort();
    return armOf(latencies, { seconds, promptMs });
  };
  return [arm(0), arm(1)];
}

function sharedNoise(steps: number, deviation: number, random: Random): Float64Array {
  let state = deviation * random.normal();
  return Float64Array.from({ length: steps }, () => {
    const now = state;
    state = 0.9 * state + Math.sqrt(1 - 0.81) * deviation * random.normal();
    return now;
  });
}

function burstsOf(steps: number, perStep: number, random: Random): readonly [Float64Array, Float64Array] {
  const both = [new Float64Array(steps), new Float64Array(steps)] as const;
  for (let start = 0; start < steps; start++) {
    if (random.uniform() >= perStep) continue;
    const length = 3 + random.below(13);
    const height = Math.log(2 + 4 * random.uniform());
    for (const side of both) side.fill(height * (0.5 + random.uniform()), start, start + length);
  }
  return both;
}

/** A service in one life: all answered, unless told. */
export function armOf(latencyMs: Float64Array, parts: Partial<ArmReading> = {}): ArmReading {
  const failed = parts.failed ?? new Uint8Array(latencyMs.length);
  return {
    latencyMs,
    ascendingMs: latencyMs.slice().sort(),
    promptMs: latencyMs.slice().sort(),
    failed,
    completed: latencyMs.length,
    answered: failed.length,
    seconds: 5,
    cpuMs: null,
    peakBytes: null,
    ...parts,
  };
}

export function checkOf(line: string): Check {
  const { checks, problems } = parseThresholds(line, perfCatalogue, { input: 'thresholds' });
  const [check] = checks;
  if (check === undefined || problems.length > 0) throw new Error(`not a threshold: ${line}`);
  return check;
}

/** As the gate judges it. */
export function judgeDuet(
  line: string,
  readings: readonly LifeReading[],
  options: Partial<DuetOptions> = {},
): Judged {
  const check = checkOf(line);
  if (!isDuetMetric(check.metric)) throw new Error(`a duet does not compare ${check.metric}`);
  const measurement = measureDuet(check, readings, { restarts: true, level: 0.95, ...options });
  return judge(check, measurement, {
    confidence: 0.95,
    samples: 'requests of each service',
    unit: definitionOf(check.metric).unit,
  });
}
