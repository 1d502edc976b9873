import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KubeApi } from '../api.ts';
import {
  type AuditEntry,
  type Behaviour,
  type ControlPlane,
  deployment,
  type Kubelet,
  startAdmissionWebhook,
  startControlPlane,
  startKubelet,
} from '../index.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
let namespace: string;

beforeAll(async () => {
  cluster = await startControlPlane({ nodeGraceSeconds: 10, evictionSeconds: 1 });
  kubelet = await startKubelet(cluster, {
    nodes: [{ name: 'node-1' }, { name: 'node-2', labels: { pool: 'lost' }, taints: [lostPool] }],
  });
});
afterAll(() => cluster?.stop());
afterEach(() => expect(kubelet.problems()).toEqual([]));
beforeEach(async () => {
  namespace = await cluster.namespace();
});

const lostPool = { key: 'pool', value: 'lost', effect: 'NoSchedule' };
const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 };

describe('pods that run', () => {
  test('a good deployment is rolled out, and its old pods go when the next one comes', async () => {
    await cluster.apply(namespace, deployment({ replicas: 2, container: { readinessProbe: probe } }));
    expect(await rolloutStatus()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('deployment "web" successfully rolled out'),
    });
    const old = await podNames();
    await cluster.apply(namespace, deployment({ replicas: 2, image: 'registry.example/web:2' }));
    expect(await rolloutStatus()).toMatchObject({ code: 0 });
    await until(podNames, (names) => names.length === 2 && !names.some((name) => old.includes(name)));
  });

  test('a pod that runs looks as on a real node', async () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    await cluster.apply(namespace, deployment({ image: `registry.example/web@${digest}` }));
    await rolloutStatus();
    const [pod] = await pods();
    expect(pod?.status).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      hostIP: '127.0.0.1',
      podIP: expect.stringMatching(/^10\.244\./),
      containerStatuses: [
        {
          ready: true,
          started: true,
          restartCount: 0,
          imageID: `registry.example/web@${digest}`,
          containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/),
          state: { running: { startedAt: expect.any(String) } },
        },
      ],
    });
    expect(conditionsOf(pod)).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
    const reasons = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'];
    expect((await events()).map(({ reason }) => reason)).toEqual(expect.arrayContaining(reasons));
  });

  test('stateful sets, daemon sets and jobs come to their ends, too', async () => {
    const template = (name: string, more: object = {}): object => ({
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: `registry.example/${name}:1` }], ...more },
    });
    const selector = (app: string): object => ({ matchLabels: { app } });
    await cluster.apply(
      namespace,
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'store' },
        spec: { replicas: 2, serviceName: 'store', selector: selector('store'), template: template('store') },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'agent' },
        spec: { selector: selector('agent'), template: template('agent') },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate' },
        spec: { template: template('migrate', { restartPolicy: 'Never' }) },
      },
    );
    for (const what of ['statefulset/store', 'daemonset/agent']) {
      expect(await rolloutStatus(what)).toMatchObject({ code: 0 });
    }
    const wait = ['--for=condition=complete', 'job/migrate', '--timeout=60s'];
    expect(await cluster.kubectl('wait', '--namespace', namespace, ...wait)).toMatchObject({ code: 0 });
    expect(await podNames()).toEqual(expect.arrayContaining(['store-0', 'store-1']));
    expect(await shownPods()).toContain('Completed');
  });

  test('a slow one is in ContainerCreating, then not ready, then ready', async () => {
    kubelet.behave('registry.example/slow', { kind: 'runs', startMs: 1_000, readyMs: 1_500 });
    const image = 'registry.example/slow:1';
    const seen = await watchPods(deployment({ image, container: { readinessProbe: probe } }), '1/1 Running');
    expect(seen).toEqual(['0/1 Pending', '0/1 ContainerCreating', '0/1 Running', '1/1 Running']);
  });

  test('a service that ran well may still crash', async () => {
    kubelet.behave('registry.example/leaky', {
      kind: 'crashes',
      reason: 'OOMKilled',
      readyMs: 50,
      afterMs: 600,
    });
    const manifest = deployment({ image: 'registry.example/leaky:1', container: { readinessProbe: probe } });
    const seen = await watchPods(manifest, '0/1 CrashLoopBackOff');
    const states = ['0/1 Running', '1/1 Running', '0/1 OOMKilled'];
    expect(seen.filter((state) => states.includes(state))).toEqual([...states, ...states]);
  });

  test('sidecars start before the others and do not keep a job', async () => {
    const sidecar = { name: 'proxy', image: 'registry.example/proxy:1', restartPolicy: 'Always' };
    const init = { name: 'migrate', image: 'registry.example/migrate:1' };
    await cluster.apply(namespace, deployment({ pod: { initContainers: [sidecar, init] } }));
    expect(await rolloutStatus()).toMatchObject({ code: 0 });
    expect(await shownPods()).toMatch(/2\/2 +Running/);
  });

  test('the grace period is honoured by those who do not heed SIGTERM', async () => {
    kubelet.behave('registry.example/deaf', { kind: 'runs', ignoresTerm: true });
    const pod = { terminationGracePeriodSeconds: 20 };
    await cluster.apply(namespace, deployment({ image: 'registry.example/deaf:1', pod }));
    await rolloutStatus();
    await cluster.kubectl('delete', 'deployment/web', '--wait=false', '--namespace', namespace);
    await until(shownPods, (shown) => /Terminating/.test(shown));
    await until(podNames, (names) => names.length === 0);
  });
});

