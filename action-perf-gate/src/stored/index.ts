/** Comparison with an earlier run, from its result document. */

export { type CurrentRun, obstacles, remarks } from './comparable.ts';
export { measureStored, type StoredOptions } from './compare.ts';
export { openStored, type Stored, storedComparison } from './open.ts';
export {
  type EstimatesRecord,
  readStored,
  recordEstimates,
  type StoredEstimate,
  type StoredReading,
  type StoredRun,
  storedLevel,
} from './record.ts';
