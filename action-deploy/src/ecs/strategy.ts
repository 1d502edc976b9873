/** How a service changes over to a new revision, in the words of ECS. Pure. */

import type { Strategy } from '../config.ts';
import type { Change } from '../types.ts';
import { isObject, type Json, type JsonObject, sameJson } from './json.ts';

const names: Readonly<Record<Exclude<Strategy['kind'], 'own'>, string>> = {
  rolling: 'ROLLING',
  'blue-green': 'BLUE_GREEN',
  canary: 'CANARY',
  linear: 'LINEAR',
};

/** The documented defaults of the inputs, where the service has no value of its own. */
const usual = { percent: 10, stepBakeMinutes: 5, bakeMinutes: 5 } as const;

/** A service that names none rolls. */
export function strategyOf(configuration: JsonObject): string {
  return typeof configuration.strategy === 'string' ? configuration.strategy : 'ROLLING';
}

/** In the words of the inputs: `blue-green`. */
export function strategyWord(configuration: JsonObject): string {
  return strategyOf(configuration).toLowerCase().replaceAll('_', '-');
}

/**
 * The whole deployment configuration with the wanted strategy; what does not belong to the strategy stays: circuit
 * breaker, alarms, percentages, hooks, and what nobody here knows. So does what is not given, where the strategy is the same.
 * Null: it is as wanted already.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function withStrategy(present: JsonObject, asked: Strategy): JsonObject | null {
  const strategy = asked.kind === 'own' ? ofService(present, asked) : asked;
  if (strategy === null) return null;
  const name = names[strategy.kind];
  const stays = strategyOf(present) === name;
  if (strategy.kind === 'rolling' && stays) return null;
  const { canaryConfiguration, linearConfiguration, bakeTimeInMinutes, earlySuccessCriteria, ...kept } =
    present;
  const own = { strategy: name, ...ownFields(strategy, stays ? present : null) };
  const wanted: JsonObject = stays ? { ...present, ...own } : { ...kept, ...own };
  return sameJson(present, wanted) ? null : wanted;
}

/** What is given, where the service's own strategy has a place for it; null: it has none, or nobody here knows it. */
function ofService(
  present: JsonObject,
  given: Extract<Strategy, { kind: 'own' }>,
): Exclude<Strategy, { kind: 'own' }> | null {
  const { canaryPercent, stepPercent, stepBakeMinutes, bakeMinutes } = given;
  switch (strategyOf(present)) {
    case 'BLUE_GREEN':
      return { kind: 'blue-green', bakeMinutes };
    case 'CANARY':
      return { kind: 'canary', percent: canaryPercent, stepBakeMinutes, bakeMinutes };
    case 'LINEAR':
      return { kind: 'linear', percent: stepPercent, stepBakeMinutes, bakeMinutes };
    default:
      return null;
  }
}

/** @param present the service's own configuration of this strategy; null: it has another one */
function ownFields(strategy: Exclude<Strategy, { kind: 'own' }>, present: JsonObject | null): JsonObject {
  switch (strategy.kind) {
    case 'rolling':
      return {};
    case 'blue-green':
      return bakeField(strategy.bakeMinutes, present);
    case 'canary':
    case 'linear': {
      const [place, share, bake] =
        strategy.kind === 'canary'
          ? (['canaryConfiguration', 'canaryPercent', 'canaryBakeTimeInMinutes'] as const)
          : (['linearConfiguration', 'stepPercent', 'stepBakeTimeInMinutes'] as const);
      const now = present?.[place];
      const inner = {
        ...field(share, strategy.percent, present === null ? usual.percent : null),
        ...field(bake, strategy.stepBakeMinutes, present === null ? usual.stepBakeMinutes : null),
      };
      return {
        ...bakeField(strategy.bakeMinutes, present),
        ...(Object.keys(inner).length === 0 ? {} : { [place]: { ...(isObject(now) ? now : {}), ...inner } }),
      };
    }
  }
}

function bakeField(minutes: number | null, present: JsonObject | null): JsonObject {
  return field('bakeTimeInMinutes', minutes, present === null ? usual.bakeMinutes : null);
}

/** Nothing where neither is there: then the service's own stays. */
function field(name: string, given: number | null, fallback: number | null): JsonObject {
  const value = given ?? fallback;
  return value === null ? {} : { [name]: value };
}

export function strategyChanges(present: JsonObject, wanted: JsonObject): readonly Change[] {
  const fields = [
    'strategy',
    'bakeTimeInMinutes',
    'canaryConfiguration',
    'linearConfiguration',
    'earlySuccessCriteria',
  ];
  return fields
    .filter((field) => !sameJson(present[field], wanted[field]))
    .map((field) => ({
      place: `deploymentConfiguration.${field}`,
      from: shown(present[field]),
      to: shown(wanted[field]),
    }));
}

function shown(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How long its bakes take in all, in milliseconds; what is not said has ECS's own defaults (API_LinearConfiguration). */
export function changeoverTime(configuration: JsonObject): number {
  const last = numberIn(configuration, 'bakeTimeInMinutes', 0);
  switch (strategyOf(configuration)) {
    case 'BLUE_GREEN':
      return last * minute;
    case 'CANARY':
    case 'LINEAR': {
      const { percent, minutes } = stepsOf(configuration);
      // "This bake time is not applied after reaching 100 percent traffic."
      const bakes = strategyOf(configuration) === 'CANARY' ? 1 : Math.ceil(100 / percent) - 1;
      return (last + (percent >= 100 ? 0 : bakes) * minutes) * minute;
    }
    default:
      return 0;
  }
}

/** The share of a canary or of each step, in percent, and how long is baked after it. */
export function stepsOf(configuration: JsonObject): { readonly percent: number; readonly minutes: number } {
  return strategyOf(configuration) === 'CANARY'
    ? {
        percent: numberIn(configuration.canaryConfiguration, 'canaryPercent', 5),
        minutes: numberIn(configuration.canaryConfiguration, 'canaryBakeTimeInMinutes', 10),
      }
    : {
        percent: numberIn(configuration.linearConfiguration, 'stepPercent', 10),
        minutes: numberIn(configuration.linearConfiguration, 'stepBakeTimeInMinutes', 6),
      };
}

const minute = 60_000;

function numberIn(object: Json | undefined, name: string, fallback: number): number {
  const value = isObject(object) ? object[name] : undefined;
  return typeof value === 'number' ? value : fallback;
}
