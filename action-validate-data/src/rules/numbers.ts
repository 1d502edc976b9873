/**
 * min, max, mean, stddev, median, quantile and correlation. Three statements answer all rules of a table: the first
 * counts, and finds the range; the second gives means and order statistics, the third what is around the means.
 */

import type { Estimate, Interval } from '../../../core/gate/types.ts';
import { orderStatisticRanks } from '../../../core/stats/index.ts';
import type { BoundRule } from './bind.ts';
import { type Loaded, levelOf, type Outcome, undefinedBecause } from './context.ts';
import { correlationInterval, meanInterval } from './intervals.ts';
import { askDeviations, askMean, askProducts, type Mean } from './moments.ts';
import { placeOfPosition, position, showPlace } from './places.ts';
import { Questions, sqlDouble } from './questions.ts';
import { rowsInWords } from './rows.ts';
import { notesOn, type Survey, surveysOf, unusable } from './survey.ts';

type Finish = () => Estimate;
/** Asks what it needs of the third statement, and finishes when that is answered. */
type Second = (third: Questions) => Finish;

export async function measureNumbers(rules: readonly BoundRule[], loaded: Loaded): Promise<Outcome[]> {
  const { context, relation } = loaded;
  const first = new Questions();
  const surveys = rules.map((rule) => surveysOf(rule, loaded, first));
  await first.ask(context, relation.from);
  const second = new Questions();
  const seconds = rules.map((rule, index) =>
    begin(rule, surveys[index] ?? [], levelOf(rule, context), second),
  );
  await second.ask(context, relation.from);
  const third = new Questions();
  const finishes = seconds.map((go) => go(third));
  await third.ask(context, relation.from);
  const outcomes: Outcome[] = [];
  for (const [index, rule] of rules.entries()) {
    const own = surveys[index] ?? [];
    const estimate = finishes[index]?.() ?? undefinedBecause('it was not measured');
    const notes = [...own.flatMap(notesOn), ...(await placeNotes(rule, own[0], estimate, loaded))];
    outcomes.push({ rule, estimate, notes });
  }
  return outcomes;
}

function begin(
  { check, selector }: BoundRule,
  surveys: readonly Survey[],
  level: number,
  second: Questions,
): Second {
  const [one, two] = surveys;
  if (one === undefined) throw new Error('no column');
  const n = one.n();
  const refusal = surveys.map((survey) => unusable(check.metric, survey)).find((reason) => reason !== null);
  if (typeof refusal === 'string') return at(undefinedBecause(refusal, n));
  switch (check.metric) {
    case 'min':
      return at(ofNumber(one.minimum(), n));
    case 'max':
      return at(ofNumber(one.maximum(), n));
    case 'mean':
      return mean(one, level, second);
    case 'stddev':
      return stddev(one, second);
    case 'correlation':
      return correlation(one, two ?? one, level, second);
    default:
      return quantile(one, selector.kind === 'quantile' ? selector.quantile : 0.5, level, second);
  }
}

const at =
  (estimate: Estimate): Second =>
  () =>
  () =>
    estimate;

function ofNumber(value: number | null, n: number, interval: Interval | null = null): Estimate {
  if (value === null || !Number.isFinite(value)) {
    return undefinedBecause('it is beyond the numbers that a double holds', n);
  }
  return { defined: true, value, interval, n };
}

function mean(survey: Survey, level: number, second: Questions): Second {
  const n = survey.n();
  const answer = askMean(survey, second);
  return (third) => {
    const { scaled, scale } = answer();
    const value = scaled / scale;
    const deviation = askDeviation(survey, { scaled, scale }, third);
    return () => ofNumber(value, n, meanInterval(value, deviation(), n, level));
  };
}

function stddev(survey: Survey, second: Questions): Second {
  const n = survey.n();
  if (n < 2) return at(undefinedBecause('a standard deviation needs at least two values', n));
  const answer = askMean(survey, second);
  return (third) => {
    const deviation = askDeviation(survey, answer(), third);
    return () => ofNumber(deviation(), n);
  };
}

/** The standard deviation with n - 1; 0 for a single value. */
function askDeviation(survey: Survey, center: Mean, third: Questions): () => number {
  const n = survey.n();
  if (survey.minimum() === survey.maximum()) return () => 0;
  const { squares, unit } = askDeviations(survey, center, third);
  return () => Math.sqrt(squares() / (n - 1)) / unit;
}

function correlation(a: Survey, b: Survey, level: number, second: Questions): Second {
  const n = a.n();
  if (n < 2) return at(undefinedBecause('a correlation needs at least two rows with both values', n));
  const constant = [a, b].find((survey) => survey.minimum() === survey.maximum());
  if (constant !== undefined) {
    const where = `in all ${rowsInWords(n)} with both values`;
    const reason = `\`${constant.name}\` is ${constant.minimum()} ${where}: there is no correlation with a constant`;
    return at(undefinedBecause(reason, n));
  }
  const [ofA, ofB] = [askMean(a, second), askMean(b, second)];
  return (third) => {
    const [left, right] = [askDeviations(a, ofA(), third), askDeviations(b, ofB(), third)];
    const products = askProducts(left, right, n, third);
    return () => {
      const value = products() / Math.sqrt(left.squares()) / Math.sqrt(right.squares());
      const within = Math.max(-1, Math.min(1, value));
      return ofNumber(within, n, correlationInterval(within, n, level));
    };
  };
}

/** Type 7 of Hyndman and Fan, numpy's default; the values at its ranks and at those of the interval are asked for. */
function quantile({ x, n: count }: Survey, share: number, level: number, second: Questions): Second {
  const n = count();
  const place = (n - 1) * share;
  const below = Math.floor(place);
  const bounds = orderStatisticRanks(n, share, level);
  const ranks = [below + 1, Math.min(below + 2, n), bounds.low ?? 1, bounds.high ?? n];
  const values = ranks.map((rank) => second.rank(x, n, rank));
  return () => () => {
    const [lower = Number.NaN, upper = Number.NaN, low = Number.NaN, high = Number.NaN] = values.map(
      (value) => value() ?? Number.NaN,
    );
    const interval =
      bounds.low === null || bounds.high === null ? null : { level, low, high, method: 'order-statistic' };
    return ofNumber(between(lower, upper, place - below), n, interval);
  };
}

/** As numpy rounds it: from the nearer end. */
function between(a: number, b: number, part: number): number {
  const span = b - a;
  if (!Number.isFinite(span)) return a * (1 - part) + b * part;
  return part < 0.5 ? a + span * part : b - span * (1 - part);
}

/** Where an extreme stands. */
async function placeNotes(
  { check }: BoundRule,
  survey: Survey | undefined,
  estimate: Estimate,
  { context, relation }: Loaded,
): Promise<string[]> {
  if ((check.metric !== 'min' && check.metric !== 'max') || survey === undefined || !estimate.defined)
    return [];
  const [[cell = null] = []] = await context.engine.rows(
    `SELECT min(${position()}) FROM ${relation.from} WHERE ${survey.x} = ${sqlDouble(estimate.value)}`,
  );
  return cell === null ? [] : [`first at ${await showPlace(context, placeOfPosition(cell))}`];
}
