import { expect, test } from 'vitest';
import type { ServiceDeployment } from './model.ts';
import { WatchPoints } from './watch-points.ts';

const canary = {
  strategy: 'CANARY',
  bakeTimeInMinutes: 10,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
};

function at(fields: Partial<ServiceDeployment>): ServiceDeployment {
  return {
    arn: 'arn',
    status: 'IN_PROGRESS',
    statusReason: null,
    stage: 'PRODUCTION_TRAFFIC_SHIFT',
    createdAt: null,
    sources: [],
    target: '',
    weight: 10,
    hooks: [],
    rollback: null,
    triggeredAlarms: [],
    circuitBreaker: null,
    ...fields,
  };
}

const minute = (minutes: number) => new Date(minutes * 60_000);
const pause = {
  id: 'ecs-pause-1',
  kind: 'PAUSE',
  target: null,
  status: 'AWAITING_ACTION',
  expiresAt: null,
  timeoutAction: null,
};

test('a bake is judged when four fifths of it are over, once', () => {
  const points = new WatchPoints(canary);
  expect(points.due(at({}), minute(0))).toBeNull();
  expect(points.due(at({}), minute(3.9))).toBeNull();
  const due = points.due(at({}), minute(4));
  expect(due).toEqual({ stage: 'after 10% of the traffic', hook: null });
  if (due !== null) points.pass(due, at({}));
  expect(points.due(at({}), minute(4.5))).toBeNull();
  expect(points.whole).toBe(false);
});

test('the last bake is about the whole traffic', () => {
  const points = new WatchPoints(canary);
  const last = at({ stage: 'BAKE_TIME', weight: 100 });
  expect(points.due(last, minute(0))).toBeNull();
  const due = points.due(last, minute(8));
  expect(due?.stage).toBe('after all of the traffic');
  if (due !== null) points.pass(due, last);
  expect(points.whole).toBe(true);
});

test('a pause waits for the judgement, whatever the stage', () => {
  const points = new WatchPoints(canary);
  const due = points.due(at({ stage: 'POST_SCALE_UP', weight: 0, hooks: [pause] }), minute(0));
  expect(due).toMatchObject({ stage: 'at the pause POST_SCALE_UP', hook: { id: 'ecs-pause-1' } });
});

test('where each shift is paused before, bakes between are not judged as well', () => {
  const points = new WatchPoints({
    ...canary,
    lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
  });
  expect(points.due(at({}), minute(0))).toBeNull();
  expect(points.due(at({}), minute(60))).toBeNull();
});

test.each([
  ['while traffic is not shifted yet', at({ weight: 0 })],
  ['in other stages', at({ stage: 'SCALE_UP', weight: 0 })],
  ['when rolling', at({ stage: null, weight: null })],
  ['at a pause that is over', at({ stage: 'POST_SCALE_UP', hooks: [{ ...pause, status: 'SUCCEEDED' }] })],
  ['during a rollback', at({ status: 'ROLLBACK_IN_PROGRESS', stage: 'POST_SCALE_UP', hooks: [pause] })],
])('nothing is judged %s', (_when, deployment) => {
  const points = new WatchPoints(canary);
  expect(points.due(deployment, minute(0))).toBeNull();
  expect(points.due(deployment, minute(60))).toBeNull();
});
