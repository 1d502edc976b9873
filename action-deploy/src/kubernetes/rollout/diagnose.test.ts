import { describe, expect, test } from 'vitest';
import { usualPatience } from '../patience.ts';
import { diagnose } from './diagnose.ts';
import type { ContainerState, ContainerView, EventView, PodView } from './views.ts';

const since = '2026-01-01T00:00:00Z';
const image = `registry.example/web@sha256:${'a'.repeat(64)}`;

function container(more: Partial<ContainerView> = {}): ContainerView {
  return {
    name: 'app',
    kind: 'main',
    image,
    ready: false,
    restarts: 0,
    state: { is: 'running' },
    runningSince: null,
    last: null,
    ...more,
  };
}

function pod(more: Partial<PodView> = {}): PodView {
  return {
    name: 'web-1',
    uid: 'u1',
    createdAt: '2026-01-01T00:00:01Z',
    startedAt: null,
    leaving: false,
    phase: 'Pending',
    reason: '',
    message: '',
    ready: false,
    unscheduled: null,
    containers: [container()],
    ...more,
  };
}

function event(reason: string, message: string, more: Partial<EventView> = {}): EventView {
  return {
    uid: 'u1',
    kind: 'Pod',
    name: 'web-1',
    type: 'Warning',
    reason,
    message,
    at: '2026-01-01T00:01:00Z',
    ...more,
  };
}

const waiting = (reason: string, message = ''): ContainerState => ({ is: 'waiting', reason, message });
const ended = (exitCode: number, reason = 'Error', message = '', finishedAt = '2025-12-15T00:00:00Z') =>
  ({ is: 'ended', reason, exitCode, message, finishedAt }) as const;

/** The certainty, the reason and the text of each suspicion. */
function found(pods: readonly PodView[], events: readonly EventView[] = []): string[] {
  return diagnose(pods, events, since, usualPatience).map(
    ({ certainAfterMs, reason, subject, text }) =>
      `${certainAfterMs ?? 'never'} ${reason} ${subject}, ${text}`,
  );
}

const of = (more: Partial<ContainerView>, events: readonly EventView[] = []): string[] =>
  found([pod({ containers: [container(more)] })], events);

describe('pulling', () => {
  test.each<[string, string, string, number]>([
    [
      'ErrImagePull',
      'rpc error: code = NotFound desc = failed to pull and unpack image "x": x: not found',
      'failed to pull and unpack image "x": x: not found',
      0,
    ],
    [
      'ImagePullBackOff',
      'Back-off pulling image "x": ErrImagePull: rpc error: code = Unknown desc = manifest unknown',
      'manifest unknown',
      0,
    ],
    [
      'ErrImagePull',
      'pull access denied, repository does not exist or may require authorization',
      'pull access denied, repository does not exist or may require authorization',
      0,
    ],
    ['ErrImagePull', 'no basic auth credentials', 'no basic auth credentials', 0],
    [
      'ErrImagePull',
      'no match for platform in manifest: not found',
      'no match for platform in manifest: not found',
      0,
    ],
    ['ErrImagePull', 'dial tcp 10.0.0.1:443: i/o timeout', 'dial tcp 10.0.0.1:443: i/o timeout', 30_000],
    [
      'ImagePullBackOff',
      'toomanyrequests: You have reached your pull rate limit',
      'toomanyrequests: You have reached your pull rate limit',
      30_000,
    ],
  ])('%s: %s', (reason, message, told, certain) => {
    expect(of({ state: waiting(reason, message) })).toEqual([
      `${certain} ${reason} pod web-1, container app: the image ${image} cannot be pulled: ${told}`,
    ]);
  });

  test('a back-off that says nothing: the event before it does', () => {
    const events = [event('Failed', `Failed to pull image "${image}": ${image}: not found`)];
    expect(of({ state: waiting('ImagePullBackOff', `Back-off pulling image "${image}"`) }, events)).toEqual([
      `0 ImagePullBackOff pod web-1, container app: the image ${image} cannot be pulled: ${image}: not found`,
    ]);
  });

  test('both words are one suspicion: it lasts from the first one on', () => {
    const keys = ['ErrImagePull', 'ImagePullBackOff'].map(
      (reason) =>
        diagnose(
          [pod({ containers: [container({ state: waiting(reason, 'timeout') })] })],
          [],
          since,
          usualPatience,
        )[0]?.key,
    );
    expect(keys[0]).toBe(keys[1]);
  });

  test.each(['InvalidImageName', 'ErrImageNeverPull'])('%s', (reason) => {
    expect(of({ state: waiting(reason, 'why') })).toEqual([
      `0 ${reason} pod web-1, container app: ${reason} of ${image}: why`,
    ]);
  });
});

