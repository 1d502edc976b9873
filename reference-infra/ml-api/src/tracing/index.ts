/** Traces of requests by OpenTelemetry, where somebody collects them. */

import type { Logger, Tracing } from '../types.ts';
import type { TracingConfig } from './config.ts';
import { makeSpanId, makeTraceId, parseTraceparent } from './trace-context.ts';

export { type TracingConfig, type TracingEnvironment, tracingConfig } from './config.ts';

/** Without a configuration requests only have ids, and nothing of OpenTelemetry is loaded. */
export async function openTracing(config: TracingConfig | null, logger: Logger): Promise<Tracing> {
  if (config === null) return idsOnly;
  const { createTracing } = await import('./spans.ts');
  return createTracing(config, logger);
}

const idsOnly: Tracing = {
  startRequest: ({ traceparent }) => ({
    traceId: parseTraceparent(traceparent)?.traceId ?? makeTraceId(),
    spanId: makeSpanId(),
    sampled: false,
    setAttributes: () => {},
    addPart: () => {},
    end: () => {},
  }),
  shutdown: async () => {},
};
