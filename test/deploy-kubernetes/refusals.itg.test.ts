/** What cannot be deployed is said before anything is changed. */

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissions } from '../../action-deploy/src/kubernetes/index.ts';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  type PolicyRule,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { type DeployOptions, deploy, imageOf, openDeploy, writeWorkspace } from './support.ts';
import { configMap, service, statefulSet } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(() => cluster?.stop());

/** The message of the plan that is refused; nothing in the namespace has changed. */
async function refused(options: Omit<DeployOptions, 'cluster'> & { namespace: string }): Promise<string> {
  const before = await stateOf(cluster, options.namespace);
  const message = await openDeploy({ cluster, ...options })
    .then(({ target, world }) => target.plan(options.image ?? imageOf('2'), world))
    .then(
      () => 'not refused',
      (error: unknown) => {
        expect(error).toMatchObject({ name: 'RunError' });
        return error instanceof Error ? error.message : String(error);
      },
    );
  expect(await stateOf(cluster, options.namespace)).toEqual(before);
  expect(message).not.toContain(cluster.folder);
  return message;
}

describe('manifests', () => {
  test('a kind that the cluster does not know, with the nearest', async () => {
    const namespace = await cluster.namespace();
    const manifests = [
      deployment(),
      { apiVersion: 'apps/v1', kind: 'Deploymnet', metadata: { name: 'web' } },
      { apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: { name: 'web' } },
      { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: { name: 'web' } },
    ];
    expect(await refused({ namespace, manifests })).toBe(
      [
        '01.yaml:1: no matches for kind "Deploymnet" in version "apps/v1"; did you mean Deployment (apps/v1)?',
        '02.yaml:1: no matches for kind "Ingress" in version "extensions/v1beta1"; the cluster has Ingress in networking.k8s.io/v1',
        '03.yaml:1: no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"; install its CustomResourceDefinition first, or add it to what is deployed',
      ].join('\n'),
    );
  });

  test('a field that does not exist', async () => {
    const namespace = await cluster.namespace();
    const manifests = [deployment({ spec: { replcas: 3 } })];
    expect(await refused({ namespace, manifests })).toBe(
      `00.yaml:1: deployments.apps "web" in namespace ${namespace} is not valid: unknown field "spec.replcas"`,
    );
  });

  test('a value that is not allowed', async () => {
    const namespace = await cluster.namespace();
    const manifests = [deployment(), service('web', 70_000)];
    expect(await refused({ namespace, manifests })).toMatch(
      /^01\.yaml:1: services "web" in namespace \S+ is not valid: spec\.ports\[0\]\.port: Invalid value: 70000: must be between 1 and 65535/,
    );
  });

  test('a namespace that does not exist, with the nearest', async () => {
    const namespace = await cluster.namespace('near');
    const wrong = `${namespace.slice(0, -1)}`;
    expect(await refused({ namespace: wrong, manifests: [deployment()] })).toBe(
      `00.yaml:1: the namespace ${wrong} does not exist; did you mean ${namespace}?`,
    );
  });

  test('an object of another namespace than the input says', async () => {
    const namespace = await cluster.namespace();
    const other = {
      ...(configMap('a', {}) as { metadata: object }),
      metadata: { name: 'a', namespace: 'default' },
    };
    expect(await refused({ namespace, manifests: [deployment(), other] })).toBe(
      `01.yaml:1: ConfigMap/a is of namespace default, and the input namespace says ${namespace}`,
    );
  });

  test('the same object twice', async () => {
    const namespace = await cluster.namespace();
    expect(await refused({ namespace, manifests: [deployment(), deployment()] })).toBe(
      '01.yaml:1: Deployment/web is there already (00.yaml:1)',
    );
  });

  test('what cannot be changed', async () => {
    const namespace = await cluster.namespace();
    await deploy({ cluster, namespace, manifests: [deployment()] });
    const template = {
      metadata: { labels: { app: 'web', tier: 'a' } },
      spec: { containers: [{ name: 'app', image: 'registry.example/web' }] },
    };
    const manifests = [deployment({ spec: { selector: { matchLabels: { tier: 'a' } }, template } })];
    expect(await refused({ namespace, manifests })).toMatch(
      /^00\.yaml:1: .*spec\.selector: field is immutable\. Delete the object first, or give it another name$/,
    );
  });

  test('a Job that exists', async () => {
    const namespace = await cluster.namespace();
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'train' },
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'registry.example/web' }] },
        },
      },
    };
    await deploy({ cluster, namespace, manifests: [job] });
    expect(await refused({ namespace, manifests: [job], image: imageOf('3') })).toMatch(
      /^00\.yaml:1: Job\/train exists, and a Job's pods cannot be changed: give it a name of its own for each version/,
    );
  });

  test('a Deployment that is paused', async () => {
    const namespace = await cluster.namespace();
    await deploy({ cluster, namespace, manifests: [deployment()], image: imageOf('1') });
    await cluster.kubectl('rollout', 'pause', 'deployment/web', '--namespace', namespace);
    expect(await refused({ namespace, manifests: [deployment()] })).toBe(
      'Deployment/web is paused, so that nothing would be rolled out; resume it with: kubectl rollout resume deployment/web',
    );
    expect(
      await refused({ namespace, manifests: [deployment({ name: 'other', spec: { paused: true } })] }),
    ).toBe(
      'Deployment/other is paused, so that nothing would be rolled out; take spec.paused out of 00.yaml:1',
    );
  });
});

