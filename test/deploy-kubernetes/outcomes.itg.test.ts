/** How rollouts end, but for pods that fail. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Analysis, AnalysisRound } from '../../action-deploy/src/types.ts';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { deploy, imageOf, openDeploy } from './support.ts';
import { configMap, daemonSet, service, statefulSet } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(async () => {
  await cluster?.stop();
  expect(kubelet?.problems()).toEqual([]);
});

async function running(...more: object[]): Promise<string> {
  const namespace = await cluster.namespace('ends');
  const manifests = [deployment(), ...more];
  const { rollout } = await deploy({ cluster, namespace, manifests, image: imageOf('1') });
  expect(rollout.outcome).toBe('succeeded');
  return namespace;
}

/** An image whose pods never become ready. */
function stuckImage(): ReturnType<typeof imageOf> {
  const image = imageOf(`stuck-${randomBytes(4).toString('hex')}`);
  kubelet.behave(image.digest, { kind: 'not-ready' });
  return image;
}

const readinessProbe = { httpGet: { path: '/ready', port: 80 }, periodSeconds: 1 };

describe('what ends well', () => {
  test.each([
    ['Deployment', deployment({ replicas: 2 }), 2],
    ['StatefulSet', statefulSet({ replicas: 2 }), 2],
    ['DaemonSet', daemonSet(), 1],
  ])('a %s is made, then changed, then unchanged', async (kind, manifest, pods) => {
    const namespace = await cluster.namespace('made');
    const manifests = [configMap('settings', { level: 'info' }), service('web'), manifest];
    const first = await deploy({ cluster, namespace, manifests, image: imageOf('1') });
    expect(first.plan.headline).toMatch(
      new RegExp(`^${kind} web in namespace ${namespace}: web@sha256:\\w+… is made, with 2 further objects$`),
    );
    expect(first.plan.before).toBeNull();
    expect(first.rollout).toMatchObject({ outcome: 'succeeded', causes: [], rollback: null, unproven: null });
    expect(first.rollout.units.filter(({ healthy }) => healthy)).toHaveLength(pods);

    const second = await deploy({ cluster, namespace, manifests, image: imageOf('2') });
    expect(second.plan.changes).toEqual([
      {
        place: `${kind}/web spec.template.spec.containers[app].image`,
        from: JSON.stringify(imageOf('1').reference),
        to: JSON.stringify(imageOf('2').reference),
      },
    ]);
    expect(second.plan.before?.images).toEqual([{ container: 'app', image: imageOf('1').reference }]);
    expect(second.rollout).toMatchObject({
      outcome: 'succeeded',
      left: expect.stringContaining(`${pods} of ${pods} pods are available`),
    });
    const units = second.rollout.units.filter(({ revision, healthy }) => revision === 'new' && healthy);
    expect(units).toHaveLength(pods);

    const calls = (await cluster.audit('admin')).length;
    const { target, world } = await openDeploy({ cluster, namespace, manifests });
    const third = await target.plan(imageOf('2'), world);
    expect(third).toMatchObject({ unchanged: true, changes: [], inProgress: null });
    expect(third.current).toEqual(second.rollout.ids);
    const writes = (await cluster.audit('admin'))
      .slice(calls)
      .filter(
        ({ verb, dryRun, namespace: space }) =>
          space === namespace && !dryRun && !['get', 'list', 'watch'].includes(verb),
      );
    expect(writes).toEqual([]);
  });

  test('a plan changes nothing', async () => {
    const namespace = await running(configMap('settings', { level: 'info' }));
    const before = await stateOf(cluster, namespace);
    const manifests = [
      deployment({ replicas: 5 }),
      configMap('settings', { level: 'debug' }),
      service('new'),
    ];
    const { target, world } = await openDeploy({ cluster, namespace, manifests });
    const plan = await target.plan(imageOf('9'), world);
    expect(plan.changes.map(({ place, from, to }) => `${place}: ${from} -> ${to}`)).toEqual([
      'ConfigMap/settings data.level: "info" -> "debug"',
      'Service/new: null -> is made',
      'Deployment/web spec.replicas: 1 -> 5',
      `Deployment/web spec.template.spec.containers[app].image: "${imageOf('1').reference}" -> "${imageOf('9').reference}"`,
    ]);
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test('no pods wanted: nothing is proven', async () => {
    const namespace = await cluster.namespace();
    const { rollout } = await deploy({ cluster, namespace, manifests: [deployment({ replicas: 0 })] });
    expect(rollout).toMatchObject({
      outcome: 'succeeded',
      unproven: 'Deployment/web wants no pods, so that nothing was seen to run',
    });
  });

  test('OnDelete: nothing is proven, and nobody waits', async () => {
    const namespace = await cluster.namespace();
    const manifests = [statefulSet({ spec: { updateStrategy: { type: 'OnDelete' } } })];
    // The first pods are new ones, whatever the strategy.
    await deploy({ cluster, namespace, manifests, image: imageOf('1') });
    const { plan, rollout } = await deploy({ cluster, namespace, manifests });
    expect(plan.notices[0]).toBe(
      'StatefulSet/web has the update strategy OnDelete: its pods stay as they are until somebody deletes them.',
    );
    expect(rollout).toMatchObject({ outcome: 'succeeded', unproven: expect.stringContaining('OnDelete') });
  });

  test('a CronJob runs when its time comes', async () => {
    const namespace = await cluster.namespace();
    const template = {
      spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'registry.example/web' }] },
    };
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
    };
    const { plan, rollout } = await deploy({ cluster, namespace, manifests: [cronJob] });
    expect(plan.changes.at(-1)?.to).toBe(JSON.stringify(imageOf('2').reference));
    expect(rollout).toMatchObject({
      outcome: 'succeeded',
      unproven: expect.stringContaining('CronJob/nightly'),
    });
  });

  test('replicas of an autoscaler are left to it', async () => {
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 9,
      },
    };
    const namespace = await running();
    await cluster.kubectl('scale', 'deployment/web', '--replicas=3', '--namespace', namespace);
    const { plan, rollout } = await deploy({ cluster, namespace, manifests: [deployment(), autoscaler] });
    expect(plan.changes.filter(({ place }) => place.includes('replicas'))).toEqual([]);
    expect(rollout.outcome).toBe('succeeded');
    const live = await cluster.api.get<{ spec: { replicas: number } } & Parameters<typeof String>[0]>(
      `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
    );
    expect(live.spec.replicas).toBe(3);
  });

  test('kinds that are defined along with their objects, in a namespace that is made along with them', async () => {
    const name = `made-${randomBytes(4).toString('hex')}`;
    const group = `${name}.example`;
    const manifests = [
      {
        apiVersion: `${group}/v1`,
        kind: 'Model',
        metadata: { name: 'iris' },
        spec: { path: '/models/iris' },
      },
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `models.${group}` },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural: 'models', singular: 'model', kind: 'Model' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          ],
        },
      },
      deployment(),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    ];
    const { rollout } = await deploy({ cluster, namespace: name, manifests });
    expect(rollout.outcome).toBe('succeeded');
    expect(await cluster.api.find(`/apis/${group}/v1/namespaces/${name}/models/iris`)).toBeDefined();
  });
});

describe('what does not', () => {
  test('a first deployment that fails is taken away again', async () => {
    const namespace = await cluster.namespace();
    const before = await stateOf(cluster, namespace);
    const image = imageOf('crashing');
    kubelet.behave(image.digest, { kind: 'crashes' });
    const manifests = [deployment(), configMap('settings', { a: '1' }), service('web')];
    const { rollout } = await deploy({ cluster, namespace, manifests, image });
    expect(rollout).toMatchObject({
      outcome: 'rolled-back',
      left: 'what was made is deleted: Deployment/web, Service/web, ConfigMap/settings',
    });
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test('all is put back: what was taken away, what was added, and defaults from another time', async () => {
    const namespace = await cluster.namespace();
    const sidecar = (tag: string): object => ({ name: 'sidecar', image: `registry.example/sidecar:${tag}` });
    const pod = (...more: object[]): object => ({
      pod: { containers: [{ name: 'app', image: 'registry.example/web' }, ...more] },
    });
    // Pulled always, as it was :latest once; made anew it would be pulled if it is not present.
    for (const tag of ['latest', '1'])
      await deploy({
        cluster,
        namespace,
        image: imageOf('1'),
        manifests: [deployment(pod(sidecar(tag))), configMap('settings', { a: '1', b: '2' })],
      });
    await cluster.kubectl('annotate', 'deployment/web', 'team=ml', '--namespace', namespace);
    const before = await stateOf(cluster, namespace);
    const { stdout } = await cluster.kubectl(
      ...['get', 'deployment/web', '--namespace', namespace, '--output'],
      'jsonpath={.spec.template.spec.containers[1].image} {.spec.template.spec.containers[1].imagePullPolicy}',
    );
    expect(stdout).toBe('registry.example/sidecar:1 Always');
    const image = imageOf('crashing');
    kubelet.behave(image.digest, { kind: 'crashes' });
    const volume = { name: 'tmp', emptyDir: {} };
    const { rollout } = await deploy({
      cluster,
      namespace,
      image,
      manifests: [
        deployment({ pod: { volumes: [volume], terminationGracePeriodSeconds: 7 } }),
        configMap('settings', { b: '3', c: '4' }),
      ],
    });
    expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { verified: true } });
    expect(await stateOf(cluster, namespace)).toEqual(before);
    const again = await deploy({
      cluster,
      namespace,
      image: imageOf('2'),
      manifests: [deployment(pod(sidecar('2'))), configMap('settings', { a: '5' })],
    });
    expect(again.rollout.outcome).toBe('succeeded');
  });

  test('what a rollback that was killed has patched is taken over', async () => {
    const namespace = await running();
    const patch = [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: imageOf('9').reference },
    ];
    await cluster.kubectl(
      ...['patch', 'deployment/web', '--namespace', namespace, '--field-manager=ml-gates-deploy'],
      ...['--type=json', `--patch=${JSON.stringify(patch)}`],
    );
    const { rollout } = await deploy({ cluster, namespace, manifests: [deployment()], image: imageOf('2') });
    expect(rollout.outcome).toBe('succeeded');
  });

  test('without rollback it stays as it is, and no record does', async () => {
    const namespace = await running();
    const image = imageOf('crashing');
    kubelet.behave(image.digest, { kind: 'crashes' });
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests: [deployment()],
      image,
      rollback: false,
    });
    expect(rollout).toMatchObject({
      outcome: 'failed',
      rollback: null,
      left: expect.stringMatching(/^Deployment\/web@2: .*as `rollback` is false$/),
    });
    const state = await stateOf(cluster, namespace);
    expect(Object.keys(state).filter((key) => key.startsWith('secrets'))).toEqual([]);
    expect(JSON.stringify(state['deployments/web'])).toContain(image.digest);
  });

  test('the timeout without rollback', async () => {
    const namespace = await running();
    const manifests = [deployment({ container: { readinessProbe } })];
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests,
      image: stuckImage(),
      rollback: false,
      timeoutMs: 2000,
    });
    expect(rollout.outcome).toBe('timed-out');
    expect(rollout.causes.map(({ source }) => source)).toEqual(['unit', 'deadline']);
  });

  test('what is not allowed on the way', async () => {
    const namespace = await running();
    const before = await stateOf(cluster, namespace);
    // The plan's dry run comes before the quota, the rollout after it.
    const { target, world } = await openDeploy({
      cluster,
      namespace,
      manifests: [configMap('extra', {}), deployment()],
    });
    const plan = await target.plan(imageOf('2'), world);
    await cluster.apply(namespace, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'config' },
      spec: { hard: { configmaps: '1' } },
    });
    await expect
      .poll(async () => {
        const quota = await cluster.api.get<
          { status?: { used?: { configmaps?: string } } } & Parameters<typeof String>[0]
        >(`/api/v1/namespaces/${namespace}/resourcequotas/config`);
        return quota.status?.used?.configmaps;
      })
      .toBe('1');
    const rollout = await target.roll(plan, imageOf('2'), {
      ...world,
      tell: () => {},
      bakeMs: 0,
      deadline: new Date(Date.now() + 30_000),
      rollback: true,
      analysis: null,
    });
    expect(rollout.causes[0]?.text).toMatch(/^ConfigMap\/extra cannot be applied: .*exceeded quota: config/);
    expect(rollout).toMatchObject({ outcome: 'rolled-back', left: 'Deployment/web runs as before' });
    const { 'resourcequotas/config': _, ...after } = await stateOf(cluster, namespace);
    expect(after).toEqual(before);
  });

  test.each([
    ['kubectl set image', 'somebody else, with another image'],
    ['kubectl rollout pause', 'somebody who pauses it'],
    ['kubectl delete', 'somebody who deletes it'],
  ])('superseded by %s', async (command) => {
    const namespace = await running();
    const manifests = [deployment({ container: { readinessProbe } })];
    const commands: Record<string, string[]> = {
      'kubectl set image': ['set', 'image', 'deployment/web', 'app=registry.example/web:other'],
      'kubectl rollout pause': ['rollout', 'pause', 'deployment/web'],
      'kubectl delete': ['delete', 'deployment/web'],
    };
    let isDone = false;
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests,
      image: stuckImage(),
      onEvent: ({ kind }) => {
        if (kind !== 'warning' || isDone) return;
        isDone = true;
        void cluster.kubectl(...(commands[command] ?? []), '--namespace', namespace);
      },
    });
    expect(rollout).toMatchObject({ outcome: 'superseded', rollback: null });
    expect(rollout.causes[0]?.text).toMatch(
      command === 'kubectl delete'
        ? /^Deployment\/web was deleted by somebody else/
        : /^Deployment\/web was (?:changed|paused) by kubectl-\w+ while it was rolled out$/,
    );
    const secrets = Object.keys(await stateOf(cluster, namespace)).filter((key) => key.startsWith('secrets'));
    expect(secrets).toEqual([]);
  });

  test('a newer run of another image takes its place', async () => {
    const namespace = await running();
    const manifests = [deployment({ container: { readinessProbe } })];
    const later: ReturnType<typeof deploy>[] = [];
    const first = await deploy({
      cluster,
      namespace,
      manifests,
      image: stuckImage(),
      onEvent: ({ kind }) => {
        if (kind === 'warning' && later.length === 0)
          later.push(deploy({ cluster, namespace, manifests, image: imageOf('newest') }));
      },
    });
    expect(first.rollout.outcome).toBe('superseded');
    expect((await Promise.all(later)).map(({ rollout }) => rollout.outcome)).toEqual(['succeeded']);
    expect(Object.keys(await stateOf(cluster, namespace))).not.toContain(
      'secrets/ml-gates-deploy-deployment-web',
    );
  });
});

describe('cancelled', () => {
  async function cancelled(rollback: boolean) {
    const namespace = await running(configMap('settings', { level: 'info' }));
    const before = await stateOf(cluster, namespace);
    const cancel = new AbortController();
    const manifests = [
      deployment({ container: { readinessProbe } }),
      configMap('settings', { level: 'debug' }),
    ];
    const image = stuckImage();
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests,
      image,
      rollback,
      signal: cancel.signal,
      onEvent: ({ kind }) => {
        if (kind === 'warning') cancel.abort();
      },
    });
    return { namespace, before, rollout, manifests, image };
  }

  test('with rollback: put back, and seen to run as far as the time allows', async () => {
    const { namespace, before, rollout } = await cancelled(true);
    expect(rollout.causes.map(({ source, text }) => ({ source, text }))).toEqual([
      { source: 'cancelled', text: 'the job was cancelled' },
    ]);
    expect(rollout.outcome).toBe('rolled-back');
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test('without: left as it is, and the next run of the same takes it up', async () => {
    const { namespace, rollout, manifests, image } = await cancelled(false);
    expect(rollout).toMatchObject({ outcome: 'failed', rollback: null });
    expect(rollout.left).toMatch(/the state before it is kept in Secret ml-gates-deploy-deployment-web$/);
    kubelet.behave(image.digest, { kind: 'runs' });
    await cluster.kubectl('delete', 'pods', '--all', '--namespace', namespace);
    const next = await deploy({ cluster, namespace, manifests, image });
    expect(next.plan.inProgress).toBe('Deployment/web');
    expect(next.rollout).toMatchObject({ outcome: 'succeeded', ids: { revision: rollout.ids.revision } });
  });

  test('before anything was changed: an error', async () => {
    const namespace = await running();
    const { target, world } = await openDeploy({ cluster, namespace, manifests: [deployment()] });
    const plan = await target.plan(imageOf('2'), world);
    const before = await stateOf(cluster, namespace);
    const rolling = {
      ...world,
      signal: AbortSignal.abort(),
      tell: () => {},
      rollback: true,
      bakeMs: 0,
      analysis: null,
    };
    await expect(
      target.roll(plan, imageOf('2'), { ...rolling, deadline: new Date(Date.now() + 9000) }),
    ).rejects.toThrow('the job was cancelled before anything was changed');
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });
});

describe('analysis', () => {
  const judged = (promote: boolean): AnalysisRound => ({
    stage: 'when all new pods are ready',
    at: new Date().toISOString(),
    promote,
    lines: [
      {
        check: 'error_rate < 1%',
        value: 0.2,
        verdict: promote ? 'pass' : 'fail',
        reason: '20% is not below 1%',
      },
    ],
  });

  test('judges when all new pods are ready', async () => {
    const namespace = await running();
    const ready: number[] = [];
    const analysis: Analysis = {
      judge: async () => {
        const { stdout } = await cluster.kubectl('get', 'pods', '--namespace', namespace, '-o', 'json');
        const { items } = JSON.parse(stdout) as { items: { spec: { containers: { image: string }[] } }[] };
        ready.push(items.filter(({ spec }) => spec.containers[0]?.image === imageOf('2').reference).length);
        return judged(true);
      },
    };
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests: [deployment({ replicas: 2 })],
      analysis,
    });
    expect(rollout.outcome).toBe('succeeded');
    expect(ready).toEqual([2]);
  });

  test('judges once the new pods have baked, and not when the deadline cuts that short', async () => {
    const namespace = await running();
    const asked: string[] = [];
    const analysis: Analysis = {
      judge: async (stage, _world, cutShort) => {
        asked.push(cutShort === undefined ? stage : `${stage}: ${cutShort}`);
        const lines = judged(true).lines.map((line) => ({
          ...line,
          verdict: cutShort === undefined ? line.verdict : ('inconclusive' as const),
        }));
        return { ...judged(cutShort === undefined), lines };
      },
    };
    const manifests = [deployment()];
    const begun = Date.now();
    const whole = await deploy({ cluster, namespace, manifests, analysis, bakeMs: 3000 });
    expect(whole.rollout.outcome).toBe('succeeded');
    expect(Date.now() - begun).toBeGreaterThan(3000);
    expect(asked).toEqual(['after the bake time']);
    const options = { cluster, namespace, manifests, analysis, image: imageOf('3'), rollback: false };
    const cut = await deploy({ ...options, bakeMs: 60_000, timeoutMs: 10_000 });
    expect(cut.rollout).toMatchObject({ outcome: 'timed-out', causes: [{ source: 'analysis' }] });
    expect(asked.at(-1)).toMatch(/^after the bake time: after [\d.]+ s of a bake time of 1 min$/);
  });

  test('does not promote: put back', async () => {
    const namespace = await running();
    const before = await stateOf(cluster, namespace);
    const analysis: Analysis = { judge: async () => judged(false) };
    const { rollout } = await deploy({ cluster, namespace, manifests: [deployment()], analysis });
    expect(rollout).toMatchObject({
      outcome: 'rolled-back',
      causes: [
        {
          source: 'analysis',
          text: 'the analysis when all new pods are ready failed: error_rate < 1%: 20% is not below 1%',
        },
      ],
    });
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test('is cut short by a pod that dies meanwhile', async () => {
    const namespace = await running();
    const image = imageOf('dies-late');
    kubelet.behave(image.digest, { kind: 'runs' });
    let isCutShort = false;
    const analysis: Analysis = {
      judge: async (_stage, world) => {
        kubelet.behave(image.digest, { kind: 'crashes' });
        await cluster.kubectl('delete', 'pods', '--all', '--namespace', namespace);
        await world.sleep(60_000, world.signal);
        isCutShort = world.signal.aborted;
        return judged(true);
      },
    };
    const { rollout } = await deploy({ cluster, namespace, manifests: [deployment()], image, analysis });
    expect(rollout).toMatchObject({ outcome: 'rolled-back', causes: [{ reason: 'CrashLoopBackOff' }] });
    expect(isCutShort).toBe(true);
  });
});
