/** An exporter that says once that the collector is gone, and once that it is back. */

import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../types.ts';

export function quietExporter(exporter: SpanExporter, place: string, logger: Logger): SpanExporter {
  let lost = 0;
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) {
          if (lost === 0) {
            const reason = reasonOf(result.error);
            logger.warn(
              { reason },
              `traces cannot be sent to ${place}; it is tried again with those to come`,
            );
          }
          lost += spans.length;
        } else if (lost > 0) {
          logger.info({ lost }, `traces can be sent to ${place} again; spans lost: ${lost}`);
          lost = 0;
        }
        done(result);
      });
    },
    forceFlush: async () => await exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

function reasonOf(error: Error | undefined): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return reasonOf(error.errors[0]);
  if (error === undefined) return 'it does not take them';
  const code = 'code' in error && error.code !== undefined ? ` (${String(error.code)})` : '';
  return `${error.message || error.name}${code}`;
}
