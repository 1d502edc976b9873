import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '../../../core/gate/types.ts';
import { type Log, silentLog } from '../../../core/report/log.ts';
import type { MetricsConfig } from './inputs.ts';
import { columnOf, drifted, driftOf } from './testing.ts';
import { writeMetrics } from './write.ts';

let workspace: string;
let url: string;
let pushes: { url: string; body: string }[];
let status: number;
let close: () => Promise<void>;

beforeEach(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'drift-metrics-'));
  pushes = [];
  status = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      pushes.push({ url: request.url ?? '', body });
      response.writeHead(status).end(status === 200 ? '' : 'no room left');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://me:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}/`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(async () => {
  await close();
  rmSync(workspace, { recursive: true, force: true });
});

async function write(
  given: {
    id?: string;
    env?: Record<string, string>;
    verdict?: Verdict;
    config?: Partial<MetricsConfig>;
  } = {},
) {
  const said: string[] = [];
  const log: Log = {
    ...silentLog,
    notice: (line) => said.push(`notice: ${line}`),
    warning: (line) => said.push(`warning: ${line}`),
  };
  const file = { path: join(workspace, 'out/drift.prom'), shown: 'out/drift.prom' };
  const written = await writeMetrics(
    { drift: driftOf([drifted('age', 2), columnOf('region')]), verdict: given.verdict ?? 'fail' },
    { pushgateway: new URL(url), file, ...given.config },
    { id: given.id ?? '', env: given.env ?? {}, log, clock: () => new Date(5_000), workspace },
  );
  return { ...written, said };
}

const written = (): string => readFileSync(join(workspace, 'out/drift.prom'), 'utf8');

test('the same text is written and pushed, and nothing is said', async () => {
  expect(await write({ id: 'churn' })).toEqual({ path: 'out/drift.prom', notices: [], said: [] });
  expect(pushes).toEqual([{ url: '/metrics/job/drift-check/model/churn', body: written() }]);
  expect(written()).toContain('ml_data_drift_score{model="churn",column="age",method="wasserstein"} 2\n');
});

test('nothing is done when nothing is asked for', async () => {
  const config = { pushgateway: null, file: null };
  expect(await write({ config })).toEqual({ path: null, notices: [], said: [] });
});

test.each([
  [{ id: 'churn', env: { GITHUB_REPOSITORY: 'org/models' } }, 'churn'],
  [{ env: { GITHUB_REPOSITORY: 'org/models' } }, 'models'],
])('the model of %j is %s', async (given, model) => {
  await write({ ...given, config: { pushgateway: null } });
  expect(written()).toContain(`ml_data_drift_rows{model="${model}",side="current"} 1000\n`);
});

test('at the command line the model is the folder', async () => {
  await write({ config: { pushgateway: null } });
  expect(written()).toMatch(/model="drift-metrics-\w+"/);
});

test('an inconclusive run writes and pushes nothing, and says why', async () => {
  const { path, said } = await write({ verdict: 'inconclusive' });
  expect(path).toBeNull();
  expect(said).toEqual([
    'notice: Prometheus: the run is inconclusive, so the metrics of the last run stay as they are and grow old',
  ]);
  expect(pushes).toEqual([]);
  expect(existsSync(join(workspace, 'out'))).toBe(false);
});

test('a gateway that refuses is a warning without the password; the file is there', async () => {
  status = 400;
  const { path, notices, said } = await write();
  expect(path).toBe('out/drift.prom');
  expect(notices).toEqual([
    `pushgateway-url: the metrics were not pushed: ${new URL(url).origin} answers 400: no room left`,
  ]);
  expect(said).toEqual(notices.map((notice) => `warning: ${notice}`));
});

test('a file that cannot be written is a warning; the push is done', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  symlinkSync(outside, join(workspace, 'out'));
  const { path, notices } = await write();
  expect(path).toBeNull();
  expect(notices).toEqual([
    `metrics-path: the metrics were not written: out/drift.prom leads outside the workspace: a symbolic link points to ${outside}`,
  ]);
  expect(pushes).toHaveLength(1);
  rmSync(outside, { recursive: true });
});

test('the push goes through the proxy of the runner', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, client) => {
    asked.push(request.url ?? '');
    const upstream = connect(Number(new URL(url).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const env = { http_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const pushgateway = new URL('http://pushgateway.test:9091');
  try {
    expect((await write({ env, config: { pushgateway, file: null } })).notices).toEqual([]);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
  expect(asked).toEqual(['pushgateway.test:9091']);
  expect(pushes).toHaveLength(1);
});

test('an earlier file is replaced', async () => {
  mkdirSync(join(workspace, 'out'));
  writeFileSync(join(workspace, 'out/drift.prom'), '# HELP earlier x\nearlier 1\n');
  await write({ config: { pushgateway: null } });
  expect(written()).not.toContain('earlier');
});
