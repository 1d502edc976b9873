/** What the whole service leaves behind of its predictions: rows in PostgreSQL or files, and traces. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { until as untilTold } from '../src/testing.ts';
import { attributesOf, type Collector, startCollector } from '../src/tracing/testing.ts';
import { type RunningService, startService } from './service.ts';

let database: PostgresServer;
let collector: Collector;
let service: RunningService | undefined;

beforeAll(async () => {
  [database, collector] = await Promise.all([startPostgres(), startCollector()]);
});
afterEach(() => service?.stop());
afterAll(async () => {
  collector?.stop();
  await database?.stop();
});

const until = (holds: () => boolean | Promise<boolean>) => untilTold(holds, () => service?.output());

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const first = [14, 20, 92, 655, 0.1, 0.1, 0.09, 0.05];
const second = [8, 12, 50, 200, 0.09, 0.05, 0.01, 0.01];
const named = (values: readonly number[]) => Object.fromEntries(columns.map((name, i) => [name, values[i]]));
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a prediction is the same in the answer, in the table, in the log and in the trace', async () => {
  service = await startService({
    env: {
      FEATURE_NAMES: columns.join(),
      MODEL_VERSION: '7',
      DATABASE_URL: database.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  });
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'order-12' };
  const { json, status } = await service.post(
    '/predict',
    { instances: [named(first), named(second)] },
    headers,
  );
  expect(status).toBe(200);
  await service.post('/predict', { instances: [{ ...named(first), a: 'x' }] });
  service.signal('SIGTERM');
  expect(await service.ended, 'what waits is written before the end').toBe(0);

  const stored = await query('SELECT * FROM predictions ORDER BY row_index');
  expect(stored).toHaveLength(2);
  for (const [i, row] of stored.entries()) {
    expect(row).toMatchObject({ request_id: 'order-12', row_index: i, trace_id: traceId, model: 'model' });
    expect(row).toMatchObject({ version: '7', route: '/predict', inputs: named(i === 0 ? first : second) });
    const [label, probabilities] = Object.values(row.outputs as Record<string, unknown>);
    expect(label).toBe(json.predictions[i]);
    expect(probabilities).toEqual(Object.values(json.probabilities[i]));
  }
  expect(service.lines()).toContainEqual(
    expect.objectContaining({ requestId: 'order-12', traceId, rows: 2, version: '7' }),
  );
  const spans = collector.spans().filter((span) => span.traceId === traceId);
  expect(spans.map(({ name }) => name)).toEqual(['parse', 'queue', 'inference', 'write', 'POST /predict']);
  const root = spans.at(-1);
  for (const part of spans.slice(0, -1)) expect(part.parentSpanId).toBe(root?.spanId);
  expect(root && attributesOf(root)).toMatchObject({
    'http.route': '/predict',
    'http.response.status_code': 200,
    'ml.model.version': '7',
  });
  expect(service.output()).not.toContain('secret');
});

test('the README shows the table as it is, and a query that it answers', async () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
  const shown = readme.slice(readme.indexOf('| column | type |'), readme.indexOf('```sql'));
  const names = shown.split('\n').flatMap((line) => (line.split('|')[1] ?? '').match(/`\w+`/g) ?? []);
  const there = await query(
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'predictions' ORDER BY 1",
  );
  expect(names.map((name) => name.slice(1, -1)).sort()).toEqual(there.map((row) => row.column_name));
  const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(await query(sql.replace('mean_radius', 'a'))).toEqual([
    { time: expect.any(Date), mean_radius: first[0], label: expect.any(String) },
    { time: expect.any(Date), mean_radius: second[0], label: expect.any(String) },
  ]);
});

test('requests of one run are linked with each other', async () => {
  service = await startService({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    },
  });
  const { post } = service;
  const before = collector.spans().length;
  const joined = () =>
    collector
      .spans()
      .slice(before)
      .filter(({ name, links = [] }) => name === 'inference' && links.length > 0);
  await until(async () => {
    await Promise.all(Array.from({ length: 20 }, () => post('/predict', { instances: [first] })));
    return joined().length > 0;
  });
  const [span] = joined();
  const linked = () => collector.spans().find(({ spanId }) => spanId === span?.links?.[0]?.spanId);
  await until(() => linked() !== undefined);
  expect(linked()?.name).toBe('POST /predict');
  expect(linked()?.spanId, 'another request than its own').not.toBe(span?.parentSpanId);
  expect(span && attributesOf(span)['ml.batch.rows']).toBeGreaterThan(1);
});

test('a database that never answers fails no prediction and keeps nobody from ending', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  try {
    service = await startService({ env: { DATABASE_URL: `postgresql://a:secret@127.0.0.1:${port}/ml` } });
    const { post, metric } = service;
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => post('/predict', { instances: [first] })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await metric('ml_api_prediction_log_dropped_rows_total'), 'they still wait').toBe(0);
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(service.output()).toMatch(/prediction log: PostgreSQL at 127\.0\.0\.1:\d+\/ml .*rows lost: 200/);
    expect(service.output()).not.toContain('secret');
  } finally {
    silent.close();
  }
});

test('without a database predictions go into files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'predictions-'));
  try {
    service = await startService({
      env: { PREDICTION_LOG_PATH: join(folder, 'log'), FEATURE_NAMES: columns.join() },
    });
    const { json } = await service.post('/predict', { instances: [named(first), named(second)] });
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    const [name = ''] = readdirSync(join(folder, 'log'));
    const lines = readFileSync(join(folder, 'log', name), 'utf8')
      .trimEnd()
      .split('\n');
    const found = lines.map((line) => JSON.parse(line));
    expect(found).toMatchObject([
      { ...named(first), prediction: json.predictions[0], row_index: 0 },
      { ...named(second), prediction: json.predictions[1], row_index: 1 },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
