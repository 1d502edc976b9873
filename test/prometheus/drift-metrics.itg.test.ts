/** The metrics of the drift check through real programs: pushed, scraped, asked for, and read as a file. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MetricsConfig, writeMetrics } from '../../action-drift-check/src/prometheus/index.ts';
import { columnOf, drifted, driftOf } from '../../action-drift-check/src/prometheus/testing.ts';
import { type MetricSamples, pushMetrics, renderMetrics, samplesOf } from '../../core/prometheus/index.ts';
import { silentLog } from '../../core/report/log.ts';
import { metrics } from '../../reference-infra/monitoring/metrics.ts';
import { runProcess } from '../../scripts/tools/process.ts';
import { ensurePrometheus } from '../../scripts/tools/prometheus.ts';
import {
  type LoopbackServer,
  type PrometheusServer,
  startPrometheus,
  startPushgateway,
  startTextfileCollector,
} from '../support/prometheus-servers.ts';

const freshness = 'ml_data_drift_score_last_success_timestamp_seconds';
const hostileNames = [
  'a "quoted" \\ name\nof two lines',
  'größe/größe 価格 👩‍💻',
  'ends in \\',
  '# HELP x {y="z"} 1',
  'carriage\rreturn\ttab',
  'nul\0nul',
  'lone \ud800 surrogate',
  '',
];

let workspace: string;
let gateway: LoopbackServer;
let prometheus: PrometheusServer;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'drift-metrics-'));
  gateway = await startPushgateway();
  prometheus = await startPrometheus([new URL(gateway.url).host]);
});

afterAll(async () => {
  await prometheus?.stop();
  await gateway?.stop();
  await rm(workspace, { recursive: true, force: true });
});

interface Given {
  readonly id?: string;
  readonly verdict?: 'pass' | 'fail' | 'inconclusive';
  readonly at: number;
  readonly config?: Partial<MetricsConfig>;
}

/** A run that ends `at` seconds after 1970; pushed unless its config says otherwise. */
async function run(drift: Parameters<typeof writeMetrics>[0]['drift'], given: Given) {
  const config = { pushgateway: new URL(gateway.url), file: null, ...given.config };
  return await writeMetrics({ drift, verdict: given.verdict ?? 'pass' }, config, {
    id: given.id ?? 'churn',
    env: {},
    log: silentLog,
    clock: () => new Date(given.at * 1000),
    workspace,
  });
}

describe('through Pushgateway and Prometheus', () => {
  test('scores, what was found, rows and freshness are read back; a column that goes takes its series along', async () => {
    const first = driftOf([drifted('age', 3.25), columnOf('id', { method: null }), columnOf('region')], 0.5);
    expect(await run(first, { verdict: 'fail', at: 1_000.5 })).toEqual({ path: null, notices: [] });
    await run(driftOf([columnOf('age')]), { id: 'other', at: 77 });

    const query = '{model="churn",__name__=~"ml_data_drift_.*"}';
    const samples = await prometheus.queryUntil(query, (found) => found.length === 10);
    expect(shown(samples)).toEqual([
      'ml_data_drift_columns{state="drifted"} 1',
      'ml_data_drift_columns{state="inconclusive"} 0',
      'ml_data_drift_columns{state="unchanged"} 2',
      'ml_data_drift_rows{side="current"} 1000',
      'ml_data_drift_rows{side="reference"} 5000',
      'ml_data_drift_score_last_success_timestamp_seconds{} 1000.5',
      'ml_data_drift_score{column="age",method="wasserstein"} 3.25',
      'ml_data_drift_score{column="id",method="none"} 0',
      'ml_data_drift_score{column="region",method="wasserstein"} 0',
      'ml_data_drift_share_drifted{} 0.5',
    ]);
    expect(new Set(samples.map(({ labels }) => `${labels.job} ${labels.instance}`))).toEqual(
      new Set(['drift-check undefined']),
    );
    expect(await prometheus.query('ml_data_drift_score >= 1'), 'what an alert asks for').toHaveLength(1);

    const second = driftOf([columnOf('id', { method: 'ks' }), columnOf('region')]);
    await run(second, { at: 2_000 });
    const exposed = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(exposed).not.toMatch(/column="age".*model="churn"/);
    expect(exposed).toMatch(/column="age".*model="other"/);
    await prometheus.queryUntil(`${freshness}{model="churn"}`, (found) => found[0]?.value === 2_000);
    const left = await prometheus.query('ml_data_drift_score{model="churn"}');
    expect(shown(left)).toEqual([
      'ml_data_drift_score{column="id",method="ks"} 0',
      'ml_data_drift_score{column="region",method="wasserstein"} 0',
    ]);
    expect(await prometheus.query('ml_data_drift_score{model="other",column="age"}')).toHaveLength(1);
  });

  test('an inconclusive run leaves values and freshness as they were, so that the alert on their age fires', async () => {
    await run(driftOf([drifted('age', 2)]), { id: 'stale', verdict: 'fail', at: 100 });
    const unknown = driftOf([columnOf('age', { inconclusive: '12 rows of 200' })]);
    const { notices } = await run(unknown, { id: 'stale', verdict: 'inconclusive', at: 900 });
    expect(notices).toHaveLength(1);
    const exposed = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(exposed).toContain(`${freshness}{instance="",job="drift-check",model="stale"} 100\n`);
    expect(exposed).toMatch(/ml_data_drift_score\{column="age",.*model="stale"\} 2\n/);
  });

  test('no name of a column breaks a scrape', async () => {
    const { notices } = await run(driftOf(hostileNames.map((name, index) => drifted(name, index))), {
      id: 'hostile',
      verdict: 'fail',
      at: 1,
    });
    expect(notices).toEqual([]);
    const found = await prometheus.queryUntil(
      'ml_data_drift_score{model="hostile"}',
      (samples) => samples.length === hostileNames.length,
    );
    const byScore = found.toSorted((a, b) => a.value - b.value).map(({ labels }) => labels.column ?? '');
    expect(byScore).toEqual(hostileNames.map((name) => name.toWellFormed()));
    expect((await prometheus.query('up'))[0]?.value).toBe(1);
  });

  test.each(['plain-1.0_~', 'a/b', '', '..', '.', 'ü 100%?#', '/', 'x@base64', '\ud800'])(
    'the group of the label %j is the one that is replaced',
    async (value) => {
      const metric = { name: 'group_key', type: 'gauge', help: 'A test.', labels: ['part', 'n'] } as const;
      const target = { url: new URL(gateway.url), job: 'group key/test', labels: { part: value } };
      const push = (n: string) =>
        pushMetrics(renderMetrics([samplesOf(metric, [{ labels: { part: value, n }, value: 1 }])]), target);
      await push('1');
      await push('2');
      const groups = (await (await fetch(`${gateway.url}/api/v1/metrics`)).json()) as {
        data: { labels: Record<string, string>; group_key?: { metrics: { labels: unknown }[] } }[];
      };
      const part = value.toWellFormed();
      const mine = groups.data.filter(
        ({ labels }) => labels.job === 'group key/test' && labels.part === part,
      );
      expect(mine).toHaveLength(1);
      expect(mine[0]?.group_key?.metrics.map(({ labels }) => labels)).toEqual([
        expect.objectContaining({ part, n: '2' }),
      ]);
    },
  );

  test('what the gateway has against a push is quoted', async () => {
    const counter = { name: 'two_types', type: 'counter', help: 'A test.', labels: [] } as const;
    const url = new URL(gateway.url);
    const text = renderMetrics([samplesOf(counter, [{ labels: {}, value: 1 }])]);
    await pushMetrics(text, { url, job: 'first', labels: {} });
    await expect(
      pushMetrics(text.replace('counter', 'gauge'), { url, job: 'second', labels: {} }),
    ).rejects.toThrow(/^http:\/\/127\.0\.0\.1:\d+ answers 400: .*two_types/);
  });
});

