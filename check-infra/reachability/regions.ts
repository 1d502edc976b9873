/**
 * Addresses that stand for all others. Blocks (CIDRs) lie within each other or apart, so that they cut the addresses into regions:
 * a block without the blocks within it. All addresses of a region are in the same blocks, and so one of each is enough to try.
 */

import { isIP, isIPv6 } from 'node:net';

export interface Region {
  /** The smallest of the blocks that its addresses are in. */
  readonly cidr: string;
  /** One of them. */
  readonly address: string;
}

interface Range {
  readonly cidr: string;
  readonly isIPv6: boolean;
  readonly first: bigint;
  readonly last: bigint;
}

/** Of each block one region, but of those that smaller ones fill. What is no CIDR is left out. */
export function regionsOf(cidrs: readonly string[]): Region[] {
  const ranges = [
    ...new Map(
      cidrs.flatMap((cidr) => {
        const range = rangeOf(cidr);
        return range === null ? [] : [[`${range.isIPv6} ${range.first} ${range.last}`, range] as const];
      }),
    ).values(),
  ];
  return ranges.flatMap((range): Region[] => {
    const within = ranges.filter(
      (one) =>
        one !== range && one.isIPv6 === range.isIPv6 && one.first >= range.first && one.last <= range.last,
    );
    const free = [range.first, ...within.map(({ last }) => last + 1n)]
      .filter((address) => address <= range.last)
      .filter((address) => !within.some(({ first, last }) => first <= address && address <= last))
      .sort((a, b) => (a < b ? -1 : 1))[0];
    return free === undefined ? [] : [{ cidr: range.cidr, address: textOf(free, range.isIPv6) }];
  });
}

/** `10.0.0.7` as the block that holds nothing else. */
export function blockOf(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}

function rangeOf(cidr: string): Range | null {
  const [address = '', length = ''] = cidr.split('/');
  const bits = isIPv6(address) ? 128 : 32;
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) return null;
  const size = 1n << BigInt(bits - Number(length));
  const first = (numberOf(address) / size) * size;
  return { cidr, isIPv6: bits === 128, first, last: first + size - 1n };
}

function numberOf(address: string): bigint {
  if (!isIPv6(address)) return joined(address.split('.').map(BigInt), 8n);
  // `::ffff:10.0.0.1`
  const plain = address
    .replace(/%.*$/, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
      [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((part) => part.toString(16)).join(':'),
    );
  const [head = [], tail = []] = plain.split('::').map((part) => part.split(':').filter((one) => one !== ''));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return joined(
    [...head, ...zeros, ...tail].map((part) => BigInt(`0x${part}`)),
    16n,
  );
}

function joined(parts: readonly bigint[], bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) + part, 0n);
}

function textOf(number: bigint, isSix: boolean): string {
  const [count, bits] = isSix ? [8, 16n] : [4, 8n];
  const parts = Array.from({ length: count }, (_, at) => {
    const part = (number >> (bits * BigInt(count - 1 - at))) & ((1n << bits) - 1n);
    return part.toString(isSix ? 16 : 10);
  });
  return parts.join(isSix ? ':' : '.');
}
