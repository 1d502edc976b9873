/** The verdict on each check, and on the gate. Pure; what cannot be judged is inconclusive, never a pass. */

import * as say from './reasons.ts';
import { requiredSamples } from './sample-size.ts';
import type {
  Bound,
  Check,
  Comparison,
  Condition,
  Estimate,
  Interval,
  Judged,
  Measurement,
  Verdict,
} from './types.ts';
import { percentText } from './units.ts';

export interface JudgeOptions {
  /** Level of intervals where a check names none, e.g. 0.95. */
  readonly confidence: number;
  /** What is counted by n, for reasons: `rows` unless told. */
  readonly samples?: string;
  /** Base unit of the metric, for numbers in reasons; `number` unless told. */
  readonly unit?: say.Wording['unit'];
}

/** One side of a condition: `subject operator limit`. */
interface Clause {
  readonly operator: Comparison;
  readonly limit: number;
}

type Outcome = { readonly verdict: Verdict; readonly reason: string };

const inconclusive = (reason: string): Outcome => ({ verdict: 'inconclusive', reason });

/**
 * Judges one check.
 *
 * - Without `at`, a bound that is a number is compared with the value.
 * - With `at`, the whole interval must satisfy the bound (pass) or violate it (fail); else inconclusive.
 * - A bound over the baseline is judged on the interval of the paired difference (non-inferiority), at the
 *   check's level or else the run's; a difference without interval, as of a model's size, by its value; `==` and
 *   `!=` by value.
 * - A value that is undefined, not finite, or from no samples is inconclusive.
 */
export function judge(check: Check, measurement: Measurement, options: JudgeOptions): Judged {
  return { check, measurement, ...outcome(check, measurement, options) };
}

/**
 * The gate's verdict: fail if a check failed, else inconclusive if one is, else pass; `warn:` checks do not count.
 * Without any check there is nothing to pass: inconclusive.
 */
