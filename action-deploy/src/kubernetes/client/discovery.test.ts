import { expect, test } from 'vitest';
import type { Json } from '../../../../core/kubernetes/index.ts';
import { discover, type Fetch, pathOf } from './discovery.ts';

const aggregated = (items: Json[]): Json => ({ kind: 'APIGroupDiscoveryList', items });
const group = (name: string, version: string, resources: Json[], more = {}): Json => ({
  metadata: { name },
  versions: [{ version, resources, ...more }],
});
const described = (resource: string, kind: string, scope = 'Namespaced'): Json => ({
  resource,
  responseKind: { kind },
  scope,
  verbs: ['get', 'patch'],
});

const answers: Record<string, Json> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      { name: 'apps', versions: [{ version: 'v1' }] },
      { name: 'broken.example', versions: [{ version: 'v1' }] },
    ],
  },
  '/api/v1': {
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'] },
      { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
      { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['get'] },
    ],
  },
  '/apis/apps/v1': {
    resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }],
  },
};
const old: Fetch = async (path) => {
  const answer = answers[path];
  if (answer === undefined) throw new Error('503');
  return answer;
};
const recent: Fetch = async (path) =>
  path === '/api'
    ? aggregated([
        group('', 'v1', [described('pods', 'Pod'), described('namespaces', 'Namespace', 'Cluster')]),
      ])
    : aggregated([
        group('apps', 'v1', [described('deployments', 'Deployment')]),
        group('broken.example', 'v1', [], { freshness: 'Stale' }),
      ]);

test.each([
  ['aggregated', recent],
  ['group by group', old],
])('%s', async (_name, fetch) => {
  const discovery = await discover(fetch);
  expect(discovery.find('apps/v1', 'Deployment')).toMatchObject({ plural: 'deployments', namespaced: true });
  expect(discovery.find('v1', 'Namespace')).toMatchObject({ group: '', namespaced: false });
  expect(discovery.find('apps/v1beta1', 'Deployment')).toBeNull();
  expect(discovery.capabilities).toEqual(['apps/v1', 'apps/v1/Deployment', 'v1', 'v1/Namespace', 'v1/Pod']);
  expect(discovery.unknown('apps/v1beta1', 'Deployment')).toBe(
    'no matches for kind "Deployment" in version "apps/v1beta1"; the cluster has Deployment in apps/v1',
  );
  expect(discovery.unknown('apps/v1', 'Deploymnt')).toBe(
    'no matches for kind "Deploymnt" in version "apps/v1"; did you mean Deployment (apps/v1)?',
  );
  expect(discovery.unknown('broken.example/v1', 'Thing')).toBe(
    'no matches for kind "Thing" in version "broken.example/v1"; the server of the API group broken.example does not answer',
  );
});

test('paths', () => {
  const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true };
  expect(pathOf(deployments, 'prod', 'web')).toBe('/apis/apps/v1/namespaces/prod/deployments/web');
  expect(pathOf({ ...deployments, group: '', plural: 'pods' }, 'prod')).toBe('/api/v1/namespaces/prod/pods');
  expect(pathOf({ ...deployments, group: '', plural: 'nodes', namespaced: false }, null)).toBe(
    '/api/v1/nodes',
  );
});
