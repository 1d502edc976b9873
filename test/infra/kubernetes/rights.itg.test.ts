/** Who may do what, both ways: a real API server is asked about every resource and every verb. */

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissions } from '../../../action-deploy/src/kubernetes/index.ts';
import { type KubeObject, listAt, textAt } from '../../../core/kubernetes/index.ts';
import { accountOf, beyond, ownRules, type Right, resourcesOf, rightsOf, type Somebody } from './rights.ts';
import {
  applyObjects,
  applySecrets,
  environments,
  eventually,
  namespaceOf,
  type PlatformCluster,
  renderObjects,
  startPlatformCluster,
} from './support.ts';

const namespace = namespaceOf.staging;
/** Has the same accounts, in the same cluster. */
const neighbour = namespaceOf.production;
const recordSecret = 'ml-gates-deploy-deployment-ml-api';

const deployer: Somebody = { user: 'pipeline', groups: ['ml-platform:deployers', 'system:authenticated'] };
const productionDeployer: Somebody = {
  user: 'pipeline',
  groups: ['ml-platform:production-deployers', 'system:authenticated'],
};

let platform: PlatformCluster;
let resources: Awaited<ReturnType<typeof resourcesOf>>;
let accounts: readonly string[];
/** What everybody with an account may do, by place. */
const usual = new Map<string | null, ReadonlySet<Right>>();
const places = [namespace, neighbour, 'kube-system', null];

beforeAll(async () => {
  platform = await startPlatformCluster();
  const { cluster } = platform;
  for (const environment of environments) {
    const objects = await renderObjects(cluster.programs.kubectl, `overlays/${environment}`);
    expect(await applyObjects(platform, objects)).toMatchObject({ code: 0, stderr: '' });
    await applySecrets(cluster, environment);
    accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
  }
  resources = await resourcesOf(cluster);
  for (const place of places) {
    usual.set(place, await rightsOf(cluster, accountOf(namespace, 'nobody-in-particular'), place, resources));
  }
});
afterAll(() => platform?.cluster.stop());

async function more(somebody: Somebody, place: string | null, name = ''): Promise<readonly Right[]> {
  const rights = await rightsOf(platform.cluster, somebody, place, resources, name);
  return beyond(rights, usual.get(place) ?? new Set());
}

test('every resource of the server is asked about', () => {
  expect(resources.length).toBeGreaterThan(90);
  const names = resources.map(({ resource, subresource }) => `${resource}/${subresource}`);
  expect(names).toEqual(expect.arrayContaining(['secrets/', 'pods/exec', 'serviceaccounts/token', 'roles/']));
  // Those who may do nothing of their own may ask what they may do.
  expect([...(usual.get(null) ?? [])].sort()).toEqual([
    'create selfsubjectaccessreviews.authorization.k8s.io',
    'create selfsubjectreviews.authentication.k8s.io',
    'create selfsubjectrulesreviews.authorization.k8s.io',
  ]);
  expect([...(usual.get(namespace) ?? [])]).toEqual([]);
});

describe('accounts', () => {
  test('are those of the workloads', () => {
    expect([...accounts].sort()).toEqual([
      'alertmanager',
      'cost-exporter',
      'grafana',
      'ml-api',
      'prometheus',
      'pushgateway',
    ]);
  });

  test('Prometheus may find the pods of its namespace, and nothing else anywhere', async () => {
    const prometheus = accountOf(namespace, 'prometheus');
    expect(await more(prometheus, namespace)).toEqual(['get pods', 'list pods', 'watch pods']);
    for (const place of places.slice(1)) expect(await more(prometheus, place), `${place}`).toEqual([]);
    expect(await more(accountOf(neighbour, 'prometheus'), namespace)).toEqual([]);
  });

  test.each(['alertmanager', 'cost-exporter', 'grafana', 'ml-api', 'pushgateway', 'default'])(
    '%s may do nothing that not everybody may',
    async (name) => {
      for (const place of [namespace, null])
        expect(await more(accountOf(namespace, name), place)).toEqual([]);
    },
  );

  test('a right that is one too many would be seen', async () => {
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
    const grafana = accountOf(namespace, 'grafana');
    await platform.cluster.api.create(path, {
      metadata: { name: 'mistake' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'prometheus' },
      subjects: [{ kind: 'ServiceAccount', name: 'grafana', namespace }],
    });
    // The authorizer hears of it a moment later.
    const seen = await eventually('it is seen', async () => {
      const rights = await more(grafana, namespace);
      return rights.length === 0 ? null : rights;
    });
    expect(seen).toEqual(['get pods', 'list pods', 'watch pods']);
    await platform.cluster.api.call('DELETE', `${path}/mistake`);
    await eventually('it is gone', async () => (await more(grafana, namespace)).length === 0);
  });

  test('the accounts themselves are told the same', async () => {
    const { cluster } = platform;
    const everybody = await ownRules(cluster, namespace, 'default', namespace);
    const rulesOf = async (name: string, where: string): Promise<string[]> =>
      (await ownRules(cluster, namespace, name, where)).filter((rule) => !everybody.includes(rule));
    for (const name of accounts) {
      expect(await rulesOf(name, namespace), name).toEqual(
        name === 'prometheus' ? ['get,list,watch core pods'] : [],
      );
      expect(await rulesOf(name, neighbour), name).toEqual([]);
    }
  });
});

