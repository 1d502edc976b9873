/** Blocks of addresses, as policies write them: a CIDR and parts of it that are left out. */

import { BlockList, isIP, isIPv6 } from 'node:net';

export interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

export function isInBlock({ cidr, except }: Block, address: string): boolean {
  return isWithin(cidr, address) && !except.some((part) => isWithin(part, address));
}

/** Whether an address of `others` (a CIDR) may be in the block. */
export function mayHold({ cidr, except }: Block, others: string): boolean {
  return overlap(cidr, others) && !except.some((part) => contains(part, others));
}

/** @returns why the text is no CIDR; null: it is one */
export function cidrProblem(text: string): string | null {
  return parse(text) === null ? `${text} is no block of addresses, as 10.0.0.0/16` : null;
}

function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

function contains(outer: string, inner: string): boolean {
  const [a, b] = [parse(outer), parse(inner)];
  return a !== null && b !== null && a.bits <= b.bits && isWithin(outer, b.network);
}

function isWithin(cidr: string, address: string): boolean {
  const block = parse(cidr);
  if (block === null || isIPv6(address) !== (block.family === 'ipv6')) return false;
  return block.list.check(address, block.family);
}

interface Parsed {
  readonly network: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly list: BlockList;
}

/** The same few blocks are asked for every pair of ends. */
const known = new Map<string, Parsed | null>();

function parse(cidr: string): Parsed | null {
  const before = known.get(cidr);
  if (before !== undefined) return before;
  const [network = '', length = ''] = cidr.split('/');
  const family: Parsed['family'] = isIPv6(network) ? 'ipv6' : 'ipv4';
  const bits = Number(length);
  const isRight = isIP(network) !== 0 && /^\d{1,3}$/.test(length) && bits <= (family === 'ipv6' ? 128 : 32);
  const list = new BlockList();
  if (isRight) list.addSubnet(network, bits, family);
  const parsed = isRight ? { network, bits, family, list } : null;
  known.set(cidr, parsed);
  return parsed;
}