interface Failure {
  readonly name: string;
  readonly behaviour?: Behaviour;
  readonly container?: object;
  readonly pod?: object;
  readonly image?: string;
  /** STATUS, as `kubectl get pods` shows one after the other; others may lie between. */
  readonly shown: readonly string[];
  /** `reason: message` of events. */
  readonly events: readonly RegExp[];
  /** Parts of the last status of the container. */
  readonly status?: object;
}

const failures: readonly Failure[] = [
  {
    name: 'an image that is not there',
    behaviour: { kind: 'pull-fails' },
    shown: ['ErrImagePull', 'ImagePullBackOff'],
    events: [
      /^Failed: Failed to pull image "IMAGE": rpc error: code = NotFound .*: not found$/,
      /^Failed: Error: ErrImagePull$/,
      /^BackOff: Back-off pulling image "IMAGE"$/,
      /^Failed: Error: ImagePullBackOff$/,
    ],
    status: {
      state: {
        waiting: {
          reason: 'ImagePullBackOff',
          message: expect.stringMatching(
            /^Back-off pulling image "[^"]+": ErrImagePull: rpc error: .*not found$/,
          ),
        },
      },
    },
  },
  {
    name: 'an image name that cannot be',
    image: 'registry.example/Web:1',
    shown: ['InvalidImageName'],
    events: [
      /^InspectFailed: Failed to apply default image tag "registry.example\/Web:1": couldn't parse image name .*must be lowercase$/,
      /^Failed: Error: InvalidImageName$/,
    ],
  },
  {
    name: 'a process that ends',
    behaviour: { kind: 'crashes', exitCode: 3, message: 'no model' },
    shown: ['Error', 'CrashLoopBackOff'],
    events: [/^BackOff: Back-off restarting failed container app in pod web-\S+_NAMESPACE\(\S+\)$/],
    status: {
      restartCount: expect.any(Number),
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: expect.stringMatching(/^back-off (10|20|40)s restarting failed container=app pod=web-/),
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'no model' } },
    },
  },
  {
    name: 'a process that needs too much memory',
    behaviour: { kind: 'crashes', reason: 'OOMKilled' },
    shown: ['OOMKilled', 'CrashLoopBackOff'],
    events: [/^BackOff: Back-off restarting failed container app/],
    status: { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
  },
  {
    name: 'a Secret that is not there',
    container: { env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'door', key: 'key' } } }] },
    shown: ['CreateContainerConfigError'],
    events: [/^Failed: Error: secret "door" not found$/],
    status: {
      state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "door" not found' } },
    },
  },
  {
    name: 'a ConfigMap that is not there',
    container: { envFrom: [{ configMapRef: { name: 'colours' } }] },
    shown: ['CreateContainerConfigError'],
    events: [/^Failed: Error: configmap "colours" not found$/],
  },
  {
    name: 'a volume of a Secret that is not there',
    container: { volumeMounts: [{ name: 'keys', mountPath: '/keys' }] },
    pod: { volumes: [{ name: 'keys', secret: { secretName: 'door' } }] },
    shown: ['ContainerCreating'],
    events: [/^FailedMount: MountVolume.SetUp failed for volume "keys" : secret "door" not found$/],
  },
  {
    name: 'a container that the runtime refuses to make',
    behaviour: { kind: 'create-fails', message: 'failed to reserve container name "app"' },
    shown: ['CreateContainerError'],
    events: [/^Failed: Error: failed to reserve container name "app"$/],
  },
  {
    name: 'a command that is not there',
    behaviour: { kind: 'start-fails', message: 'exec: "serve": executable file not found in $PATH' },
    shown: ['RunContainerError', 'CrashLoopBackOff'],
    events: [/^Failed: Error: exec: "serve": executable file not found in \$PATH$/, /^BackOff: /],
    status: { lastState: { terminated: { exitCode: 128, reason: 'StartError' } } },
  },
  {
    name: 'a service that does not get ready',
    behaviour: { kind: 'not-ready', message: 'Get "http://10.244.0.9:8080/healthz": connection refused' },
    container: { readinessProbe: probe },
    shown: ['Running'],
    events: [
      /^Unhealthy: Readiness probe failed: Get "http:\/\/10.244.0.9:8080\/healthz": connection refused$/,
    ],
    status: { ready: false, started: true, restartCount: 0 },
  },
  {
    name: 'a service that hangs',
    behaviour: { kind: 'not-live' },
    container: { livenessProbe: probe },
    shown: ['Error', 'CrashLoopBackOff'],
    events: [
      /^Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 503$/,
      /^Killing: Container app failed liveness probe, will be restarted$/,
    ],
    status: { lastState: { terminated: { exitCode: 137, reason: 'Error' } } },
  },
  {
    name: 'a service that does not come up in time',
    behaviour: { kind: 'not-started' },
    container: { startupProbe: { ...probe, failureThreshold: 2 }, readinessProbe: probe },
    shown: ['Error', 'CrashLoopBackOff'],
    events: [
      /^Unhealthy: Startup probe failed: HTTP probe failed with statuscode: 503$/,
      /^Killing: Container app failed startup probe, will be restarted$/,
    ],
    status: { ready: false, started: false, lastState: { terminated: { exitCode: 137 } } },
  },
  {
    name: 'an init container that fails',
    pod: { initContainers: [{ name: 'migrate', image: 'registry.example/migrate:broken' }] },
    shown: ['Init:Error', 'Init:CrashLoopBackOff'],
    events: [/^BackOff: Back-off restarting failed container migrate in pod web-/],
    status: { state: { waiting: { reason: 'PodInitializing' } } },
  },
];

