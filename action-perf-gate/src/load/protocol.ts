/** What the main thread and the threads of the generator tell each other. */

import type { Address, ParserLimits } from './client/index.ts';
import type { Expect, OutcomeExample, Samples } from './types.ts';

/** One thread of those that send, told by number; or the one that wakes them. */
export interface ThreadRole {
  readonly kind: 'sender' | 'pacer';
  /** One a thread: changes when the thread has arrivals to send. Each stands in a cache line of its own. */
  readonly ticks: Int32Array;
  /** Not 0: the run is cancelled. */
  readonly stop: Int32Array;
  readonly thread: number;
  readonly threads: number;
}

/** Distance of the ticks of two threads. */
export const tickStride = 16;

export interface RunSetup {
  readonly columns: Samples;
  readonly addresses: readonly Address[];
  /** For each target, the bytes of each request. */
  readonly requests: readonly (readonly Uint8Array[])[];
  readonly templates: readonly SentTemplate[];
  readonly expects: readonly Expect[];
  readonly timeoutMs: number;
  /** How many connections to each target this thread may have open. */
  readonly connectionLimit: number;
  readonly ca: string | null;
  readonly insecure: boolean;
  readonly limits: ParserLimits;
  readonly counters: Int32Array;
}

/** What a sender must know of a request beside its bytes. */
export interface SentTemplate {
  readonly isHead: boolean;
  /** It asks the server to close, which need not say so. */
  readonly closes: boolean;
}

export type ToThread =
  | { readonly kind: 'prepare'; readonly setup: RunSetup }
  /** `originMs`: time 0 of the schedule on the clock of the process. */
  | { readonly kind: 'start'; readonly originMs: number };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly report: ThreadReport }
  | { readonly kind: 'defect'; readonly stack: string };

export interface ThreadReport {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Time in which the thread could run and no core was free; null where the system does not tell. */
  readonly starvedMs: number | null;
  readonly examples: readonly OutcomeExample[];
  readonly opened: number;
  readonly failed: number;
  readonly reconnects: number;
  readonly peak: number;
  readonly tcpMs: Float64Array;
  readonly tlsMs: Float64Array;
  /** Codes of errors that say that the machine ran out of something. */
  readonly exhausted: readonly string[];
}

/** Which thread sends an arrival: two that follow each other, as a duet pairs them, go the same way. */
export function threadOf(arrival: number, threads: number): number {
  return threads === 1 ? 0 : (arrival >> 1) % threads;
}
