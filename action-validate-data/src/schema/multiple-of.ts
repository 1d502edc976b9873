/**
 * `multipleOf` on decimals. With doubles 19.99 / 0.01 is 1998.9999999999998, and 44 of 362 valid prices fail
 * `multipleOf: 0.01`; the decimals that the numbers were written as have no such trouble.
 */

/** A decimal: digits times 10^exponent. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const exactWhole = 2 ** 53;

/** Whether `value` is a whole multiple of `divisor`, both as their shortest decimals. `divisor` is above 0. */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (!Number.isFinite(value) || !(divisor > 0)) return false;
  if (
    Number.isInteger(value) &&
    Number.isInteger(divisor) &&
    Math.abs(value) <= exactWhole &&
    divisor <= exactWhole
  ) {
    return value % divisor === 0;
  }
  const a = decimalOf(value);
  const b = decimalOf(divisor);
  const shift = a.exponent - b.exponent;
  // Bring both to the smaller exponent.
  return shift >= 0
    ? (a.digits * 10n ** BigInt(shift)) % b.digits === 0n
    : a.digits % (b.digits * 10n ** BigInt(-shift)) === 0n;
}

/** The shortest decimal that reads as this double, as JSON writes it. */
function decimalOf(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The same for a divisor that a million values are judged by: 0.1, 0.01, … mostly need no big integers. */
export function multipleTest(divisor: number): (value: number) => boolean {
  const inverse = 1 / divisor;
  const whole = Math.round(inverse);
  const scales =
    divisor < 1 && whole > 1 && Number((1 / whole).toPrecision(15)) === divisor && isPowerOfTen(whole);
  if (!scales) return (value) => isMultipleOf(value, divisor);
  return (value) => {
    const steps = Math.round(value * whole);
    // Two decimals of at most 15 digits never share a double: where steps / whole, correctly rounded, is the value,
    // its shortest decimal is that number of steps.
    if (Math.abs(steps) < 1e15 && steps / whole === value) return true;
    return isMultipleOf(value, divisor);
  };
}

function isPowerOfTen(value: number): boolean {
  return /^10*$/.test(String(value));
}
