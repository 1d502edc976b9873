/** The smallest change that a run could have seen, and thresholds that ask for less. */

import type { Check, Comparison, Condition } from '../../../core/gate/index.ts';
import { type Contrast, power } from './contrast.ts';

/** Of a metric's change for the worse, in the words and on the scale of its comparison. */
export interface Detectable {
  /** `ratio`: candidate / baseline - 1; `difference`: candidate - baseline, in the metric's unit. */
  readonly scale: Contrast['scale'];
  /** Above 0. */
  readonly change: number;
  /** The share of runs like this one that would see it. */
  readonly power: number;
}

/** `worse` upwards: a latency that is 10% higher; downwards: a throughput that is 10% lower. */
export function detectableOf(contrast: Contrast, worse: 'up' | 'down'): Detectable {
  const { scale, detectable } = contrast;
  if (scale === 'difference') return { scale, change: detectable, power };
  return { scale, change: worse === 'up' ? Math.expm1(detectable) : -Math.expm1(-detectable), power };
}

/**
 * Whether a check asks for less than the run could have seen. Such a check must not pass by luck: it may only where the
 * candidate is better than the bound by more than twice the smallest change, as of a service that became much faster (at
 * once it, one run in a hundred with six lives would do so by chance). `baselineValue` is the baseline's value.
 */
export function asksTooMuch(check: Check, contrast: Contrast, baselineValue: number): boolean {
  return sidesOf(check.condition).some(({ operator, factor, offset }) => {
    if (operator === '==' || operator === '!=') return false;
    const sign = operator === '<=' || operator === '<' ? 1 : -1;
    const limit = contrast.scale === 'ratio' ? Math.log(factor) : offset;
    const unchanged = contrast.scale === 'ratio' ? 0 : (1 - factor) * baselineValue;
    const room = sign * (limit - unchanged);
    const distance = sign * (limit - contrast.value);
    // A bound written as 10% must not be tighter than a change of 10% by the last digit of a logarithm.
    const least = contrast.detectable * (1 - 1e-9);
    return room < least && distance < 2 * least;
  });
}

interface Side {
  readonly operator: Comparison;
  readonly factor: number;
  readonly offset: number;
}

function sidesOf(condition: Condition): Side[] {
  if (condition.kind === 'holds') return [];
  const sides =
    condition.kind === 'compare'
      ? [condition]
      : [
          { operator: '>=' as const, bound: condition.low },
          { operator: '<=' as const, bound: condition.high },
        ];
  return sides.flatMap(({ operator, bound }) =>
    bound.kind === 'baseline' ? [{ operator, factor: bound.factor, offset: bound.offset }] : [],
  );
}
