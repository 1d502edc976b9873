import { describe, expect, test } from 'vitest';
import { expectOutcome, expectState, runOf, simulatorOf } from './check.ts';
import { scenarios } from './scenarios.ts';

const named = scenarios.map((scenario) => [scenario.name, scenario] as const);

describe('what goes wrong', () => {
  test.each(named)('%s', async (_name, scenario) => {
    await using ecs = await simulatorOf(scenario);
    const done = await runOf(ecs, scenario);
    expectOutcome(done, scenario);
    expectState(ecs, scenario);
    expect(ecs.changes().map(({ operation }) => operation)).toEqual(scenario.changes);
  });
});
