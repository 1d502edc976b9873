/** A rollout whose own waits alone use up its time would be rolled back at the end, however good it is. */

import { InputError } from '../../core/inputs/index.ts';
import type { Config } from './config.ts';
import { longestTimeoutMs } from './inputs/index.ts';
import type { Plan } from './types.ts';

type Times = Pick<Config, 'timeoutMs' | 'bakeMs' | 'analysis'>;

/** @throws InputError before anything is changed */
export function refuseTooShort(config: Times, plan: Pick<Plan, 'leastMs' | 'strategy'>): void {
  const { timeoutMs, bakeMs, analysis } = config;
  // Where the platform does not bake, what is new is watched for that long before it is judged.
  const least = plan.leastMs + (analysis !== null && plan.strategy === 'rolling' ? bakeMs : 0);
  if (least < timeoutMs) return;
  const bakes = `the bakes of this ${plan.strategy} deployment alone take ${textOf(least)}`;
  throw new InputError([
    {
      input: 'timeout',
      message: `${textOf(timeoutMs)} does not suffice: ${bakes}`,
      allowed:
        least < longestTimeoutMs
          ? `more than ${textOf(least)}, with time for the tasks to start`
          : `at most ${textOf(longestTimeoutMs)}: shorten \`bake-time\` or \`step-bake-time\``,
    },
  ]);
}

/** `1h 30m`, `45s` */
function textOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const told = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value}${unit}`);
  return told.length === 0 ? '0s' : told.join(' ');
}
