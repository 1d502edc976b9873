/** What a retraining is decided on. */

/** Where the command line says that reasons are to be looked for. */
export type Source =
  | {
      readonly kind: 'drift' | 'model';
      readonly path: string;
      readonly shown: string;
      readonly digest: string;
    }
  | AccuracySource
  | { readonly kind: 'runs'; readonly folder: string; readonly shown: string; readonly least: number }
  | { readonly kind: 'count'; readonly rows: number; readonly least: number }
  /** Seconds. */
  | { readonly kind: 'calendar'; readonly every: number };

export interface AccuracySource {
  readonly kind: 'accuracy';
  readonly url: URL;
  readonly model: string;
  /** Null: the versions that are served. */
  readonly version: string | null;
  /** Null: all. */
  readonly dataset: string | null;
  /** From 0 to 1. */
  readonly least: number;
}

/** What was read there. */
export type Evidence =
  | {
      readonly kind: 'result';
      /** `drift check`, `model gate`. */
      readonly name: string;
      readonly says: Says;
      readonly text: string;
      readonly at: Date;
    }
  | {
      readonly kind: 'accuracy';
      readonly model: string;
      readonly least: number;
      readonly measured: readonly MeasuredAccuracy[];
    }
  | { readonly kind: 'runs'; readonly grown: readonly Growth[]; readonly least: number }
  | { readonly kind: 'count'; readonly rows: number; readonly least: number }
  | { readonly kind: 'calendar'; readonly every: number };

/** `unsure`: it may be, but that alone starts nothing. */
export type Says = 'retrain' | 'no' | 'unsure';

export interface MeasuredAccuracy {
  readonly version: string;
  readonly dataset: string;
  readonly value: number;
  readonly at: Date;
}

/** What a run of the pipeline has added to its dataset; negative when the dataset has become smaller. */
export interface Growth {
  readonly runId: string;
  readonly at: Date;
  readonly rows: number;
}

/** A run of the retraining workflow. */
export interface TrainingRun {
  readonly id: number;
  readonly url: string;
  /** Its last attempt. */
  readonly startedAt: Date;
  /** Null: it has not ended. */
  readonly conclusion: string | null;
  /** `queued`, `in_progress`, `completed`, … */
  readonly status: string;
}

export interface Trainings {
  /** Started last first. */
  readonly runs: readonly TrainingRun[];
  /** The last that succeeded; null: none has. */
  readonly succeeded: TrainingRun | null;
}
