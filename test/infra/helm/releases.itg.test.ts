/** The life of a release by real helm on a real control plane: install, upgrade, what fails and goes back, uninstall. */

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject, ObjectMeta } from '../../support/kubernetes/api.ts';
import {
  applySecrets,
  eventually,
  type PlatformCluster,
  startPlatformCluster,
} from '../kubernetes/support.ts';
import { chart, problemOf, runHelm } from './support.ts';

const namespace = 'ml-platform';

interface Pod {
  readonly metadata: ObjectMeta;
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

let platform: PlatformCluster;
/** The chart as it was at the start: what changes pods is what a test changes, and not an edit meanwhile. */
let still: string;
let release: readonly string[];
beforeAll(async () => {
  platform = await startPlatformCluster();
  const { cluster } = platform;
  still = join(cluster.folder, 'chart');
  await cp(chart, still, { recursive: true, dereference: true });
  release = ['ml-platform', still, '--namespace', namespace, '--timeout', '90s'];
  await cluster.apply('default', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  await applySecrets(cluster, 'production');
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

/** helm with the cluster; @throws with what it said */
async function helm(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runHelm(args, { KUBECONFIG: platform.cluster.kubeconfig });
  if (code !== 0) throw new Error(problemOf(stderr));
  return stdout;
}

/** Pods that are not on their way out, by part: name and whether they are ready. */
async function pods(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { items } = await platform.cluster.api.get<{ items: readonly Pod[] }>(
    `/api/v1/namespaces/${namespace}/pods`,
  );
  const parts: Record<string, string[]> = {};
  for (const { metadata, status } of items) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const ready = status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    const part = metadata.labels?.['app.kubernetes.io/name'] ?? '';
    parts[part] = [...(parts[part] ?? []), `${metadata.uid}${ready === true ? '' : ' (not ready)'}`].sort();
  }
  return parts;
}

/** Parts of which every pod is another one, and those of which none is. */
async function changesBy(change: () => Promise<unknown>): Promise<{ replaced: string[]; kept: string[] }> {
  const before = await pods();
  await change();
  const after = await eventually('all pods are ready again', async () => {
    const now = await pods();
    const isSettled = Object.entries(now).every(
      ([part, ids]) => ids.length === before[part]?.length && ids.every((id) => !id.endsWith('(not ready)')),
    );
    return isSettled && now;
  });
  const parts = Object.keys(before).sort();
  const left = (part: string): number =>
    (after[part] ?? []).filter((id) => before[part]?.includes(id)).length;
  return {
    replaced: parts.filter((part) => left(part) === 0),
    kept: parts.filter((part) => left(part) === before[part]?.length),
  };
}

async function history(): Promise<readonly string[]> {
  const text = await helm('history', 'ml-platform', '--namespace', namespace, '--output', 'json');
  const entries: readonly { revision: number; status: string }[] = JSON.parse(text);
  return entries.map(({ revision, status }) => `${revision} ${status}`);
}

const others = ['alertmanager', 'cost-exporter', 'grafana', 'prometheus', 'pushgateway'];

test('install returns when every pod is ready, and says what is to be done', async () => {
  const said = await helm('install', ...release, '--wait');
  expect(said).toContain('Predictions: https://ml-api.example.com/predict');
  expect(said).toContain('grafana: Grafana');
  const parts = await eventually('the autoscaler has made its two pods', async () => {
    const now = await pods();
    return now['ml-api']?.length === 2 && now;
  });
  expect(Object.keys(parts).sort()).toEqual([
    'alertmanager',
    'cost-exporter',
    'grafana',
    'ml-api',
    'prometheus',
    'pushgateway',
  ]);
  for (const part of others) expect(parts[part], part).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
});

test('a second release in the namespace is refused, since its objects have the same names', async () => {
  const args = ['install', 'another', still, '--namespace', namespace];
  await expect(helm(...args)).rejects.toThrow(/cannot be imported into the current release/);
});

test('an upgrade to another image replaces the pods of the service, and no others', async () => {
  const upgrade = () => helm('upgrade', ...release, '--set', 'image.tag=1.0.1', '--wait');
  expect(await changesBy(upgrade)).toEqual({ replaced: ['ml-api'], kept: others });
});

test('an upgrade without a change replaces nothing', async () => {
  const upgrade = () => helm('upgrade', ...release, '--set', 'image.tag=1.0.1', '--wait');
  expect(await changesBy(upgrade)).toEqual({
    replaced: [],
    kept: ['alertmanager', 'cost-exporter', 'grafana', 'ml-api', 'prometheus', 'pushgateway'],
  });
});

test('an upgrade of a variable replaces the pods that read it', async () => {
  const values = ['--set', 'image.tag=1.0.1,environment.LOG_LEVEL=warn'];
  expect(await changesBy(() => helm('upgrade', ...release, ...values, '--wait'))).toEqual({
    replaced: ['ml-api'],
    kept: others,
  });
});

test('an upgrade of a rule replaces Prometheus, which reads it at its start', async () => {
  const copy = join(platform.cluster.folder, 'changed-chart');
  await cp(still, copy, { recursive: true, dereference: true });
  const rules = join(copy, 'files/rules/drift.yml');
  await writeFile(rules, `${await readFile(rules, 'utf8')}\n# Another one.\n`);
  const values = ['--set', 'image.tag=1.0.1,environment.LOG_LEVEL=warn'];
  const args = ['ml-platform', copy, '--namespace', namespace, ...values, '--wait', '--timeout', '90s'];
  expect(await changesBy(() => helm('upgrade', ...args))).toEqual({
    replaced: ['prometheus'],
    kept: ['alertmanager', 'cost-exporter', 'grafana', 'ml-api', 'pushgateway'],
  });
});

test('an upgrade that does not get ready goes back with --atomic, and the old pods serve on', async () => {
  platform.kubelet.behave('ghcr.io/org/ml-api:1.0.2', { kind: 'pull-fails' });
  const before = await history();
  const args = ['ml-platform', still, '--namespace', namespace, '--set', 'image.tag=1.0.2'];
  const { kept } = await changesBy(async () => {
    await expect(helm('upgrade', ...args, '--atomic', '--timeout', '15s')).rejects.toThrow(
      'release ml-platform failed, and has been rolled back due to atomic being set',
    );
  });
  expect(kept).toContain('ml-api');
  expect((await history()).slice(before.length - 1)).toEqual([
    `${before.length} superseded`,
    `${before.length + 1} failed`,
    `${before.length + 2} deployed`,
  ]);
  expect(await helm('get', 'values', 'ml-platform', '--namespace', namespace)).toContain('tag: 1.0.1');
});

test('values that are refused change nothing in the cluster', async () => {
  const before = await history();
  await expect(helm('upgrade', ...release, '--set', 'image.tagg=1')).rejects.toThrow("'tagg' not allowed");
  await expect(helm('upgrade', ...release, '--set', 'replicas=3')).rejects.toThrow('the autoscaler decides');
  expect(await history()).toEqual(before);
});

test('a rollback brings back the first release: its image and its variables', async () => {
  expect(
    (await changesBy(() => helm('rollback', 'ml-platform', '1', '--namespace', namespace, '--wait')))
      .replaced,
  ).toContain('ml-api');
  const { cluster } = platform;
  const at = `/apis/apps/v1/namespaces/${namespace}/deployments/ml-api`;
  expect(JSON.stringify(await cluster.api.get(at))).toContain('"image":"ghcr.io/org/ml-api:1.0.0"');
  const variables = await cluster.api.get<{ data: object }>(
    `/api/v1/namespaces/${namespace}/configmaps/ml-api`,
  );
  expect(variables.data).toMatchObject({ LOG_LEVEL: 'info' });
});

/** Once it is larger, it stays so. */
const larger = ['--set', 'prometheus.storage.size=20Gi'];

test('a larger volume is refused by Kubernetes, and comes by the way that the README says, with every pod kept', async () => {
  await expect(helm('upgrade', ...release, ...larger)).rejects.toThrow(
    /updates to statefulset spec .* are forbidden/,
  );
  const { replaced } = await changesBy(async () => {
    const args = ['statefulset', 'prometheus', '--namespace', namespace, '--cascade=orphan'];
    expect(await platform.cluster.kubectl('delete', ...args)).toMatchObject({ code: 0 });
    await helm('upgrade', ...release, ...larger, '--wait');
  });
  expect(replaced).toEqual([]);
});

test('switching the autoscaler on leaves one pod for a moment, as the README says', async () => {
  await helm('upgrade', ...release, ...larger, '--set', 'autoscaling.enabled=false,replicas=3', '--wait');
  const seen: number[] = [];
  const done = new AbortController();
  const watched = platform.cluster.api.follow<KubeObject & { spec: { replicas: number } }>(
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    ({ object: { metadata, spec } }) => {
      if (metadata.name === 'ml-api' && seen.at(-1) !== spec.replicas) seen.push(spec.replicas);
    },
    done.signal,
  );
  await eventually('the watch has begun', async () => seen.length === 1);
  await helm('upgrade', ...release, ...larger, '--wait');
  await eventually('the autoscaler has looked', async () => seen.at(-1) === 2);
  done.abort();
  await watched;
  expect(seen).toEqual([3, 1, 2]);
});

test('switching a part off takes all of it away, but for its claim', async () => {
  const off = ['--set', 'alertmanager.enabled=false'];
  await helm('upgrade', ...release, ...larger, ...off, '--wait');
  const left = async () => (await objectsLeft()).filter((name) => name.includes('alertmanager'));
  await eventually('Alertmanager is gone', async () => {
    const names = await left();
    return names.every((name) => /^(secrets\/alertmanager-receivers|persistentvolumeclaims\/)/.test(name));
  });
  expect(await left()).toContain('persistentvolumeclaims/data-alertmanager-0');
});

test('uninstall leaves the claims and what was there before, and nothing else', async () => {
  await helm('uninstall', 'ml-platform', '--namespace', namespace, '--wait', '--timeout', '90s');
  const expected = [
    'configmaps/kube-root-ca.crt',
    'persistentvolumeclaims/data-alertmanager-0',
    'persistentvolumeclaims/data-cost-exporter-0',
    'persistentvolumeclaims/data-prometheus-0',
    'persistentvolumeclaims/data-pushgateway-0',
    'secrets/alertmanager-receivers',
    'secrets/grafana',
    'secrets/ml-api',
    'serviceaccounts/default',
  ];
  await eventually('the rest is gone', async () => (await objectsLeft()).length === expected.length).catch(
    () => {},
  );
  expect(await objectsLeft()).toEqual(expected);
});

test('the next release, from a package alone, takes the claims again', async () => {
  const { folder } = platform.cluster;
  await helm('package', chart, '--destination', folder);
  const packed = ['ml-platform', join(folder, 'ml-platform-1.0.0.tgz'), '--namespace', namespace];
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const before = await platform.cluster.api.get<{ items: readonly KubeObject[] }>(claims);
  await helm('install', ...packed, '--wait', '--timeout', '90s');
  const after = await platform.cluster.api.get<{ items: readonly KubeObject[] }>(claims);
  expect(after.items.map(({ metadata }) => metadata.uid)).toEqual(
    before.items.map(({ metadata }) => metadata.uid),
  );
});

/** Every object of the namespace, of every kind that can be listed; events aside, which say what was. */
async function objectsLeft(): Promise<readonly string[]> {
  const { cluster } = platform;
  const kinds = await cluster.kubectl('api-resources', '--namespaced', '--verbs=list', '--output=name');
  const names = kinds.stdout.split('\n').filter((name) => name !== '' && !name.startsWith('events'));
  const { stdout } = await cluster.kubectl('get', names.join(','), '--namespace', namespace, '--output=name');
  return stdout
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^([a-z]+)[a-z.0-9]*\//, (_, kind: string) => `${plural(kind)}/`))
    .sort();
}

/** kubectl names objects in the singular. */
function plural(kind: string): string {
  return kind.endsWith('s') ? kind : `${kind}s`;
}
