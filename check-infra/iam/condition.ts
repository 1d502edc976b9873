/** Whether a condition holds for a request, and why. */

import { quote, RunError } from '../../core/inputs/index.ts';
import { operators } from './operators.ts';
import type { Condition, PolicyVersion } from './policy.ts';
import { type RequestContext, valuesOf } from './variables.ts';

export interface ConditionOutcome {
  readonly condition: Condition;
  readonly holds: boolean;
  /** What the request has of the key; null: nothing. */
  readonly found: readonly string[] | null;
  /** The value of the policy that was met; null: none. */
  readonly matched: string | null;
}

/**
 * A missing key matches nothing: the condition does not hold, or holds where it is negated. `...IfExists` and `ForAllValues` hold
 * without the key, `ForAnyValue` does not, whatever else it says.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 *
 * @throws RunError for a key of several values under an operator that compares one: AWS does not say what comes of it.
 */
export function judgeCondition(
  condition: Condition,
  version: PolicyVersion,
  context: RequestContext,
): ConditionOutcome {
  const { operator, set, ifExists, key, values, written } = condition;
  const found = valuesOf(context, key);
  const outcome = (holds: boolean, matched: string | null = null): ConditionOutcome => ({
    condition,
    holds,
    found,
    matched,
  });
  if (operator === 'Null') {
    const isMissing = found === null;
    const met = values.find((value) => (value.toLowerCase() === 'true') === isMissing);
    return outcome(met !== undefined, met ?? null);
  }
  const { negated, matches } = operators[operator];
  // To the operators of sets an empty text is no value either.
  const isMissing = found === null || (set !== null && found.every((value) => value === ''));
  if (isMissing) return outcome(set === 'any' ? false : set === 'all' || ifExists || negated);
  if (set === null && found.length > 1) {
    throw new RunError(
      `${quote(key)} has ${found.length} values in the request, and ${written} compares one; write ForAnyValue:${written} or ForAllValues:${written}`,
    );
  }
  const metBy = (value: string): string | undefined =>
    values.find((wanted) => matches({ value, wanted, version, context }));
  const met = found.map(metBy);
  const fits = met.map((one) => (one === undefined) === negated);
  const holds = set === 'any' ? fits.includes(true) : !fits.includes(false);
  return outcome(holds, met.find((one) => one !== undefined) ?? null);
}
