/** The chart that `helm create` makes is right; with the mistakes that people add to it, it is not. The real helm renders it. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkInfra } from '../../../check-infra/index.ts';
import { ensureHelm } from '../../../scripts/tools/helm.ts';

let helm: string;
let folder: string;

beforeAll(async () => {
  helm = await ensureHelm();
  folder = mkdtempSync(join(tmpdir(), 'ml-gates-starter-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function create(name: string): string {
  const { status, stderr } = spawnSync(helm, ['create', name], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return join(folder, name);
}

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

async function check(chart: string, values: readonly string[] = []) {
  const env = { ...process.env, PATH: `${dirname(helm)}${delimiter}${process.env.PATH ?? ''}` };
  return await checkInfra(
    { folder: chart, shown: chart, skip: [], matrix: false, values },
    { env, signal: new AbortController().signal },
  );
}

test('as it is made, and with everything in it turned on', async () => {
  const chart = create('right');
  expect(await check(chart)).toMatchObject({ seen: ['.: 3 objects'], findings: [] });
  edit(join(chart, 'values.yaml'), (text) => text.replaceAll('enabled: false', 'enabled: true'));
  const { seen, findings } = await check(chart);
  expect(findings).toEqual([]);
  expect(seen).toEqual(['.: 6 objects']);
});

test('with mistakes', async () => {
  const chart = create('wrong');
  edit(join(chart, 'values.yaml'), (text) =>
    text.replace('tag: ""', 'tag: latest').replace('type: ClusterIP', 'type: LoadBalancer'),
  );
  edit(join(chart, 'templates/deployment.yaml'), (text) =>
    text
      .replace(/ +serviceAccountName: .*\n/, '')
      .replace(/\{\{- if not .Values.autoscaling.enabled \}\}/, '{{- if true }}'),
  );
  edit(join(chart, 'values.yaml'), (text) => text.replaceAll('enabled: false', 'enabled: true'));
  const { findings } = await check(chart);
  expect(findings.map(({ check: name, place }) => `${name} ${place}`)).toEqual([
    'service-account-unused .: ServiceAccount/release-wrong',
    'load-balancer-for-internal-service .: Service/release-wrong',
    'image-not-pinned .: Deployment/release-wrong',
    'replicas-with-autoscaler .: Deployment/release-wrong',
  ]);
});

test('one that helm refuses is told with helm’s own sentence, and the place of the mistake', async () => {
  const chart = create('refused');
  edit(join(chart, 'templates/service.yaml'), (text) =>
    text.replace('spec:', 'spec: {{ required "a port is needed" .Values.port }}'),
  );
  const { findings } = await check(chart);
  expect(findings).toMatchObject([
    {
      check: 'does-not-render',
      place: '.',
      message: expect.stringMatching(
        /^it, with its default values, cannot be rendered: execution error at \(refused\/templates\/service\.yaml:\d+:\d+\): a port is needed/,
      ),
    },
  ]);
});

test('values that a chart needs come from its ci folder, or from the caller', async () => {
  const chart = create('needs');
  edit(join(chart, 'templates/service.yaml'), (text) =>
    text.replace('spec:', 'spec:\n  externalName: {{ required "a name is needed" .Values.externalName }}'),
  );
  const file = join(folder, 'values.yaml');
  writeFileSync(file, 'externalName: a.example.com\nimage: { tag: latest }\n');
  const given = await check(chart, [file]);
  expect(given.seen).toEqual(['.: 3 objects']);
  expect(given.findings.map(({ check: name, place }) => `${name} ${place}`)).toEqual([
    'image-not-pinned .: Deployment/release-needs',
  ]);
  mkdirSync(join(chart, 'ci'));
  for (const name of ['a', 'b']) {
    writeFileSync(join(chart, `ci/${name}-values.yaml`), `externalName: ${name}.example.com\n`);
  }
  const { seen, findings } = await check(chart);
  expect(findings).toEqual([]);
  expect(seen).toEqual(['. with ci/a-values.yaml: 3 objects', '. with ci/b-values.yaml: 3 objects']);
});

test('a chart within another is rendered with it, a library by nobody', async () => {
  const chart = create('outer');
  const inner = spawnSync(helm, ['create', 'inner'], { cwd: join(chart, 'charts'), encoding: 'utf8' });
  expect(inner.status).toBe(0);
  edit(join(chart, 'charts/inner/values.yaml'), (text) => text.replace('tag: ""', 'tag: latest'));
  const { seen, findings } = await check(chart);
  expect(seen).toEqual(['.: 6 objects']);
  expect(findings.map(({ place }) => place)).toEqual(['.: Deployment/release-inner']);
  const library = create('library');
  edit(join(library, 'Chart.yaml'), (text) => text.replace('type: application', 'type: library'));
  writeFileSync(
    join(folder, 'library/rules.yaml'),
    'groups: [{ name: a, rules: [{ record: "a:b", expr: up }] }]\n',
  );
  expect(await check(library)).toEqual({ seen: ['1 file of rules'], findings: [], matrices: [] });
});
