import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cidrOf, contains, overlaps, type Range, rangeOf } from './cidr.ts';

function range(cidr: string): Range {
  const found = rangeOf(cidr);
  if (found === null) throw new Error(`${cidr} is no block`);
  return found;
}

test.each([
  ['10.0.0.0/16', 167_772_160, 167_837_695],
  ['0.0.0.0/0', 0, 4_294_967_295],
  ['255.255.255.255/32', 4_294_967_295, 4_294_967_295],
  ['10.0.3.7/16', 167_772_160, 167_837_695],
])('%s is from %d to %d', (cidr, first, last) => {
  expect(rangeOf(cidr)).toMatchObject({ first, last });
});

test.each(['10.0.0.0', '10.0.0/16', '10.0.0.256/16', '10.0.0.0/33', '::/0', ''])('%s is none', (cidr) => {
  expect(rangeOf(cidr)).toBeNull();
});

const blocks = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 32 }))
  .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`);

test('an address is within where Node says so, and the text of a range is its block', () => {
  fc.assert(
    fc.property(blocks, blocks, (one, other) => {
      const [network = '', bits = ''] = one.split('/');
      const list = new BlockList();
      list.addSubnet(network, Number(bits));
      const [address = ''] = other.split('/');
      expect(contains(range(one), range(`${address}/32`))).toBe(list.check(address));
      expect(range(cidrOf(range(one)))).toEqual(range(one));
    }),
  );
});

test('two blocks overlap just where one is within the other', () => {
  fc.assert(
    fc.property(blocks, blocks, (one, other) => {
      const [a, b] = [range(one), range(other)];
      expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
    }),
  );
});
