/** Schedules of arrivals, made from a seed before the run. Same plan and seed, same schedule, on every machine. */

import { Random } from '../../../core/stats/index.ts';
import type { Schedule } from './types.ts';

export type Arrivals = 'poisson' | 'constant';

/** A rate that holds for a time. */
export interface Stage {
  /** 0 is a pause. */
  readonly perSecond: number;
  readonly durationMs: number;
}

export interface SchedulePlan {
  readonly arrivals: Arrivals;
  /** One after the other. */
  readonly stages: readonly Stage[];
  /** Of the requests, in their order; all above 0. */
  readonly weights: readonly number[];
  readonly seed: number;
}

/** Streams of the seed, so that a change of one does not shift the other. */
const streams = { arrivals: 0, requests: 1 };

/** A schedule for one target. */
export function makeSchedule(plan: SchedulePlan): Schedule {
  const dueMs = arrivalTimes(plan.arrivals, plan.stages, new Random(plan.seed, streams.arrivals));
  const choose = weightedChoice(plan.weights);
  const random = new Random(plan.seed, streams.requests);
  return {
    dueMs,
    target: new Uint8Array(dueMs.length),
    request: Uint16Array.from(dueMs, () => choose(random)),
    durationMs: durationOf(plan.stages),
  };
}

export function durationOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** How many arrivals the stages hold: exactly that many when constant, on average when Poisson. */
export function expectedArrivals(stages: readonly Stage[]): number {
  return stages.reduce((sum, { perSecond, durationMs }) => sum + (perSecond * durationMs) / 1000, 0);
}

/**
 * Arrivals in ms from the start of the first stage. Both kinds are steps along the integral of the rate, so that a stage
 * goes on where the one before it stopped: steps of 1, the first of 0.5, are constant arrivals; exponential ones are a
 * Poisson process (Cinlar, Introduction to Stochastic Processes, 4.7: time change).
 */
export function arrivalTimes(arrivals: Arrivals, stages: readonly Stage[], random: Random): Float64Array {
  const step = arrivals === 'constant' ? () => 1 : () => -Math.log1p(-random.uniform());
  const times: number[] = [];
  let expected = arrivals === 'constant' ? 0.5 : step();
  let expectedBefore = 0;
  let start = 0;
  for (const { perSecond, durationMs } of stages) {
    const end = start + durationMs;
    while (perSecond > 0) {
      const due = start + ((expected - expectedBefore) / perSecond) * 1000;
      if (due >= end) break;
      times.push(due);
      expected += step();
    }
    expectedBefore += (perSecond * durationMs) / 1000;
    start = end;
  }
  return Float64Array.from(times);
}

/** Draws indices with probabilities in proportion to the weights. */
export function weightedChoice(weights: readonly number[]): (random: Random) => number {
  const sums: number[] = [];
  let total = 0;
  for (const weight of weights) {
    total += weight;
    sums.push(total);
  }
  if (sums.length < 2) return () => 0;
  return (random) => {
    const at = random.uniform() * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < (sums[middle] ?? total)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