describe('the pipeline', () => {
  const applied = ['create', 'delete', 'get', 'patch'];
  const kinds: Readonly<Record<string, readonly string[]>> = {
    configmaps: applied,
    services: applied,
    secrets: ['create'],
    'deployments.apps': [...applied, 'list', 'watch'],
    'statefulsets.apps': [...applied, 'list', 'watch'],
    'horizontalpodautoscalers.autoscaling': [...applied, 'list'],
    'ingresses.networking.k8s.io': applied,
    'poddisruptionbudgets.policy': applied,
    'replicasets.apps': ['list', 'watch'],
    'controllerrevisions.apps': ['list', 'watch'],
    pods: ['delete', 'list', 'watch'],
    'pods/log': ['get'],
    events: ['list', 'watch'],
  };
  const wanted = Object.entries(kinds).flatMap(([kind, verbs]) => verbs.map((verb) => `${verb} ${kind}`));

  test('may do what action-deploy asks for, and nothing else in its namespace', async () => {
    expect(await more(deployer, namespace)).toEqual(wanted.sort());
  });

  test('may do nothing elsewhere', async () => {
    for (const place of places.slice(1)) expect(await more(deployer, place), `${place}`).toEqual([]);
  });

  test('of one environment is not that of the other', async () => {
    expect(await more(productionDeployer, neighbour)).toEqual(wanted.sort());
    expect(await more(productionDeployer, namespace)).toEqual([]);
  });

  test('may read, change and delete one Secret, which holds the former state of a rollout', async () => {
    const touches = async (name: string): Promise<string[]> =>
      (await more(deployer, namespace, name)).filter((right) => right.endsWith(' secrets'));
    expect(await touches(recordSecret)).toEqual(applied.map((verb) => `${verb} secrets`));
    for (const name of ['ml-api', 'grafana', 'alertmanager-receivers', 'ml-api-tls', `${recordSecret}-2`])
      expect(await touches(name), name).toEqual(['create secrets']);
  });

  test('has each right of the list of action-deploy, or does without', () => {
    const left: string[] = [];
    for (const { apiGroups, resources: names, verbs, scope, without } of permissions) {
      for (const name of names) {
        const kind = apiGroups[0] === '' ? name : `${name}.${apiGroups[0]}`;
        const missing = verbs.filter((verb) => scope === 'cluster' || !kinds[kind]?.includes(verb));
        // Secrets: by their name, above. DaemonSets: there are none.
        if (missing.length === 0 || name === 'secrets' || name === 'daemonsets') continue;
        expect(without, `${missing} ${name} is needed`).not.toBeNull();
        left.push(name);
      }
    }
    expect(left).toEqual(['nodes', 'namespaces']);
  });

  test('every rule says what it is for', async () => {
    const file = resolve(import.meta.dirname, '../../../reference-infra/security/kubernetes/deployer.yaml');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const rules = lines.flatMap((line, index) => (line.startsWith('  - apiGroups:') ? [index] : []));
    const explained = (index: number): boolean => {
      const before = lines.slice(0, index).reverse();
      const own = before.findIndex((line) => line.startsWith('  - apiGroups:') || line === 'rules:');
      return before.slice(0, own === -1 ? 0 : own).some((line) => line.startsWith('  #'));
    };
    // Those that are applied with the workloads share a comment, and so do the two of Secrets.
    const shared = ['ingresses', 'poddisruptionbudgets', 'secrets'];
    const silent = rules.filter((index) => !explained(index)).map((index) => lines[index + 1]?.trim());
    expect(silent).toEqual(shared.map((name) => `resources: [${name}]`));
  });
});

test('no Role names what is not there, and none is bound to nobody', async () => {
  const objects: readonly KubeObject[] = await renderObjects(
    platform.cluster.programs.kubectl,
    join('overlays', 'staging'),
  );
  const roles = objects.filter(({ kind }) => kind === 'Role');
  const bound = objects
    .filter(({ kind }) => kind === 'RoleBinding')
    .map((binding) => textAt(binding, 'roleRef', 'name'));
  expect(bound.sort()).toEqual(roles.map(({ metadata }) => metadata.name).sort());
  const served = new Set(
    resources.map(({ group, resource, subresource }) =>
      [group, subresource === '' ? resource : `${resource}/${subresource}`].join(' '),
    ),
  );
  for (const role of roles) {
    for (const rule of listAt(role, 'rules')) {
      for (const group of listAt(rule, 'apiGroups'))
        for (const name of listAt(rule, 'resources')) expect(served).toContain(`${group} ${name}`);
    }
  }
});
