/** Bounds outside the values that a metric can take. */

import type { MetricDefinition } from './types.ts';
import { shifted } from './units.ts';

/** The values that a metric can take, where that is known. */
export function rangeOf(definition: MetricDefinition): readonly [number, number] | undefined {
  if (definition.range !== undefined) return definition.range;
  switch (definition.unit) {
    case 'ratio':
      return [0, 1];
    case 'count':
    case 'bytes':
    case 'per-second':
      return [0, Number.POSITIVE_INFINITY];
    default:
      return undefined;
  }
}

/** 85 for a ratio was most likely meant as `85%`. */
export function percentHint(text: string): { nearest?: string } {
  const number = Number(text);
  return number > 1 && number <= 100 ? { nearest: `${text}% or ${shifted(text, -2)}` } : {};
}
