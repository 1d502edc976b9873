/** How traffic goes over to the new revision. */

import type { InputReader } from '../../../core/inputs/index.ts';
import type { Strategy } from '../config.ts';

const kinds = ['rolling', 'blue-green', 'canary', 'linear'] as const;
const usualBakeSeconds = 300;

/**
 * What is not given stays as the service has it: nothing of its own is converted in silence. The limits are those of ECS:
 * canaryPercent from 0.1 to 100, stepPercent from 3 to 100, times in whole minutes up to a day (CanaryConfiguration,
 * LinearConfiguration and DeploymentConfiguration of its API reference).
 *
 * @param bakeMs the input `bake-time`, read
 */
export function readStrategy(reader: InputReader, bakeMs: number): Strategy {
  const given = reader.text('strategy');
  const kind = given === '' ? 'own' : reader.choice('strategy', kinds, 'canary');
  const canaryPercent = readPercent(reader, 'canary-percent', 0.001);
  const stepPercent = readPercent(reader, 'step-percent', 0.03);
  const stepBakeMs = 1000 * reader.duration('step-bake-time', usualBakeSeconds);
  const stepBakeMinutes = wholeMinutes(reader, 'step-bake-time', stepBakeMs);
  if (kind === 'rolling') return { kind };
  const bakeMinutes = wholeMinutes(reader, 'bake-time', bakeMs);
  switch (kind) {
    case 'own':
      return { kind, canaryPercent, stepPercent, stepBakeMinutes, bakeMinutes };
    case 'blue-green':
      return { kind, bakeMinutes };
    case 'canary':
      return { kind, percent: canaryPercent, stepBakeMinutes, bakeMinutes };
    case 'linear':
      return { kind, percent: stepPercent, stepBakeMinutes, bakeMinutes };
  }
}

/** In milliseconds: where the platform bakes nothing, any time will do. */
export function readBakeTime(reader: InputReader): number {
  return 1000 * reader.duration('bake-time', usualBakeSeconds);
}

/** ECS takes a tenth of a percent as its finest share. */
function readPercent(
  reader: InputReader,
  input: 'canary-percent' | 'step-percent',
  minimum: number,
): number | null {
  if (reader.text(input) === '') return null;
  return Math.round(1000 * reader.fraction(input, 0.1, { minimum, maximum: 1 })) / 10;
}

function wholeMinutes(
  reader: InputReader,
  input: 'bake-time' | 'step-bake-time',
  milliseconds: number,
): number | null {
  if (reader.text(input) === '') return null;
  const minutes = milliseconds / 60_000;
  if (Number.isInteger(minutes) && minutes <= 1440) return minutes;
  reader.add({
    input,
    message: `${reader.text(input)} is not a time that ECS takes`,
    allowed: 'whole minutes from 0m to 1440m; as a `bake-time`, any with `strategy: rolling`',
  });
  return null;
}
