/** Where a value stops being fine: the thresholds of the panels, which are those of the alerts (a test compares them). */

export const objectives = {
  /** Seconds within which 95% of the requests are answered: HighModelLatency. */
  latency: 1,
  /** Share of the requests that may fail: the budget of HighErrorRate. */
  errors: 0.001,
  /** Times the budget at which somebody is woken: HighErrorRate over one hour. */
  pageBurn: 14.4,
  /** The share that this is. */
  pageErrors: 0.0144,
  /** Requests refused in a second: RequestsRejected. */
  rejected: 0.1,
  /** Share of right predictions: ModelAccuracyDegraded. */
  accuracy: 0.8,
  /** Score from which a column has drifted: DataDriftDetected. */
  drift: 1,
  /** Seconds after which a pushed value is old: ModelAccuracyStale, DriftDataStale. */
  age: 2 * 86_400,
  /** Cost of a day: CostBudgetExceeded. */
  dailyCost: 200,
  /** Cost of a month: CostForecastExceeded. */
  monthlyCost: 6000,
  /** Deviations from what a weekday usually costs: CostAnomaly. */
  anomaly: 3.5,
  /** Seconds after which costs are old, by the last answer and by the day that it was of: CostDataStale. */
  costAnswerAge: 26 * 3600,
  costDayAge: 5 * 86_400,
} as const;
