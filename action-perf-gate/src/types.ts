/** The words of the performance gate: what stands in `details` of its result document. Times are in ms unless a name says else. */

import type { DuetComparison } from './duet/index.ts';
import type { GeneratorHealth } from './load/index.ts';
import type { FailureKind } from './measure/failures.ts';
import type { Series } from './measure/series.ts';
import type { SpectrumPoint } from './measure/spectrum.ts';
import type { EstimatesRecord } from './stored/record.ts';

/** Where the run was made: runs of different machines are not comparable. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_bytes: number;
  readonly node: string;
  readonly kernel: string;
  readonly architecture: string;
}

/** What was sent, and when: runs of different load are not comparable. */
export interface LoadRecord {
  readonly arrivals: 'poisson' | 'constant';
  readonly stages: readonly { readonly per_second: number; readonly seconds: number }[];
  readonly warmup_seconds: number;
  readonly seconds: number;
  readonly seed: number;
  readonly connections: number | 'auto';
  readonly timeout: number;
  readonly expect: readonly string[];
  /** Different requests of the corpus. */
  readonly requests: number;
  /** `sha256:…` over all that is sent. */
  readonly digest: string;
}

/** One service, all requests or those of one name. */
export interface RequestsRecord {
  /** Null: all. */
  readonly name: string | null;
  readonly due: number;
  readonly ok: number;
  readonly failed: number;
  /** By the names of metrics; null where undefined. */
  readonly latency: Readonly<Record<string, number | null>>;
  /** From the sending. */
  readonly service: Readonly<Record<string, number | null>>;
}

/** One service under load. */
export interface ArmRecord {
  /** Without credentials. */
  readonly url: string;
  readonly all: RequestsRecord;
  /** Empty where all requests have one name; the most frequent first. */
  readonly by_name: readonly RequestsRecord[];
  readonly series: Series;
  readonly spectrum: readonly SpectrumPoint[];
  readonly failures: readonly FailureKind[];
  /** A service that the gate started; null: it did not. */
  readonly started: {
    /** From start to ready, in each life. */
    readonly ready: readonly number[];
    /** Null where it could not be seen. */
    readonly cpu_per_request: number | null;
    readonly memory_peak: number | null;
    /** Path of what it wrote, relative to the workspace. */
    readonly log: string;
  } | null;
  /** Path of its latency histogram in HDR's log format, relative to the workspace. */
  readonly histogram: string | null;
}

export interface ConnectsRecord {
  readonly opened: number;
  readonly failed: number;
  readonly reconnects: number;
  readonly peak: number;
  /** Medians and longest; null where there was none. */
  readonly tcp: { readonly p50: number; readonly max: number } | null;
  readonly tls: { readonly p50: number; readonly max: number } | null;
  readonly dns: number | null;
}

/** An earlier result: compared with, or why not. */
export interface StoredRecord {
  readonly path: string;
  readonly finished_at: string;
  readonly comparable: boolean;
  /** What differs, or what to bear in mind. */
  readonly remarks: readonly string[];
}

export interface PerfDetails {
  readonly mode: 'load';
  readonly environment: Environment;
  readonly load: LoadRecord;
  /** Of the candidate, for a later run whose `baseline-path` this document is. */
  readonly estimates: EstimatesRecord;
  readonly candidate: ArmRecord;
  /** Under load beside it; null: none was. */
  readonly baseline: ArmRecord | null;
  readonly stored: StoredRecord | null;
  /** Lives of both services, each judged by itself; null without a baseline under load. */
  readonly duet: (DuetComparison & { readonly lives: number; readonly left_out: number }) | null;
  readonly connects: ConnectsRecord;
  /** Of the worst life. */
  readonly health: GeneratorHealth;
}
