/** What the values of one column look like, collected cell by cell in any order and by several threads. */

import type { ColumnProfile } from '../types.ts';
import { DistinctCounter, type DistinctState } from './distinct.ts';
import { type FrequentState, FrequentValues, longestFrequent } from './frequent.ts';
import { hashBytes, hashNumber } from './hashing.ts';
import { NumberSample, type SampleState } from './sample.ts';

/** Kinds of values seen, one bit each. */
export const seen = {
  integer: 1,
  number: 2,
  boolean: 4,
  string: 8,
  array: 16,
  object: 32,
} as const;

/** Equal bins of a histogram. */
export const bins = 20;
/** The most frequent values that are shown. */
export const topValues = 10;

/** A column once all its values are counted, in whatever way. */
export interface DescribedColumn {
  /** `rows` counts all rows of the data: those that lack the column are missing, too. */
  finish(name: string, rows: number, declared: string | null, violations: number): ColumnProfile;
}

export class ColumnAccumulator implements DescribedColumn {
  private kinds = 0;
  private present = 0;
  private missing = 0;
  private readonly distinct = new DistinctCounter();
  private readonly frequent = new FrequentValues();
  private sample: NumberSample | null = null;
  private numbers = 0;
  private minimum = Number.POSITIVE_INFINITY;
  private maximum = Number.NEGATIVE_INFINITY;
  /** Sums of the distances from the first number: subtracting it keeps the digits of far-off values. */
  private shift = 0;
  private sum = 0;
  private squares = 0;
  private texts = 0;
  private shortest = Number.POSITIVE_INFINITY;
  private longest = 0;

  addMissing(count = 1): void {
    this.missing += count;
  }

  /** A number with its draw for the sample; NaN and infinities are counted as present, but are no numbers. */
  addNumber(value: number, whole: boolean, draw: number): void {
    const hash = hashNumber(value);
    if (this.isNew(whole ? seen.integer : seen.number, hash)) this.frequent.begin(hash, String(value));
    if (!Number.isFinite(value)) return;
    if (this.numbers === 0) this.shift = value;
    this.numbers += 1;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    const distance = value - this.shift;
    this.sum += distance;
    this.squares += distance * distance;
    this.sample ??= new NumberSample();
    this.sample.add(value, draw);
  }

  addBoolean(value: boolean): void {
    const hash = value ? 0x2545f491 : 0x1d872b41;
    if (this.isNew(seen.boolean, hash)) this.frequent.begin(hash, String(value));
  }

  /** Text in UTF-8. */
  addText(bytes: Buffer, start: number, end: number): void {
    const hash = hashBytes(bytes, start, end);
    if (this.isNew(seen.string, hash)) this.frequent.begin(hash, textOf(bytes, start, end));
    this.texts += 1;
    this.addLength(codePoints(bytes, start, end));
  }

  /** Plain text whose hash is known. */
  addHashedText(bytes: Buffer, start: number, end: number, hash: number, isAscii: boolean): void {
    if (this.isNew(seen.string, hash)) this.frequent.begin(hash, textOf(bytes, start, end));
    this.texts += 1;
    this.addLength(isAscii ? end - start : codePoints(bytes, start, end));
  }

  /** A value as JSON has it; null and undefined are missing. */
  addValue(value: unknown, draw: number): void {
    if (value === null || value === undefined) this.addMissing();
    else if (typeof value === 'number') this.addNumber(value, Number.isInteger(value), draw);
    else if (typeof value === 'boolean') this.addBoolean(value);
    else if (typeof value === 'string') {
      const bytes = Buffer.from(value);
      this.addText(bytes, 0, bytes.length);
    } else {
      const text = JSON.stringify(value);
      const bytes = Buffer.from(text);
      const hash = hashBytes(bytes, 0, bytes.length);
      if (this.isNew(Array.isArray(value) ? seen.array : seen.object, hash)) this.frequent.begin(hash, text);
    }
  }

  merge(other: ColumnState): void {
    this.kinds |= other.kinds;
    this.present += other.present;
    this.missing += other.missing;
    this.distinct.merge(other.distinct);
    this.frequent.merge(other.frequent);
    if (other.sample !== null) {
      this.sample ??= new NumberSample();
      this.sample.merge(other.sample);
    }
    if (other.numbers > 0) this.mergeNumbers(other);
    this.texts += other.texts;
    if (other.texts > 0) {
      this.shortest = Math.min(this.shortest, other.shortest);
      this.longest = Math.max(this.longest, other.longest);
    }
  }

