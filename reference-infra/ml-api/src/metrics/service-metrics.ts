/** The service's metrics: names, labels, help and buckets are those of the contract, and nothing else compiles. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricName, metrics } from '../../../monitoring/metrics.ts';
import type { ErrorReason } from '../errors.ts';
import { type Exposition, expositionOf } from './exposition.ts';

type Named<Type extends string> = {
  [Name in MetricName]: (typeof metrics)[Name]['type'] extends Type ? Name : never;
}[MetricName];
type LabelOf<Name extends MetricName> = (typeof metrics)[Name]['labels'][number];

export interface ServiceMetrics {
  /** All metrics, in the form that the request's `Accept` asks for. */
  expose(accept: string | undefined): Promise<Exposition>;
  /**
   * A request that was answered, or whose client went away (status 499). A trace id becomes the exemplar of its bucket: give
   * it only if the trace is kept.
   */
  answered(route: string, method: string, status: number, seconds: number, traceId: string | null): void;
  failed(reason: ErrorReason): void;
  predicted(model: string, version: string, rows: number): void;
  ran(model: string, version: string, rows: number, seconds: number): void;
  reloaded(result: 'success' | 'failure'): void;
  /** Only the current model is told. */
  currentModel(model: string, version: string, digest: string): void;
  /** Whether that is the one that is wanted. */
  upToDate(model: string, is: boolean): void;
}

export interface Observed {
  openRequests(): number;
  openBytes(): number;
  queueRows(): number;
  droppedRows(): number;
}

const none = {};
const rejections: ReadonlySet<ErrorReason> = new Set(['queue_full', 'deadline']);

export function createServiceMetrics(observed: Observed): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <Name extends Named<'counter'>>(name: Name): Counter<LabelOf<Name>> =>
    new Counter({ ...definitionOf(name), registers: [registry] });
  const gauge = <Name extends Named<'gauge'>>(name: Name): Gauge<LabelOf<Name>> =>
    new Gauge({ ...definitionOf(name), registers: [registry] });
  const histogram = <Name extends Named<'histogram'>>(name: Name): Histogram<LabelOf<Name>> =>
    new Histogram({ ...definitionOf(name), buckets: [...metrics[name].buckets], registers: [registry] });

  const duration = new Histogram<LabelOf<'ml_api_request_duration_seconds'> | 'trace_id'>({
    ...definitionOf('ml_api_request_duration_seconds'),
    buckets: [...metrics.ml_api_request_duration_seconds.buckets],
    enableExemplars: true,
    // It would refuse a registry of the classic form, which leaves exemplars out.
    registers: [],
  });
  registry.registerMetric(duration);
  const requests = counter('ml_api_requests_total');
  const errors = counter('ml_api_errors_total');
  const rejected = counter('ml_api_rejected_requests_total');
  const predictions = counter('ml_api_predictions_total');
  const batchRows = histogram('ml_api_batch_rows');
  const inference = histogram('ml_api_inference_duration_seconds');
  const reloads = counter('ml_api_model_reloads_total');
  const info = gauge('ml_model_info');
  const upToDate = gauge('ml_api_model_up_to_date');
  watch(gauge('ml_api_open_requests'), () => observed.openRequests());
  watch(gauge('ml_api_open_bytes'), () => observed.openBytes());
  watch(gauge('ml_api_queue_rows'), () => observed.queueRows());
  const dropped = counter('ml_api_prediction_log_dropped_rows_total');
  // Counters that alerts look at exist from the beginning: the first event is an increase, too.
  for (const reason of rejections) rejected.inc({ reason }, 0);
  for (const result of ['success', 'failure']) reloads.inc({ result }, 0);

  let told = 0;
  const expose = expositionOf(registry);

  return {
    async expose(accept) {
      const now = observed.droppedRows();
      dropped.inc(Math.max(0, now - told));
      told = Math.max(told, now);
      return await expose(accept);
    },
    answered(route, method, status, seconds, traceId) {
      const labels = { route, method, status };
      const exemplarLabels = traceId === null ? none : { trace_id: traceId };
      duration.observe({ labels, value: seconds, exemplarLabels });
      requests.inc(labels);
    },
    failed(reason) {
      errors.inc({ reason });
      if (rejections.has(reason)) rejected.inc({ reason });
    },
    predicted: (model, version, rows) => predictions.inc({ model, version }, rows),
    ran(model, version, rows, seconds) {
      batchRows.observe({ model, version }, rows);
      inference.observe({ model, version }, seconds);
    },
    reloaded: (result) => reloads.inc({ result }),
    currentModel(model, version, digest) {
      info.reset();
      info.set({ model, version, digest }, 1);
    },
    upToDate(model, is) {
      upToDate.reset();
      upToDate.set({ model }, is ? 1 : 0);
    },
  };
}

function definitionOf<Name extends MetricName>(
  name: Name,
): { name: string; help: string; labelNames: LabelOf<Name>[] } {
  const { help, labels } = metrics[name];
  return { name, help, labelNames: [...labels] as LabelOf<Name>[] };
}

/** Read when it is scraped. */
function watch(gauge: Gauge, value: () => number): void {
  Object.assign(gauge, { collect: () => gauge.set(value()) });
}
