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
 * `unsent` never left, because no connection could be had in time; `unfinished` was still without its end when the run was
 * cancelled.
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
  'unfinished',
] as const;
export type Outcome = (typeof outcomes)[number];

/** One entry for each arrival of the schedule, in its order. A time that never came is NaN. */
export interface Samples {
  readonly schedule: Schedule;
  /** When the generator took up the request, whether or not a connection was free: this minus `dueMs` is its own lag. */
  readonly attemptMs: Float64Array;
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

/** One of the servers under load. */
export interface Target {
  /** `http:` or `https:`; user and password become a header; its path stands before those of the requests. */
  readonly url: URL;
}

export interface TlsOptions {
  /** PEM text of further authorities. */
  readonly ca?: string;
  /** Takes any certificate. */
  readonly insecure?: boolean;
}

/** What a run takes. */
export interface LoadOptions {
  /** One, or baseline and candidate: `schedule.target` is an index into them. */
  readonly targets: readonly Target[];
  /** `schedule.request` is an index into them. */
  readonly templates: readonly RequestTemplate[];
  readonly schedule: Schedule;
  /** The first part of the schedule, whose requests are sent but left out of the result. Default 0. */
  readonly warmupMs?: number;
  readonly expects: readonly Expect[];
  /** From the intended start of a request to the end of its response. */
  readonly timeoutMs: number;
  /** How many connections a target gets at most; `auto`: as many as needed and as the process may open. */
  readonly connections: number | 'auto';
  readonly tls?: TlsOptions;
  /** Default: by the rate. */
  readonly threads?: number;
  /** A longer body ends its request as `body-too-large`. Default 64 MiB. */
  readonly bodyLimit?: number;
  /** Ends the run; what was sent until then is the result. */
  readonly signal?: AbortSignal;
  /** Called four times a second while the run goes on. */
  readonly progress?: (progress: Progress) => void;
  /** Told once when the schedule begins: its time 0, warm-up included, as `performance.now()` of the calling thread. */
  readonly started?: (originMs: number) => void;
}

export interface Progress {
  /** Since the schedule began, warm-up included. */
  readonly elapsedMs: number;
  /** Arrivals of the whole schedule, and those that are due by now. */
  readonly planned: number;
  readonly due: number;
  readonly sent: number;
  readonly done: number;
  /** Requests that have ended with anything but `ok`, by outcome; only those above 0. */
  readonly errors: Readonly<Partial<Record<Outcome, number>>>;
  readonly connections: number;
  /** Of the responses to requests that were due in the last second; null without any. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
}

/** What a response must fulfil: `status < 400`, `json($.path) == value`, `body contains text`. */
export type Expect =
  | { readonly kind: 'status'; readonly text: string; readonly operator: Comparison; readonly value: number }
  | {
      readonly kind: 'json';
      readonly text: string;
      readonly path: readonly (string | number)[];
      readonly operator: Comparison;
      readonly value: string | number | boolean | null;
    }
  | { readonly kind: 'body'; readonly text: string; readonly contains: string };
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The first request that ended in this way. */
export interface OutcomeExample {
  readonly outcome: Outcome;
  readonly target: number;
  /** Index of the template. */
  readonly request: number;
  readonly status: number;
  readonly dueMs: number;
  /** One sentence without a full stop; holds no credentials. */
  readonly message: string;
}

/** Connections opened in the whole run, warm-up included. */
export interface Connects {
  readonly opened: number;
  readonly failed: number;
  /** Requests that were sent again, because the server had closed the idle connection as they were sent. */
  readonly reconnects: number;
  /** The most that were open at a time. */
  readonly peak: number;
  /** Time of each TCP connect and, with TLS, of each handshake after it. */
  readonly tcpMs: Float64Array;
  readonly tlsMs: Float64Array;
  /** Of the look-ups before the run; null where the host is an address. */
  readonly dnsMs: number | null;
}

/** Whether the generator did what the schedule says: numbers of the measured part. */
export interface GeneratorHealth {
  /** From due to taken up, over all requests. */
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** What the p99 of the lag may be at most: 1 ms, or 1% of the p50 latency. */
  readonly lagLimitMs: number;
  readonly threads: number;
  /** CPU time of the generator's threads per request. */
  readonly cpuUsPerRequest: number;
  /** The busiest thread: its CPU time over the time that went by. */
  readonly busyShare: number;
  /** The share of time in which that thread could run and no core was free; null where the system does not tell. */
  readonly starvedShare: number | null;
  /** Share of CPU time that the host gave to others; null where the system does not tell. */
  readonly stolenShare: number | null;
  /** No port, file descriptor or memory was left for a connection: not only the numbers, the failures are not the service's. */
  readonly exhausted: boolean;
  /** Why the numbers of this run are not the service's; null: they are. */
  readonly void: string | null;
}

export interface LoadResult {
  /** Of the requests after the warm-up; time 0 is its end. */
  readonly samples: Samples;
  readonly warmup: { readonly sent: number; readonly failed: number };
  readonly examples: readonly OutcomeExample[];
  readonly connects: Connects;
  readonly health: GeneratorHealth;
  /** False when the signal ended the run: samples hold what was due until then. */
  readonly complete: boolean;
}
