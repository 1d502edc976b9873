/**
 * min, max, mean, stddev, median, quantile and correlation. Two statements answer all rules of a table: the first
 * counts, and finds the range and what is no finite number; the second computes moments and order statistics, on
 * numbers that are shifted and scaled by that range. A power of two as scale changes no digit, and keeps squares of
 * 1e200 from overflowing; the shift keeps the digits of numbers that lie close together far from 0.
 */

import { formatCount } from '../../../core/gate/index.ts';
import type { Estimate, Interval } from '../../../core/gate/types.ts';
import { orderStatisticRanks } from '../../../core/stats/index.ts';
import { numberOf, type SqlColumn } from '../../../core/tables/index.ts';
import type { BoundRule } from './bind.ts';
import { columnOf, type Loaded, levelOf, type Outcome, undefinedBecause } from './context.ts';
import { correlationInterval, meanInterval } from './intervals.ts';
import { placeOfPosition, position, showPlace } from './places.ts';
import { Questions, sqlDouble } from './questions.ts';
import { rowsInWords } from './rows.ts';
import { integerTypes, isDecimal, isText } from './values.ts';

/** The numbers of a column (where `other`, of a pair, is present), before anything is computed on them. */
interface Survey {
  readonly name: string;
  readonly column: SqlColumn;
  /** SQL of the DOUBLE; NULL where missing or left out. */
  readonly x: string;
  readonly n: () => number;
  /** Cells that are there and are no numbers: left out. */
  readonly leftOut: () => number;
  readonly nan: () => number;
  readonly infinite: () => number;
  readonly minimum: () => number | null;
  readonly maximum: () => number | null;
}

/** A rule half way: asked in the second statement, then finished. */
type Finish = () => Estimate;
interface Started {
  readonly rule: BoundRule;
  readonly surveys: readonly Survey[];
}

export async function measureNumbers(rules: readonly BoundRule[], loaded: Loaded): Promise<Outcome[]> {
  const { context, relation } = loaded;
  const first = new Questions();
  const started = rules.map((rule): Started => ({ rule, surveys: surveysOf(rule, loaded, first) }));
  await first.ask(context, relation.from);
  const second = new Questions();
  const finishes = started.map((each) => compute(each, loaded, second));
  await second.ask(context, relation.from);
  return await Promise.all(
    started.map(async (each, index): Promise<Outcome> => {
      const finish = finishes[index] as Finish;
      const estimate = finish();
      return { rule: each.rule, estimate, notes: await notesOf(each, estimate, loaded) };
    }),
  );
}

function surveysOf({ selector }: BoundRule, loaded: Loaded, questions: Questions): Survey[] {
  if (selector.kind === 'quantile') return [surveyOf(selector.column, loaded, questions)];
  if (selector.kind !== 'columns') throw new Error('no rule over numbers');
  const [a = '', b] = selector.columns;
  if (b === undefined) return [surveyOf(a, loaded, questions)];
  return [surveyOf(a, loaded, questions, b), surveyOf(b, loaded, questions, a)];
}

function surveyOf(name: string, loaded: Loaded, questions: Questions, other?: string): Survey {
  const column = columnOf(loaded, name);
  const x = numberOf(column);
  const where = (condition: string): string => {
    const paired = other === undefined ? '' : ` AND ${numberOf(columnOf(loaded, other))} IS NOT NULL`;
    return `FILTER (WHERE ${condition}${paired})`;
  };
  const present = `${x} IS NOT NULL`;
  return {
    name,
    column,
    x,
    n: questions.count(`count(*) ${where(present)}`),
    leftOut: questions.count(`count(${column.ref}) - count(${x})`),
    nan: questions.count(`count(*) ${where(`isnan(${x})`)}`),
    infinite: questions.count(`count(*) ${where(`isinf(${x})`)}`),
    minimum: questions.number(`min(${x}) ${where(`isfinite(${x})`)}`),
    maximum: questions.number(`max(${x}) ${where(`isfinite(${x})`)}`),
  };
}

function compute(started: Started, { context }: Loaded, questions: Questions): Finish {
  const { rule, surveys } = started;
  const [one, two] = surveys;
  if (one === undefined) throw new Error('no column');
  const n = one.n();
  const refusal = surveys
    .map((survey) => unusable(rule.check.metric, survey))
    .find((reason) => reason !== null);
  if (refusal !== undefined) return () => undefinedBecause(refusal as string, n);
  const level = levelOf(rule, context);
  switch (rule.check.metric) {
    case 'min':
      return () => ofNumber(one.minimum(), n);
    case 'max':
      return () => ofNumber(one.maximum(), n);
    case 'mean':
      return mean(one, level, questions);
    case 'stddev':
      return stddev(one, questions);
    case 'correlation':
      return correlation(one, two ?? one, level, questions);
    default:
      return quantile(
        one,
        rule.selector.kind === 'quantile' ? rule.selector.quantile : 0.5,
        level,
        questions,
      );
  }
}

/** Why nothing can be computed on the column; null when it can. */
function unusable(metric: string, { name, column, n, nan, infinite }: Survey): string | null {
  if (n() === 0)
    return `\`${name}\` holds no numbers${column.kind === 'string' ? '' : ', only missing values'}`;
  const bad: string[] = [];
  if (nan() > 0) bad.push(`NaN in ${rowsInWords(nan())}`);
  if (infinite() > 0) bad.push(`infinite numbers in ${rowsInWords(infinite())}`);
  return bad.length === 0 ? null : `\`${name}\` holds ${bad.join(' and ')}: its ${metric} is undefined`;
}

