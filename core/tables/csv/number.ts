/**
 * Decimal text to the nearest double, without a string for the common lengths: up to 18 significant digits and
 * 22 places. Correctly rounded, or handed to `Number`.
 */

import { ascii } from './cell.ts';

const powers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const splitter = 134217729; // 2^27 + 1, Veltkamp
/** Relative doubt in the quotient's tail: far above its true rounding error (2^-104), far below half an ulp. */
const doubt = 2 ** -90;

/** The double nearest to the JSON number in `bytes[start, end)`, which the caller has checked to be one. */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 45;
  if (negative) at += 1;
  // The first nine significant digits and the next nine, as 32-bit integers: those are added up fastest.
  let high = 0;
  let low = 0;
  let significant = 0;
  let point = end;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 46) {
      point = at + 1;
      continue;
    }
    if (byte > 57) return Number(ascii(bytes, start, end)); // an exponent
    if (significant < 9) {
      high = (high * 10 + byte - 48) | 0;
      if (high !== 0) significant += 1;
    } else {
      low = (low * 10 + byte - 48) | 0;
      significant += 1;
      if (significant > 18) return Number(ascii(bytes, start, end));
    }
  }
  const places = end - point;
  if (places > 22) return Number(ascii(bytes, start, end));
  let value: number;
  const shift = significant > 9 ? significant - 9 : 0;
  if (significant <= 15) {
    // Both operands are exact, so the quotient is the nearest double (Clinger 1990).
    value = (high * (powers[shift] as number) + low) / (powers[places] as number);
  } else {
    value = divideLong(high, low, shift, powers[places] as number);
    if (Number.isNaN(value)) return Number(ascii(bytes, start, end));
  }
  return negative ? -value : value;
}

/**
 * (high * 10^shift + low) / divisor in double-double arithmetic (Dekker 1971); NaN where the result lies too near
 * to the middle of two doubles to tell.
 */
function divideLong(high: number, low: number, shift: number, divisor: number): number {
  const scale = powers[shift] as number;
  const product = high * scale;
  const productTail = productError(high, scale, product);
  const sum = product + low;
  const tail = low - (sum - product) + productTail;
  const quotient = sum / divisor;
  const back = quotient * divisor;
  const remainder = sum - back - productError(quotient, divisor, back) + tail;
  const rest = remainder / divisor;
  const margin = quotient * doubt;
  const lower = quotient + (rest - margin);
  return lower === quotient + (rest + margin) ? lower : Number.NaN;
}

/** a * b - product, exactly. */
function productError(a: number, b: number, product: number): number {
  const aScaled = splitter * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = splitter * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