describe('fields of others', () => {
  test('are named with who manages them, and are left alone', async () => {
    const namespace = await cluster.namespace();
    await cluster.apply(namespace, deployment(), configMap('settings', { level: 'info' }));
    await cluster.kubectl('scale', 'deployment/web', '--replicas=2', '--namespace', namespace);
    const manifests = [deployment(), configMap('settings', { level: 'debug' })];
    const message = await refused({ namespace, manifests });
    expect(message).toBe(
      [
        'others manage fields that the manifests set:',
        '  ConfigMap/settings (01.yaml:1): kubectl-client-side-apply manages data.level',
        '  Deployment/web (00.yaml:1): kubectl (by scale) manages spec.replicas',
        '  Deployment/web (00.yaml:1): kubectl-client-side-apply manages spec.template.spec.containers[name="app"].image',
        'Nothing was changed. Take these fields out of the manifests, or hand them over once: kubectl apply --server-side --force-conflicts --field-manager=ml-gates-deploy -f …',
      ].join('\n'),
    );
  });

  test('that are handed over as the message says can be deployed', async () => {
    const namespace = await cluster.namespace();
    await cluster.apply(namespace, deployment());
    const workspace = await writeWorkspace(cluster, [deployment()]);
    const handed = await cluster.kubectl(
      ...['apply', '--server-side', '--force-conflicts', '--field-manager=ml-gates-deploy'],
      ...['--namespace', namespace, '--filename', join(workspace, '00.yaml')],
    );
    expect(handed.code).toBe(0);
    const { rollout } = await deploy({ cluster, namespace, manifests: [deployment()] });
    expect(rollout.outcome).toBe('succeeded');
  });
});