/** Numbers as they are computed on: `(x - shift) * scale`, of about 1. */
function scaled({ x, minimum, maximum }: Survey) {
  const low = minimum() ?? 0;
  const high = maximum() ?? 0;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const usual = largest === 0 || (largest < 1e150 && largest > 1e-150);
  const exponent = usual ? 0 : Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  const scale = 2 ** -exponent;
  const plain = scale === 1 ? x : `${x} * ${sqlDouble(scale)}`;
  // Then the difference to the smallest is exact (Sterbenz 1974).
  const isNarrow = (low > 0 && high / 2 <= low) || (high < 0 && low / 2 >= high);
  return { sql: `(${plain} - ${sqlDouble(low * scale)})`, plain, scale, low, isNarrow };
}

function ofNumber(value: number | null, n: number, interval: Interval | null = null): Estimate {
  if (value === null || !Number.isFinite(value)) {
    return undefinedBecause('it is beyond the numbers that a double holds', n);
  }
  return { defined: true, value, interval, n };
}

/** Integers and decimals are summed exactly by the engine, doubles with Kahan's compensation. */
function mean(survey: Survey, level: number, questions: Questions): Finish {
  const { column } = survey;
  const { sql, plain, scale, low, isNarrow } = scaled(survey);
  const exact = (integerTypes.has(column.type) && !column.type.endsWith('HUGEINT')) || isDecimal(column);
  const average = questions.number(exact ? `avg(${column.ref})` : `favg(${isNarrow ? sql : plain})`);
  const deviation = questions.number(`stddev_samp(${sql})`);
  return () => {
    const seen = average() ?? Number.NaN;
    const value = exact ? seen : seen / scale + (isNarrow ? low : 0);
    return ofNumber(value, survey.n(), meanInterval(value, (deviation() ?? 0) / scale, survey.n(), level));
  };
}

function stddev(survey: Survey, questions: Questions): Finish {
  const n = survey.n();
  if (n < 2) return () => undefinedBecause('a standard deviation needs at least two values', n);
  const { sql, scale } = scaled(survey);
  const deviation = questions.number(`stddev_samp(${sql})`);
  return () => ofNumber((deviation() ?? Number.NaN) / scale, n);
}

function correlation(a: Survey, b: Survey, level: number, questions: Questions): Finish {
  const n = a.n();
  if (n < 2) return () => undefinedBecause('a correlation needs at least two rows with both values', n);
  const constant = [a, b].find((survey) => survey.minimum() === survey.maximum());
  if (constant !== undefined) {
    const where = `in all ${rowsInWords(n)} with both values`;
    const reason = `\`${constant.name}\` is ${constant.minimum()} ${where}: there is no correlation with a constant`;
    return () => undefinedBecause(reason, n);
  }
  const answer = questions.number(`corr(${scaled(a).sql}, ${scaled(b).sql})`);
  return () => {
    const value = Math.max(-1, Math.min(1, answer() ?? Number.NaN));
    return ofNumber(value, n, correlationInterval(value, n, level));
  };
}

/** Type 7 of Hyndman and Fan, numpy's default; the values at its ranks and at those of the interval are asked for. */
function quantile({ x, n: count }: Survey, share: number, level: number, questions: Questions): Finish {
  const n = count();
  const at = (n - 1) * share;
  const below = Math.floor(at);
  const bounds = orderStatisticRanks(n, share, level);
  const ranks = [below + 1, Math.min(below + 2, n), bounds.low ?? 1, bounds.high ?? n];
  const values = ranks.map((rank) => questions.rank(x, n, rank));
  return () => {
    const [lower = Number.NaN, upper = Number.NaN, low = Number.NaN, high = Number.NaN] = values.map(
      (value) => value() ?? Number.NaN,
    );
    const value = between(lower, upper, at - below);
    const interval =
      bounds.low === null || bounds.high === null ? null : { level, low, high, method: 'order-statistic' };
    return ofNumber(value, n, interval);
  };
}

/** As numpy rounds it: from the nearer end. */
function between(a: number, b: number, part: number): number {
  const span = b - a;
  if (!Number.isFinite(span)) return a * (1 - part) + b * part;
  return part < 0.5 ? a + span * part : b - span * (1 - part);
}

/** What was left out or rounded, and where an extreme stands. */
async function notesOf({ rule, surveys }: Started, estimate: Estimate, loaded: Loaded): Promise<string[]> {
  const notes: string[] = [];
  for (const { name, column, leftOut, minimum, maximum } of surveys) {
    if (leftOut() > 0) {
      notes.push(`${formatCount(leftOut())} cells of \`${name}\` are no numbers; they are left out`);
    }
    const largest = Math.max(Math.abs(minimum() ?? 0), Math.abs(maximum() ?? 0));
    const whole = column.kind === 'bigint' || integerTypes.has(column.type);
    if (whole && largest > Number.MAX_SAFE_INTEGER) {
      notes.push(`\`${name}\` holds whole numbers beyond 2^53; they are rounded to doubles here`);
    }
  }
  const { metric } = rule.check;
  const [survey] = surveys;
  if ((metric === 'min' || metric === 'max') && survey !== undefined && estimate.defined) {
    const { context, relation } = loaded;
    const [row] = await context.engine.rows(
      `SELECT min(${position()}) FROM ${relation.from} WHERE ${survey.x} = ${sqlDouble(estimate.value)}`,
    );
    const cell = row?.[0] ?? null;
    if (cell !== null) notes.push(`first at ${await showPlace(loaded.context, placeOfPosition(cell))}`);
  }
  return notes;
}

/** Whether a column's cells are text, of which some may be no numbers. */
export const mayHoldOthers = (column: SqlColumn): boolean => isText(column) && column.kind !== 'bigint';
