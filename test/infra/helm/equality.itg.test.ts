/** The chart and the kustomizations are two ways to the same objects; helm's package needs nothing of the repository. */

import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonical, type KubeObject } from '../../../core/kubernetes/index.ts';
import { ensureKubernetes } from '../../../scripts/tools/kubernetes.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { renderObjects } from '../kubernetes/support.ts';
import {
  byName,
  chart,
  problemOf,
  renderChart,
  root,
  runHelm,
  withoutChecksums,
  withoutHashes,
} from './support.ts';

let kubectl: string;
beforeAll(async () => {
  kubectl = (await ensureKubernetes()).kubectl;
});

const twins = [
  { kustomization: 'base', namespace: 'ml-platform', values: [] },
  {
    kustomization: 'overlays/staging',
    namespace: 'ml-platform-staging',
    values: ['--values', join(chart, 'values-staging.yaml')],
  },
  {
    kustomization: 'overlays/production',
    namespace: 'ml-platform',
    values: ['--values', join(chart, 'values-production.yaml')],
  },
];

describe.each(twins)('$kustomization', ({ kustomization, namespace, values }) => {
  let theirs: Readonly<Record<string, KubeObject>>;
  let ours: Readonly<Record<string, KubeObject>>;
  beforeAll(async () => {
    const rendered = await renderObjects(kubectl, kustomization);
    // The namespace is there before a chart is installed into it.
    theirs = byName(withoutHashes(rendered).filter(({ kind }) => kind !== 'Namespace'));
    ours = byName(withoutChecksums(await renderChart(namespace, values)));
  });

  test('has the same objects', () => {
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    expect(Object.keys(ours).length).toBeGreaterThan(30);
  });

  test('each object is the same, in every field', () => {
    for (const [name, object] of Object.entries(theirs)) expect(ours[name], name).toEqual(object);
  });
});

test('the comparison sees a single field', async () => {
  const copy = join(scratchFolder(), 'reference-infra');
  await cp(join(root, 'reference-infra'), copy, {
    recursive: true,
    filter: (path) => !path.includes('/node_modules'),
    verbatimSymlinks: true,
  });
  const service = join(copy, 'kubernetes/base/ml-api/service.yaml');
  await writeFile(service, (await readFile(service, 'utf8')).replace('port: 80', 'port: 81'));
  const theirs = byName(withoutHashes(await renderObjects(kubectl, join(copy, 'kubernetes/base'))));
  const ours = byName(withoutChecksums(await renderChart('ml-platform')));
  const different = Object.keys(theirs).filter((name) => {
    return canonical(theirs[name]) !== canonical(ours[name]);
  });
  expect(different).toEqual(['Service/ml-api']);
});

test('a package has the files that links lead to, and renders the same where there is no repository', async () => {
  const folder = scratchFolder();
  const packed = await runHelm(['package', chart, '--destination', folder]);
  expect(packed.code, problemOf(packed.stderr)).toBe(0);
  const [archive] = await readdir(folder);
  expect(archive).toBe('ml-platform-1.0.0.tgz');
  const path = join(folder, String(archive));
  const { stdout } = await runProcess('tar', ['--list', '--verbose', '--file', path], { timeoutMs: 30_000 });
  const entries = stdout.trim().split('\n');
  expect(entries.filter((entry) => !entry.startsWith('-'))).toEqual([]);
  const files = entries.map((entry) => entry.replace(/^.* ml-platform\//, ''));
  expect(files).toContain('files/prometheus.yml');
  expect(files).toContain('files/dashboards/api-health.json');
  expect(files.filter((file) => /values-|\.ts$|test/.test(file))).toEqual([]);
  expect(await renderChart('ml-platform', [], path)).toEqual(await renderChart('ml-platform'));
});

test('as a part of another chart it is the same, with values under its name', async () => {
  const parent = scratchFolder();
  await mkdir(join(parent, 'charts'));
  await runHelm(['package', chart, '--destination', join(parent, 'charts')]);
  await writeFile(
    join(parent, 'Chart.yaml'),
    'apiVersion: v2\nname: shop\nversion: 3.0.0\nappVersion: 3.0.0\n',
  );
  const values = { global: { team: 'shop' }, 'ml-platform': { environment: { LOG_LEVEL: 'warn' } } };
  await writeFile(join(parent, 'values.yaml'), JSON.stringify(values));
  expect(byName(await renderChart('ml-platform', [], parent))).toEqual(
    byName(await renderChart('ml-platform', ['--set', 'environment.LOG_LEVEL=warn'])),
  );
});

test('a copy without what its links lead to is refused, with what to do', async () => {
  const copy = join(scratchFolder(), 'ml-platform');
  await cp(chart, copy, { recursive: true, filter: (path) => !path.includes('/files/') });
  await expect(renderChart('ml-platform', [], copy)).rejects.toThrow(
    'install it from its folder in the repository, or from a package that `helm package` made there',
  );
});

test.each(twins)('lint finds nothing in what equals $kustomization', async ({ values }) => {
  const { code, stdout } = await runHelm(['lint', '--strict', chart, ...values]);
  expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
  expect(code).toBe(0);
});

test('rendering is the same each time', async () => {
  expect(await renderChart('ml-platform')).toEqual(await renderChart('ml-platform'));
});