describe('rights', () => {
  const rulesOf = (scope: 'namespace' | 'cluster', leaveOut: readonly string[] = []): PolicyRule[] =>
    permissions
      .filter((one) => one.scope === scope && !one.resources.some((name) => leaveOut.includes(name)))
      .map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs }));
  const deployed: PolicyRule = {
    apiGroups: [''],
    resources: ['configmaps', 'services'],
    verbs: ['get', 'create', 'patch', 'delete'],
  };

  test('those that are listed are enough, and no others are used', async () => {
    const namespace = await cluster.namespace('rights');
    const user = await cluster.kubeconfigFor({
      namespace,
      rules: [...rulesOf('namespace'), deployed],
      clusterRules: rulesOf('cluster'),
    });
    const kubeconfig = user.kubeconfig;
    const manifests = [
      configMap('settings', { a: '1' }),
      service('web'),
      deployment(),
      statefulSet({ name: 'store', image: 'registry.example/web' }),
    ];
    const image = imageOf('rights-bad');
    kubelet.behave(image.digest, { kind: 'crashes', log: ['oh'] });
    const { target, world } = await openDeploy({ cluster, namespace, manifests, kubeconfig });
    expect(await target.platforms(world)).toEqual([{ os: 'linux', architecture: 'amd64' }]);
    expect(
      (await deploy({ cluster, namespace, manifests, kubeconfig, image: imageOf('1') })).rollout.outcome,
    ).toBe('succeeded');
    const { rollout } = await deploy({ cluster, namespace, manifests, kubeconfig, image });
    expect(rollout).toMatchObject({ outcome: 'rolled-back', notices: [] });
    expect(rollout.causes[0]?.logLines).toEqual(['oh']);
    const calls = await cluster.audit(user.user);
    expect(calls.filter(({ code }) => code === 403)).toEqual([]);
    const allowed = [...rulesOf('namespace'), ...rulesOf('cluster'), deployed];
    const beyond = calls
      .filter(({ resource }) => resource !== '')
      .map(({ verb, group, resource, subresource }) => ({
        verb,
        group,
        resource: subresource === '' ? resource : `${resource}/${subresource}`,
      }))
      .filter(
        ({ verb, group, resource }) =>
          !allowed.some(
            (rule) =>
              rule.apiGroups.includes(group) &&
              rule.resources.includes(resource) &&
              rule.verbs.includes(verb),
          ),
      );
    expect(beyond).toEqual([]);
    expect(
      [...new Set(calls.filter(({ resource }) => resource === '').map(({ uri }) => uri))].sort(),
    ).toEqual(['/api', '/apis']);
  });

  test('a right that is missing is named with the rule to add', async () => {
    const namespace = await cluster.namespace('rights');
    const { user, kubeconfig } = await cluster.kubeconfigFor({
      namespace,
      rules: rulesOf('namespace', ['deployments']),
    });
    expect(await refused({ namespace, manifests: [deployment()], kubeconfig })).toBe(
      `00.yaml:1: ${user} may not get deployments.apps in namespace ${namespace} (403); add to its Role the rule apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"]`,
    );
  });

  test.each([
    ['create', ['get', 'patch', 'delete']],
    // A record that stays behind would send a later rollback too far back.
    ['delete', ['get', 'create', 'patch']],
  ])('without the right to %s the former state nothing is changed', async (verb, verbs) => {
    const namespace = await cluster.namespace('rights');
    const rules = rulesOf('namespace', ['secrets']);
    const some = { apiGroups: [''], resources: ['secrets'], verbs };
    const { kubeconfig } = await cluster.kubeconfigFor({ namespace, rules: [...rules, some] });
    const before = await stateOf(cluster, namespace);
    await expect(deploy({ cluster, namespace, manifests: [deployment()], kubeconfig })).rejects.toThrow(
      new RegExp(
        `may not ${verb} secrets in namespace \\S+ \\(403\\); add to its Role the rule apiGroups: \\[""\\], resources: \\["secrets"\\], verbs: \\["${verb}"\\]$`,
      ),
    );
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test.each(['events', 'pods/log', 'horizontalpodautoscalers', 'nodes'])(
    'without %s it works all the same',
    async (resource) => {
      const namespace = await cluster.namespace('rights');
      const { kubeconfig } = await cluster.kubeconfigFor({
        namespace,
        rules: rulesOf('namespace', [resource]),
      });
      const image = imageOf(`without-${resource}`);
      kubelet.behave(image.digest, { kind: 'crashes', log: ['oh'] });
      const { target, world } = await openDeploy({
        cluster,
        namespace,
        manifests: [deployment()],
        kubeconfig,
      });
      expect(await target.platforms(world)).toBeNull();
      const { plan, rollout } = await deploy({
        cluster,
        namespace,
        manifests: [deployment()],
        kubeconfig,
        image,
      });
      expect(rollout).toMatchObject({ outcome: 'rolled-back', causes: [{ reason: 'CrashLoopBackOff' }] });
      const notices = [...plan.notices, ...rollout.notices].join('\n');
      if (resource === 'events') expect(notices).toContain('Events are not read: ');
      if (resource === 'horizontalpodautoscalers')
        expect(notices).toContain('Whether an autoscaler sets replicas');
      expect(rollout.causes[0]?.logLines).toEqual(resource === 'pods/log' ? [] : ['oh']);
    },
  );

  test('credentials that the cluster does not take', async () => {
    const namespace = await cluster.namespace();
    const kubeconfig = await cluster.writeKubeconfig('octo', { kind: 'token', token: 'old' });
    expect(await refused({ namespace, manifests: [deployment()], kubeconfig })).toMatch(
      /^the cluster at https:\/\/127\.0\.0\.1:\d+ does not accept the credentials of context \S+ of \S+ \(401\): they are wrong, or have expired$/,
    );
  });

  test('an authority that did not sign the certificate of the cluster', async () => {
    const namespace = await cluster.namespace();
    const kubeconfig = join(cluster.folder, 'foreign.yaml');
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: cluster.url } }],
      users: [{ name: 'u', user: { token: cluster.adminToken } }],
    });
    await writeFile(kubeconfig, text);
    expect(await refused({ namespace, manifests: [deployment()], kubeconfig })).toMatch(
      /^the API server https:\/\/127\.0\.0\.1:\d+ \(context c of ~\/foreign\.yaml\) has a certificate that is not trusted \(\w+\): give its authority as certificate-authority-data$/,
    );
  });
});