describe('pods that fail', () => {
  beforeAll(() => {
    kubelet.behave('registry.example/migrate:broken', { kind: 'crashes', log: ['no such column'] });
  });

  test.each(failures.map((failure, index) => ({ ...failure, index })))('$name', async (failure) => {
    const image = failure.image ?? `registry.example/failure-${failure.index}:1`;
    if (failure.behaviour !== undefined) kubelet.behave(image, failure.behaviour);
    const { container = {}, pod = {} } = failure;
    const last = failure.shown.at(-1) ?? '';
    const seen = await watchPods(deployment({ image, container, pod }), `0/1 ${last}`);
    expect(failure.shown.filter((state) => !seen.includes(`0/1 ${state}`))).toEqual([]);
    for (const wanted of failure.events) {
      const source = wanted.source.replace('IMAGE', image).replace('NAMESPACE', namespace);
      await until(eventLines, (lines) => lines.some((line) => new RegExp(source).test(line)));
    }
    const [one] = await until(pods, (found) => reasonOf(found[0]) === last || last === 'Running');
    if (failure.status !== undefined) expect(one?.status.containerStatuses[0]).toMatchObject(failure.status);
    expect(conditionsOf(one)).toMatchObject({ Ready: 'False', ContainersReady: 'False' });
    const status = await cluster.kubectl('get', 'deployment/web', '--namespace', namespace, '-o', 'json');
    expect(JSON.parse(status.stdout).status).toMatchObject({ unavailableReplicas: 1 });
  });

  test('what is missing may come: the pod starts then', async () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'door', key: 'key' } } }];
    await cluster.apply(namespace, deployment({ container: { env } }));
    await until(shownPods, (shown) => shown.includes('CreateContainerConfigError'));
    await cluster.kubectl(
      'create',
      'secret',
      'generic',
      'door',
      '--from-literal=k=1',
      '--namespace',
      namespace,
    );
    const missing = `Failed: Error: couldn't find key key in Secret ${namespace}/door`;
    await until(eventLines, (lines) => lines.includes(missing));
    await cluster.kubectl('delete', 'secret', 'door', '--namespace', namespace);
    await cluster.kubectl(
      'create',
      'secret',
      'generic',
      'door',
      '--from-literal=key=1',
      '--namespace',
      namespace,
    );
    expect(await rolloutStatus()).toMatchObject({ code: 0 });
  });

  test('a pod that is evicted stays to tell of it, and another one takes its place', async () => {
    await cluster.apply(namespace, deployment());
    await rolloutStatus();
    const [name = ''] = await podNames();
    kubelet.evict(namespace, name);
    const found = await until(
      pods,
      (all) => all.length === 2 && all.every((pod) => pod.status.phase !== 'Pending'),
    );
    const evicted = found.find((pod) => pod.metadata.name === name);
    expect(evicted?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: expect.stringContaining('The node was low on resource: memory.'),
    });
    expect(conditionsOf(evicted)).toMatchObject({ DisruptionTarget: 'True', Ready: 'False' });
    // kubectl shows how the containers ended in place of it.
    expect(await shownPods()).toMatch(/0\/1 +Error/);
    expect(await eventLines()).toContainEqual(
      expect.stringMatching(/^Evicted: The node was low on resource/),
    );
  });

  test('the pods of a lost node are given up, and others take their place', async () => {
    const tolerations = [{ key: 'pool', operator: 'Exists' }];
    const pod = { nodeSelector: { pool: 'lost' }, tolerations };
    await cluster.apply(namespace, deployment({ pod }));
    await rolloutStatus();
    const [name = ''] = await podNames();
    kubelet.lose('node-2');
    await until(
      async () => (await cluster.kubectl('get', 'nodes')).stdout,
      (shown) => /node-2 +NotReady/.test(shown),
    );
    const found = await until(pods, (all) => all.some((one) => one.metadata.deletionTimestamp !== undefined));
    const given = found.find((one) => one.metadata.name === name);
    expect(conditionsOf(given)).toMatchObject({ Ready: 'False' });
    await until(shownPods, (shown) => /Terminating/.test(shown) && /Pending/.test(shown));
  });
});

