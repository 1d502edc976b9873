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
  const steps = Number(unit.digits) * 10 ** Math.max(0, unit.exponent);
  // Powers of ten up to 10^22 are doubles without error, and so the quotient below is rounded once.
  if (unit.exponent < -22 || !Number.isSafeInteger(steps)) return exact;
  const scale = 10 ** Math.max(0, -unit.exponent);
  return (value) => {
    const scaled = Math.round(value * scale);
    // Two decimals of at most 15 digits never share a double: where scaled / scale, correctly rounded, is the value,
    // it is the value's shortest decimal; and where it is not, the value has more decimals than the divisor.
    return Math.abs(scaled) < 1e15 ? scaled / scale === value && scaled % steps === 0 : exact(value);
  };
}

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
