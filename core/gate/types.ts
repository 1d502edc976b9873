/**
 * The few types that every gate is built from: catalogue -> check -> measurement -> judged -> result.
 * Everything here is a plain value; nothing does I/O.
 */

export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** `neutral`: neither direction is better (e.g. a mean that must stay between bounds). */
export type Direction = 'higher' | 'lower' | 'neutral';

/**
 * What a metric's numbers are measured in; thresholds are converted to this base unit.
 * `ratio` takes `%`; `milliseconds` and `seconds` take `ms s m h d`; `bytes` takes `B KB MB … KiB MiB …`;
 * `per-second` takes `/s`; `count` and `number` take bare numbers.
 */
export type Unit = 'ratio' | 'number' | 'count' | 'milliseconds' | 'seconds' | 'bytes' | 'per-second';

/** What stands between the parentheses of `f1(macro)`, read by the metric that owns it. */
export type SelectorReading =
  | { readonly ok: true /** canonical text, e.g. `macro` or `region=EU` */; readonly canonical: string }
  | {
      readonly ok: false;
      readonly message: string;
      /** Offset of the mistake from the start of the selector text, for the caret. */
      readonly offset: number;
      readonly allowed?: string;
      readonly nearest?: string;
    };

/** One thing a gate can measure. READMEs, hints and report labels come from it. */
export interface MetricDefinition {
  /** As thresholds spell it, e.g. `roc_auc`. */
  readonly name: string;
  /** As reports show it, e.g. `ROC AUC`. */
  readonly label: string;
  readonly unit: Unit;
  readonly direction: Direction;
  /** One sentence: what it is. */
  readonly definition: string;
  /** Where the definition comes from: a URL or a paper. */
  readonly source: string;
  /** What may stand in the parentheses, for READMEs and hints: `macro, micro, weighted or a class`; null: nothing. */
  readonly selectorHelp: string | null;
  /**
   * `never`: parentheses are a mistake; `optional`; `required`. The text is trimmed; quotes are left in place.
   * A reading that depends on data not yet read (class names, columns) may be accepted here and refused by the
   * gate before measuring.
   */
  readonly selector: 'never' | 'optional' | 'required';
  readSelector?(text: string): SelectorReading;
  /** True for metrics that may stand alone on a line, as `unique(country, tax_id)` does. */
  readonly standsAlone?: boolean;
  /**
   * The values that it can take, ends included, in the base unit; a bound outside decides nothing and is refused.
   * Unless given: [0, 1] for ratios, [0, ∞) for counts, bytes and rates, unknown for the rest. A ratio that may
   * exceed 1, as mape, says so here.
   */
  readonly range?: readonly [number, number];
}

export type MetricCatalogue = ReadonlyMap<string, MetricDefinition>;

export type Comparison = '>=' | '>' | '<=' | '<' | '==' | '!=';

/**
 * The right-hand side. `baseline` bounds are `factor * baseline + offset`
 * (`baseline - 0.01`: factor 1, offset -0.01; `baseline * 1.10`: factor 1.1, offset 0).
 */
export type Bound =
  | {
      readonly kind: 'number' /** in the metric's base unit */;
      readonly value: number;
      readonly text: string;
    }
  | { readonly kind: 'baseline'; readonly factor: number; readonly offset: number; readonly text: string };

export type Condition =
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly bound: Bound }
  | { readonly kind: 'between'; readonly low: Bound; readonly high: Bound }
  /** A metric that stands alone: its value must be 1 (true). */
  | { readonly kind: 'holds' };

/** One parsed line of `thresholds`. */
export interface Check {
  /** The line in canonical spelling, without comment: `f1(macro) >= 0.8 at 95%`. Unique within a run. */
  readonly id: string;
  readonly metric: string;
  /** Canonical text of what stands in the parentheses. */
  readonly selector: string | null;
  readonly condition: Condition;
  /** From `at 95%`: 0.95. Null: judged on the value (or, against a baseline, at the run's confidence). */
  readonly confidence: number | null;
  /** `warn:` lines are reported and never fail. */
  readonly severity: 'fail' | 'warn';
  /** Where it was written; line and column from 1. Null for a check that an input stands for, as min-accuracy. */
  readonly place: { readonly input: string; readonly line: number; readonly column: number } | null;
}

