/**
 * A request's way to its trace: from the service through a real collector with the platform's configuration to where Tempo
 * would be, and from the exemplar in a real Prometheus to the same trace.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import {
  attributesOf,
  type Collector,
  startCollector,
} from '../../../reference-infra/ml-api/src/tracing/testing.ts';
import { type RunningService, startService } from '../../../reference-infra/ml-api/test/service.ts';
import { writePrometheus } from '../../../scripts/platform/configuration.ts';
import { ensureCollector } from '../../../scripts/tools/collector.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePrometheus } from '../../../scripts/tools/prometheus.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';
import { infra, loadProject } from './compose-project.ts';

const configuration = join(infra, 'monitoring/collector/collector.yml');
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const unsampledId = '5bf92f3577b34da6a3ce929d0e0e4736';
const row = [17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3001, 0.1471];

const folder = mkdtempSync(join(tmpdir(), 'tracing-'));
/** Stands where Tempo would. */
let store: Collector;
let service: RunningService;
let collectorUrl: string;
let collectorMetrics: string;
let prometheus: string;
const servers: RunningServer[] = [];

beforeAll(async () => {
  store = await startCollector();
  await startRealCollector();
  const { environment = {} } = (await loadProject()).services['ml-api'] ?? {};
  const given = Object.entries(environment).filter(([name]) => /^OTEL_|^MODEL_URI$/.test(name));
  service = await startService({
    model: join(infra, '../test/fixtures/models/mlflow-onnx/model'),
    env: {
      // As the Compose file has it, but for the name of the collector.
      ...Object.fromEntries(given.map(([name, value]) => [name, value ?? ''])),
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });
  await startRealPrometheus();
});
afterAll(async () => {
  await service?.stop();
  for (const server of servers.reverse()) await server.stop();
  store?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startRealCollector(): Promise<void> {
  const { program } = await ensureCollector();
  const [input, metrics] = [await freePort(), await freePort()];
  collectorUrl = `http://127.0.0.1:${input}`;
  collectorMetrics = `http://127.0.0.1:${metrics}/metrics`;
  const overrides = join(folder, 'loopback.yml');
  const exporter = { prometheus: { host: '127.0.0.1', port: metrics } };
  writeFileSync(
    overrides,
    stringify({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${input}` } } } },
      // As JSON, which the test can read.
      exporters: { otlphttp: { endpoint: store.url, encoding: 'json', compression: 'none' } },
      service: { telemetry: { metrics: { readers: [{ pull: { exporter } }] } } },
    }),
  );
  servers.push(
    await startServer({
      command: program,
      args: [`--config=file:${configuration}`, `--config=file:${overrides}`],
      env: {},
      cwd: folder,
      readyUrl: collectorMetrics,
      readyTimeoutMs: 60_000,
    }),
  );
}

async function startRealPrometheus(): Promise<void> {
  const program = (await ensurePrometheus()).prometheus;
  const port = await freePort();
  prometheus = `http://127.0.0.1:${port}`;
  const file = writePrometheus(folder, {
    addresses: {
      'ml-api': new URL(service.url).host,
      collector: new URL(collectorMetrics).host,
    },
    interval: '500ms',
    rules: null,
  });
  servers.push(
    await startServer({
      command: program,
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--enable-feature=exemplar-storage',
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: {},
      cwd: folder,
      readyUrl: `${prometheus}/-/ready`,
    }),
  );
}

async function predict(trace: string, flags: string): Promise<void> {
  const traceparent = `00-${trace}-00f067aa0ba902b7-${flags}`;
  const { status, text } = await service.post('/predict', { instances: [row] }, { traceparent });
  expect(status, text).toBe(200);
}

async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== null) return found;
    await sleep(100);
  }
  throw new Error(`not within 30 s: ${what}`);
}

interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly timestamp: number;
}

async function exemplars(): Promise<
  { readonly series: Record<string, string>; readonly exemplar: Exemplar }[]
> {
  const now = Date.now() / 1000;
  const asked = new URLSearchParams({
    query: 'ml_api_request_duration_seconds_bucket{route="/predict"}',
    start: String(now - 600),
    end: String(now + 60),
  });
  const response = await fetch(`${prometheus}/api/v1/query_exemplars?${asked}`);
  const { data } = (await response.json()) as {
    data: { seriesLabels: Record<string, string>; exemplars: Exemplar[] }[];
  };
  return data.flatMap(({ seriesLabels, exemplars: all }) =>
    all.map((exemplar) => ({ series: seriesLabels, exemplar })),
  );
}

test('the collector takes the configuration, and refuses one with a mistake', async () => {
  const { program } = await ensureCollector();
  const validate = async (...more: string[]) =>
    await runProcess(program, ['validate', `--config=file:${configuration}`, ...more]);
  expect(await validate()).toMatchObject({ code: 0, stderr: '' });
  const wrong = await validate('--set=service::pipelines::traces::exporters=[otlphtp]');
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain('otlphtp');
  const unknown = await validate('--set=processors::batch::timout=1s');
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toContain('timout');
});

test('spans of a request come through the collector to the store, and its exemplar in Prometheus has their trace id', async () => {
  await predict(unsampledId, '00');
  await predict(traceId, '01');
  const spans = await until('the spans of the request', () => {
    const found = store.spans().filter((span) => span.traceId === traceId);
    return found.length >= 5 ? found : null;
  });
  expect(spans.map(({ name }) => name).sort()).toEqual([
    'POST /predict',
    'inference',
    'parse',
    'queue',
    'write',
  ]);
  const root = spans.find(({ name }) => name === 'POST /predict');
  expect(root && attributesOf(root)).toMatchObject({
    'http.route': '/predict',
    'http.response.status_code': '200',
  });
  for (const span of spans) if (span !== root) expect(span.parentSpanId).toBe(root?.spanId);

  const { series, exemplar } = await until('the exemplar', async () => {
    const all = await exemplars();
    expect(all.map((each) => each.exemplar.labels.trace_id)).not.toContain(unsampledId);
    return all.find((each) => each.exemplar.labels.trace_id === traceId) ?? null;
  });
  expect(series).toMatchObject({ job: 'ml-api', route: '/predict', method: 'POST', status: '200' });
  // The exemplar lies in its bucket, and is the duration of the span.
  expect(Number(exemplar.value)).toBeLessThanOrEqual(Number(series.le));
  const nanoseconds = BigInt(root?.endTimeUnixNano ?? 0) - BigInt(root?.startTimeUnixNano ?? 0);
  expect(Number(exemplar.value)).toBeCloseTo(Number(nanoseconds) / 1e9, 1);
  expect(Math.abs(exemplar.timestamp - Date.now() / 1000)).toBeLessThan(60);
  expect(store.spans().some((span) => span.traceId === unsampledId)).toBe(false);
});

test('Prometheus sees what the collector has taken and handed on', async () => {
  await predict(traceId, '01');
  for (const metric of ['otelcol_receiver_accepted_spans', 'otelcol_exporter_sent_spans']) {
    await until(metric, async () => {
      const query = encodeURIComponent(`sum({__name__=~"${metric}(_total)?", job="collector"}) >= 5`);
      const response = await fetch(`${prometheus}/api/v1/query?query=${query}`);
      const { data } = (await response.json()) as { data: { result: unknown[] } };
      return data.result[0] ?? null;
    });
  }
});

test('while the store is gone spans wait in the collector, and come when it is back', async () => {
  const id = '6bf92f3577b34da6a3ce929d0e0e4736';
  store.state = 503;
  const before = store.received.length;
  await predict(id, '01');
  await until('the collector tries in vain', () => (store.received.length > before ? true : null));
  store.state = 'works';
  const tried = store.received.length;
  await until('the same spans again', () => {
    const later = store.received.slice(tried).map(({ body }) => body.toString());
    return later.some((body) => body.includes(id)) ? true : null;
  });
});
