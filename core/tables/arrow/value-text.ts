/** Text of Arrow values that are neither numbers nor text, written as DuckDB writes the same values of Parquet. */

const unitsPerSecond = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const;

/** `2024-01-02 03:04:05.678`, with `+00` when the type has a time zone. `unit` is Arrow's TimeUnit. */
export function timestampText(value: bigint, unit: number, zoned: boolean): string {
  const perSecond = unitsPerSecond[unit] ?? 1n;
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = (value - fraction) / perSecond;
  const milliseconds = Number(seconds) * 1000;
  if (Math.abs(milliseconds) > 8.64e15) return `${value}`;
  const whole = new Date(milliseconds).toISOString().slice(0, -5).replace('T', ' ');
  const digits = String(perSecond).length - 1;
  const places = String(fraction).padStart(digits, '0').replace(/0+$/, '');
  return `${whole}${places === '' || digits === 0 ? '' : `.${places}`}${zoned ? '+00' : ''}`;
}

/** `2024-02-29`, from milliseconds since 1970. */
export function dateText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/T.*$/, '');
}

/** Unscaled digits and a scale as a decimal: 110 and 2 are `1.10`. */
export function decimalText(unscaled: string, scale: number): string {
  if (scale <= 0) return unscaled + '0'.repeat(-scale);
  const sign = unscaled.startsWith('-') ? '-' : '';
  const digits = unscaled.slice(sign.length).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Printable ASCII as it is, other bytes as `\xFF`. */
export function blobText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const printable = byte >= 32 && byte < 127 && byte !== 92;
    text += printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/** Lists and structs as JSON; integers keep their digits. */
export function nestedText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? rawNumber(item) : item));
}

function rawNumber(value: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
}
