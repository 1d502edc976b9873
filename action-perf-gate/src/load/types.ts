/**
 * What a run of the generator takes and gives: a schedule that is fixed before the first request, and columns of samples
 * with one place for each of its arrivals. Times are milliseconds from the start of the schedule unless a name says else.
 */

/** Every arrival in order of time; the columns have one entry for each. */
export interface Schedule {
  /** When the request is due, ascending. */
  readonly dueMs: Float64Array;
  /** Which target it goes to: an index into the targets of the run; in a duet 0 is the baseline, 1 the candidate. */
  readonly target: Uint8Array;
  /** Which request of the corpus it is. */
  readonly request: Uint16Array;
  /** How long the schedule lasts; the last arrival is before it. */
  readonly durationMs: number;
}

/** One request of the corpus, ready to be sent to any target. */
export interface RequestTemplate {
  /** As results show it: per-name results are grouped by it. */
  readonly name: string;
  readonly method: string;
  /** Path with query, appended to the target's own path. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
  /** Relative to those of the others; above 0. */
  readonly weight: number;
}

/**
 * How a request ended. `ok` is a response that met every `expect`; `unexpected` one that did not (status or body);
 * `unfinished` was still without its end when the run was over and its timeout had not passed; `unsent` never left,
 * because no connection could be had in time.
 */
export const outcomes = [
  'ok',
  'unexpected',
  'timeout',
  'connect',
  'dns',
  'tls',
  'reset',
  'closed',
  'protocol',
  'body-too-large',
  'unsent',
] as const;
export type Outcome = (typeof outcomes)[number];

/** One entry for each arrival of the schedule, in its order. A time that never came is NaN. */
export interface Samples {
  readonly schedule: Schedule;
  /** When the request was written to its connection. */
  readonly sentMs: Float64Array;
  /** When the first byte of the response came. */
  readonly firstByteMs: Float64Array;
  /** When the response, or its failure, was complete. Latency is this minus `dueMs`, service time this minus `sentMs`. */
  readonly doneMs: Float64Array;
  /** An index into `outcomes`. */
  readonly outcome: Uint8Array;
  /** The HTTP status; 0 without a response. */
  readonly status: Uint16Array;
}
