/** Spans by the OpenTelemetry SDK: one for each request, one below it for each of its parts. */

import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger, RequestSpan, SpanAttributes, SpanLink, Tracing } from '../types.ts';
import type { TracingConfig } from './config.ts';
import { quietExporter } from './quiet-exporter.ts';
import { parseTraceparent } from './trace-context.ts';

/** How long the end of the process waits for a collector. */
const shutdownMs = 3_000;
/** Of the requests in a batch; the SDK keeps 128. */
const mostLinks = 100;
/** RFC 9110 and PATCH; others are shown as `_OTHER`, so that names stay few. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

export function createTracing(config: TracingConfig, logger: Logger): Tracing {
  for (const warning of config.warnings) logger.warn({}, warning);
  const { host } = new URL(config.url);
  const Exporter = config.protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const exporter = quietExporter(new Exporter({ url: config.url }), host, logger);
  const { spans, batch, delayMs } = config.queue;
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': config.serviceName }))
      // OTEL_RESOURCE_ATTRIBUTES, and OTEL_SERVICE_NAME before it.
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(config),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: spans,
        maxExportBatchSize: Math.min(batch, spans),
        scheduledDelayMillis: delayMs,
      }),
    ],
  });
  const tracer = provider.getTracer('ml-api');
  return {
    startRequest: (request) => new TracedRequest(tracer, request),
    async shutdown() {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, shutdownMs);
      });
      // What cannot be sent has been logged by the exporter.
      await Promise.race([provider.shutdown().catch(() => {}), timeUp]);
      clearTimeout(timer);
    },
  };
}

function samplerOf({ sampler: { parentBased, ratio } }: TracingConfig): Sampler {
  const root = ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

class TracedRequest implements RequestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  private readonly tracer: Tracer;
  private readonly span: Span;
  private readonly inside: Context;
  private readonly method: string;
  /** From performance.now() to the time of day, which may be set while the process runs. */
  private readonly offset = Date.now() - performance.now();

  constructor(
    tracer: Tracer,
    { method, path, traceparent, tracestate }: Parameters<Tracing['startRequest']>[0],
  ) {
    this.tracer = tracer;
    this.method = methods.has(method) ? method : '_OTHER';
    const parent = contextOf(traceparent, tracestate);
    this.span = tracer.startSpan(
      this.method === '_OTHER' ? 'HTTP' : this.method,
      {
        kind: SpanKind.SERVER,
        startTime: this.offset + performance.now(),
        attributes: {
          'http.request.method': this.method,
          ...(this.method === '_OTHER' ? { 'http.request.method_original': method } : {}),
          'url.path': path,
          'url.scheme': 'http',
        },
      },
      parent,
    );
    this.inside = trace.setSpan(parent, this.span);
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  setAttributes(attributes: SpanAttributes): void {
    if (this.span.isRecording()) this.span.setAttributes(attributes);
  }

  addPart(
    name: string,
    startMs: number,
    endMs: number,
    attributes: SpanAttributes = {},
    links: readonly SpanLink[] = [],
  ): void {
    if (!this.sampled) return;
    const others = links.filter(({ spanId }) => spanId !== this.spanId).slice(0, mostLinks);
    const part = this.tracer.startSpan(
      name,
      {
        startTime: this.offset + startMs,
        attributes,
        links: others.map(({ traceId, spanId }) => ({
          context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED },
        })),
      },
      this.inside,
    );
    if (attributes['error.type'] !== undefined) part.setStatus({ code: SpanStatusCode.ERROR });
    part.end(this.offset + endMs);
  }

  end({ route, status }: { readonly route: string | null; readonly status: number }): void {
    if (!this.span.isRecording()) return;
    const method = this.method === '_OTHER' ? 'HTTP' : this.method;
    this.span.updateName(route === null ? method : `${method} ${route}`);
    this.span.setAttribute('http.response.status_code', status);
    if (route !== null) this.span.setAttribute('http.route', route);
    // A 4xx is the client's error, and none of a server's span.
    if (status >= 500) {
      this.span.setAttribute('error.type', String(status));
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end(this.offset + performance.now());
  }
}

function contextOf(traceparent: string | undefined, tracestate: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === null) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  });
}
