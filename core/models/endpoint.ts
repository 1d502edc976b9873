/** Predictions of a service: MLflow's scoring server, or any that speaks the Open Inference Protocol (KServe v2). */

import type { EndpointOptions } from './endpoint-requests.ts';
import { openKserve } from './kserve.ts';
import { openMlflowScoring } from './mlflow-scoring.ts';
import type { Predictor } from './types.ts';

/** @throws RunError when the service cannot be reached or does not speak the protocol. */
export async function openEndpoint(
  url: string,
  protocol: 'mlflow' | 'kserve-v2',
  options: EndpointOptions,
): Promise<Predictor> {
  return protocol === 'mlflow' ? await openMlflowScoring(url, options) : await openKserve(url, options);
}
