/** Every way in which pods fail: told in one line within seconds, and the former state is put back. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedImage } from '../../action-deploy/src/types.ts';
import {
  type Behaviour,
  type ControlPlane,
  deployment,
  type Kubelet,
  startAdmissionWebhook,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { type DeployOptions, deploy, imageOf } from './support.ts';
import { configMap, daemonSet, service, statefulSet } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(async () => {
  await cluster?.stop();
  expect(kubelet.problems()).toEqual([]);
});

let count = 0;
/** An image that no other test uses, so that behaviours do not meet. */
function nextImage(behaviour?: Behaviour, container?: string): ResolvedImage {
  count += 1;
  const image = imageOf(`failing-${count}`);
  const subject = container === undefined ? image.digest : `${image.digest}#${container}`;
  if (behaviour !== undefined) kubelet.behave(subject, behaviour);
  return image;
}

interface Failing extends Partial<DeployOptions> {
  /** What ran before; default: one replica of the workload. */
  readonly before?: readonly object[];
  readonly after: readonly object[];
  readonly reason: string | RegExp;
  readonly text: RegExp;
  readonly logLines?: readonly string[];
}

/** Deploys what runs, then what does not; and looks that all is as before. */
async function failAndReturn({
  before,
  after,
  reason,
  text,
  logLines,
  ...options
}: Failing): Promise<string[]> {
  const namespace = options.namespace ?? (await cluster.namespace('fails'));
  const beside = [configMap('settings', { level: 'info' }), service('web')];
  const first = await deploy({
    cluster,
    namespace,
    manifests: [...beside, ...(before ?? [deployment()])],
    image: imageOf('good'),
  });
  expect(first.rollout.outcome).toBe('succeeded');
  const state = await stateOf(cluster, namespace);
  const { rollout, told } = await deploy({
    cluster,
    namespace,
    image: nextImage(),
    ...options,
    manifests: [configMap('settings', { level: 'debug' }), service('web', 8080), ...after],
  });
  const [cause] = rollout.causes;
  expect({ reason: cause?.reason, text: cause?.text, rollout: rollout.rollback }).toMatchObject({
    reason: expect.stringMatching(reason),
    text: expect.stringMatching(text),
  });
  expect(cause?.logLines).toEqual(logLines ?? []);
  expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { by: 'action', verified: true } });
  expect(await stateOf(cluster, namespace)).toEqual(state);
  return rollout.causes.map((one) => one.reason).concat(told.filter((line) => line.startsWith('failure')));
}

const probe = { httpGet: { path: '/ready', port: 80 }, periodSeconds: 1 };

