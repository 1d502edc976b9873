/**
 * The schedule of a duet: lives of both services, and in each life the arrivals of both, interleaved.
 *
 * Requests of one process are not exchangeable: a process keeps for its whole life what the machine gave it when it
 * started (one of two equal servers was 8% slower in its median from start to end). So the services are started anew
 * several times within the run, and the life of the pair is the unit that is counted.
 */

import { Random } from '../../../core/stats/index.ts';
import { type Arrivals, durationOf, type Stage, weightedChoice } from '../load/schedule.ts';
import type { Schedule } from '../load/types.ts';

/** `baseline` is target 0 of a schedule, `candidate` target 1. */
export const baselineTarget = 0;
export const candidateTarget = 1;

export interface DuetPlanOptions {
  readonly arrivals: Arrivals;
  /** What one service alone would be given: each of the two gets all of it. */
  readonly stages: readonly Stage[];
  /** Before each life's measured time, at the rate of the first stage. */
  readonly warmupMs: number;
  /** Of the requests of the corpus, in its order; above 0. */
  readonly weights: readonly number[];
  readonly seed: number;
  /** Whether the services can be started anew within the run. */
  readonly restarts: boolean;
  /** How long both services take to be ready, where it is known. */
  readonly startMs?: number;
  /** How many lives; absent: by the duration, see `livesFor`. Without restarts it is one. */
  readonly lives?: number;
}

/** One life of the pair. */
export interface DuetLife {
  /** Which service is started first, and so gets the better or the worse place. */
  readonly startsFirst: typeof baselineTarget | typeof candidateTarget;
  /** Of the warm-up and the measured time after it. */
  readonly schedule: Schedule;
}

export interface DuetPlan {
  readonly lives: readonly DuetLife[];
  readonly restarts: boolean;
  /** At the start of each life's schedule; what is due in it is sent and not counted. */
  readonly warmupMs: number;
  /** Of each life, after the warm-up. */
  readonly measuredMs: number;
}

const lifeMs = 4000;
const fewestLives = 6;
const mostLives = 24;
const mostOverhead = 3;

/**
 * A life of some 4 s, an even number of them: 16 in a minute, 8 in half a minute, 6 at least and 24 at most. Lives of one
 * service differ, so that more of them see smaller changes: of a p95 that is 10% higher, at 50/s with lives that differ by
 * 3%, a minute in 12 lives finds 82%, in 16 87%, in 24 88%. Each also takes a start and a warm-up, `overheadMs`: there are
 * fewer lives, down to 6, where these would take more than three times as long as is measured.
 */
export function livesFor(durationMs: number, overheadMs = 0): number {
  const even = (lives: number): number => 2 * Math.floor(lives / 2);
  const wanted = 2 * Math.round(durationMs / lifeMs / 2);
  const affordable = even((mostOverhead * durationMs) / overheadMs);
  return Math.max(fewestLives, Math.min(mostLives, wanted, affordable));
}

/** Into how many parts a run is read that has one life: they cost no start. */
export function partsFor(durationMs: number): number {
  return Math.max(12, livesFor(durationMs));
}

/** The same options give the same plan on every machine. */
export function planDuet(options: DuetPlanOptions): DuetPlan {
  const { stages, arrivals, warmupMs, weights, seed, restarts } = options;
  const durationMs = durationOf(stages);
  const [first] = stages;
  if (first === undefined || !(durationMs > 0)) throw new RangeError('a duet needs a duration above 0');
  if (weights.length === 0) throw new RangeError('a duet needs a request to send');
  const count = restarts
    ? Math.max(2, options.lives ?? livesFor(durationMs, warmupMs + (options.startMs ?? 0)))
    : 1;
  const measuredMs = durationMs / count;
  const profile: Stage[] = [
    ...(warmupMs > 0 ? [{ perSecond: first.perSecond, durationMs: warmupMs }] : []),
    // Each life goes through all stages, so that each is a small run of its own.
    ...stages.map((stage) => ({ ...stage, durationMs: stage.durationMs / count })),
  ];
  const order = startOrder(count, new Random(seed, 0));
  const lives = order.map((startsFirst, index) => ({
    startsFirst,
    schedule: interleave(profile, arrivals, weights, new Random(seed, index + 1)),
  }));
  return { lives, restarts, warmupMs, measuredMs };
}

