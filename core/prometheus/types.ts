/** The words of Prometheus' text format. Plain values. */

/** A metric whose samples are single numbers. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** In the order in which they are written. */
  readonly labels: readonly string[];
}

/** One value for each label of the metric, and none besides. */
export type Labels<M extends Metric> = Readonly<Record<M['labels'][number], string>>;

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricSamples {
  readonly metric: Metric;
  readonly samples: readonly Sample[];
}