describe('containers', () => {
  test('an image that does not exist', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'pull-fails' }),
      reason: /^(?:ErrImagePull|ImagePullBackOff)$/,
      text: /^pod web-\S+, container app: the image registry\.example\/web@sha256:\w+ cannot be pulled: .*not found$/,
    });
  });

  test('a registry that refuses', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({
        kind: 'pull-fails',
        message: 'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
      }),
      reason: /ImagePull/,
      text: /cannot be pulled: failed to authorize: .*401 Unauthorized$/,
    });
  });

  test('a registry that does not answer, once it has lasted', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'pull-fails', message: 'dial tcp 192.0.2.1:443: i/o timeout' }),
      reason: /ImagePull/,
      text: /cannot be pulled: dial tcp 192\.0\.2\.1:443: i\/o timeout$/,
    });
  });

  test('an image whose name is none', async () => {
    const sidecar = { name: 'sidecar', image: 'registry.example/Sidecar:1' };
    await failAndReturn({
      after: [
        deployment({
          pod: { containers: [{ name: 'app', image: 'registry.example/web' }, sidecar] },
        }),
      ],
      reason: 'InvalidImageName',
      text: /container sidecar: InvalidImageName of registry\.example\/Sidecar:1: .*must be lowercase/,
    });
  });

  test('a container that crashes', async () => {
    await failAndReturn({
      after: [deployment({ replicas: 2 })],
      image: nextImage({ kind: 'crashes', exitCode: 3, log: ['loading', 'no model at /models/a'] }),
      reason: 'CrashLoopBackOff',
      text: /container app: CrashLoopBackOff after 2 restarts, exit code 3.*; its log ends with: no model at \/models\/a$/,
      logLines: ['loading', 'no model at /models/a'],
    });
  });

  test('a container that leaves a message behind', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'crashes', message: 'panic:\n  out of cheese' }),
      reason: 'CrashLoopBackOff',
      text: /exit code 1: panic: out of cheese$/,
    });
  });

  test('a container that ends by itself', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'completes', afterMs: 50, log: ['done'] }),
      reason: 'CrashLoopBackOff',
      text: /it ended by itself with exit code 0, and should go on running/,
      logLines: ['done'],
    });
  });

  test('a container that wants too much memory', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'crashes', reason: 'OOMKilled', log: ['allocating'] }),
      reason: 'OOMKilled',
      text: /container app: OOMKilled: it wants more memory than its limit/,
      logLines: ['allocating'],
    });
  });

  test('a Secret that is not there', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'absent', key: 'token' } } }];
    await failAndReturn({
      after: [deployment({ container: { env } })],
      reason: 'CreateContainerConfigError',
      text: /container app: CreateContainerConfigError: secret "absent" not found$/,
    });
  });

  test('a container that cannot be created', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'create-fails', message: 'failed to reserve container name' }),
      reason: 'CreateContainerError',
      text: /CreateContainerError: failed to reserve container name/,
    });
  });

  test('a command that is not in the image', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'start-fails', message: 'exec: "serve": executable file not found in $PATH' }),
      reason: /RunContainerError|CrashLoopBackOff/,
      text: /executable file not found in \$PATH/,
    });
  });

  test('an init container that fails', async () => {
    const initContainers = [{ name: 'migrate', image: 'registry.example/web:1' }];
    await failAndReturn({
      after: [deployment({ pod: { initContainers } })],
      image: nextImage({ kind: 'crashes', exitCode: 2, log: ['no such table'] }, 'migrate'),
      reason: 'CrashLoopBackOff',
      text: /^pod web-\S+, init container migrate: CrashLoopBackOff after 2 restarts, exit code 2/,
      logLines: ['no such table'],
    });
  });
});

describe('probes', () => {
  test('a readiness probe that fails until the deadline of the Deployment', async () => {
    const reasons = await failAndReturn({
      after: [deployment({ container: { readinessProbe: probe }, spec: { progressDeadlineSeconds: 2 } })],
      image: nextImage({
        kind: 'not-ready',
        message: 'HTTP probe failed with statuscode: 503',
        log: ['warming up'],
      }),
      reason: 'Unhealthy',
      text: /container app: not ready: Readiness probe failed: HTTP probe failed with statuscode: 503/,
      logLines: ['warming up'],
    });
    expect(reasons).toContain('ProgressDeadlineExceeded');
  });

  test('a readiness probe that fails until the timeout', async () => {
    const reasons = await failAndReturn({
      after: [deployment({ container: { readinessProbe: probe } })],
      image: nextImage({ kind: 'not-ready' }),
      timeoutMs: 4000,
      reason: 'Unhealthy',
      text: /Readiness probe failed/,
    });
    expect(reasons).toContain('Timeout');
  });

  test('a liveness probe that fails again and again', async () => {
    await failAndReturn({
      after: [deployment({ container: { livenessProbe: probe } })],
      image: nextImage({
        kind: 'not-live',
        message: 'Get "http://10.0.0.1/ready": context deadline exceeded',
      }),
      reason: 'CrashLoopBackOff',
      text: /it is killed, as its liveness probe failed: Get "http:\/\/10\.0\.0\.1\/ready": context deadline exceeded/,
    });
  });
});