describe('dying', () => {
  test.each<[string, Partial<ContainerView>, string[]]>([
    ['once is chance', { restarts: 1, state: { is: 'running' }, last: ended(1), ready: true }, []],
    [
      'once, and not started again yet',
      { restarts: 0, state: ended(1) },
      ['never Error pod web-1, container app: exit code 1'],
    ],
    [
      'twice may be',
      { restarts: 1, state: waiting('CrashLoopBackOff'), last: ended(1) },
      ['never CrashLoopBackOff pod web-1, container app: CrashLoopBackOff after one restart, exit code 1'],
    ],
    [
      'three times is not',
      { restarts: 2, state: waiting('CrashLoopBackOff'), last: ended(137, 'Error', 'killed\n::error::x') },
      [
        '0 CrashLoopBackOff pod web-1, container app: CrashLoopBackOff after 2 restarts, exit code 137: killed ::error::x',
      ],
    ],
    [
      'by itself',
      { restarts: 4, state: waiting('CrashLoopBackOff'), last: ended(0, 'Completed') },
      [
        '0 CrashLoopBackOff pod web-1, container app: CrashLoopBackOff after 4 restarts, it ended by itself with exit code 0, and should go on running',
      ],
    ],
    [
      'for want of memory',
      { restarts: 1, state: { is: 'running' }, last: ended(137, 'OOMKilled') },
      ['0 OOMKilled pod web-1, container app: OOMKilled: it wants more memory than its limit'],
    ],
    [
      'of a command that is not there',
      { restarts: 0, state: waiting('RunContainerError', 'exec: "serve": not found') },
      ['30000 RunContainerError pod web-1, container app: RunContainerError: exec: "serve": not found'],
    ],
    [
      'as an init container',
      { kind: 'init', name: 'migrate', restarts: 2, state: waiting('CrashLoopBackOff'), last: ended(2) },
      [
        '0 CrashLoopBackOff pod web-1, init container migrate: CrashLoopBackOff after 2 restarts, exit code 2',
      ],
    ],
    ['of an init container that is done', { kind: 'init', state: ended(0, 'Completed') }, []],
    ['of an init container that is at work', { kind: 'init' }, []],
  ])('%s', (_name, more, expected) => {
    expect(of(more)).toEqual(expected);
  });

  test('of its liveness probe', () => {
    const events = [
      event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
      event('Killing', 'Container app failed liveness probe, will be restarted'),
    ];
    expect(of({ restarts: 2, state: waiting('CrashLoopBackOff'), last: ended(137) }, events)).toEqual([
      '0 CrashLoopBackOff pod web-1, container app: CrashLoopBackOff after 2 restarts, exit code 137; it is killed, as its liveness probe failed: HTTP probe failed with statuscode: 500',
    ]);
  });

  test('whose log tells more', () => {
    const logs = [
      { restarts: 2, state: waiting('CrashLoopBackOff'), last: ended(1) },
      { state: ended(137, 'OOMKilled') },
      { state: waiting('CreateContainerConfigError') },
    ].map((more) => diagnose([pod({ containers: [container(more)] })], [], since, usualPatience)[0]?.log);
    expect(logs).toEqual([
      { pod: 'web-1', container: 'app', previous: true },
      { pod: 'web-1', container: 'app', previous: false },
      null,
    ]);
  });
});

describe('not being ready', () => {
  test('what the probe said last', () => {
    const events = [
      event('Unhealthy', 'Readiness probe failed: 503', { at: '2026-01-01T00:02:00Z' }),
      event('Unhealthy', 'Readiness probe failed: 404', { at: '2026-01-01T00:01:00Z' }),
      event('Unhealthy', 'Readiness probe failed: of another', { uid: 'u2', at: '2026-01-01T00:03:00Z' }),
    ];
    expect(of({}, events)).toEqual([
      'never Unhealthy pod web-1, container app: not ready: Readiness probe failed: 503',
    ]);
  });

  test('without a probe that says why', () => {
    expect(of({ restarts: 1 })).toEqual([
      'never NotReady pod web-1, container app: it runs, but is not ready, after one restart',
    ]);
  });

  test('that is being made is no trouble', () => {
    expect(of({ state: waiting('ContainerCreating') })).toEqual([]);
    expect(of({ state: { is: 'unknown' } })).toEqual([]);
  });

  test('a volume, but not one that was mounted in the end', () => {
    const events = [
      event('FailedMount', 'MountVolume.SetUp failed for volume "keys" : secret "keys" not found'),
    ];
    const text =
      '60000 FailedMount pod web-1, FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found';
    expect(of({ state: waiting('ContainerCreating') }, events)).toEqual([text]);
    expect(of({ state: waiting('PodInitializing') }, events)).toEqual([text]);
    expect(of({ ready: true }, events)).toEqual([]);
  });
});

