/** Single values on their way into a tensor: each is taken as it is or refused, never bent. */

import { shown } from '../errors.ts';
import type { TensorType } from '../model/tensors.ts';

export interface ValueRules {
  /** Missing and NaN are fed as NaN to inputs of real numbers; otherwise they are refused. */
  readonly missingAsNan: boolean;
  /** true and false count as 1 and 0 for numbers, as a data frame has it. */
  readonly booleansAsNumbers: boolean;
}

/** Thrown for a value that the model does not take; whoever knows where it stands says so. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly expected: string;

  constructor(problem: string, expected: string) {
    super(problem);
    this.expected = expected;
  }
}

/** What is wrong and, where that does not say so already, what is wanted. */
export function explain({ message, expected }: ValueError): string {
  return /\bis (?:not|wanted)\b/.test(message) ? message : `${message}; ${expected} is wanted`;
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  int8: [-128n, 127n],
  uint8: [0n, 255n],
};

const round: Readonly<Record<string, (value: number) => number>> = {
  float64: (value) => value,
  float32: Math.fround,
  float16: Math.f16round,
};

/** What a value has to be, in words. */
export function expectedOf(type: TensorType): string {
  if (type === 'string') return 'a text';
  if (type === 'bool') return 'true or false';
  if (type in round) return `a number (${type})`;
  return `a whole number (${type})`;
}

/** For float32, float64 and float16. @throws ValueError */
export function realOf(value: unknown, type: TensorType, rules: ValueRules): number {
  if (typeof value === 'number') {
    const stored = (round[type] ?? Number)(value);
    // x - x is 0 for finite x only.
    if (stored - stored === 0) return stored;
    if (Number.isNaN(value) && rules.missingAsNan) return Number.NaN;
    if (Number.isNaN(value)) throw new ValueError('is NaN', expectedOf(type));
    throw new ValueError(`holds ${shown(value)}, which does not fit ${type}`, expectedOf(type));
  }
  if (typeof value === 'bigint') return realOf(Number(value), type, rules);
  if (value === null || value === undefined) {
    if (rules.missingAsNan) return Number.NaN;
    throw new ValueError(value === null ? 'is null' : 'is missing', expectedOf(type));
  }
  if (typeof value === 'boolean' && rules.booleansAsNumbers) return Number(value);
  throw wrong(value, type);
}

/** For all whole numbers of up to 32 bits. @throws ValueError */
export function wholeOf(value: unknown, type: TensorType, rules: ValueRules): number {
  if (typeof value === 'number' && Number.isInteger(value)) {
    const [low, high] = ranges[type] ?? [0n, 0n];
    if (value >= Number(low) && value <= Number(high)) return value;
    throw outOfRange(value, type);
  }
  if (typeof value === 'bigint') throw outOfRange(value, type);
  if (typeof value === 'boolean' && rules.booleansAsNumbers) return Number(value);
  throw wrong(value, type);
}

/** For int64 and uint64: exact or refused. @throws ValueError */
export function bigIntegerOf(value: unknown, type: TensorType, rules: ValueRules): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (Number.isSafeInteger(value)) return within(BigInt(value), type);
    // Written with a point or an exponent: which whole number was meant is not known.
    throw new ValueError(
      `holds ${shown(value)}, which is beyond 2^53 and not written as digits: it would not be exact`,
      expectedOf(type),
    );
  }
  if (typeof value === 'bigint') return within(value, type);
  if (typeof value === 'boolean' && rules.booleansAsNumbers) return value ? 1n : 0n;
  throw wrong(value, type);
}

/** @throws ValueError */
export function booleanOf(value: unknown): number {
  if (typeof value === 'boolean') return Number(value);
  if (value === 0 || value === 1) return value;
  throw wrong(value, 'bool');
}

/** @throws ValueError */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw wrong(value, 'string');
}

function within(value: bigint, type: TensorType): bigint {
  const [low, high] = ranges[type] ?? [0n, 0n];
  if (value >= low && value <= high) return value;
  throw outOfRange(value, type);
}

function outOfRange(value: number | bigint, type: TensorType): ValueError {
  return new ValueError(`holds ${shown(value)}, which does not fit ${type}`, expectedOf(type));
}

function wrong(value: unknown, type: TensorType): ValueError {
  const expected = expectedOf(type);
  if (value === null) return new ValueError('is null', expected);
  if (value === undefined) return new ValueError('is missing', expected);
  if (typeof value === 'number' && Number.isNaN(value)) return new ValueError('is NaN', expected);
  return new ValueError(`holds ${shown(value)}, which is not ${expected}`, expected);
}
