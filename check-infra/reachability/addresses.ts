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
  const list = new BlockList();
  list.addSubnet(block.network, block.bits, block.family);
  return list.check(address, block.family);
}

function parse(cidr: string): { network: string; bits: number; family: 'ipv4' | 'ipv6' } | null {
  const [network = '', length = ''] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const bits = Number(length);
  const isRight = isIP(network) !== 0 && /^\d{1,3}$/.test(length) && bits <= (family === 'ipv6' ? 128 : 32);
  return isRight ? { network, bits, family } : null;
}
