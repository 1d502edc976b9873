import { describe, expect, test } from 'vitest';
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
const after = at({ weight: 100 });
const last = at({ stage: 'BAKE_TIME', weight: 100 });
const pause = {
  id: 'ecs-pause-1',
  kind: 'PAUSE',
  target: null,
  status: 'AWAITING_ACTION',
  expiresAt: null,
  timeoutAction: null,
};

/** Looks, and promotes what is to be judged; returns its stage. */
function look(points: WatchPoints, deployment: ServiceDeployment, minutes: number): string | null {
  const due = points.due(deployment, minute(minutes));
  if (due !== null) points.pass(due, deployment);
  return due?.stage ?? null;
}

test('a bake is judged when four fifths of it are over, and when it is over', () => {
  const points = new WatchPoints(canary);
  expect(look(points, at({}), 0)).toBeNull();
  expect(look(points, at({}), 3.9)).toBeNull();
  expect(points.missed).toEqual([10]);
  expect(look(points, at({}), 4)).toBe('after 10% of the traffic');
  expect(look(points, at({}), 4.9)).toBeNull();
  expect(points.missed).toEqual([]);
  expect(look(points, after, 5.1)).toBe('after 10% of the traffic');
  expect(look(points, after, 5.2)).toBeNull();
});

test('a bake that was over before it was judged is judged when it is', () => {
  const points = new WatchPoints(canary);
  expect(look(points, at({}), 0)).toBeNull();
  expect(look(points, after, 5)).toBe('after 10% of the traffic');
  expect(points.missed).toEqual([]);
});

test('the last bake is judged late; its end is that of the rollout', () => {
  const points = new WatchPoints(canary);
  expect(look(points, last, 0)).toBeNull();
  expect(look(points, last, 8)).toBe('after all of the traffic');
  expect(look(points, at({ stage: 'CLEAN_UP', weight: 100 }), 10)).toBeNull();
  expect(points.last.stage).toBe('after all of the traffic');
  expect(points.missed).toEqual([10]);
});

test('steps that are equal or not', () => {
  const points = new WatchPoints({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3 } });
  look(points, at({ weight: 33.3 }), 0);
  expect(look(points, at({ weight: 66.6 }), 6)).toBe('after 33.3% of the traffic');
  expect(points.missed).toEqual([66.6, 99.9]);
  const none = { stepPercent: 25, stepBakeTimeInMinutes: 0 };
  expect(new WatchPoints({ strategy: 'LINEAR', linearConfiguration: none }).missed).toEqual([]);
});

describe('a rollout that was taken up', () => {
  test('is judged at once: its bake may be nearly over', () => {
    const points = new WatchPoints(canary, true);
    expect(look(points, at({}), 0)).toBe('after 10% of the traffic');
    expect(look(points, at({}), 4)).toBeNull();
    expect(look(points, after, 4.1)).toBe('after 10% of the traffic');
  });

  test('what was before it was taken up is not missed', () => {
    const points = new WatchPoints(canary, true);
    expect(look(points, last, 0)).toBe('after all of the traffic');
    expect(points.missed).toEqual([]);
    expect(new WatchPoints(canary).missed).toEqual([10]);
  });
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
  expect(look(points, at({}), 0)).toBeNull();
  expect(look(points, at({}), 60)).toBeNull();
  expect(look(points, after, 61)).toBeNull();
  expect(points.missed).toEqual([]);
});

test('a deployment that rolls is judged when it is steady', () => {
  expect(new WatchPoints({}).rolls).toBe(true);
  expect(new WatchPoints({}).last.stage).toBe('when the new tasks are steady');
  expect(new WatchPoints({}).missed).toEqual([]);
});

test.each([
  ['while traffic is not shifted yet', at({ weight: 0 })],
  ['in other stages', at({ stage: 'SCALE_UP', weight: 0 })],
  ['when rolling', at({ stage: null, weight: null })],
  ['at a pause that is over', at({ stage: 'POST_SCALE_UP', hooks: [{ ...pause, status: 'SUCCEEDED' }] })],
  ['during a rollback', at({ status: 'ROLLBACK_IN_PROGRESS', stage: 'POST_SCALE_UP', hooks: [pause] })],
])('nothing is judged %s', (_when, deployment) => {
  const points = new WatchPoints(canary);
  expect(look(points, deployment, 0)).toBeNull();
  expect(look(points, deployment, 60)).toBeNull();
});
