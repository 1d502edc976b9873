/**
 * `multipleOf` on decimals. With doubles 19.99 / 0.01 is 1998.9999999999998, and 44 of 362 valid prices fail
 * `multipleOf: 0.01`; the decimals that the numbers were written as have no such trouble.
 */

/** A decimal: digits times 10^exponent. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Whether `value` is a whole multiple of `divisor`, both as their shortest decimals. `divisor` is above 0. */
export function isMultipleOf(value: number, divisor: number): boolean {
  return multipleTest(divisor)(value);
}

/** The same for a divisor that a million values are judged by: prices and whole numbers need no big integers. */
export function multipleTest(divisor: number): (value: number) => boolean {
  if (!(divisor > 0)) return () => false;
  // JSON has no such number, and 1e400 has lost its digits: nothing but 0 is surely a multiple.
  if (!Number.isFinite(divisor)) return (value) => value === 0;
  const unit = decimalOf(divisor);
  const exact = (value: number): boolean => Number.isFinite(value) && divides(unit, decimalOf(value));
  const plain = plainSteps(divisor);
  if (plain === null) return exact;
  const { scale, steps } = plain;
  return (value) => {
    const scaled = Math.round(value * scale);
    return Math.abs(scaled) < plainLimit ? scaled / scale === value && scaled % steps === 0 : exact(value);
  };
}

/**
 * How doubles alone tell: with `scaled` the whole number nearest to value * scale and below `plainLimit`, a value is a
 * multiple where scaled / scale is the value and scaled is a multiple of `steps`. Two decimals of at most 15 digits
 * never share a double: where scaled / scale, correctly rounded, is the value, it is the value's shortest decimal; and
 * where it is not, the value has more decimals than the divisor. Null: decimals must tell.
 */
export function plainSteps(divisor: number): { readonly scale: number; readonly steps: number } | null {
  if (!(divisor > 0) || !Number.isFinite(divisor)) return null;
  const { digits, exponent } = decimalOf(divisor);
  const steps = Number(digits) * 10 ** Math.max(0, exponent);
  // Powers of ten up to 10^22 are doubles without error, and so the quotient is rounded once.
  if (exponent < -22 || !Number.isSafeInteger(steps)) return null;
  return { scale: 10 ** Math.max(0, -exponent), steps };
}

export const plainLimit = 1e15;

function divides(divisor: Decimal, value: Decimal): boolean {
  const shift = value.exponent - divisor.exponent;
  // Bring both to the smaller exponent.
  return shift >= 0
    ? (value.digits * 10n ** BigInt(shift)) % divisor.digits === 0n
    : value.digits % (divisor.digits * 10n ** BigInt(-shift)) === 0n;
}

/** The shortest decimal that reads as this double, as JSON writes it. */
function decimalOf(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