/** A two-sided confidence interval. */
export interface Interval {
  /** Nominal coverage, e.g. 0.95. */
  readonly level: number;
  readonly low: number;
  readonly high: number;
  /** `wilson`, `newcombe-paired`, `delong`, `bootstrap-bca`, `bootstrap-percentile`, `order-statistic`, … */
  readonly method: string;
}

/** A number with its interval, or the reason why there is none. A value is always finite. */
export type Estimate =
  | { readonly defined: true; readonly value: number; readonly interval: Interval | null; readonly n: number }
  | { readonly defined: false; readonly reason: string; readonly n: number };

/** What was measured for one check. */
export interface Measurement {
  readonly metric: string;
  readonly selector: string | null;
  /** The metric itself, interval at the check's confidence (else the run's). */
  readonly estimate: Estimate;
  /** The same metric of the baseline on the same rows; null without a baseline. */
  readonly baseline: Estimate | null;
  /**
   * For bounds over the baseline: candidate - factor * baseline, estimated on pairs where rows are shared.
   * Judged against the bound's offset. Null when the check has no baseline bound.
   */
  readonly contrast: Estimate | null;
  /** Set when the measurement must not be judged, e.g. a slice under the minimum size. */
  readonly inconclusive?: string;
  /** Remarks to show beside the value, e.g. the zero-division notice. */
  readonly notes?: readonly string[];
}

/** A check with its measurement, verdict and reason in words. */
export interface Judged {
  readonly check: Check;
  readonly measurement: Measurement;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** What was judged, by content. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** One check as the result document shows it. */
export interface CheckRecord {
  readonly id: string;
  readonly metric: string;
  readonly selector: string | null;
  readonly severity: 'fail' | 'warn';
  readonly unit: Unit;
  readonly value: number | null;
  readonly interval: Interval | null;
  /** The bound in base units; null when it is `between` or `holds`. Against a baseline: the bound's value. */
  readonly threshold: number | null;
  /** The condition as written, e.g. `>= baseline - 0.01`. */
  readonly condition: string;
  readonly baseline: number | null;
  /** Candidate minus factor * baseline, with its interval; null without a baseline. */
  readonly difference: { readonly value: number; readonly interval: Interval | null } | null;
  readonly n: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly notes?: readonly string[];
}

/** `predicate.gate` of the result document. */
export interface GateRecord<Details = Readonly<Record<string, unknown>>> {
  readonly version: 1;
  /** Without the `action-` prefix: `validate-model`. */
  readonly action: string;
  /** The `id` input; empty when not given. */
  readonly id: string;
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly commit: string | null;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string } | null;
  readonly checks: readonly CheckRecord[];
  /** Every metric computed, by the name that thresholds use; null where undefined. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Why a metric is null, by the same names. */
  readonly undefinedMetrics: Readonly<Record<string, string>>;
  /** Remarks about the run that readers should see (what was guessed, what was left out). */
  readonly notices: readonly string[];
  readonly details: Details;
}

/** The gate result: an in-toto Statement v1 with predicate type test-result v0.1. */
export interface GateResult<Details = Readonly<Record<string, unknown>>> {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly Subject[];
  readonly predicateType: 'https://in-toto.io/attestation/test-result/v0.1';
  readonly predicate: {
    readonly result: 'PASSED' | 'WARNED' | 'FAILED';
    readonly configuration: readonly Subject[];
    /** Of the workflow run. */
    readonly url?: string;
    readonly passedTests: readonly string[];
    readonly warnedTests: readonly string[];
    readonly failedTests: readonly string[];
    readonly gate: GateRecord<Details>;
  };
}
