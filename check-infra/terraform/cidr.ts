/** Blocks of IPv4 addresses as ranges of numbers. */

export interface Range {
  readonly first: number;
  /** The last address that is within. */
  readonly last: number;
  readonly bits: number;
}

/** Null: it is no block, as 10.0.0.0/16. Bits behind the prefix count as zero. */
export function rangeOf(cidr: string): Range | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts;
  if (bits > 32 || [a, b, c, d].some((part) => part > 255)) return null;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1, bits };
}

/** Of a range, as AWS writes it. */
export function cidrOf({ first, bits }: Range): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${bits}`;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
