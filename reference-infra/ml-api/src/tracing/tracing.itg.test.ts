/** A collector of the test's own: what arrives there over HTTP, and what happens when it does not answer. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProcess } from '../../../../scripts/tools/process.ts';
import { ensurePython } from '../../../../scripts/tools/python.ts';
import { listeningLogger, until } from '../testing.ts';
import { openTracing, type TracingEnvironment, tracingConfig } from './index.ts';
import { attributesOf, type Collector, type Otlp, spansOf, startCollector } from './testing.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerId = '00f067aa0ba902b7';

let collector: Collector;
let env: TracingEnvironment;
beforeEach(async () => {
  collector = await startCollector();
  env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '5',
  };
});
afterEach(() => collector.stop());

async function open(given: TracingEnvironment = {}) {
  const logger = listeningLogger();
  return { logger, tracing: await openTracing(tracingConfig({ ...env, ...given }), logger) };
}

const request = { method: 'POST', path: '/predict', traceparent: undefined, tracestate: undefined };
const fromCaller = (flags = '01') => ({ ...request, traceparent: `00-${traceId}-${callerId}-${flags}` });
const done = { route: '/predict', status: 200 };

test('a request and its parts arrive as one tree below the span of the caller', async () => {
  const { tracing, logger } = await open();
  const span = tracing.startRequest({ ...fromCaller(), tracestate: 'vendor=1' });
  expect(span).toMatchObject({ traceId, sampled: true });
  const start = performance.now();
  span.addPart('parse', start, start + 2, { rows: 3 });
  span.addPart('inference', start + 3, start + 10.5, {}, [
    { traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
    { traceId, spanId: span.spanId },
  ]);
  span.setAttributes({ 'model.name': 'fraud', rows: 3 });
  span.end(done);
  await tracing.shutdown();

  expect(collector.received.map(({ path }) => path)).toEqual(['/v1/traces']);
  const [parse, inference, root] = collector.spans();
  expect(root).toMatchObject({
    traceId,
    parentSpanId: callerId,
    name: 'POST /predict',
    kind: 2,
    traceState: 'vendor=1',
  });
  expect(root?.spanId).toBe(span.spanId);
  expect(root?.status.code ?? 0).toBe(0);
  expect(root && attributesOf(root)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/predict',
    'http.response.status_code': 200,
    'url.path': '/predict',
    'url.scheme': 'http',
    'model.name': 'fraud',
    rows: 3,
  });
  expect(parse).toMatchObject({ name: 'parse', traceId, parentSpanId: span.spanId });
  expect(inference).toMatchObject({ name: 'inference', traceId, parentSpanId: span.spanId });
  expect(inference?.links, 'a span is not linked with itself').toMatchObject([
    { traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
  ]);
  expect(
    Number(BigInt(inference?.endTimeUnixNano ?? 0) - BigInt(inference?.startTimeUnixNano ?? 0)) / 1e6,
  ).toBeCloseTo(7.5, 1);
  const age = Date.now() - Number(BigInt(parse?.startTimeUnixNano ?? 0) / 1_000_000n);
  expect(Math.abs(age), 'times are those of the day').toBeLessThan(60_000);
  expect(logger.lines).toEqual([]);
});

test('protobuf, the usual way, says the same', async () => {
  const { tracing } = await open({ OTEL_EXPORTER_OTLP_PROTOCOL: undefined });
  const span = tracing.startRequest(fromCaller());
  span.addPart('queue', 1, 2);
  span.end(done);
  await tracing.shutdown();
  expect(collector.received[0]?.headers['content-type']).toBe('application/x-protobuf');
  const { python } = await ensurePython();
  const decode =
    'import base64,sys;from google.protobuf.json_format import MessageToJson;' +
    'from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest as R;' +
    'print(MessageToJson(R.FromString(base64.b64decode(sys.argv[1]))))';
  const { stdout, stderr } = await runProcess(python, [
    '-c',
    decode,
    collector.received[0]?.body.toString('base64') ?? '',
  ]);
  expect(stderr).toBe('');
  const hex = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString('hex');
  const spans = spansOf([JSON.parse(stdout) as Otlp]);
  expect(spans.map(({ name }) => name)).toEqual(['queue', 'POST /predict']);
  expect(spans.map((s) => [hex(s.traceId), hex(s.parentSpanId)])).toEqual([
    [traceId, span.spanId],
    [traceId, callerId],
  ]);
});

test.each([
  [500, 2, '500'],
  [503, 2, '503'],
  [400, 0, undefined],
])('status %i of the answer is status %i of the span', async (status, code, errorType) => {
  const { tracing } = await open();
  tracing.startRequest(request).end({ route: '/predict', status });
  await tracing.shutdown();
  const [span] = collector.spans();
  expect(span?.status.code ?? 0).toBe(code);
  expect(span && attributesOf(span)['error.type']).toBe(errorType);
});

test('a part that failed says so', async () => {
  const { tracing } = await open();
  const span = tracing.startRequest(request);
  span.addPart('inference', 1, 2, { 'error.type': 'model_failed' });
  span.end({ route: '/predict', status: 500 });
  await tracing.shutdown();
  expect(collector.spans()[0]?.status.code).toBe(2);
});

test('unknown routes and methods make no new names', async () => {
  const { tracing } = await open();
  tracing.startRequest({ ...request, path: '/wp-admin.php' }).end({ route: null, status: 404 });
  tracing.startRequest({ ...request, method: 'BREW' }).end({ route: null, status: 405 });
  await tracing.shutdown();
  const [unknown, brew] = collector.spans();
  expect([unknown?.name, brew?.name]).toEqual(['POST', 'HTTP']);
  expect(unknown && attributesOf(unknown)).not.toHaveProperty('http.route');
  expect(brew && attributesOf(brew)).toMatchObject({
    'http.request.method': '_OTHER',
    'http.request.method_original': 'BREW',
  });
});

test('what the caller does not keep is not kept here, and neither is what the sampler leaves out', async () => {
  const { tracing } = await open();
  const span = tracing.startRequest(fromCaller('00'));
  expect(span).toMatchObject({ traceId, sampled: false });
  span.addPart('parse', 1, 2);
  span.end(done);
  await tracing.shutdown();
  const off = await open({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
  const dropped = off.tracing.startRequest(request);
  expect(dropped.traceId).toMatch(/^[0-9a-f]{32}$/);
  dropped.end(done);
  off.tracing.startRequest(fromCaller()).end(done);
  await off.tracing.shutdown();
  expect(collector.spans().map(({ parentSpanId }) => parentSpanId)).toEqual([callerId]);
});

test('the service is named by the standard variables', async () => {
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=staging,team=risk';
  process.env.OTEL_EXPORTER_OTLP_HEADERS = 'api-key=s3cret';
  try {
    const { tracing } = await open();
    tracing.startRequest(request).end(done);
    await tracing.shutdown();
  } finally {
    delete process.env.OTEL_RESOURCE_ATTRIBUTES;
    delete process.env.OTEL_EXPORTER_OTLP_HEADERS;
  }
  const [document] = collector.received.map(({ body }) => JSON.parse(body.toString()) as Otlp);
  const resource = document?.resourceSpans[0]?.resource;
  expect(resource && attributesOf(resource)).toMatchObject({
    'service.name': 'ml-api',
    'deployment.environment.name': 'staging',
    team: 'risk',
  });
  expect(collector.received[0]?.headers['api-key']).toBe('s3cret');
});

test('a collector that hangs delays nobody and does not keep the process from ending', async () => {
  collector.state = 'hangs';
  const { tracing, logger } = await open({
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
  });
  for (let i = 0; i < 10_000; i++) tracing.startRequest(request).end(done);
  await until(() => collector.received.length > 0);
  await tracing.shutdown();
  expect(logger.lines.length).toBeLessThanOrEqual(1);
});

test('a collector that refuses is said once, and once more when it takes traces again', async () => {
  collector.state = 503;
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '50';
  try {
    const { tracing, logger } = await open();
    for (let i = 0; i < 5; i++) {
      const before = collector.received.length;
      tracing.startRequest(request).end(done);
      await until(() => collector.received.length > before);
    }
    await until(() => logger.lines.length === 1);
    collector.state = 'works';
    await until(async () => {
      tracing.startRequest(request).end(done);
      return logger.lines.length === 2;
    });
    await tracing.shutdown();
    expect(logger.lines).toEqual([
      expect.stringMatching(/^warn traces cannot be sent to 127\.0\.0\.1:\d+;/),
      expect.stringMatching(/^info traces can be sent to 127\.0\.0\.1:\d+ again; spans lost: \d+/),
    ]);
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
  }
});

test.each([
  ['without an endpoint requests have ids, and nothing of OpenTelemetry is loaded', {}, false],
  ['with one it is', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, true],
])('%s', async (_, environment, loads) => {
  const script = `
    const { registerHooks } = await import('node:module');
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { openTracing, tracingConfig } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    const tracing = await openTracing(tracingConfig(${JSON.stringify(environment)}), console);
    const span = tracing.startRequest({ method: 'GET', path: '/', traceparent: '00-${traceId}-${callerId}-01' });
    span.addPart('parse', 1, 2);
    const sdk = loaded.some((url) => url.includes('opentelemetry'));
    console.log(JSON.stringify({ traceId: span.traceId, spanId: span.spanId, sampled: span.sampled, sdk }));`;
  const { stdout, stderr } = await runProcess(process.execPath, ['--input-type=module', '-e', script]);
  expect(stderr).toBe('');
  const spanId = expect.stringMatching(/^[0-9a-f]{16}$/);
  expect(JSON.parse(stdout)).toEqual({ traceId, spanId, sampled: loads, sdk: loads });
});