describe('nodes', () => {
  const unscheduled = { reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient memory.' };
  const text = 'pod web-1, no node takes it: 0/3 nodes are available: 3 Insufficient memory.';

  test('none: once it lasts', () => {
    expect(found([pod({ unscheduled })])).toEqual([`120000 FailedScheduling ${text}`]);
  });

  test.each(['TriggeredScaleUp', 'Nominated'])('one is on its way (%s)', (reason) => {
    expect(found([pod({ unscheduled })], [event(reason, 'a node')])).toEqual([
      `never FailedScheduling ${text}`,
    ]);
  });

  test('the autoscaler will not help', () => {
    const events = [
      event('TriggeredScaleUp', 'a node', { at: '2026-01-01T00:01:00Z' }),
      event('NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size reached", {
        at: '2026-01-01T00:02:00Z',
      }),
    ];
    expect(found([pod({ unscheduled })], events)).toEqual([
      `120000 FailedScheduling ${text}; the autoscaler adds no node: pod didn't trigger scale-up: 1 max node group size reached`,
    ]);
  });
});

describe('pods that are lost', () => {
  const lost = (name: string, reason: string, message = ''): PodView =>
    pod({ name, uid: name, phase: 'Failed', reason, message });

  test('one eviction is the node', () => {
    expect(found([lost('a', 'Evicted', 'The node was low on resource: memory.')])).toEqual([
      'never Evicted pod a, Evicted: The node was low on resource: memory.',
    ]);
  });

  test('three are not', () => {
    const pods = ['a', 'b', 'c'].map((name) => lost(name, 'Evicted', 'low'));
    expect(found(pods)).toEqual(['a', 'b', 'c'].map((name) => `0 Evicted pod ${name}, Evicted: low`));
  });

  test.each([
    'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.',
    'Usage of EmptyDir volume "tmp" exceeds the limit "1Gi".',
  ])('one for its own limit: %s', (message) => {
    expect(found([lost('a', 'Evicted', message)])).toEqual([`0 Evicted pod a, Evicted: ${message}`]);
  });

  test('a node that is shut down is no trouble', () => {
    expect(found([lost('a', 'Terminated'), lost('b', 'NodeShutdown')])).toEqual([]);
  });
});

describe('what does not count', () => {
  const crashed = {
    restarts: 7,
    state: { is: 'running' } as const,
    last: ended(137, 'OOMKilled'),
    ready: true,
  };

  test('a pod that is being deleted', () => {
    expect(
      found([
        pod({ leaving: true, containers: [container({ state: waiting('CrashLoopBackOff'), restarts: 9 })] }),
      ]),
    ).toEqual([]);
  });

  test('what a pod from before the rollout has got over', () => {
    const former = { createdAt: '2025-12-01T00:00:00Z', ready: true, containers: [container(crashed)] };
    expect(found([pod(former)])).toEqual([]);
    expect(found([pod({ ...former, createdAt: '2026-01-01T00:00:05Z' })])).toHaveLength(1);
  });

  test('that a pod from before the rollout wanted too much memory once, and is not ready for another reason', () => {
    const of = (finishedAt: string): string[] =>
      found([
        pod({
          createdAt: '2025-12-01T00:00:00Z',
          containers: [
            container({ ...crashed, ready: false, last: ended(137, 'OOMKilled', '', finishedAt) }),
          ],
        }),
      ]);
    expect(of('2025-12-15T00:00:00Z')).toEqual([
      'never NotReady pod web-1, container app: it runs, but is not ready, after 7 restarts',
    ]);
    expect(of('2026-01-01T00:00:09Z')).toEqual([
      '0 OOMKilled pod web-1, container app: OOMKilled: it wants more memory than its limit',
    ]);
  });

  test('pods that failed before the rollout', () => {
    expect(found([pod({ createdAt: '2025-12-01T00:00:00Z', phase: 'Failed', reason: 'Evicted' })])).toEqual(
      [],
    );
  });
});