  state(): ColumnState {
    const { kinds, present, missing, numbers, minimum, maximum, shift, sum, squares } = this;
    const { texts, shortest, longest } = this;
    return {
      ...{
        kinds,
        present,
        missing,
        numbers,
        minimum,
        maximum,
        shift,
        sum,
        squares,
        texts,
        shortest,
        longest,
      },
      distinct: this.distinct.state(),
      frequent: this.frequent.state(),
      sample: this.sample?.state() ?? null,
    };
  }

  finish(name: string, rows: number, declared: string | null, violations: number): ColumnProfile {
    const distinct = this.distinct.count();
    return {
      name,
      type: this.typeName(),
      declared,
      rows,
      missing: rows - this.present,
      distinct: { count: Math.min(distinct.count, this.present), exact: distinct.exact },
      numbers: this.numbers === 0 ? null : this.moments(),
      lengths: this.texts === 0 ? null : { shortest: this.shortest, longest: this.longest },
      histogram: this.histogram(),
      top: this.top(distinct.count),
      violations,
    };
  }

  /** Counts a value that is present; true when it may be a frequent one and is not known yet. */
  private isNew(kind: number, hash: number): boolean {
    this.present += 1;
    this.kinds |= kind;
    this.distinct.add(hash);
    return !this.frequent.counted(hash);
  }

  private addLength(length: number): void {
    if (length < this.shortest) this.shortest = length;
    if (length > this.longest) this.longest = length;
  }

  private mergeNumbers(other: ColumnState): void {
    if (this.numbers === 0) this.shift = other.shift;
    const move = other.shift - this.shift;
    this.sum += other.sum + other.numbers * move;
    this.squares += other.squares + 2 * move * other.sum + other.numbers * move * move;
    this.numbers += other.numbers;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  private moments(): NonNullable<ColumnProfile['numbers']> {
    const { numbers, minimum, maximum, shift, sum, squares } = this;
    const mean = sum / numbers;
    const variance = numbers > 1 ? Math.max(0, (squares - sum * mean) / (numbers - 1)) : 0;
    // Twelve digits: the last ones depend on the order in which threads added up.
    return {
      count: numbers,
      minimum,
      maximum,
      mean: steady(Math.min(maximum, Math.max(minimum, shift + mean)), minimum),
      stddev: steady(Math.sqrt(variance), 0),
    };
  }

  private typeName(): string {
    const { kinds } = this;
    if (kinds === 0) return 'empty';
    if (kinds === (seen.integer | seen.number)) return 'number';
    const single = Object.entries(seen).find(([, bit]) => bit === kinds);
    return single?.[0] ?? 'mixed';
  }

  private histogram(): ColumnProfile['histogram'] {
    const { minimum: low, maximum: high } = this;
    if (this.sample === null || !(low < high) || !Number.isFinite(high - low)) return null;
    const { values, complete } = this.sample.read();
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins));
      counts[bin] = (counts[bin] as number) + 1;
    }
    return { low, high, counts, sampled: !complete };
  }

  private top(distinct: number): ColumnProfile['top'] {
    return recurs(distinct, this.present) ? this.frequent.top(topValues) : null;
  }
}

/** As it crosses threads. */
export interface ColumnState {
  readonly kinds: number;
  readonly present: number;
  readonly missing: number;
  readonly numbers: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly shift: number;
  readonly sum: number;
  readonly squares: number;
  readonly texts: number;
  readonly shortest: number;
  readonly longest: number;
  readonly distinct: DistinctState;
  readonly frequent: FrequentState;
  readonly sample: SampleState | null;
}

/** Frequent values are worth showing where values recur: twice each, on average. */
export function recurs(distinct: number, present: number): boolean {
  return present > 0 && distinct * 2 <= present;
}

/** Twelve digits of a number; `fallback` where it is none. */
export function steady(value: number, fallback: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : fallback;
}

/** Of a cell of megabytes only as much as tells that it is no frequent value. */
function textOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, Math.min(end, start + 4 * (longestFrequent + 1)));
}

/** Bytes that do not continue a character. */
function codePoints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i += 1) if (((bytes[i] as number) & 0xc0) !== 0x80) count += 1;
  return count;
}
