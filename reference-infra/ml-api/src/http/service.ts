/** What the routes work with. */

import type { Admission } from '../batching/admission.ts';
import type { Config } from '../config/config.ts';
import { RequestError } from '../errors.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { ModelHost } from '../model/model-host.ts';
import type { ServedModel } from '../model/served-model.ts';
import type { PredictionLog, Tracing } from '../types.ts';

export interface Service {
  readonly config: Config;
  readonly host: ModelHost;
  readonly admission: Admission;
  readonly metrics: ServiceMetrics;
  readonly predictionLog: PredictionLog;
  readonly tracing: Tracing;
  /** True from the first signal to end on: /ready says so, and connections are closed with their next answer. */
  readonly draining: () => boolean;
}

/** @throws RequestError 503 before the model is loaded. */
export function currentModel({ host }: Service): ServedModel {
  const { current } = host;
  if (current !== null) return current;
  throw new RequestError(503, 'not_ready', 'The model is not loaded yet. Try again later.', {
    retryAfter: 1,
  });
}
