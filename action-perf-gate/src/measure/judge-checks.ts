/** Measurements of all checks, and their verdicts. What cannot be known is inconclusive, and says how long to run. */

import { contrastFactor, formatCount, judge, requiredSamples } from '../../../core/gate/index.ts';
import type { Check, Judged, Measurement } from '../../../core/gate/types.ts';
import { minimalSample } from '../../../core/stats/index.ts';
import { perfCatalogue, quantiles } from '../catalogue.ts';

export interface Judging {
  /** Level of intervals where a check names none. */
  readonly level: number;
  /** Why nothing of this run may be judged by itself; null: it may. */
  readonly void: string | null;
  /** The same of what is judged against a baseline, which may have been under the same conditions. */
  readonly voidAgainst: string | null;
  /** Of the requests that each check counts, for how long to run: by metric and selector. */
  readonly perSecond: (check: Check) => number;
  /** For checks without a bound over the baseline. */
  readonly measure: (check: Check) => Measurement;
  /** For checks with one. */
  readonly compare: (check: Check) => Measurement;
}

export function judgeChecks(checks: readonly Check[], judging: Judging): Judged[] {
  return checks.map((check) => judgeCheck(check, judging));
}

function judgeCheck(check: Check, judging: Judging): Judged {
  const against = contrastFactor(check.condition) !== null;
  const measured = against ? judging.compare(check) : judging.measure(check);
  const refusal = (against ? judging.voidAgainst : judging.void) ?? tooFew(check, measured, judging);
  const measurement = refusal === null ? measured : { ...measured, inconclusive: refusal };
  const judged = judge(check, measurement, {
    confidence: judging.level,
    samples: 'requests',
    unit: perfCatalogue.get(check.metric)?.unit ?? 'number',
  });
  if (judged.verdict !== 'inconclusive' || refusal !== null || against) return judged;
  const longer = howLong(check, measurement, judging);
  return longer === null ? judged : { ...judged, reason: `${judged.reason}; ${longer}` };
}

/**
 * A quantile of so few requests that no upper bound of it exists is not known, whatever the value says: 59 for p95 at
 * 95%, 299 for p99, 2,995 for p99.9. With `at N%` an interval must exist as well.
 */
function tooFew(check: Check, { estimate }: Measurement, judging: Judging): string | null {
  const quantile = quantiles[check.metric];
  if (quantile === undefined || !estimate.defined) return null;
  const level = check.confidence ?? judging.level;
  const { n } = estimate;
  const needed = minimalSample(quantile, level);
  if (n < needed) {
    return `${formatCount(n)} successful requests are too few for ${nameOf(check)}: it takes ${formatCount(needed)}${seconds(needed, check, judging)}`;
  }
  if (check.confidence === null || estimate.interval !== null) return null;
  // Both ends of a two-sided interval; requests that come in clusters tell less than their number.
  const both = Math.max(minimalSample(quantile, (1 + level) / 2), 2 * n);
  return `the slowest of ${formatCount(n)} successful requests are too few, or come too much together, for an interval of ${nameOf(check)}: twice as many may do${seconds(both, check, judging)}`;
}

const nameOf = ({ metric }: Check): string => perfCatalogue.get(metric)?.label ?? metric;

/** How long to run until the interval would no longer hold the bound. */
function howLong(check: Check, { estimate }: Measurement, judging: Judging): string | null {
  const { condition } = check;
  if (!estimate.defined || estimate.interval === null || condition.kind !== 'compare') return null;
  if (condition.bound.kind !== 'number') return null;
  const required = requiredSamples(estimate.value, estimate.interval, estimate.n, condition.bound.value);
  const text = required === null ? '' : seconds(required, check, judging);
  return text === '' ? null : text.replace(/^, which is /, 'that is ');
}

/** `, which is 60s at this rate` */
function seconds(requests: number, check: Check, judging: Judging): string {
  const perSecond = judging.perSecond(check);
  if (!(perSecond > 0)) return '';
  const needed = requests / perSecond;
  const text = needed <= 600 ? `${Math.ceil(needed)}s` : `${Math.ceil(needed / 60)}m`;
  return `, which is \`duration: ${text}\` at this rate`;
}