export function fold(
  judged: readonly { readonly check: Pick<Check, 'severity'>; readonly verdict: Verdict }[],
): Verdict {
  if (judged.length === 0) return 'inconclusive';
  const verdicts = judged.filter((each) => each.check.severity === 'fail').map((each) => each.verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.every((verdict) => verdict === 'pass') ? 'pass' : 'inconclusive';
}

/** The factor of the baseline that a check's difference needs (`candidate - factor * baseline`); null: none. */
export function contrastFactor(condition: Condition): number | null {
  if (condition.kind === 'holds') return null;
  for (const { bound } of sidesOf(condition)) if (bound.kind === 'baseline') return bound.factor;
  return null;
}

function outcome(check: Check, measurement: Measurement, options: JudgeOptions): Outcome {
  const { condition } = check;
  const wording: say.Wording = { unit: options.unit ?? 'number', samples: options.samples ?? 'rows' };
  if (measurement.inconclusive !== undefined) return inconclusive(measurement.inconclusive);
  const { estimate } = measurement;
  const refusal = unusable(estimate, check.metric, wording);
  if (refusal !== null) return inconclusive(refusal);
  if (!estimate.defined) return inconclusive(estimate.reason);
  if (condition.kind === 'holds') {
    const holds = estimate.value === 1;
    return { verdict: holds ? 'pass' : 'fail', reason: `${check.id} ${holds ? 'holds' : 'does not hold'}` };
  }
  const { onValue, onContrast } = clauses(condition);
  const parts: Outcome[] = [];
  if (onValue.length > 0) {
    parts.push(judgeValue(check, estimate, onValue, measurement.notes ?? [], wording));
  }
  if (onContrast.length > 0) {
    parts.push(judgeContrast(check, measurement, estimate.value, onContrast, options, wording));
  }
  const worst =
    parts.find((part) => part.verdict === 'fail') ?? parts.find((part) => part.verdict === 'inconclusive');
  return worst ?? { verdict: 'pass', reason: parts.map((part) => part.reason).join('; ') };
}

type BoundedCondition = Exclude<Condition, { kind: 'holds' }>;

function sidesOf(condition: BoundedCondition): { readonly operator: Comparison; readonly bound: Bound }[] {
  if (condition.kind === 'compare') return [condition];
  return [
    { operator: '>=', bound: condition.low },
    { operator: '<=', bound: condition.high },
  ];
}

/** Whether a value keeps a condition as it stands, bounds over the baseline by the baseline's value. */
export function holdsFor(condition: Condition, value: number, baseline: number): boolean {
  if (condition.kind === 'holds') return value === 1;
  return sidesOf(condition).every(({ operator, bound }) => {
    const limit = bound.kind === 'number' ? bound.value : bound.factor * baseline + bound.offset;
    return satisfies(value, { operator, limit });
  });
}

function clauses(condition: BoundedCondition): { onValue: Clause[]; onContrast: Clause[] } {
  const onValue: Clause[] = [];
  const onContrast: Clause[] = [];
  for (const { operator, bound } of sidesOf(condition)) {
    if (bound.kind === 'number') onValue.push({ operator, limit: bound.value });
    else onContrast.push({ operator, limit: bound.offset });
  }
  return { onValue, onContrast };
}

function judgeValue(
  check: Check,
  estimate: Estimate & { defined: true },
  sides: readonly Clause[],
  notes: readonly string[],
  wording: say.Wording,
): Outcome {
  const { value, interval, n } = estimate;
  if (check.confidence === null) {
    const verdict = sides.every((side) => satisfies(value, side)) ? 'pass' : 'fail';
    return { verdict, reason: say.value(value, sides, verdict === 'pass', wording) };
  }
  const refusal = unusableInterval(interval, check.confidence);
  if (interval === null || refusal !== null) {
    const remarks = notes.length === 0 ? '' : `: ${notes.join('; ')}`;
    return inconclusive(
      refusal ??
        `${say.noInterval(check.confidence, check.metric, n, wording)}, and \`at ${percentText(check.confidence)}\` needs one${remarks}`,
    );
  }
  return judgeInterval(value, interval, n, sides, wording, say.intervalOf(interval, sides, wording));
}

function judgeContrast(
  check: Check,
  measurement: Measurement,
  value: number,
  sides: readonly Clause[],
  options: JudgeOptions,
  wording: say.Wording,
): Outcome {
  const { baseline, contrast } = measurement;
  if (baseline === null) return inconclusive('there is no baseline to compare with');
  // A recorded baseline may not say how many samples it had; the difference does.
  const known = baseline.defined ? { ...baseline, n: baseline.n || 1 } : baseline;
  const baselineRefusal = unusable(known, `${check.metric} of the baseline`, wording);
  if (baselineRefusal !== null) return inconclusive(baselineRefusal);
  if (contrast === null) return inconclusive('the difference to the baseline was not measured');
  const contrastRefusal = unusable(contrast, 'the difference to the baseline', wording);
  if (contrastRefusal !== null) return inconclusive(contrastRefusal);
  if (!contrast.defined || !baseline.defined)
    return inconclusive('the difference to the baseline is undefined');

  const factor = contrastFactor(check.condition) ?? 1;
  const scale = Math.max(Math.abs(value), Math.abs(factor * baseline.value));
  const snap = (number: number): number => snapToLimits(number, sides, scale);
  const difference = snap(contrast.value);
  const pair = { value, baseline: baseline.value, factor, difference };
  const byValue = sides.some((side) => side.operator === '==' || side.operator === '!=');
  const level = check.confidence ?? options.confidence;
  if (byValue || (contrast.interval === null && check.confidence === null)) {
    const verdict = sides.every((side) => satisfies(difference, side)) ? 'pass' : 'fail';
    return { verdict, reason: say.difference(pair, sides, verdict === 'pass', wording) };
  }
  const refusal = unusableInterval(contrast.interval, level);
  if (contrast.interval === null || refusal !== null) {
    return inconclusive(
      refusal ?? say.noInterval(level, 'the difference to the baseline', contrast.n, wording),
    );
  }
  const interval = {
    ...contrast.interval,
    low: snap(contrast.interval.low),
    high: snap(contrast.interval.high),
  };
  const lead = say.intervalOfDifference(pair, interval, sides, wording);
  return judgeInterval(difference, interval, contrast.n, sides, wording, lead);
}

/** `lead` is what was seen, up to the verb: `95% interval [0.83, 0.88]`. */
function judgeInterval(
  value: number,
  interval: Interval,
  n: number,
  sides: readonly Clause[],
  wording: say.Wording,
  lead: say.Lead,
): Outcome {
  const ends = [interval.low, interval.high];
  // The value belongs to the claim as well: a bootstrap interval need not contain it.
  if ([...ends, value].every((end) => sides.every((side) => satisfies(end, side)))) {
    return { verdict: 'pass', reason: say.intervalPasses(lead, sides) };
  }
  const violated = sides.filter((side) => [...ends, value].every((end) => !satisfies(end, side)));
  if (violated.length > 0) return { verdict: 'fail', reason: say.intervalFails(lead, sides) };
  // To pass, every side must be cleared; to fail, the one that the value violates.
  const broken = sides.filter((side) => !satisfies(value, side));
  const open =
    broken.length > 0 ? broken : sides.filter((side) => !ends.every((end) => satisfies(end, side)));
  const needs = open.map((side) => requiredSamples(value, interval, n, side.limit));
  const required = needs.some((need) => need === null) ? null : Math.max(...needs.map((need) => need ?? 0));
  return inconclusive(say.straddles(lead, open, value, n, required, wording));
}

function satisfies(value: number, { operator, limit }: Clause): boolean {
  switch (operator) {
    case '>=':
      return value >= limit;
    case '>':
      return value > limit;
    case '<=':
      return value <= limit;
    case '<':
      return value < limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/**
 * A difference of rounded numbers is itself off by a few units in the last place of its terms: 0.83 - 0.84 is
 * -0.010000000000000009. Within four of them it counts as equal to the limit. Only for differences; values are
 * compared as they are.
 */
function snapToLimits(number: number, sides: readonly Clause[], scale: number): number {
  for (const { limit } of sides) {
    const tolerance = 4 * Number.EPSILON * Math.max(scale, Math.abs(limit));
    if (Math.abs(number - limit) <= tolerance) return limit;
  }
  return number;
}

/** Why an estimate must not be judged; null when it may. */
function unusable(estimate: Estimate, what: string, { samples }: say.Wording): string | null {
  if (!estimate.defined) return estimate.reason === '' ? `${what} is undefined` : estimate.reason;
  if (!(estimate.n > 0)) return `${what} was measured on no ${samples}`;
  if (!Number.isFinite(estimate.value)) return `${what} is ${estimate.value}, which is not a finite number`;
  return null;
}

/** Why an interval that is there must not be used; null when it may, or when there is none. */
function unusableInterval(interval: Interval | null, level: number): string | null {
  if (interval === null) return null;
  const { low, high } = interval;
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) {
    return `the interval from ${low} to ${high} is not usable`;
  }
  if (!(Math.abs(interval.level - level) < 1e-9)) {
    return `the interval has level ${percentText(interval.level)}, and ${percentText(level)} is needed`;
  }
  return null;
}