describe('pods that are not made, or not placed', () => {
  test('more than any node has: FailedScheduling', async () => {
    await cluster.apply(namespace, deployment({ container: { resources: { requests: { cpu: '1k' } } } }));
    const lines = await until(eventLines, (all) => all.some((line) => line.startsWith('FailedScheduling')));
    expect(lines).toContainEqual(
      expect.stringMatching(/^FailedScheduling: 0\/2 nodes are available: .*Insufficient cpu/),
    );
    const [pod] = await pods();
    expect(pod?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }),
    );
  });

  test('a quota: FailedCreate and ReplicaFailure', async () => {
    const spec = { hard: { pods: '0' } };
    await cluster.apply(namespace, quotaOrRange('ResourceQuota', 'small', spec));
    await untilQuotaCounts();
    await cluster.apply(namespace, deployment());
    const failure = await replicaFailure();
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toMatch(
      /exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0/,
    );
    expect(await eventLines()).toContainEqual(
      expect.stringMatching(/^FailedCreate: .*exceeded quota: small/),
    );
  });

  test('a limit range: FailedCreate and ReplicaFailure', async () => {
    const spec = { limits: [{ type: 'Container', max: { memory: '64Mi' } }] };
    await cluster.apply(namespace, quotaOrRange('LimitRange', 'tight', spec));
    await cluster.apply(namespace, deployment({ container: { resources: { limits: { memory: '1Gi' } } } }));
    expect((await replicaFailure())?.message).toContain(
      'maximum memory usage per Container is 64Mi, but limit is 1Gi',
    );
  });

  test('an admission webhook that denies: FailedCreate and ReplicaFailure', async () => {
    const message = 'images must be signed';
    const webhook = await startAdmissionWebhook(cluster, { namespace, message });
    await cluster.apply(namespace, deployment());
    expect((await replicaFailure())?.message).toContain(
      `admission webhook "${webhook.name}" denied the request: ${message}`,
    );
    await webhook.stop();
    await cluster.kubectl('rollout', 'restart', 'deployment/web', '--namespace', namespace);
    expect(await rolloutStatus()).toMatchObject({ code: 0 });
  });
});

