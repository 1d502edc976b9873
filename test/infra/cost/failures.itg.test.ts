/** The exporter against a Cost Explorer that forecasts, fails, goes round in circles and is never done. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  addDays,
  dayOf,
  daysBetween,
  firstOfMonth,
} from '../../../reference-infra/cost/exporter/src/costs/days.ts';
import { type CostAnswer, type CostExplorerStandIn, startCostExplorer } from './cost-explorer.ts';
import { failedStart, keys, type RunningExporter, startExporter } from './exporter.ts';
import { costsFor, daysLeft, services, toldDay, usage } from './samples.ts';

let explorer: CostExplorerStandIn;
let folder: string;
const running: RunningExporter[] = [];

beforeAll(async () => {
  explorer = await startCostExplorer(costsFor);
});
afterAll(() => explorer?.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'costs-'));
  explorer.calls.length = 0;
  explorer.violations.length = 0;
  explorer.answer(costsFor);
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  rmSync(folder, { recursive: true, force: true });
  // Requests of ours and answers of the stand-in are as AWS describes them.
  expect(explorer.violations).toEqual([]);
});

const environment = (): Record<string, string> => ({
  ...keys,
  AWS_ENDPOINT_URL: explorer.url,
  STATE_PATH: join(folder, 'costs.json'),
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<RunningExporter> {
  const exporter = await startExporter({ env: { ...environment(), ...env } });
  running.push(exporter);
  return exporter;
}

const failing = (code: string, message: string, status = 400): CostAnswer => ({
  kind: 'error',
  status,
  code,
  message,
});
const used = (samples: Readonly<Record<string, number>>): number =>
  (samples['aws_cost_explorer_requests_total{operation="GetCostAndUsage"}'] ?? 0) +
  (samples['aws_cost_explorer_requests_total{operation="GetCostForecast"}'] ?? 0);

test('the month at its end is what was billed, what yesterday will be, and what AWS expects', async () => {
  const exporter = await start();
  const today = dayOf(Date.now());
  const settled = daysBetween(firstOfMonth(today), addDays(toldDay(), 1));
  const billed = settled
    .flatMap(services)
    .filter(([, type]) => type === 'Usage')
    .reduce((sum, [, , amount]) => sum + amount, 0);
  // Yesterday, where it is of this month: 100 and a little are billed, 300 are expected.
  const yesterday = today.endsWith('-01') ? 0 : 300;
  const mean = billed + yesterday + 300 * daysLeft();
  expect(await exporter.samples()).toMatchObject({
    'aws_cost_forecast{currency="USD"}': expect.closeTo(mean, 6),
    'aws_cost_forecast_lower{currency="USD"}': expect.closeTo(mean - 10 * daysLeft(), 6),
    'aws_cost_forecast_upper{currency="USD"}': expect.closeTo(mean + 20 * daysLeft(), 6),
    'aws_cost_explorer_requests_total{operation="GetCostForecast"}': 1,
    aws_cost_explorer_spend_usd_total: 0.03,
    aws_cost_explorer_requests_left: 21,
  });
});

test('what is throttled is asked again, and each time is counted', async () => {
  explorer.answer((call, index) =>
    index < 2 ? failing('LimitExceededException', 'Rate exceeded') : costsFor(call),
  );
  const samples = await (await start({ COST_TAG: 'none', FORECAST: 'false' })).samples();
  expect(explorer.calls).toHaveLength(3);
  expect(used(samples)).toBe(3);
  expect(samples).toMatchObject({
    'aws_cost_daily{currency="USD"}': 250,
    aws_cost_explorer_spend_usd_total: 0.03,
  });
});

test('pages without an end cost no more than MAX_PAGES, and give nothing', async () => {
  explorer.answer((_, index) => ({
    kind: 'answer',
    body: usage(services, [toldDay()], `page ${index + 2}`),
  }));
  const samples = await (await start({ COST_TAG: 'none', FORECAST: 'false', MAX_PAGES: '4' })).samples();
  expect(explorer.calls).toHaveLength(4);
  expect(samples).toMatchObject({
    'aws_cost_explorer_errors_total{query="services",reason="unexpected_answer"}': 1,
    aws_cost_explorer_spend_usd_total: 0.04,
  });
  expect(samples).not.toHaveProperty('aws_cost_daily{currency="USD"}');
});

test('pages that go round in a circle end at once', async () => {
  explorer.answer(() => ({ kind: 'answer', body: usage(() => [], [toldDay()], 'the same') }));
  const exporter = await start({ COST_TAG: 'none', FORECAST: 'false', MAX_PAGES: '50' });
  expect(explorer.calls).toHaveLength(2);
  expect(exporter.output()).toContain('the pages of the answer go round in a circle');
});

test('the budget of a day is never exceeded, whatever fails, and not by restarts either', async () => {
  explorer.answer(() => failing('InternalFailure', 'try again', 500));
  const first = await start({ MAX_REQUESTS_PER_DAY: '4' });
  expect(explorer.calls).toHaveLength(4);
  expect(await first.samples()).toMatchObject({
    'aws_cost_explorer_errors_total{query="services",reason="unavailable"}': 1,
    'aws_cost_explorer_errors_total{query="models",reason="request_budget"}': 1,
    'aws_cost_explorer_errors_total{query="forecast",reason="request_budget"}': 1,
    aws_cost_explorer_requests_left: 0,
  });
  // As by a crash: nothing is said at the end.
  await first.stop();
  rmSync(join(folder, 'costs.json.new'), { force: true });
  const second = await start({ MAX_REQUESTS_PER_DAY: '4', ANOMALY_WEEKS: '9' });
  expect(explorer.calls).toHaveLength(4);
  expect((await second.samples()).aws_cost_explorer_requests_left).toBe(0);
  expect(second.output()).toContain('no request is left of MAX_REQUESTS_PER_DAY=4');
});

test('old values are kept while AWS refuses, with their age, and the log says why, without the key', async () => {
  const first = await start({ REFRESH_INTERVAL: '1m' });
  const before = await first.samples();
  await first.end();
  explorer.answer(() =>
    failing(
      'AccessDeniedException',
      `User ${keys.AWS_ACCESS_KEY_ID} is not authorized to perform: ce:GetCostAndUsage`,
    ),
  );
  // What is on the disk is due: as if a minute had gone by.
  const state = join(folder, 'costs.json');
  writeFileSync(state, readFileSync(state, 'utf8').replaceAll(/"notBefore":\d+/g, '"notBefore":0'));
  const second = await startExporter({ env: { ...environment(), REFRESH_INTERVAL: '1m' } });
  running.push(second);
  await expect
    .poll(async () => Object.keys(await second.samples()).filter((name) => name.includes('access_denied')), {
      timeout: 30_000,
    })
    .toHaveLength(3);
  const after = await second.samples();
  for (const [name, value] of Object.entries(before)) {
    if (!name.startsWith('aws_cost_explorer')) expect(after[name], name).toBe(value);
  }
  expect(second.output()).toContain('is not authorized to perform: ce:GetCostAndUsage');
  expect(second.output()).not.toContain(keys.AWS_ACCESS_KEY_ID);
});

test('without credentials nothing is sent and nothing paid; it is alive, and says so', async () => {
  const { AWS_ACCESS_KEY_ID: _, ...rest } = environment();
  const exporter = await startExporter({ env: { ...rest, HOME: folder } });
  running.push(exporter);
  expect(explorer.calls).toEqual([]);
  expect(await exporter.samples()).toMatchObject({
    'aws_cost_explorer_errors_total{query="services",reason="credentials"}': 1,
    aws_cost_explorer_spend_usd_total: 0,
    aws_cost_explorer_requests_left: 24,
  });
  expect((await exporter.get('/health')).status).toBe(200);
});

test('a connection that is lost is one that was paid for', async () => {
  explorer.answer(() => ({ kind: 'lost' }));
  const samples = await (await start({ COST_TAG: 'none', FORECAST: 'false' })).samples();
  expect(used(samples)).toBe(3);
  expect(samples['aws_cost_explorer_errors_total{query="services",reason="unreachable"}']).toBe(1);
});

describe('over HTTP', () => {
  test('it is not ready before it has asked, then it is, and answers no other addresses and methods', async () => {
    const unsent: (() => void)[] = [];
    explorer.hold(new Promise<void>((resolve) => unsent.push(resolve)));
    const exporter = await startExporter({ env: environment(), ready: false });
    running.push(exporter);
    expect(await exporter.get('/ready')).toEqual({ status: 503, text: '{"status":"asking"}\n' });
    expect((await exporter.get('/metrics')).status).toBe(200);
    for (const send of unsent) send();
    await expect
      .poll(async () => (await exporter.get('/ready')).text, { timeout: 30_000 })
      .toBe('{"status":"ready"}\n');
    expect((await exporter.get('/nothing')).status).toBe(404);
    expect((await exporter.get('/metrics', { method: 'POST' })).status).toBe(405);
    expect(await exporter.get('/health')).toEqual({ status: 200, text: '{"status":"live"}\n' });
    expect(await exporter.end()).toBe(0);
  });
});

describe('what cannot start says so, with exit code 1 and no stack', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a wrong variable', { COST_METRIC: 'Blended' }, 'COST_METRIC: "Blended" is not one of its values'],
    [
      'a folder that cannot be written',
      { STATE_PATH: '/proc/costs.json' },
      'STATE_PATH: /proc/costs.json cannot be used',
    ],
    ['an address of somebody else', { HOST: '192.0.2.1' }, 'it cannot listen: listen EADDRNOTAVAIL'],
  ])('%s', async (_, env, message) => {
    const { code, stderr } = await failedStart({ ...environment(), ...env });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(explorer.calls).toEqual([]);
  });
});
