/** How traffic goes over to the new revision. */

import type { InputReader } from '../../../core/inputs/index.ts';
import type { Strategy } from '../config.ts';

const kinds = ['rolling', 'blue-green', 'canary', 'linear'] as const;

/**
 * The limits are those of ECS: canaryPercent from 0.1 to 100, stepPercent from 3 to 100, times in whole minutes up to a day
 * (CanaryConfiguration, LinearConfiguration and DeploymentConfiguration of its API reference).
 */
export function readStrategy(reader: InputReader): Strategy {
  const kind = reader.choice('strategy', kinds, 'rolling');
  const bakeMinutes = readMinutes(reader, 'bake-time');
  const stepBakeMinutes = readMinutes(reader, 'step-bake-time');
  const canary = 100 * reader.fraction('canary-percent', 0.1, { minimum: 0.001, maximum: 1 });
  const step = 100 * reader.fraction('step-percent', 0.1, { minimum: 0.03, maximum: 1 });
  switch (kind) {
    case 'rolling':
      return { kind };
    case 'blue-green':
      return { kind, bakeMinutes };
    case 'canary':
      return { kind, percent: tenth(canary), stepBakeMinutes, bakeMinutes };
    case 'linear':
      return { kind, percent: tenth(step), stepBakeMinutes, bakeMinutes };
  }
}

/** ECS takes a tenth of a percent as its finest share. */
function tenth(percent: number): number {
  return Math.round(10 * percent) / 10;
}

function readMinutes(reader: InputReader, input: 'bake-time' | 'step-bake-time'): number {
  const seconds = reader.duration(input, 300);
  if (seconds % 60 === 0 && seconds <= 86_400) return seconds / 60;
  reader.add({
    input,
    message: `${reader.text(input)} is not a time that ECS takes`,
    allowed: 'whole minutes from 0m to 1440m',
  });
  return 5;
}