describe('the former state', () => {
  test('that is too large to be kept: nothing is changed', async () => {
    const namespace = await cluster.namespace('large');
    const noise = (): Record<string, string> => ({ data: randomBytes(600_000).toString('base64') });
    const manifests = (): object[] => [configMap('a', noise()), configMap('b', noise()), deployment()];
    await deploy({ cluster, namespace, manifests: manifests() });
    const before = await stateOf(cluster, namespace);
    await expect(deploy({ cluster, namespace, manifests: manifests() })).rejects.toThrow(
      /^the former state of 3 objects takes \d+ KiB packed, and a Secret holds 1024 KiB, so that it could not be put back; deploy fewer objects at once$/,
    );
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test('that cannot be kept: a namespace that is there is not changed, and none is made', async () => {
    const there = await cluster.namespace('there');
    const made = `made-${randomBytes(4).toString('hex')}`;
    const noise = (): Record<string, string> => ({ data: randomBytes(600_000).toString('base64') });
    const inThere = (object: object): object => ({
      ...object,
      metadata: { ...(object as { metadata: object }).metadata, namespace: there },
    });
    const large = (): object[] => [inThere(configMap('a', noise())), inThere(configMap('b', noise()))];
    for (const object of large()) await cluster.api.create(`/api/v1/namespaces/${there}/configmaps`, object);
    const space = (name: string, labels: object): object => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    });
    const manifests = [
      space(there, { team: 'new' }),
      space(made, {}),
      inThere({ ...configMap('a', {}), data: undefined }),
      inThere({ ...configMap('b', {}), data: undefined }),
      { ...deployment(), metadata: { name: 'web', namespace: made } },
    ];
    await expect(deploy({ cluster, namespace: null, manifests })).rejects.toThrow(
      /packed, and a Secret holds/,
    );
    const labels = (
      await cluster.api.get<{ metadata: { labels?: Record<string, string> } }>(`/api/v1/namespaces/${there}`)
    ).metadata.labels;
    expect(labels?.team).toBeUndefined();
    const left = await cluster.api.find<{ metadata: { deletionTimestamp?: string } }>(
      `/api/v1/namespaces/${made}`,
    );
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });

  test('that an earlier run left and nobody can read', async () => {
    const namespace = await cluster.namespace();
    const name = 'ml-gates-deploy-deployment-web';
    await cluster.kubectl(
      'create',
      'secret',
      'generic',
      name,
      '--from-literal=former=x',
      '--namespace',
      namespace,
    );
    expect(await refused({ namespace, manifests: [deployment()] })).toBe(
      `the Secret ${name} in namespace ${namespace} should hold the state before an earlier rollout, but cannot be read; look at it, and delete it`,
    );
  });
});

test('values of Secrets are never shown', async () => {
  const namespace = await cluster.namespace();
  const secret = (value: string): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    stringData: { token: value, same: 'x' },
  });
  const env = (value: string): object[] => [
    { name: 'DB_PASSWORD', value },
    { name: 'LEVEL', value },
  ];
  const manifests = (value: string): object[] => [
    secret(value),
    deployment({ container: { env: env(value) } }),
  ];
  await deploy({ cluster, namespace, manifests: manifests('swordfish-1') });
  const { plan, rollout, told } = await deploy({ cluster, namespace, manifests: manifests('swordfish-2') });
  expect(rollout.outcome).toBe('succeeded');
  expect(plan.changes).toEqual([
    { place: 'Secret/keys data.token', from: '(not shown)', to: '(another one, not shown)' },
    {
      place: 'Deployment/web spec.template.spec.containers[app].env[DB_PASSWORD].value',
      from: '(not shown)',
      to: '(another one, not shown)',
    },
    {
      place: 'Deployment/web spec.template.spec.containers[app].env[LEVEL].value',
      from: '"swordfish-1"',
      to: '"swordfish-2"',
    },
  ]);
  const encoded = Buffer.from('swordfish-2').toString('base64');
  expect(JSON.stringify({ plan, rollout, told })).not.toContain(encoded);
});
