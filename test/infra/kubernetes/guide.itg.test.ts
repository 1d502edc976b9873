/** docs/kubernetes_guide.md: each of its commands, in its order, and what it says that they say. */

import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../action-deploy/src/inputs/index.ts';
import { InputReader } from '../../../core/inputs/index.ts';
import { blocksOf, runBlock } from '../../support/guide-blocks.ts';
import { stepsUsing } from '../../support/readme-steps.ts';
import { manifests, type PlatformCluster, renderObjects, startPlatformCluster } from './support.ts';

const root = resolve(import.meta.dirname, '../../..');
const guide = await readFile(join(root, 'docs/kubernetes_guide.md'), 'utf8');

const blocks = blocksOf(guide);

let platform: PlatformCluster;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  platform = await startPlatformCluster();
  const { cluster, kubelet, tools } = platform;
  folder = join(cluster.folder, 'repository');
  await mkdir(folder);
  for (const part of ['kubernetes', 'security', 'monitoring'])
    await cp(resolve(manifests, '..', part), join(folder, 'reference-infra', part), { recursive: true });
  await writeFile(
    join(tools, 'npx'),
    `#!/bin/sh\n[ "$1" = ml-gates ] && shift && exec ${process.execPath} ${root}/cli/ml-gates.ts "$@"\n`,
  );
  await chmod(join(tools, 'npx'), 0o755);
  // The guide changes its current context.
  const kubeconfig = join(cluster.folder, 'guide.kubeconfig');
  await copyFile(cluster.kubeconfig, kubeconfig);
  env = { PATH: `${tools}:${process.env.PATH}`, HOME: cluster.folder, KUBECONFIG: kubeconfig };
  // The version that the guide calls bad.
  const log = ['the model models:/ml-api@staging has no version'];
  kubelet.behave('ghcr.io/org/ml-api:1.2.0', { kind: 'crashes', exitCode: 3, log });
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

test('all its commands are found', () => {
  expect(blocks).toHaveLength([...guide.matchAll(/^```sh/gm)].length);
  expect(blocks.length).toBeGreaterThan(15);
});

test.each(blocks)('$commands', async (block) => {
  expect(await runBlock(block, { cwd: folder, env })).toBeNull();
});

test('the step of a workflow is read without a mistake', async () => {
  const steps = stepsUsing('org/action-deploy@v1', guide);
  expect(steps).toHaveLength(1);
  const action = parse(await readFile(join(root, 'action-deploy/action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  const given = steps[0]?.with ?? {};
  for (const name of Object.keys(given)) expect(Object.keys(action.inputs)).toContain(name);
  const reader = new InputReader({
    get: (name) => String(given[name] ?? action.inputs[name]?.default ?? ''),
    workspace: root,
  });
  expect(readConfig(reader).target).toMatchObject({
    namespace: 'ml-platform-staging',
    source: { kind: 'kustomize', folder: { path: join(manifests, 'pipeline/staging') } },
  });
  reader.finish();
});

test('every object that there is has a line in its table', async () => {
  const objects = await renderObjects(platform.cluster.programs.kubectl, 'overlays/staging');
  const table = guide.slice(guide.indexOf('## What each object is for'), guide.indexOf('## When something'));
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  const monitoring = new Set(['prometheus', 'alertmanager', 'grafana', 'pushgateway', 'cost-exporter']);
  for (const { kind, metadata } of objects) {
    // What a workload of the monitoring reads is told with it.
    const isConfig = kind === 'ConfigMap' && !metadata.name.startsWith('ml-api');
    if (isConfig) continue;
    const isOne = ['Namespace', 'ServiceAccount', 'NetworkPolicy'].includes(kind);
    const named = rows.filter((row) => row.includes(kind.replace(/y$/, 'ies')) || row.includes(kind));
    const name = kind === 'ConfigMap' ? 'ml-api-…' : metadata.name;
    expect(
      named.some((row) => isOne || row.includes(`\`${name}\``)),
      `${kind}/${metadata.name}`,
    ).toBe(true);
    if (monitoring.has(metadata.name)) expect(table).toContain(metadata.name);
  }
});