describe('logs', () => {
  test('of the running container, its last lines, as they come, and of the life before', async () => {
    kubelet.behave('registry.example/talker', { kind: 'crashes', exitCode: 2, log: ['one', 'two', 'three'] });
    await cluster.apply(namespace, deployment({ image: 'registry.example/talker:1' }));
    await until(shownPods, (shown) => shown.includes('CrashLoopBackOff'));
    const logs = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await cluster.kubectl(
        'logs',
        'deployment/web',
        '--namespace',
        namespace,
        ...args,
      );
      return stdout + stderr;
    };
    expect(await logs()).toBe('one\ntwo\nthree\n');
    expect(await logs('--tail=2')).toBe('two\nthree\n');
    expect(await logs('--previous', '--tail=1')).toBe('three\n');
    expect(await logs('--timestamps', '--tail=1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/);
    expect(await logs('--limit-bytes=5')).toBe('one\nt');
  });

  test('are followed until the container ends', async () => {
    kubelet.behave('registry.example/worker', { kind: 'completes', afterMs: 1_000, log: ['begun'] });
    const pod = { containers: [{ name: 'app', image: 'registry.example/worker:1' }], restartPolicy: 'Never' };
    await cluster.apply(namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'worker' },
      spec: pod,
    });
    await until(shownPods, (shown) => shown.includes('Running'));
    const { stdout } = await cluster.kubectl('logs', 'worker', '--follow', '--namespace', namespace);
    expect(stdout).toBe('begun\n');
  });

  test('are shown to the API server alone', async () => {
    await cluster.apply(namespace, deployment());
    await rolloutStatus();
    const node = await cluster.api.get<{
      status: { daemonEndpoints: { kubeletEndpoint: { Port: number } } };
    }>('/api/v1/nodes/node-1');
    const { Port } = node.status.daemonEndpoints.kubeletEndpoint;
    const stranger = new KubeApi(`https://127.0.0.1:${Port}`, cluster.ca, cluster.adminToken);
    const [name] = await podNames();
    await expect(stranger.get(`/containerLogs/${namespace}/${name}/app`)).rejects.toThrow(
      /certificate required/,
    );
    stranger.close();
  });

  test('that are not there are refused as a kubelet does', async () => {
    kubelet.behave('registry.example/absent', { kind: 'pull-fails' });
    await cluster.apply(namespace, deployment({ image: 'registry.example/absent:1' }));
    await until(shownPods, (shown) => shown.includes('ImagePullBackOff'));
    const [name] = await podNames();
    const refusal = async (...args: string[]): Promise<string> =>
      (await cluster.kubectl('logs', `${name}`, '--namespace', namespace, ...args)).stderr;
    expect(await refusal()).toMatch(
      /container "app" in pod "\S+" is waiting to start: (trying and failing to pull image|image can't be pulled)/,
    );
    expect(await refusal('--previous')).toContain(
      `previous terminated container "app" in pod "${name}" not found`,
    );
  });
});

