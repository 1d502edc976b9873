import { expect, test } from 'vitest';
import type { Strategy } from '../config.ts';
import type { JsonObject } from './json.ts';
import { changeoverTime, strategyChanges, withStrategy } from './strategy.ts';

const kept: JsonObject = {
  deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: false },
  alarms: { alarmNames: ['5xx'], enable: true, rollback: true },
  maximumPercent: 150,
  minimumHealthyPercent: 50,
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
  novelty: 1,
};
const canary: Strategy = { kind: 'canary', percent: 10, stepBakeMinutes: 3, bakeMinutes: 5 };
const own: Extract<Strategy, { kind: 'own' }> = {
  kind: 'own',
  canaryPercent: null,
  stepPercent: null,
  stepBakeMinutes: null,
  bakeMinutes: null,
};
const asCanary = {
  ...kept,
  strategy: 'CANARY',
  bakeTimeInMinutes: 5,
  canaryConfiguration: { canaryBakeTimeInMinutes: 3, canaryPercent: 10 },
};

test.each<[string, JsonObject, Strategy, JsonObject | null]>([
  [
    'rolling stays rolling, untouched',
    { ...kept, bakeTimeInMinutes: 2, earlySuccessCriteria: { enable: true } },
    { kind: 'rolling' },
    null,
  ],
  ['a service without a strategy rolls', {}, { kind: 'rolling' }, null],
  [
    'rolling to canary',
    { ...kept, strategy: 'ROLLING', earlySuccessCriteria: { enable: true } },
    canary,
    asCanary,
  ],
  ['the same canary', asCanary, canary, null],
  [
    'canary to linear',
    asCanary,
    { kind: 'linear', percent: 25, stepBakeMinutes: 1, bakeMinutes: 0 },
    {
      ...kept,
      strategy: 'LINEAR',
      bakeTimeInMinutes: 0,
      linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 },
    },
  ],
  [
    'canary to blue/green',
    asCanary,
    { kind: 'blue-green', bakeMinutes: 7 },
    { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 7 },
  ],
  [
    'what is given goes into the same canary, and the rest of it stays',
    asCanary,
    { kind: 'canary', percent: 20, stepBakeMinutes: null, bakeMinutes: null },
    { ...asCanary, canaryConfiguration: { canaryBakeTimeInMinutes: 3, canaryPercent: 20 } },
  ],
  [
    'blue/green with nothing given has the usual bake',
    kept,
    { kind: 'blue-green', bakeMinutes: null },
    { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
  ],
  [
    'linear with nothing given has the usual steps',
    asCanary,
    { kind: 'linear', percent: null, stepBakeMinutes: null, bakeMinutes: null },
    {
      ...kept,
      strategy: 'LINEAR',
      bakeTimeInMinutes: 5,
      linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 5 },
    },
  ],
  [
    'the same blue/green with nothing given keeps its bake',
    { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 },
    { kind: 'blue-green', bakeMinutes: null },
    null,
  ],
  ['no strategy given: the service keeps its canary', asCanary, own, null],
  ['no strategy given: a service that rolls goes on rolling', kept, { ...own, bakeMinutes: 9 }, null],
  ['no strategy given: one that nobody here knows stays', { strategy: 'WAVES' }, own, null],
  [
    'no strategy given, but a bake: it goes to where the service has one',
    { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 },
    { ...own, bakeMinutes: 10 },
    { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 },
  ],
  ['canary to rolling', asCanary, { kind: 'rolling' }, { ...kept, strategy: 'ROLLING' }],
])('%s', (_what, present, strategy, expected) => {
  expect(withStrategy(present, strategy)).toEqual(expected);
});

test('changes are told', () => {
  expect(strategyChanges({ strategy: 'ROLLING' }, asCanary)).toEqual([
    { place: 'deploymentConfiguration.strategy', from: 'ROLLING', to: 'CANARY' },
    { place: 'deploymentConfiguration.bakeTimeInMinutes', from: null, to: '5' },
    {
      place: 'deploymentConfiguration.canaryConfiguration',
      from: null,
      to: '{"canaryBakeTimeInMinutes":3,"canaryPercent":10}',
    },
  ]);
});

test('how long the bakes of a configuration take', () => {
  expect(changeoverTime({ ...kept, bakeTimeInMinutes: 5 })).toBe(0);
  expect(changeoverTime(asCanary)).toBe(8 * 60_000);
  expect(
    changeoverTime({
      strategy: 'LINEAR',
      bakeTimeInMinutes: 1,
      linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 },
    }),
  ).toBe((1 + 3 * 2) * 60_000);
  // ECS's own defaults, where the service says nothing.
  expect(changeoverTime({ strategy: 'LINEAR' })).toBe(9 * 6 * 60_000);
  expect(changeoverTime({ strategy: 'CANARY', bakeTimeInMinutes: 5 })).toBe(15 * 60_000);
  expect(changeoverTime({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 100 } })).toBe(0);
});
