/** Every command of the chart's README is run as it stands there, in its order, against a real control plane. */

import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureHelm } from '../../../scripts/tools/helm.ts';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import { eventually, type PlatformCluster, startPlatformCluster } from '../kubernetes/support.ts';
import { chart, problemOf, root } from './support.ts';

let platform: PlatformCluster;
let folder: string;
beforeAll(async () => {
  platform = await startPlatformCluster();
  // The repository, as far as the commands go: what they write does not come into it.
  folder = join(platform.cluster.folder, 'repository');
  await mkdir(folder);
  await symlink(join(root, 'reference-infra'), join(folder, 'reference-infra'));
  await symlink(await ensureHelm(), join(platform.tools, 'helm'));
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

interface Command {
  /** Of the section. */
  readonly title: string;
  readonly text: string;
}

const readme = await readFile(join(chart, 'README.md'), 'utf8');
const commands: readonly Command[] = readme.split(/^## /m).flatMap((section) => {
  const title = section.split('\n', 1)[0] ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => ({ title, text }));
});

function run(text: string): Promise<ProcessResult> {
  const { cluster, tools } = platform;
  return runProcess('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folder,
    env: { PATH: `${tools}:/usr/bin:/bin`, HOME: cluster.folder, KUBECONFIG: cluster.kubeconfig },
    timeoutMs: 180_000,
  });
}

/** What is so when the last command of a section has ended. */
const outcomes: Readonly<Record<string, () => Promise<void>>> = {
  async Install() {
    expect(await imageOfService()).toBe('ghcr.io/org/ml-api:1.0.0');
    // The autoscaler makes the rest of production's three.
    await eventually('three pods are ready', async () => (await readyPods()) === '3');
  },
  async Upgrade() {
    expect(await imageOfService()).toBe('ghcr.io/org/ml-api:1.0.1');
  },
  async 'Roll back'() {
    expect(await imageOfService()).toBe('ghcr.io/org/ml-api:1.0.0');
  },
  async Uninstall() {
    const { stdout } = await run(
      'kubectl --namespace ml-platform get pods,deployments,services,persistentvolumeclaims',
    );
    expect(stdout).toBe('');
  },
  async Package() {
    const { stdout } = await run('helm template ml-platform ml-platform-1.0.0.tgz');
    expect(stdout).toContain('kind: StatefulSet');
    await rm(join(folder, 'ml-platform-1.0.0.tgz'));
  },
};

test('the sections with commands are these', () => {
  expect([...new Set(commands.map(({ title }) => title))]).toEqual(Object.keys(outcomes));
  expect(commands.every(({ text }) => text.includes('\n'))).toBe(true);
});

describe.each(Object.keys(outcomes))('%s', (section) => {
  test.each(commands.filter(({ title }) => title === section))('$text', async ({ text }) => {
    const { code, stderr } = await run(text);
    expect(code, problemOf(stderr)).toBe(0);
  });

  test('does what it says', async () => {
    await outcomes[section]?.();
  });
});

async function imageOfService(): Promise<string> {
  const path = '{.spec.template.spec.containers[0].image}';
  return (await run(`kubectl --namespace ml-platform get deployment ml-api --output=jsonpath='${path}'`))
    .stdout;
}

async function readyPods(): Promise<string> {
  const path = '{.status.readyReplicas}';
  return (await run(`kubectl --namespace ml-platform get deployment ml-api --output=jsonpath='${path}'`))
    .stdout;
}
