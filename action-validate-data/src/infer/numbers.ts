/** What the numbers of a column have in common, and the range that a person would write for them. */

import { maxWhole } from '../../../core/tables/csv/index.ts';

export class NumberFacts {
  count = 0;
  low = Number.POSITIVE_INFINITY;
  high = Number.NEGATIVE_INFINITY;
  /** How many stand at the lowest and at the highest value. */
  atLow = 0;
  atHigh = 0;
  sum = 0;
  /** Some are not whole, or written with a fraction. */
  fractions = false;
  /** Whole numbers beyond 2^53, of which a double may have lost digits. */
  wide = false;
  /** Each is larger than the one before, as row numbers are. */
  ascending = true;

  /** @param value finite */
  add(value: number): void {
    if (value <= this.high && this.count > 0) this.ascending = false;
    this.count += 1;
    this.sum += value;
    if (value <= this.low) {
      this.atLow = value === this.low ? this.atLow + 1 : 1;
      this.low = value;
    }
    if (value >= this.high) {
      this.atHigh = value === this.high ? this.atHigh + 1 : 1;
      this.high = value;
    }
    if (value > maxWhole || value < -maxWhole) this.wide = true;
  }
}

export interface Range {
  readonly minimum: number | null;
  readonly maximum: number | null;
}

const noRange: Range = { minimum: null, maximum: null };

/**
 * The range for values such as these, rounded outwards; it always holds them. Null ends are left open.
 *
 * 1. None for a single value, for identifiers (by name, or whole numbers that ascend from row to row), for whole
 *    numbers beyond 2^53, and for what looks like timestamps or dates as yyyymmdd: they go on.
 * 2. Years are 1900 to 2100. Numbers within 0..1 are 0 to 1, within -1..1 are -1 to 1.
 * 3. Otherwise each end gets room, 5% of the span, and goes outwards to the next multiple of a step: the power of
 *    ten of the largest number (10 for 93), or of the span where that is finer (100 for pressures of 980 to 1043);
 *    at least 10 for whole numbers. An end that is such a multiple itself and occurs three times is a true bound (a
 *    percentage of 100) and stays. Zero is not crossed: what is never negative has a minimum of 0 or more.
 * 4. A long upper tail (the largest is more than ten times the mean, as in amounts) ends at the next 1, 2 or 5 times
 *    a power of ten beyond one and a half times the largest; the minimum is 0.
 */
export function rangeOf(facts: NumberFacts, name: string): Range {
  const { low, high } = facts;
  if (!(low < high) || facts.wide || goesOn(facts, name)) return noRange;
  if (!facts.fractions && low >= 1900 && high <= 2100) return { minimum: 1900, maximum: 2100 };
  if (facts.fractions && low >= -1 && high <= 1) return { minimum: low < 0 ? -1 : 0, maximum: 1 };
  if (low >= 0 && high > 10 * (facts.sum / facts.count)) {
    return { minimum: 0, maximum: checked(nextRound(1.5 * high), (bound) => bound >= high) };
  }
  const span = high - low;
  const finest = facts.fractions ? Number.NEGATIVE_INFINITY : 1;
  const exponent = Math.max(
    finest,
    Math.min(powerBelow(Math.max(Math.abs(low), Math.abs(high))), powerBelow(span) + 1),
  );
  const room = span * 0.05;
  const minimum = roundDown(low, facts.atLow, exponent, room);
  const maximum = -roundDown(-high, facts.atHigh, exponent, room);
  return {
    minimum: checked(low >= 0 ? Math.max(0, minimum) : minimum, (bound) => bound <= low),
    maximum: checked(high <= 0 ? Math.min(0, maximum) : maximum, (bound) => bound >= high),
  };
}

/** The multiple of 10^exponent at or below `end - room`; `end` itself where it is a bound. */
function roundDown(end: number, occurs: number, exponent: number, room: number): number {
  const own = multiple(end, exponent);
  return own === end && occurs >= 3 ? own : multiple(end - room, exponent);
}

/** The multiple of 10^exponent at or below the value, as the double nearest to that decimal. */
function multiple(value: number, exponent: number): number {
  const scaled = value / 10 ** exponent;
  const nearest = Math.round(scaled);
  // 0.3 / 0.1 is 2.9999999999999996: the decimal decides, not the quotient.
  const whole = Number(`${nearest}e${exponent}`) <= value ? nearest : nearest - 1;
  return Number(`${whole}e${exponent}`);
}

/** No bound where arithmetic at the ends of the doubles would leave values out. */
function checked(bound: number, holds: (bound: number) => boolean): number | null {
  return Number.isFinite(bound) && holds(bound) ? bound + 0 : null;
}

function powerBelow(value: number): number {
  return Math.floor(Math.log10(value));
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function nextRound(value: number): number {
  const exponent = powerBelow(value);
  const found = [1, 2, 5, 10]
    .map((factor) => Number(`${factor}e${exponent}`))
    .find((bound) => bound >= value);
  return found ?? Number.POSITIVE_INFINITY;
}

const year2000 = 946_684_800;
const year2100 = 4_102_444_800;

function goesOn(facts: NumberFacts, name: string): boolean {
  const { low, high } = facts;
  if (isIdentifierName(name) || (!facts.fractions && facts.ascending)) return true;
  // Seconds, milliseconds, microseconds, nanoseconds since 1970.
  if ([1, 1e3, 1e6, 1e9].some((unit) => low >= year2000 * unit && high <= year2100 * unit)) return true;
  return !facts.fractions && isCompactDate(low) && isCompactDate(high);
}

function isCompactDate(value: number): boolean {
  const [month, day] = [Math.floor(value / 100) % 100, value % 100];
  return value >= 19_000_101 && value <= 21_001_231 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

const identifierWords: ReadonlySet<string> = new Set(
  'id ids uuid guid key idx index nr number account phone fax zip zipcode postcode barcode ean isbn'.split(
    ' ',
  ),
);

/** By the last word of the name: `id`, `user_id`, `userId`, `order number`. */
export function isIdentifierName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return identifierWords.has(words.findLast((word) => word !== '') ?? '');
}
