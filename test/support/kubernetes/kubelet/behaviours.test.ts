import { expect, test } from 'vitest';
import { type Behaviour, defaultBehaviour, findBehaviour } from './behaviours.ts';
import type { Container, Pod } from './pod-types.ts';

const digest = `sha256:${'0f'.repeat(32)}`;

function podOf(restartPolicy: Pod['spec']['restartPolicy'], labels: Record<string, string> = {}): Pod {
  return {
    metadata: { name: 'web', uid: '1', resourceVersion: '1', creationTimestamp: '', labels },
    spec: { restartPolicy, containers: [] },
    status: {},
  };
}

test.each([
  ['registry.example:5000/team/web', 'registry.example:5000/team/web:2'],
  ['registry.example:5000/team/web', `registry.example:5000/team/web@${digest}`],
  ['registry.example:5000/team/web', `registry.example:5000/team/web:2@${digest}`],
  ['registry.example:5000/team/web:2', 'registry.example:5000/team/web:2'],
  [digest, `registry.example:5000/team/web@${digest}`],
  ['track=canary', 'whatever:1'],
  ['track=canary#app', 'whatever:1'],
  ['whatever#app', 'whatever:1'],
])('the subject %s is meant by the image %s of a canary', (subject, image) => {
  const script = new Map<string, Behaviour>([[subject, { kind: 'pull-fails' }]]);
  const pod = podOf('Always', { track: 'canary' });
  expect(findBehaviour(script, pod, { name: 'app', image })).toEqual({ kind: 'pull-fails' });
  const other = { name: 'other', image: 'somebody/else:2' };
  expect(findBehaviour(script, podOf('Always'), other)).toBeUndefined();
});

test('the nearer subject decides: label, image, digest, repository, and one container before all', () => {
  const image = `web:2@${digest}`;
  const container: Container = { name: 'app', image };
  const pod = podOf('Always', { track: 'canary' });
  const subjects = ['track=canary#app', 'track=canary', image, digest, 'web#app', 'web'];
  const script = new Map<string, Behaviour>(
    subjects.map((subject, index) => [subject, { kind: 'crashes', exitCode: index }]),
  );
  const order: unknown[] = [];
  for (const subject of subjects) {
    const found = findBehaviour(script, pod, container);
    order.push(found?.kind === 'crashes' ? found.exitCode : null);
    script.delete(subject);
  }
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
});

test('without a script services run, and jobs and init containers end', () => {
  const container: Container = { name: 'app', image: 'web' };
  const kind = (pod: Pod, init: boolean, more: Partial<Container> = {}): string =>
    defaultBehaviour(pod, { ...container, ...more }, init).kind;
  expect(kind(podOf('Always'), false)).toBe('runs');
  expect(kind(podOf('OnFailure'), false)).toBe('completes');
  expect(kind(podOf('Always'), true)).toBe('completes');
  expect(kind(podOf('Never'), true, { restartPolicy: 'Always' })).toBe('runs');
});
