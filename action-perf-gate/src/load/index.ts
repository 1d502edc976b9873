/** The load generator: schedules, requests, runs, and what they measured. */

export { parseExpect } from './expect/index.ts';
export { runLoad } from './generator.ts';
export { decode, encode, Histogram, histogramLog, histogramOf, type LogEntry } from './histogram/index.ts';
export { type Preflight, type PreflightOptions, preflight } from './preflight.ts';
export {
  type Arrivals,
  arrivalTimes,
  durationOf,
  expectedArrivals,
  makeSchedule,
  type SchedulePlan,
  type Stage,
  weightedChoice,
} from './schedule.ts';
export * from './types.ts';