describe('nodes and pods', () => {
  test('no node is large enough', async () => {
    await failAndReturn({
      after: [deployment({ container: { resources: { requests: { cpu: '1000' } } } })],
      reason: 'FailedScheduling',
      text: /^pod web-\S+, no node takes it: 0\/1 nodes are available: 1 Insufficient cpu/,
    });
  });

  test('pods that are evicted again and again', async () => {
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'evicted', afterMs: 50 }),
      reason: 'Evicted',
      text: /^pod web-\S+, Evicted: The node was low on resource: memory/,
    });
  });

  test('a pod that is evicted for its own limit', async () => {
    const message = 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ';
    await failAndReturn({
      after: [deployment()],
      image: nextImage({ kind: 'evicted', message, afterMs: 50 }),
      reason: 'Evicted',
      text: /Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 1Gi\.$/,
    });
  });

  test('a volume whose Secret is not there', async () => {
    const pod = {
      volumes: [{ name: 'keys', secret: { secretName: 'absent' } }],
    };
    await failAndReturn({
      after: [deployment({ pod })],
      reason: 'FailedMount',
      text: /FailedMount: MountVolume\.SetUp failed for volume "keys".*secret "absent" not found$/,
    });
  });
});

describe('pods that are refused', () => {
  test('by a quota', async () => {
    const namespace = await cluster.namespace('quota');
    await cluster.apply(namespace, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'pods' },
      spec: { hard: { pods: '1' } },
    });
    await failAndReturn({
      namespace,
      after: [deployment()],
      reason: 'ExceededQuota',
      text: /^Deployment\/web: its pods are refused: .*exceeded quota: pods, requested: pods=1, used: pods=1, limited: pods=1/,
    });
  });

  test('by an admission webhook', async () => {
    const namespace = await cluster.namespace('webhook');
    const good = await deploy({ cluster, namespace, manifests: [deployment()], image: imageOf('good') });
    expect(good.rollout.outcome).toBe('succeeded');
    const state = await stateOf(cluster, namespace);
    const webhook = await startAdmissionWebhook(cluster, { namespace, message: 'images must be signed' });
    const { rollout } = await deploy({ cluster, namespace, manifests: [deployment()], image: nextImage() });
    await webhook.stop();
    expect(rollout.causes[0]).toMatchObject({
      source: 'event',
      reason: 'FailedCreate',
      text: expect.stringMatching(
        /^Deployment\/web: its pods are refused: .*admission webhook "deny\.\S+" denied the request: images must be signed$/,
      ),
    });
    expect(rollout.outcome).toBe('rolled-back');
    expect(await stateOf(cluster, namespace)).toEqual(state);
  });

  test('by the security standard of the namespace', async () => {
    const namespace = await cluster.namespace('security');
    await cluster.kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=baseline');
    await failAndReturn({
      namespace,
      after: [deployment({ container: { securityContext: { privileged: true } } })],
      reason: 'FailedCreate',
      text: /violates PodSecurity "baseline:latest": privileged/,
    });
  });
});

describe('other workloads', () => {
  test('a StatefulSet, which would wait for its broken pod for ever', async () => {
    await failAndReturn({
      before: [statefulSet({ replicas: 2 })],
      after: [statefulSet({ replicas: 2 })],
      image: nextImage({ kind: 'crashes', exitCode: 7 }),
      reason: 'CrashLoopBackOff',
      text: /^pod web-1, container app: CrashLoopBackOff after 2 restarts, exit code 7/,
    });
  });

  test('a StatefulSet whose pods are refused', async () => {
    const namespace = await cluster.namespace('quota');
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'pods' },
      spec: { hard: { pods: '1' } },
    };
    await cluster.apply(namespace, quota);
    await failAndReturn({
      namespace,
      before: [statefulSet()],
      after: [statefulSet({ replicas: 2 })],
      reason: 'ExceededQuota',
      text: /^StatefulSet\/web: its pods are refused: .*exceeded quota/,
    });
  });

  test('a DaemonSet', async () => {
    await failAndReturn({
      before: [daemonSet()],
      after: [daemonSet()],
      image: nextImage({ kind: 'pull-fails' }),
      reason: /ImagePull/,
      text: /^pod web-\S+, container app: the image \S+ cannot be pulled/,
    });
  });

  test('one of two workloads: both are put back', async () => {
    const worker = deployment({ name: 'worker', image: 'registry.example/worker:1' });
    const changed = deployment({ name: 'worker', image: 'registry.example/worker:1', replicas: 2 });
    await failAndReturn({
      before: [worker, deployment()],
      after: [changed, deployment()],
      image: nextImage({ kind: 'crashes' }),
      reason: 'CrashLoopBackOff',
      text: /^pod web-/,
    });
  });
});
