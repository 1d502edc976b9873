import { expect, test } from 'vitest';
import { conditionsOf, phaseOf } from './pod-status.ts';
import type { ContainerState, ContainerStatus, Pod } from './pod-types.ts';

const at = '2026-01-01T00:00:00Z';

function podOf(restartPolicy: Pod['spec']['restartPolicy'], gates: readonly string[] = []): Pod {
  return {
    metadata: { name: 'web', uid: '1', resourceVersion: '1', creationTimestamp: at },
    spec: {
      restartPolicy,
      containers: [{ name: 'app', image: 'web' }],
      initContainers: [
        { name: 'migrate', image: 'web' },
        { name: 'proxy', image: 'proxy', restartPolicy: 'Always' },
      ],
      readinessGates: gates.map((conditionType) => ({ conditionType })),
    },
    status: { conditions: [{ type: 'closed', status: 'False' }] },
  };
}

function status(name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  const fixed = { name, image: 'web', imageID: '', lastState: {}, ready: false, started: false };
  return { ...fixed, restartCount: 0, state, ...more };
}

const running: ContainerState = { running: { startedAt: at } };
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const ended = (exitCode: number): ContainerState => ({
  terminated: { exitCode, reason: 'Error', startedAt: at, finishedAt: at, containerID: 'x' },
});
const done = status('migrate', ended(0), { ready: true });
const proxy = status('proxy', running, { ready: true, started: true });
const crashed = {
  terminated: { exitCode: 1, reason: 'Error', startedAt: at, finishedAt: at, containerID: 'x' },
};

test.each([
  ['Pending', 'Always', [status('migrate', running), status('proxy', waiting)], waiting, false],
  ['Pending', 'Always', [done, proxy], waiting, false],
  ['Running', 'Always', [done, proxy], running, false],
  ['Running', 'Always', [done, proxy], ended(1), false],
  ['Failed', 'Never', [done, proxy], ended(1), false],
  ['Succeeded', 'Never', [done, proxy], ended(0), false],
  ['Running', 'OnFailure', [done, proxy], ended(1), false],
  ['Failed', 'Never', [status('migrate', ended(1)), status('proxy', waiting)], waiting, false],
  ['Pending', 'Always', [status('migrate', ended(1)), status('proxy', waiting)], waiting, false],
  ['Succeeded', 'Always', [done, proxy], ended(0), true],
  ['Failed', 'Always', [done, proxy], waiting, true],
] as const)('%s: policy %s', (phase, policy, init, state, ending) => {
  expect(phaseOf(podOf(policy), { init, main: [status('app', state)] }, ending)).toBe(phase);
});

test('a container in back-off has run: its pod is Running', () => {
  const state: ContainerState = { waiting: { reason: 'CrashLoopBackOff' } };
  const main = [status('app', state, { lastState: crashed })];
  expect(phaseOf(podOf('Always'), { init: [done, proxy], main }, false)).toBe('Running');
});

test('conditions name the containers that are not ready', () => {
  const init = [status('migrate', running), status('proxy', waiting)];
  const found = conditionsOf(podOf('Always'), { init, main: [status('app', waiting)] }, 'Pending', [], at);
  expect(found.map(({ type, status, message }) => [type, status, message])).toEqual([
    ['PodReadyToStartContainers', 'True', undefined],
    ['Initialized', 'False', 'containers with incomplete status: [migrate proxy]'],
    ['Ready', 'False', 'containers with unready status: [proxy app]'],
    ['ContainersReady', 'False', 'containers with unready status: [proxy app]'],
  ]);
});

test('readiness gates hold a pod back, not its containers', () => {
  const main = [status('app', running, { ready: true })];
  const pod = podOf('Always', ['closed', 'absent']);
  const found = conditionsOf(pod, { init: [done, proxy], main }, 'Running', [], at);
  expect(found.find(({ type }) => type === 'ContainersReady')?.status).toBe('True');
  expect(found.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message:
      'the status of pod readiness gate "closed" is not "True", but False, corresponding condition of pod readiness gate "absent" does not exist.',
  });
});

test('a condition keeps the time of its last change', () => {
  const statuses = { init: [done, proxy], main: [status('app', running)] };
  const first = conditionsOf(podOf('Always'), statuses, 'Running', [], at);
  const later = '2026-01-01T00:01:00Z';
  const main = [status('app', running, { ready: true })];
  const second = conditionsOf(podOf('Always'), { ...statuses, main }, 'Running', first, later);
  const times = Object.fromEntries(second.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
  expect(times).toEqual({
    PodReadyToStartContainers: at,
    Initialized: at,
    Ready: later,
    ContainersReady: later,
  });
});
