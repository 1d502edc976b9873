/** The exporter against moto's Cost Explorer, by AWS's own client, over HTTP. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { dayOf } from '../../../reference-infra/cost/exporter/src/costs/days.ts';
import { type MotoServer, startMotoServer } from '../../support/moto-server.ts';
import { keys, type RunningExporter, startExporter } from './exporter.ts';
import { models, services, toldDay, type UsageResult, usage } from './samples.ts';

let moto: MotoServer;
let folder: string;
const running: RunningExporter[] = [];
const weeks = Array.from({ length: 60 }, (_, index) => dayOf(Date.now() - (60 - index) * 86_400_000));

beforeAll(async () => {
  moto = await startMotoServer();
});
afterAll(() => moto?.stop());
beforeEach(async () => {
  await moto.reset();
  folder = mkdtempSync(join(tmpdir(), 'costs-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<RunningExporter> {
  const exporter = await startExporter({
    env: {
      ...keys,
      AWS_ENDPOINT_URL: moto.url,
      STATE_PATH: join(folder, 'costs.json'),
      FORECAST: 'false',
      ...env,
    },
  });
  running.push(exporter);
  return exporter;
}

/** moto hands them out in this order, one for each question that it has not had before; pages are questions of their own. */
async function queue(...results: readonly UsageResult[]): Promise<void> {
  const response = await fetch(`${moto.url}/moto-api/static/ce/cost-and-usage-results`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results }),
  });
  expect(response.status).toBe(201);
}

test('costs of the day before yesterday, by service and by model, from three pages and one', async () => {
  await queue(
    usage(services, weeks.slice(0, 30), 'page 2'),
    usage((day) => services(day).slice(0, 1), weeks.slice(30), 'page 3'),
    usage((day) => services(day).slice(1), weeks.slice(30)),
    usage(models, weeks),
  );
  const exporter = await start();
  const samples = await exporter.samples();
  const day = Date.parse(toldDay()) / 1000;
  expect(samples).toMatchObject({
    'aws_cost_daily{currency="USD"}': 250,
    'aws_cost_daily_net{currency="USD"}': 10,
    'aws_cost_credits{type="credit",currency="USD"}': -240,
    'aws_cost_by_service{service="Amazon Elastic Compute Cloud - Compute",currency="USD"}': 230.5,
    'aws_cost_by_service{service="Amazon Simple Storage Service",currency="USD"}': 19.5,
    'aws_cost_by_model{model="fraud",currency="USD"}': 5.76,
    'aws_cost_by_model{model="churn",currency="USD"}': 3,
    'aws_cost_untagged{currency="USD"}': 241.24,
    'aws_cost_day_timestamp_seconds{query="services"}': day,
    'aws_cost_day_timestamp_seconds{query="models"}': day,
    'aws_cost_estimated{query="services"}': 1,
    // 101, 102, 100, 101, 102, 100, 101, 102: the median is 101, half of the deviations are 1.
    'aws_cost_weekday_median{currency="USD"}': 101,
    'aws_cost_anomaly_score{currency="USD"}': expect.closeTo(149 / 1.482602218505602, 9),
    'aws_cost_explorer_requests_total{operation="GetCostAndUsage"}': 4,
    aws_cost_explorer_spend_usd_total: 0.04,
    aws_cost_explorer_requests_left: 20,
  });
  expect(Object.keys(samples).filter((name) => name.includes('forecast'))).toEqual([]);
});

test('a restart shows the same, asks nothing, and goes on with the budget of the day', async () => {
  await queue(usage(services, weeks), usage(models, weeks));
  const first = await start();
  const before = await first.samples();
  expect(await first.end()).toBe(0);
  await moto.reset();
  const second = await start();
  const after = await second.samples();
  expect(after['aws_cost_explorer_requests_total{operation="GetCostAndUsage"}']).toBe(0);
  expect(after.aws_cost_explorer_requests_left).toBe(22);
  const costs = (samples: Readonly<Record<string, number>>) =>
    Object.entries(samples).filter(([name]) => !name.startsWith('aws_cost_explorer'));
  expect(costs(after)).toEqual(costs(before));
  expect(costs(after).length).toBeGreaterThan(10);
});

test('an account without any cost has none, and is ready', async () => {
  const exporter = await start();
  const samples = await exporter.samples();
  expect(Object.keys(samples).sort()).toEqual([
    'aws_cost_explorer_requests_left',
    'aws_cost_explorer_requests_total{operation="GetCostAndUsage"}',
    'aws_cost_explorer_requests_total{operation="GetCostForecast"}',
    'aws_cost_explorer_spend_usd_total',
    'aws_cost_last_success_timestamp_seconds{query="models"}',
    'aws_cost_last_success_timestamp_seconds{query="services"}',
  ]);
});

test('a forecast that fails is tried three times, paid for, told, and takes nothing else away', async () => {
  await queue(usage(services, weeks), usage(models, weeks));
  const exporter = await start({ FORECAST: 'true' });
  expect(await exporter.samples()).toMatchObject({
    'aws_cost_daily{currency="USD"}': 250,
    'aws_cost_explorer_requests_total{operation="GetCostForecast"}': 3,
    'aws_cost_explorer_errors_total{query="forecast",reason="unavailable"}': 1,
    aws_cost_explorer_spend_usd_total: 0.05,
  });
  expect(exporter.lines()).toContainEqual(
    expect.objectContaining({ level: 'error', question: 'forecast', reason: 'unavailable' }),
  );
});

test('no key, and nothing that was signed with one, is in the log or on the disk', async () => {
  await queue(usage(services, weeks), usage(models, weeks));
  const exporter = await start({ AWS_SESSION_TOKEN: 'token-that-nobody-may-see' });
  await exporter.end();
  const path = join(folder, 'costs.json');
  expect(existsSync(path)).toBe(true);
  const written = `${exporter.output()}${readFileSync(path, 'utf8')}`;
  for (const secret of [...Object.values(keys), 'token-that-nobody-may-see'])
    expect(written).not.toContain(secret);
});
