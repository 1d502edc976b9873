/** The duet: baseline and candidate under one interleaved schedule, over several lives, compared life by life. */

export {
  type Change,
  type ComparedMetric,
  compareDuet,
  type DuetComparison,
  type DuetOptions,
  measureDuet,
} from './compare.ts';
export { type BaselineBound, type Contrast, type ContrastReading, power } from './contrast.ts';
export type { Detectable } from './detectable.ts';
export { boundOf, type Compared, type MeasurementOptions, measurementOf } from './measurement.ts';
export { type DuetMetric, duetMetrics, isDuetMetric } from './metrics.ts';
export {
  type ArmReading,
  type CpuTrack,
  type LifeReading,
  type ReadingOptions,
  readLife,
} from './reading.ts';
export {
  baselineTarget,
  candidateTarget,
  type DuetLife,
  type DuetPlan,
  type DuetPlanOptions,
  livesFor,
  planDuet,
} from './schedule.ts';
export { detectableText } from './words.ts';