describe('as text', () => {
  test('promtool has nothing to say about the metrics of a run, nor about the contract', async () => {
    const { promtool } = await ensurePrometheus();
    const file = { path: join(workspace, 'run.prom'), shown: 'run.prom' };
    const columns = [...hostileNames.map((name) => drifted(name, 1.5)), columnOf('age')];
    await run(driftOf(columns), { at: 1_790_000_000.123, config: { pushgateway: null, file } });
    const contract = Object.values(metrics).flatMap((metric): MetricSamples[] => {
      const labels = Object.fromEntries(metric.labels.map((label) => [label, 'x']));
      return metric.type === 'histogram' ? [] : [{ metric, samples: [{ labels, value: 1 }] }];
    });
    for (const text of [await readFile(file.path, 'utf8'), renderMetrics(contract)]) {
      const path = join(workspace, 'checked.prom');
      expect(await checkMetrics(promtool, text, path)).toEqual({ code: 0, said: '' });
    }
    const broken = await checkMetrics(promtool, 'x{a="b} 1\n', join(workspace, 'broken.prom'));
    expect(broken.code, 'promtool would have said something').not.toBe(0);
  });

  test("node_exporter's textfile collector shows the file", async () => {
    const folder = await mkdtemp(join(workspace, 'textfiles-'));
    const file = { path: join(folder, 'drift.prom'), shown: 'drift.prom' };
    await run(driftOf(hostileNames.map((name) => drifted(name, 1.5))), {
      at: 5,
      config: { pushgateway: null, file },
    });
    const collector = await startTextfileCollector(folder);
    try {
      const exposed = await (await fetch(`${collector.url}/metrics`)).text();
      expect(exposed).toContain('node_textfile_scrape_error 0\n');
      expect(exposed).toContain(`${freshness}{model="churn"} 5\n`);
      expect(exposed.match(/^ml_data_drift_score\{/gm)).toHaveLength(hostileNames.length);
    } finally {
      await collector.stop();
    }
  });
});

/** `promtool check metrics` reads standard input. */
async function checkMetrics(promtool: string, text: string, path: string) {
  await writeFile(path, text);
  const script = 'exec "$0" check metrics < "$1"';
  const { code, stdout, stderr } = await runProcess('sh', ['-c', script, promtool, path], {
    timeoutMs: 30_000,
  });
  return { code, said: `${stdout}${stderr}` };
}

/** Without the labels that are the same for all. */
function shown(samples: Awaited<ReturnType<PrometheusServer['query']>>): string[] {
  return samples
    .map(({ labels, value }) => {
      const { __name__: name, job: _job, model: _model, ...rest } = labels;
      const pairs = Object.entries(rest).map(([label, text]) => `${label}="${text}"`);
      return `${name}{${pairs.sort().join(',')}} ${value}`;
    })
    .sort();
}
