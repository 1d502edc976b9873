/** What a run leaves in its result document for a later run to be compared with. */

import type { Estimate, GateResult } from '../../../core/gate/index.ts';
import type { Environment, LoadRecord } from '../types.ts';

/** The interval of every estimate of a record. */
export const storedLevel = 0.95;
/** Raised when numbers of the same service come out otherwise, as after a change of the generator's clock. */
export const engineVersion = 1;

/** A metric as it was measured, by the name that thresholds use. */
export interface StoredEstimate {
  readonly value: number;
  /** At `storedLevel`; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** Stands in `details.estimates` of the result document. */
export interface EstimatesRecord {
  readonly engine: number;
  readonly metrics: Readonly<Record<string, StoredEstimate>>;
}

/** Of estimates at `storedLevel`, by name; those that are undefined are left out. */
export function recordEstimates(estimates: Iterable<readonly [name: string, Estimate]>): EstimatesRecord {
  const metrics: Record<string, StoredEstimate> = {};
  for (const [name, estimate] of estimates) {
    if (!estimate.defined) continue;
    const { value, interval, n } = estimate;
    metrics[name] = { value, low: interval?.low ?? null, high: interval?.high ?? null, n };
  }
  return { engine: engineVersion, metrics };
}

/** An earlier run, as far as a comparison needs it. */
export interface StoredRun {
  readonly environment: Pick<Environment, 'cpu' | 'cores' | 'node' | 'architecture'>;
  readonly load: LoadRecord;
  readonly estimates: EstimatesRecord;
  /** Another service was under load beside it. */
  readonly wasDuet: boolean;
  /** Why its numbers are not the service's; null: they are. */
  readonly void: string | null;
  readonly finishedAt: string;
}

export type StoredReading =
  | { readonly ok: true; readonly run: StoredRun }
  /** What is wrong with the document, to follow its name. */
  | { readonly ok: false; readonly message: string };

/** `result` is a valid result document of any action. */
export function readStored(result: GateResult): StoredReading {
  const { gate } = result.predicate;
  if (gate.action !== 'perf-gate') {
    return { ok: false, message: `is a result of ${gate.action}, not of perf-gate` };
  }
  const { environment, load, estimates, baseline, health } = gate.details;
  if (!isEnvironment(environment) || !isLoad(load) || !isEstimates(estimates)) {
    return { ok: false, message: 'does not say all that a comparison needs; an older version wrote it' };
  }
  const isVoid = isObject(health) && typeof health.void === 'string' ? health.void : null;
  const wasDuet = isObject(baseline);
  return {
    ok: true,
    run: { environment, load, estimates, wasDuet, void: isVoid, finishedAt: gate.finishedAt },
  };
}

type Unknown = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isEnvironment(value: unknown): value is StoredRun['environment'] {
  return (
    isObject(value) &&
    isText(value.cpu) &&
    isNumber(value.cores) &&
    isText(value.node) &&
    isText(value.architecture)
  );
}

function isLoad(value: unknown): value is LoadRecord {
  return (
    isObject(value) &&
    isText(value.arrivals) &&
    Array.isArray(value.stages) &&
    value.stages.every((stage) => isObject(stage) && isNumber(stage.per_second) && isNumber(stage.seconds)) &&
    isNumber(value.warmup_seconds) &&
    isNumber(value.seconds) &&
    isNumber(value.seed) &&
    (isNumber(value.connections) || value.connections === 'auto') &&
    isNumber(value.timeout) &&
    Array.isArray(value.expect) &&
    value.expect.every(isText) &&
    isText(value.digest)
  );
}

function isEstimates(value: unknown): value is EstimatesRecord {
  return (
    isObject(value) &&
    isNumber(value.engine) &&
    isObject(value.metrics) &&
    Object.values(value.metrics).every(isEstimate)
  );
}

function isEstimate(value: unknown): value is StoredEstimate {
  const isEnd = (end: unknown): boolean => end === null || isNumber(end);
  return (
    isObject(value) && isNumber(value.value) && isNumber(value.n) && isEnd(value.low) && isEnd(value.high)
  );
}