interface ShownPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses: readonly {
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
    readonly initContainerStatuses?: ShownPod['status']['containerStatuses'];
  };
}

async function pods(): Promise<readonly ShownPod[]> {
  return (await cluster.api.get<{ items: ShownPod[] }>(`/api/v1/namespaces/${namespace}/pods`)).items;
}

async function podNames(): Promise<readonly string[]> {
  return (await pods()).map(({ metadata }) => metadata.name);
}

async function shownPods(): Promise<string> {
  return (await cluster.kubectl('get', 'pods', '--namespace', namespace)).stdout;
}

/** READY and STATUS of the only pod as they change, as kubectl shows them, from before it is made until the last. */
async function watchPods(manifest: object, last: string): Promise<readonly string[]> {
  const { kubectl } = cluster.programs;
  const args = ['get', 'pods', '--watch', '--no-headers', '--namespace', namespace];
  const child = spawn(kubectl, args, {
    env: { PATH: process.env.PATH, HOME: cluster.folder, KUBECONFIG: cluster.kubeconfig },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const seen: string[] = [];
  const watches = (entry: AuditEntry): boolean =>
    entry.verb === 'watch' && entry.resource === 'pods' && entry.namespace === namespace;
  try {
    await until(
      () => cluster.audit('admin'),
      (entries) => entries.some(watches),
    );
    await cluster.apply(namespace, manifest);
    for await (const line of createInterface({ input: child.stdout })) {
      const [, ready, status] = line.split(/ +/);
      const state = `${ready} ${status}`;
      if (state !== seen.at(-1)) seen.push(state);
      if (state === last) break;
    }
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
  return seen;
}

function reasonOf(pod: ShownPod | undefined): string {
  const init = pod?.status.initContainerStatuses?.[0]?.state.waiting?.reason;
  return init === undefined
    ? (pod?.status.containerStatuses[0]?.state.waiting?.reason ?? '')
    : `Init:${init}`;
}

function conditionsOf(pod: ShownPod | undefined): Record<string, string> {
  return Object.fromEntries((pod?.status.conditions ?? []).map(({ type, status }) => [type, status]));
}

async function events(): Promise<readonly { readonly reason: string; readonly message: string }[]> {
  const path = `/api/v1/namespaces/${namespace}/events`;
  return (await cluster.api.get<{ items: { reason: string; message: string }[] }>(path)).items;
}

async function eventLines(): Promise<readonly string[]> {
  return (await events()).map(({ reason, message }) => `${reason}: ${message}`);
}

function rolloutStatus(what = 'deployment/web'): ReturnType<ControlPlane['kubectl']> {
  return cluster.kubectl('rollout', 'status', what, '--namespace', namespace, '--timeout=60s');
}

function quotaOrRange(kind: string, name: string, spec: object): object {
  return { apiVersion: 'v1', kind, metadata: { name }, spec };
}

async function untilQuotaCounts(): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/small`;
  await until(
    () => cluster.api.get<{ status: { hard?: object } }>(path),
    ({ status }) => status.hard !== undefined,
  );
}

async function replicaFailure(): Promise<{ readonly message: string } | undefined> {
  interface Stored {
    status: { conditions?: { type: string; message: string }[] };
  }
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  const failing = ({ status }: Stored): { type: string; message: string } | undefined =>
    status.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return failing(
    await until(
      () => cluster.api.get<Stored>(path),
      (stored) => failing(stored) !== undefined,
    ),
  );
}

/** Asks again until `enough` holds, or throws with the last answer. */
async function until<T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(answer, null, 1)}`);
    await sleep(50);
  }
}
