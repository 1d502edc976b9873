/**
 * The configurations of Prometheus and Alertmanager, and the expressions in the runbooks, as the programs themselves judge them:
 * promtool and amtool of the versions in the manifests.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ensureAlertmanager } from '../../../scripts/tools/alertmanager.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePromtool } from '../../../scripts/tools/promtool.ts';
import { type AlertRule, alertRules, filesOf, monitoring, readRuleFiles } from './rule-files.ts';

const alertmanagerFile = join(monitoring, 'alertmanager/alertmanager.yml');
const infra = resolve(monitoring, '..');
const prometheusFiles = [
  join(monitoring, 'prometheus/prometheus.yml'),
  join(infra, 'kubernetes/base/prometheus/prometheus.yml'),
];
let promtool: string;
let amtool: string;
let folder: string;

beforeAll(async () => {
  [{ promtool }, { amtool }] = await Promise.all([ensurePromtool(), ensureAlertmanager()]);
  folder = await mkdtemp(join(tmpdir(), 'configurations-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (command: string, ...args: readonly string[]) =>
  runProcess(command, args, { cwd: folder, timeoutMs: 60_000 });

describe.each(prometheusFiles)('%s', (path) => {
  const check = async (change: (text: string) => string) => {
    const file = join(folder, 'prometheus.yml');
    const text = (await readFile(path, 'utf8')).replace('/etc/prometheus-rules', join(monitoring, 'rules'));
    await writeFile(file, change(text));
    return await run(promtool, 'check', 'config', '--lint=all', '--lint-fatal', file);
  };

  test('is taken by promtool, with all its rule files', async () => {
    const { code, stdout, stderr } = await check((text) => text);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`SUCCESS: ${filesOf('rules/*.yml').length} rule files found`);
  });

  test('would not be taken with a word that Prometheus does not know', async () => {
    const { code, stderr } = await check((text) => text.replaceAll('job_name:', 'jobname:'));
    expect(code).not.toBe(0);
    expect(stderr).toContain('field jobname not found');
  });

  test('gives targets the job names that the rules know', async () => {
    const text = await readFile(path, 'utf8');
    const wanted = new Set(
      alertRules(readRuleFiles()).flatMap(({ expr }) =>
        [...expr.matchAll(/job=~?"([^"]+)"/g)].flatMap(([, jobs = '']) => jobs.split('|')),
      ),
    );
    expect(wanted).toEqual(new Set(['ml-api', 'alertmanager', 'pushgateway']));
    const { scrape_configs: jobs } = parse(text) as {
      scrape_configs: {
        job_name: string;
        honor_labels?: boolean;
        relabel_configs?: { target_label?: string }[];
      }[];
    };
    const named = jobs.some(({ job_name: name }) => name === 'ml-api');
    // In Kubernetes the pod's own name, by a label.
    const relabelled = jobs.some(({ relabel_configs: rules = [] }) =>
      rules.some(({ target_label: label }) => label === 'job'),
    );
    expect(named || relabelled).toBe(true);
    expect(jobs.find(({ job_name: name }) => name === 'pushgateway')?.honor_labels).toBe(true);
  });
});

describe('alertmanager.yml', () => {
  test('is taken by amtool', async () => {
    const { code, stdout, stderr } = await run(amtool, 'check-config', alertmanagerFile);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('3 receivers');
  });

  test('would not be taken with a receiver that is not there', async () => {
    const file = join(folder, 'alertmanager.yml');
    const text = await readFile(alertmanagerFile, 'utf8');
    await writeFile(file, text.replace('receiver: watchdog', 'receiver: nobody'));
    expect((await run(amtool, 'check-config', file)).code).not.toBe(0);
  });

  const rules = alertRules(readRuleFiles());
  const told = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const config = `--config.file=${alertmanagerFile}`;
    const { code, stdout } = await run(amtool, 'config', 'routes', 'test', config, ...pairs);
    expect(code).toBe(0);
    return stdout.trim();
  };
  test.each(rules)('$key goes to whoever is to hear it', async ({ alert, labels }: AlertRule) => {
    const wanted = labels?.severity === 'page' ? 'pages' : 'tickets';
    const other: Readonly<Record<string, string>> = {
      Watchdog: 'watchdog',
      NotificationsFailing: 'tickets,pages',
    };
    // Also from a Prometheus that does not say where it is.
    for (const from of [{ namespace: 'ml-platform' }, { namespace: 'staging-tools' }, {}])
      expect(await told({ alertname: alert, ...labels, ...from })).toBe(other[alert] ?? wanted);
    for (const namespace of ['staging', 'ml-platform-staging'])
      expect(await told({ alertname: alert, ...labels, namespace })).toBe(
        alert === 'Watchdog' ? 'watchdog' : 'tickets',
      );
  });

  test('no ticket holds a page back', async () => {
    const severity = new Map(rules.map(({ alert, labels }) => [alert, labels?.severity]));
    const { inhibit_rules: inhibitions } = parse(await readFile(alertmanagerFile, 'utf8')) as {
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    const severitiesOf = (matchers: readonly string[]): readonly (string | undefined)[] =>
      matchers.flatMap((matcher) => {
        const [, label, value = ''] = /^(\w+) =~? "(.*)"$/.exec(matcher) ?? [];
        return label === 'severity' ? [value] : value.split('|').map((alert) => severity.get(alert));
      });
    for (const { source_matchers: source, target_matchers: target } of inhibitions) {
      expect(severitiesOf(source)).not.toContain(undefined);
      if (severitiesOf(source).includes('ticket')) expect(severitiesOf(target)).not.toContain('page');
    }
    expect(inhibitions.length).toBeGreaterThan(3);
  });

  test('what holds alerts back has the labels that the alerts have', async () => {
    const { inhibit_rules: inhibitions } = parse(await readFile(alertmanagerFile, 'utf8')) as {
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    const names = new Set(rules.map(({ alert }) => alert));
    const matchers = inhibitions.flatMap((each) => [...each.source_matchers, ...each.target_matchers]);
    const alerts = matchers.flatMap(
      (matcher) => /^alertname =~? "([\w|]+)"$/.exec(matcher)?.[1]?.split('|') ?? [],
    );
    expect(alerts.length).toBeGreaterThanOrEqual(6);
    for (const alert of alerts) expect(names).toContain(alert);
  });

  test('reads the addresses from the files that the cluster mounts', async () => {
    const text = await readFile(alertmanagerFile, 'utf8');
    const paths = [...text.matchAll(/url_file: (\S+)/g)].map(([, path = '']) => path);
    const secret = await readFile(join(infra, 'kubernetes/base/secret.yaml.example'), 'utf8');
    const statefulSet = await readFile(join(infra, 'kubernetes/base/alertmanager/statefulset.yaml'), 'utf8');
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      expect(statefulSet).toContain(`mountPath: ${path.slice(0, path.lastIndexOf('/'))}\n`);
      expect(secret).toContain(`  ${basename(path)}: `);
    }
  });
});

test('Prometheus can read each expression of the runbooks and of the guide', async () => {
  const guide = resolve(infra, '../docs/monitoring_guide.md');
  const texts = await Promise.all([...filesOf('runbooks/*.md'), guide].map((path) => readFile(path, 'utf8')));
  const expressions = texts.flatMap((text) =>
    [...text.matchAll(/```promql\n([\s\S]*?)\n```/g)].map(([, expr = '']) => expr),
  );
  expect(expressions.length).toBeGreaterThan(25);
  const check = async (all: readonly string[]) => {
    const file = join(folder, 'expressions.yml');
    const rulesOf = all.map((expr, index) => ({ record: `expression_${index}`, expr }));
    await writeFile(file, JSON.stringify({ groups: [{ name: 'expressions', rules: rulesOf }] }));
    return await run(promtool, 'check', 'rules', file);
  };
  const { code, stderr } = await check(expressions);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect((await check(['rate(x)'])).code).not.toBe(0);
});
