/** How a service changes over to a new revision, in the words of ECS. Pure. */

import type { Strategy } from '../config.ts';
import type { Change } from '../types.ts';
import { isObject, type Json, type JsonObject, sameJson } from './json.ts';

const names: Readonly<Record<Strategy['kind'], string>> = {
  rolling: 'ROLLING',
  'blue-green': 'BLUE_GREEN',
  canary: 'CANARY',
  linear: 'LINEAR',
};

/** A service that names none rolls. */
export function strategyOf(configuration: JsonObject): string {
  return typeof configuration.strategy === 'string' ? configuration.strategy : 'ROLLING';
}

/**
 * The whole deployment configuration with the wanted strategy; what does not belong to the strategy stays: circuit
 * breaker, alarms, percentages, hooks, and what nobody here knows. Null: it is as wanted already.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function withStrategy(present: JsonObject, strategy: Strategy): JsonObject | null {
  const name = names[strategy.kind];
  if (strategy.kind === 'rolling' && strategyOf(present) === name) return null;
  const { canaryConfiguration, linearConfiguration, bakeTimeInMinutes, earlySuccessCriteria, ...kept } =
    present;
  const own = { strategy: name, ...ownFields(strategy) };
  const wanted: JsonObject = { ...kept, ...own };
  const same = Object.entries(own).every(([field, value]) => sameJson(present[field], value));
  return same && Object.keys(present).every((field) => field in wanted) ? null : wanted;
}

function ownFields(strategy: Strategy): JsonObject {
  switch (strategy.kind) {
    case 'rolling':
      return {};
    case 'blue-green':
      return { bakeTimeInMinutes: strategy.bakeMinutes };
    case 'canary':
      return {
        bakeTimeInMinutes: strategy.bakeMinutes,
        canaryConfiguration: {
          canaryPercent: strategy.percent,
          canaryBakeTimeInMinutes: strategy.stepBakeMinutes,
        },
      };
    case 'linear':
      return {
        bakeTimeInMinutes: strategy.bakeMinutes,
        linearConfiguration: {
          stepPercent: strategy.percent,
          stepBakeTimeInMinutes: strategy.stepBakeMinutes,
        },
      };
  }
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

/** How long its bakes take in all, in milliseconds. */
export function changeoverTime(configuration: JsonObject): number {
  const last = minutesOf(configuration, 'bakeTimeInMinutes');
  switch (strategyOf(configuration)) {
    case 'BLUE_GREEN':
      return last * minute;
    case 'CANARY':
      return (last + minutesOf(configuration.canaryConfiguration, 'canaryBakeTimeInMinutes')) * minute;
    case 'LINEAR': {
      const linear = configuration.linearConfiguration;
      const percent = isObject(linear) && typeof linear.stepPercent === 'number' ? linear.stepPercent : 10;
      return (last + Math.ceil(100 / percent) * minutesOf(linear, 'stepBakeTimeInMinutes')) * minute;
    }
    default:
      return 0;
  }
}

const minute = 60_000;

function minutesOf(object: Json | undefined, name: string): number {
  const value = isObject(object) ? object[name] : undefined;
  return typeof value === 'number' ? value : 0;
}
