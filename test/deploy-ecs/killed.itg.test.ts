/** A run is killed at each of its calls in turn; the next run of the same deployment must come to the right state. */

import { describe, expect, test } from 'vitest';
import type { Rollout } from '../../action-deploy/src/types.ts';
import type { Call, EcsSimulator } from '../support/ecs/index.ts';
import { expectNothingElse, runOf, simulatorOf } from './check.ts';
import { analysisOf } from './harness.ts';
import { type Scenario, scenarios } from './scenarios.ts';

interface Case {
  readonly scenario: Pick<Scenario, 'simulator' | 'options'>;
  /** Of the run after the killed one. */
  readonly outcomes: readonly Rollout['outcome'][];
  readonly running: Readonly<Record<string, number>>;
}

const bakes = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } as const;

const cases: readonly (readonly [string, Case])[] = [
  [
    'a rolling deployment that goes well',
    { scenario: { simulator: {} }, outcomes: ['succeeded', 'unchanged'], running: { 'web:4': 2 } },
  ],
  [
    'a blue/green deployment with a pause where the analysis promotes',
    {
      scenario: {
        simulator: {
          service: {
            loadBalancer: 'shifting',
            configuration: {
              ...bakes,
              lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
            },
          },
        },
        options: () => ({
          config: { strategy: { kind: 'blue-green', bakeMinutes: 5 } },
          analysis: analysisOf(() => true),
        }),
      },
      outcomes: ['succeeded', 'unchanged'],
      running: { 'web:4': 2 },
    },
  ],
  [
    'tasks that die, and a rollback',
    { scenario: named('every task dies: exit-1'), outcomes: ['rolled-back'], running: { 'web:3': 2 } },
  ],
  [
    'a circuit breaker that stops, and a restoration',
    {
      scenario: named('the circuit breaker stops, and the action restores'),
      outcomes: ['rolled-back'],
      running: { 'web:3': 2 },
    },
  ],
];

function named(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}

/** Runs until that call, which is never answered, and does nothing any more after it. */
async function killedAt(
  ecs: EcsSimulator,
  scenario: Case['scenario'],
  index: number,
  when: 'before' | 'after',
): Promise<void> {
  const { promise: dead, resolve: die } = Promise.withResolvers<void>();
  let alive = true;
  ecs.onCall({
    [when]: (call: Call) => {
      if (!alive || call.index !== index) return;
      alive = false;
      die();
      return new Promise<void>(() => {});
    },
  });
  const frozen = {
    ...ecs,
    sleep: (ms: number, signal?: AbortSignal) => (alive ? ecs.sleep(ms, signal) : never),
  };
  const run = runOf(frozen, scenario);
  await Promise.race([dead, run.catch(() => {})]);
}

const never = new Promise<void>(() => {});

async function check(
  { scenario, outcomes, running }: Case,
  index: number,
  when: 'before' | 'after',
): Promise<void> {
  await using ecs = await simulatorOf(scenario);
  await killedAt(ecs, scenario, index, when);
  // Somebody starts the job again.
  ecs.advance(20_000);
  const { rollout } = await runOf(ecs, scenario);
  expect(outcomes, `${rollout.outcome}: ${rollout.causes[0]?.text ?? rollout.left}`).toContain(
    rollout.outcome,
  );
  const state = ecs.state();
  expect(state.services.web?.running).toEqual(running);
  expect(state.families.web).toHaveLength(4);
  expectNothingElse(ecs);
  const begun = ecs.changes().filter(({ operation }) => operation === 'UpdateService');
  if (outcomes.includes('succeeded')) expect(begun).toHaveLength(1);
}

describe.each(cases)('%s', (_name, each) => {
  test('killed at each call', async () => {
    const whole = await (async () => {
      await using ecs = await simulatorOf(each.scenario);
      await runOf(ecs, each.scenario);
      return [...ecs.journal];
    })();
    expect(whole.length).toBeGreaterThan(20);
    for (const { index, mutating, operation } of whole) {
      for (const when of mutating ? (['before', 'after'] as const) : (['before'] as const)) {
        await check(each, index, when).catch((error: unknown) => {
          const told = error instanceof Error ? error.message : String(error);
          throw new Error(`killed ${when} call ${index}, ${operation}: ${told}`, { cause: error });
        });
      }
    }
  });
});
