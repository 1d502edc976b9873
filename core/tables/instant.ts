/** Points in time as JSON Schema's formats write them (RFC 3339). */

const longestMilliseconds = 8.64e15;

/**
 * `2024-01-02T03:04:05.678Z`; the fraction has as many digits as it needs. Years outside 0 to 9999, which RFC 3339
 * cannot write, have six digits and a sign, as in ISO 8601; what is further away stays the number that it is.
 */
export function instantText(value: bigint, perSecond: bigint): string {
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const milliseconds = Number((value - fraction) / perSecond) * 1000;
  if (Math.abs(milliseconds) > longestMilliseconds) return `${value}`;
  const whole = new Date(milliseconds).toISOString();
  return `${whole.slice(0, -'.000Z'.length)}${fractionText(fraction, perSecond)}Z`;
}

/** `03:04:05.678Z`, from the time since midnight: a `time` of JSON Schema has a zone. */
export function clockText(value: bigint, perSecond: bigint): string {
  const fraction = value % perSecond;
  const seconds = Number(value / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}${fractionText(fraction, perSecond)}Z`;
}

function fractionText(fraction: bigint, perSecond: bigint): string {
  if (fraction === 0n) return '';
  const digits = String(perSecond).length - 1;
  return `.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`;
}

/** `2024-02-29`, from days since 1970; other years than 0 to 9999 as above. */
export function dayText(days: number): string {
  const milliseconds = days * 86_400_000;
  if (!(Math.abs(milliseconds) <= longestMilliseconds)) return String(days);
  return new Date(milliseconds).toISOString().replace(/T.*$/, '');
}