/** Each service is first in half of the lives, in random order. */
function startOrder(count: number, random: Random): DuetLife['startsFirst'][] {
  const flip = random.below(2);
  const order = Array.from({ length: count }, (_, index) => ((index + flip) % 2 === 0 ? 0 : 1) as 0 | 1);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const swapped = order[last] as 0 | 1;
    order[last] = order[other] as 0 | 1;
    order[other] = swapped;
  }
  return order;
}

/** Within it both services get the same number of requests of the same kinds. */
const blockMs = 500;
/** At low rates a block is longer, so that it has some pairs. */
const pairsInBlock = 10;

/**
 * Arrivals of both services through the stages.
 *
 * Poisson: a block's count is drawn once, and each service has that many arrivals, spread independently of the other's:
 * each service alone sees a Poisson process, and neither leads. Constant: both share one stream of even steps, in pairs
 * whose order is drawn, so that nothing periodic can hit only one of them. The k-th arrivals of both in a block are a
 * pair: they carry the same request.
 */
function interleave(
  stages: readonly Stage[],
  arrivals: Arrivals,
  weights: readonly number[],
  random: Random,
): Schedule {
  const due: number[] = [];
  const target: number[] = [];
  const request: number[] = [];
  const choose = weightedChoice(weights);
  const add = (pair: readonly [baseline: number, candidate: number]): void => {
    const kind = choose(random);
    for (const [side, at] of pair.entries()) {
      due.push(at);
      target.push(side);
      request.push(kind);
    }
  };
  let start = 0;
  const pairsOf = arrivals === 'poisson' ? poissonPairs : constantPairs;
  for (const stage of stages) {
    for (const pair of pairsOf(stage, start, random)) add(pair);
    start += stage.durationMs;
  }
  const byTime = Uint32Array.from(due.keys()).sort((a, b) => (due[a] ?? 0) - (due[b] ?? 0) || a - b);
  const inOrder = (column: readonly number[]) => (_: unknown, place: number) =>
    column[byTime[place] ?? 0] ?? 0;
  return {
    dueMs: Float64Array.from(due, inOrder(due)),
    target: Uint8Array.from(due, inOrder(target)),
    request: Uint16Array.from(due, inOrder(request)),
    durationMs: start,
  };
}

type Pair = readonly [baseline: number, candidate: number];

function* poissonPairs({ perSecond, durationMs }: Stage, start: number, random: Random): Generator<Pair> {
  const wanted = Math.max(blockMs, (pairsInBlock * 1000) / perSecond);
  const blocks = Math.max(1, Math.round(durationMs / wanted));
  const length = durationMs / blocks;
  for (let block = 0; block < blocks; block++) {
    const count = poisson((perSecond * length) / 1000, random);
    const times = (): Float64Array =>
      Float64Array.from({ length: count }, () => start + (block + random.uniform()) * length).sort();
    const baseline = times();
    const candidate = times();
    for (let pair = 0; pair < count; pair++) yield [baseline[pair] ?? start, candidate[pair] ?? start];
  }
}

function* constantPairs({ perSecond, durationMs }: Stage, start: number, random: Random): Generator<Pair> {
  const step = 500 / perSecond;
  const count = Math.floor((durationMs * perSecond) / 1000 + 1e-9);
  for (let pair = 0; pair < count; pair++) {
    const even = start + (2 * pair + 0.5) * step;
    yield random.below(2) === 0 ? [even, even + step] : [even + step, even];
  }
}

/** Knuth's product in pieces, as e^-mean underflows for large means. */
function poisson(mean: number, random: Random): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 32) {
    const limit = Math.exp(-Math.min(left, 32));
    for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  }
  return count;
}
