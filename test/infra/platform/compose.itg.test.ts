/** The Compose file, read by Compose's own loader, and its parts held against each other. */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { collectorVersion } from '../../../scripts/tools/collector.ts';
import { loadCompose } from '../../../scripts/tools/compose.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePrometheus } from '../../../scripts/tools/prometheus.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { addressesOf, portsOf, problemsOf } from './compose-consistency.ts';
import {
  type ComposeProject,
  type ComposeService,
  composeFile,
  filledExample,
  infra,
  loadProject,
} from './compose-project.ts';

const example = join(infra, '.env.example');
const text = readFileSync(composeFile, 'utf8');

let project: ComposeProject;
beforeAll(async () => {
  project = await loadProject();
});

describe('as Compose reads it', () => {
  test('it is valid with the variables of .env.example', () => {
    expect(Object.keys(project.services).sort()).toEqual([
      'alert-log',
      'alertmanager',
      'collector',
      'cost-exporter',
      'grafana',
      'ml-api',
      'mlflow',
      'postgres',
      'prometheus',
      'pushgateway',
      'tempo',
    ]);
  });

  const variables = [...readFileSync(example, 'utf8').matchAll(/^(#?)(\w+)=/gm)];
  const needed = variables.filter(([, comment]) => comment === '').map(([, , name = '']) => name);

  test('.env.example names each variable of the file, and no other', () => {
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(variables.map(([, , name]) => name).sort()).toEqual([...new Set(used)].sort());
    expect(needed.length).toBe(4);
  });

  test('as it is, it starts nothing: each needs passwords of its own', async () => {
    expect(await loadCompose(infra, composeFile, example)).toMatchObject({ valid: false });
  });

  test.each(needed)('without %s it does not start, and says so', async (name) => {
    const envFile = join(scratchFolder(), 'env');
    const lines = filledExample().split('\n');
    writeFileSync(envFile, lines.filter((line) => !line.startsWith(`${name}=`)).join('\n'));
    expect(await loadCompose(infra, composeFile, envFile)).toEqual({
      valid: false,
      message: expect.stringMatching(new RegExp(`${name} is missing a value: see \\.env\\.example`)),
    });
  });

  test.each([
    ['an unknown key', 'restart: unless-stopped', 'restrat: unless-stopped', /restrat/],
    [
      'a service that is not there',
      'postgres: { condition',
      'postgers: { condition',
      /depends on undefined service "?postgers/,
    ],
    ['a volume that is not declared', 'tempo:/var/tempo', 'temple:/var/tempo', /undefined volume temple/],
    ['a network that is not declared', 'networks: [data]', 'networks: [date]', /undefined network date/],
    ['a port that is none', '127.0.0.1:8000:8000', '127.0.0.1:80000:8000', /80000/],
    ['a limit that is none', 'memory: 1G', 'memory: much', /much/],
  ])('%s is refused', async (_, right, wrong, message) => {
    const folder = scratchFolder();
    const [file, envFile] = [join(folder, 'docker-compose.yml'), join(folder, 'env')];
    expect(text).toContain(right);
    writeFileSync(file, text.replace(right, wrong));
    writeFileSync(envFile, filledExample());
    expect(await loadCompose(infra, file, envFile)).toEqual({
      valid: false,
      message: expect.stringMatching(message),
    });
  });
});

describe('that its parts fit each other', () => {
  test('nothing is wrong', () => {
    expect(problemsOf(project)).toEqual([]);
  });

  test('the addresses that are looked at are all there are', () => {
    const asked = (name: string) =>
      addressesOf(project.services[name] ?? {}).map(({ host, port }) => `${host}:${port}`);
    expect(asked('ml-api').sort()).toEqual(['collector:4318', 'mlflow:5000', 'postgres:5432']);
    expect(asked('mlflow')).toEqual(['postgres:5432']);
    expect(asked('collector')).toEqual(['tempo:4318']);
    expect(asked('grafana').sort()).toEqual(['alertmanager:9093', 'prometheus:9090', 'tempo:3200']);
    expect(asked('alertmanager').sort()).toEqual(['alert-log:8080', 'alert-log:8080', 'alert-log:8080']);
    expect(asked('prometheus')).toContain('collector:8888');
  });

  test.each<[string, string, (service: ComposeService) => object, string]>([
    [
      'an image without a version',
      'tempo',
      () => ({ image: 'grafana/tempo:latest' }),
      'tempo: the image grafana/tempo:latest is not pinned to a version',
    ],
    [
      'an image without a tag',
      'tempo',
      () => ({ image: 'localhost:5000/tempo' }),
      'tempo: the image localhost:5000/tempo is not pinned to a version',
    ],
    [
      'an image of no registry',
      'tempo',
      () => ({ image: 'grafana/tempo:2.8.2' }),
      'tempo: the image grafana/tempo:2.8.2 could come from another registry than it should',
    ],
    [
      'an image that is built here and might be fetched',
      'ml-api',
      () => ({ pull_policy: 'missing' }),
      'ml-api: the image ml-api:1.0.0 could come from another registry than it should',
    ],
    [
      'a file that is not there',
      'tempo',
      () => ({ volumes: [{ type: 'bind', source: '/nowhere.yml', target: '/etc/tempo', read_only: true }] }),
      'tempo: mounts /nowhere.yml, which does not exist',
    ],
    [
      'a mount that can be written to',
      'collector',
      ({ volumes = [] }) => ({ volumes: volumes.map((each) => ({ ...each, read_only: false })) }),
      `collector: could write to ${join(infra, 'monitoring/collector')}`,
    ],
    [
      'a port for the world',
      'grafana',
      () => ({ ports: [{ host_ip: '0.0.0.0', target: 3000, published: '3000' }] }),
      'grafana: port 3000 is open to other machines',
    ],
    [
      'a port twice',
      'grafana',
      () => ({ ports: [{ host_ip: '127.0.0.1', target: 3000, published: '9090' }] }),
      'prometheus: port 9090 is that of grafana, too',
    ],
    [
      'a port that nobody listens on',
      'mlflow',
      () => ({ command: ['mlflow', 'server', '--port=5001'] }),
      'mlflow: nothing listens on 5000',
    ],
    [
      'a host that is no service',
      'ml-api',
      () => ({ environment: { URL: 'http://otel:4318' } }),
      'ml-api: asks otel:4318, and there is no service otel',
    ],
    [
      'the wrong port of a service',
      'ml-api',
      () => ({ environment: { URL: 'http://collector:4317' } }),
      'ml-api: asks collector:4317, where nothing listens',
    ],
    [
      'a service in another network',
      'grafana',
      () => ({ environment: { URL: 'postgres://a:b@postgres:5432/x' } }),
      'grafana: asks postgres:5432, and shares no network with it',
    ],
    [
      'waiting for what has no health',
      'grafana',
      () => ({ depends_on: { tempo: { condition: 'service_healthy' } } }),
      'grafana: waits for tempo to be healthy, which has no health check',
    ],
    [
      'a health check by curl',
      'grafana',
      () => ({ healthcheck: { test: ['CMD', 'curl', '-f', 'http://localhost:3000'] } }),
      'grafana: its image has no curl',
    ],
    ['root', 'grafana', () => ({ user: '0:0' }), 'grafana: runs as root'],
    [
      'a file system that can be written to',
      'grafana',
      () => ({ read_only: false }),
      'grafana: its file system can be written to',
    ],
    ['no limits', 'grafana', () => ({ deploy: {} }), 'grafana: has no limits of all resources'],
  ])('%s is found', (_, name, change, problem) => {
    const service = project.services[name] ?? {};
    const services = { ...project.services, [name]: { ...service, ...change(service) } as ComposeService };
    expect(problemsOf({ ...project, services })).toContain(problem);
  });

  test('images are those of the manifests', () => {
    const inManifests = globSync(join(infra, 'kubernetes/base/*/*.yaml')).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^\s+image: (\S+)$/gm)].map(([, image]) => image),
    );
    for (const name of ['prometheus', 'alertmanager', 'pushgateway', 'grafana']) {
      expect(inManifests, name).toContain(project.services[name]?.image);
    }
    for (const name of ['ml-api', 'cost-exporter'])
      expect(inManifests.some((image) => image?.endsWith(`/${project.services[name]?.image}`))).toBe(true);
    expect(project.services.collector?.image).toMatch(
      new RegExp(`:${collectorVersion.replaceAll('.', '\\.')}$`),
    );
  });

  test('every part that has metrics is a target of its own name, and the rules are mounted', () => {
    const { scrape_configs } = parse(
      readFileSync(join(infra, 'monitoring/prometheus/prometheus.yml'), 'utf8'),
    ) as {
      scrape_configs: {
        job_name: string;
        static_configs?: { targets: string[] }[];
        dns_sd_configs?: { names: string[]; port: number }[];
      }[];
    };
    const silent = ['alert-log', 'mlflow', 'postgres'];
    expect(scrape_configs.map(({ job_name }) => job_name).sort()).toEqual(
      Object.keys(project.services)
        .filter((name) => !silent.includes(name))
        .sort(),
    );
    for (const { job_name, static_configs = [], dns_sd_configs: looked = [] } of scrape_configs) {
      const targets = static_configs.flatMap((each) => each.targets);
      const names = looked.flatMap((each) => each.names.map((name) => `${name}:${each.port}`));
      expect([...targets, ...names].map((target) => target.split(':')[0])).toEqual([job_name]);
      for (const target of names)
        expect(portsOf(job_name, project.services[job_name])).toContain(Number(target.split(':')[1]));
      // A target that is fixed would be told as down wherever its profile is not started.
      expect(names.length > 0).toBe(project.services[job_name]?.profiles !== undefined);
    }
    const mounts = project.services.prometheus?.volumes?.map(({ source, target }) => [source, target]);
    expect(mounts).toContainEqual([join(infra, 'monitoring/rules'), '/etc/prometheus-rules']);
  });

  test('Prometheus keeps metrics as long as in the manifests, and is switched on for exemplars as there', () => {
    const manifest = readFileSync(join(infra, 'kubernetes/base/prometheus/statefulset.yaml'), 'utf8');
    const flags = [...manifest.matchAll(/- (--(?:storage\.tsdb\.retention\.time|enable-feature)=\S+)/g)];
    expect(flags.length).toBe(2);
    for (const [, flag] of flags) expect(project.services.prometheus?.command).toContain(flag);
  });

  test('Grafana finds what its manifests give it, at the same places', () => {
    const { spec } = parse(readFileSync(join(infra, 'kubernetes/base/grafana/deployment.yaml'), 'utf8')) as {
      spec: { template: { spec: { containers: { volumeMounts: { mountPath: string }[] }[] } } };
    };
    const manifests = spec.template.spec.containers.flatMap(({ volumeMounts }) =>
      volumeMounts.map(({ mountPath }) => mountPath),
    );
    const { volumes = [], tmpfs = [] } = project.services.grafana ?? {};
    const here = [...volumes.map(({ target }) => target), ...tmpfs.map((each) => each.split(':')[0])];
    expect(here.sort()).toEqual(manifests.sort());
  });
});

test('promtool takes the configuration of Prometheus, whose exemplars are switched on', async () => {
  const { promtool } = await ensurePrometheus();
  const file = join(infra, 'monitoring/prometheus/prometheus.yml');
  const { code, stdout, stderr } = await runProcess(promtool, ['check', 'config', '--syntax-only', file]);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(project.services.prometheus?.command).toContain('--enable-feature=exemplar-storage');
});
