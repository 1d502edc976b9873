/**
 * The metrics contract: the one source of names, types, labels and help. The service, the exporters, what the gates
 * push, and the lint of alerts and dashboards are typed against it. Plain data: nothing is imported, nothing runs.
 */

export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence, with the unit. */
  readonly help: string;
  /** In the order in which they are written; `job` and `instance` come from Prometheus. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram without the last, +Inf; in the unit of the name. */
  readonly buckets?: readonly number[];
  /**
   * Of a pushed value: the metric that says when it was pushed. A gateway shows a value for ever, so an alert on the value
   * needs one on its age beside it. What has none is scraped, and goes when its target goes.
   */
  readonly freshness?: `${string}_last_success_timestamp_seconds`;
}

const driftFreshness = 'ml_data_drift_score_last_success_timestamp_seconds';
const accuracyFreshness = 'ml_model_accuracy_last_success_timestamp_seconds';

/** Each under its own name. */
export const metrics = {
  ml_api_request_duration_seconds: {
    name: 'ml_api_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the first byte of a request to the last byte of its response, in seconds.',
    labels: ['route', 'method', 'status'],
    // Close together around the objective of 1 s, where the p95 is held against it; 1 itself, so that the share is exact.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.25, 1.5, 2.5, 5, 10],
  },
  ml_api_requests_total: {
    name: 'ml_api_requests_total',
    type: 'counter',
    help: 'Requests that were answered.',
    labels: ['route', 'method', 'status'],
  },
  ml_api_errors_total: {
    name: 'ml_api_errors_total',
    type: 'counter',
    help: 'Requests that failed, by the reason.',
    labels: ['reason'],
  },
  ml_api_predictions_total: {
    name: 'ml_api_predictions_total',
    type: 'counter',
    help: 'Rows that the model has predicted.',
    labels: ['model', 'version'],
  },
  ml_model_info: {
    name: 'ml_model_info',
    type: 'gauge',
    help: 'Always 1; the labels say which model is loaded.',
    labels: ['model', 'version', 'digest'],
  },
  ml_api_batch_rows: {
    name: 'ml_api_batch_rows',
    type: 'histogram',
    help: 'Rows of each run of the model, which may hold those of several requests.',
    labels: ['model', 'version'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096],
  },
  ml_api_inference_duration_seconds: {
    name: 'ml_api_inference_duration_seconds',
    type: 'histogram',
    help: 'Time of each run within ONNX Runtime, in seconds.',
    labels: ['model', 'version'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  ml_api_open_requests: {
    name: 'ml_api_open_requests',
    type: 'gauge',
    help: 'Prediction requests that are being read, wait, run or are being answered.',
    labels: [],
  },
  ml_api_open_bytes: {
    name: 'ml_api_open_bytes',
    type: 'gauge',
    help: 'Bytes of the bodies of open prediction requests.',
    labels: [],
  },
  ml_api_queue_rows: {
    name: 'ml_api_queue_rows',
    type: 'gauge',
    help: 'Rows that wait for the model or are in a run.',
    labels: [],
  },
  ml_api_rejected_requests_total: {
    name: 'ml_api_rejected_requests_total',
    type: 'counter',
    help: 'Requests that were refused with 503 to keep the queue bounded, by the reason: queue_full or deadline.',
    labels: ['reason'],
  },
  ml_api_prediction_log_dropped_rows_total: {
    name: 'ml_api_prediction_log_dropped_rows_total',
    type: 'counter',
    help: 'Rows that the prediction log had no room for or could not store.',
    labels: [],
  },
  ml_api_model_reloads_total: {
    name: 'ml_api_model_reloads_total',
    type: 'counter',
    help: 'Attempts to exchange the model while running, by their result: success or failure.',
    labels: ['result'],
  },
  ml_api_model_up_to_date: {
    name: 'ml_api_model_up_to_date',
    type: 'gauge',
    help: 'Whether the model that is served is the one that its file or the alias of the registry names: 1, or 0 when that one cannot be taken, or nobody can say which it is.',
    labels: ['model'],
  },
  ml_model_accuracy: {
    name: 'ml_model_accuracy',
    type: 'gauge',
    help: 'Share of the rows of a labelled data set that the model predicts right, from 0 to 1.',
    labels: ['model', 'version', 'dataset'],
    freshness: accuracyFreshness,
  },
  [accuracyFreshness]: {
    name: accuracyFreshness,
    type: 'gauge',
    help: 'When the accuracy was last measured and pushed, in seconds since 1970.',
    labels: ['model', 'version', 'dataset'],
  },
  ml_data_drift_score: {
    name: 'ml_data_drift_score',
    type: 'gauge',
    help: 'How far a column has drifted: its largest significant effect over the threshold of that effect. 1 or more means drifted, whatever the method; 0 means that nothing is significant.',
    labels: ['model', 'column', 'method'],
    freshness: driftFreshness,
  },
  ml_data_drift_columns: {
    name: 'ml_data_drift_columns',
    type: 'gauge',
    help: 'Columns of the last drift check by what it found: drifted, unchanged or inconclusive.',
    labels: ['model', 'state'],
    freshness: driftFreshness,
  },
  ml_data_drift_share_drifted: {
    name: 'ml_data_drift_share_drifted',
    type: 'gauge',
    help: 'Share of the feature columns that have drifted, of those that could be judged, from 0 to 1.',
    labels: ['model'],
    freshness: driftFreshness,
  },
  ml_data_drift_rows: {
    name: 'ml_data_drift_rows',
    type: 'gauge',
    help: 'Rows that the last drift check compared, on the side of the reference and of the current data.',
    labels: ['model', 'side'],
    freshness: driftFreshness,
  },
  [driftFreshness]: {
    name: driftFreshness,
    type: 'gauge',
    help: 'When a drift check last came to a verdict, drifted or not, in seconds since 1970. An inconclusive check does not count.',
    labels: ['model'],
  },
  aws_cost_daily: {
    name: 'aws_cost_daily',
    type: 'gauge',
    help: 'Cost of the last whole day, without credits and refunds, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_by_service: {
    name: 'aws_cost_by_service',
    type: 'gauge',
    help: 'Cost of the last whole day by AWS service, without credits and refunds, in the currency of the label.',
    labels: ['service', 'currency'],
  },
  aws_cost_by_model: {
    name: 'aws_cost_by_model',
    type: 'gauge',
    help: 'Cost of the last whole day of what is tagged with a model, without credits and refunds, in the currency of the label.',
    labels: ['model', 'currency'],
  },
  aws_cost_untagged: {
    name: 'aws_cost_untagged',
    type: 'gauge',
    help: 'Cost of the last whole day of what is tagged with no model, without credits and refunds, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_credits: {
    name: 'aws_cost_credits',
    type: 'gauge',
    help: 'What AWS gave back for the last whole day, by type: credit or refund. Negative, in the currency of the label.',
    labels: ['type', 'currency'],
  },
  aws_cost_daily_net: {
    name: 'aws_cost_daily_net',
    type: 'gauge',
    help: 'What the last whole day adds to the bill: its cost with credits and refunds, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_day_timestamp_seconds: {
    name: 'aws_cost_day_timestamp_seconds',
    type: 'gauge',
    help: 'When the last whole day began, in seconds since 1970, for costs by service (services) and by model (models).',
    labels: ['query'],
  },
  aws_cost_estimated: {
    name: 'aws_cost_estimated',
    type: 'gauge',
    help: 'Whether AWS may still change the cost of the last whole day: 1, or 0 once it is billed.',
    labels: ['query'],
  },
  aws_cost_weekday_median: {
    name: 'aws_cost_weekday_median',
    type: 'gauge',
    help: 'Median of the costs of the same weekday in the weeks before the last whole day, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_anomaly_score: {
    name: 'aws_cost_anomaly_score',
    type: 'gauge',
    help: 'How far the last whole day is from that median, in median absolute deviations scaled to standard deviations.',
    labels: ['currency'],
  },
  aws_cost_anomaly_unknown: {
    name: 'aws_cost_anomaly_unknown',
    type: 'gauge',
    help: 'Always 1, while there is no anomaly score; the label says why: too_little_history.',
    labels: ['currency', 'reason'],
  },
  aws_cost_month_to_date: {
    name: 'aws_cost_month_to_date',
    type: 'gauge',
    help: 'Cost from the first of the month of the last whole day to that day, without credits and refunds, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_forecast: {
    name: 'aws_cost_forecast',
    type: 'gauge',
    help: 'What this month will have cost at its end: what it has cost, and what AWS expects of its other days, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_forecast_lower: {
    name: 'aws_cost_forecast_lower',
    type: 'gauge',
    help: 'Lower bound of the forecast of the month, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_forecast_upper: {
    name: 'aws_cost_forecast_upper',
    type: 'gauge',
    help: 'Upper bound of the forecast of the month, in the currency of the label.',
    labels: ['currency'],
  },
  aws_cost_last_success_timestamp_seconds: {
    name: 'aws_cost_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When Cost Explorer last answered a question, in seconds since 1970: services, models or forecast. Values are kept until it answers again.',
    labels: ['query'],
  },
  aws_cost_explorer_requests_total: {
    name: 'aws_cost_explorer_requests_total',
    type: 'counter',
    help: 'Requests that the exporter sent to Cost Explorer, each page and each repetition counted.',
    labels: ['operation'],
  },
  aws_cost_explorer_spend_usd_total: {
    name: 'aws_cost_explorer_spend_usd_total',
    type: 'counter',
    help: 'What these requests cost, in US dollars: 0.01 each.',
    labels: [],
  },
  aws_cost_explorer_errors_total: {
    name: 'aws_cost_explorer_errors_total',
    type: 'counter',
    help: 'Questions to Cost Explorer that failed, by question and reason.',
    labels: ['query', 'reason'],
  },
  aws_cost_explorer_requests_left: {
    name: 'aws_cost_explorer_requests_left',
    type: 'gauge',
    help: 'Requests that are left of the budget of this day, which ends at midnight UTC.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metrics;
