/** The words of drift: what is compared, how, and what is said of a column. Plain values. */

export const numericMethods = [
  'ks',
  'wasserstein',
  'psi',
  'jensen_shannon',
  'hellinger',
  'total_variation',
  'chi_square',
  'cramers_v',
  'anderson_darling',
  'energy',
] as const;
/** Of a column: `categorical` takes those that need no order. */
export type DriftMethod = (typeof numericMethods)[number];
export const categoricalMethods = [
  'psi',
  'jensen_shannon',
  'hellinger',
  'total_variation',
  'chi_square',
  'cramers_v',
] as const satisfies readonly DriftMethod[];

export type ColumnKind = 'numeric' | 'categorical';
/** What a column is to the model: features count for `share_drifted`, the others are judged apart. */
export type ColumnRole = 'feature' | 'prediction' | 'label' | 'score';

/** Why a column has drifted. `vanished_column`: the current data do not have it. */
export type DriftSignal =
  | 'distribution'
  | 'missing'
  | 'new_category'
  | 'vanished_category'
  | 'type'
  | 'vanished_column';

export interface DriftTest {
  /** `kolmogorov-smirnov`, `chi-square` or `anderson-darling`. */
  readonly name: string;
  readonly statistic: number;
  readonly p: number;
  /** After Benjamini and Hochberg, over all tests of the run. */
  readonly adjusted_p: number;
}

/** Shares of both sides, for the picture; each sums to 1 over the values present. */
export type DriftShape =
  /** `edges` has one more than the shares; what lies beyond the ends is counted in the first and last bin. */
  | {
      readonly kind: 'numeric';
      readonly edges: readonly number[];
      readonly reference: readonly number[];
      readonly current: readonly number[];
    }
  /** The largest categories of both sides together, then `other` for the rest. */
  | {
      readonly kind: 'categorical';
      readonly categories: readonly string[];
      readonly reference: readonly number[];
      readonly current: readonly number[];
      readonly other: {
        readonly reference: number;
        readonly current: number;
        readonly categories: number;
      } | null;
    };

/** One object of `details.columns`; its names are those of the public interface. */
export interface ColumnDrift {
  readonly column: string;
  readonly role: ColumnRole;
  readonly kind: ColumnKind;
  /** Null: the distribution is not judged, `unjudged` says why; missing values and type are. */
  readonly method: DriftMethod | null;
  readonly unjudged: string | null;
  /** Of that method; `wasserstein` in standard deviations of the reference. */
  readonly value: number | null;
  /** What the method gives on average for two random parts of the pooled values, of these sizes. */
  readonly noise_floor: number | null;
  /** What is left of the value when the noise floor is taken off; this is held against the threshold. */
  readonly effect: number | null;
  readonly threshold: number | null;
  readonly test: DriftTest | null;
  /** Values present. */
  readonly n_reference: number;
  readonly n_current: number;
  readonly missing: {
    /** Fractions of the rows. */
    readonly reference: number;
    readonly current: number;
    /** Of Fisher's exact test; null: no value is missing on either side. */
    readonly p: number | null;
    readonly adjusted_p: number | null;
  };
  /** The most frequent first, at most 50; `new_share` and `vanished_share` are of all of them. */
  readonly new_categories: readonly string[];
  readonly vanished_categories: readonly string[];
  /** Of the values present in the current data, those in categories that the reference does not have; null: not categorical. */
  readonly new_share: number | null;
  readonly vanished_share: number | null;
  readonly drifted: boolean;
  readonly signals: readonly DriftSignal[];
  /** Why it cannot be known whether the column has drifted; null: it is known. */
  readonly inconclusive: string | null;
  /** The largest effect over its threshold among the signals that are significant; 0 when none is. */
  readonly score: number;
  /** What changed, or that nothing did, for somebody who knows the data and no statistics. */
  readonly sentence: string;
  readonly shape: DriftShape | null;
}
