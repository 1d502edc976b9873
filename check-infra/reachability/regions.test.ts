/** Parts of the network that blocks cut it into. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInBlock } from './addresses.ts';
import { blockOf, regionsOf } from './regions.ts';

describe('regions', () => {
  test.each([
    [['10.0.0.0/8'], [['10.0.0.0/8', '10.0.0.0']]],
    [
      ['0.0.0.0/0', '0.0.0.0/8', '1.0.0.0/8'],
      [
        ['0.0.0.0/0', '2.0.0.0'],
        ['0.0.0.0/8', '0.0.0.0'],
        ['1.0.0.0/8', '1.0.0.0'],
      ],
    ],
    // The halves fill the whole.
    [
      ['10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9'],
      [
        ['10.0.0.0/9', '10.0.0.0'],
        ['10.128.0.0/9', '10.128.0.0'],
      ],
    ],
    // The same block, written with an address of it.
    [['10.0.0.0/8', '10.1.2.3/8'], [['10.1.2.3/8', '10.0.0.0']]],
    [
      ['::/0', '::/1', '2001:db8::7/128', '0.0.0.0/0'],
      [
        ['::/0', '8000:0:0:0:0:0:0:0'],
        ['::/1', '0:0:0:0:0:0:0:0'],
        ['2001:db8::7/128', '2001:db8:0:0:0:0:0:7'],
        ['0.0.0.0/0', '0.0.0.0'],
      ],
    ],
    [['::ffff:10.0.0.1/128'], [['::ffff:10.0.0.1/128', '0:0:0:0:0:ffff:a00:1']]],
    [['nonsense', '10.0.0.0', '10.0.0.0/33'], []],
  ])('of %j', (cidrs, regions) => {
    expect(regionsOf(cidrs).map(({ cidr, address }) => [cidr, address])).toEqual(regions);
  });
});

test('every address is in the same blocks as that of some region', () => {
  const address = fc
    .tuple(fc.constantFrom(10, 11), fc.nat(3), fc.nat(3), fc.nat(255))
    .map((parts) => parts.join('.'));
  const cidr = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([start, bits]) => `${start}/${bits}`);
  fc.assert(
    fc.property(
      fc.array(cidr, { maxLength: 8 }),
      fc.array(address, { maxLength: 20 }),
      (cidrs, addresses) => {
        const blocksOf = (one: string) =>
          cidrs.map((block) => isInBlock({ cidr: block, except: [] }, one)).join();
        const known = new Set(regionsOf([...cidrs, '0.0.0.0/0']).map((one) => blocksOf(one.address)));
        for (const one of addresses) expect(known).toContain(blocksOf(one));
      },
    ),
  );
});

test('one address as a block', () => {
  expect(blockOf('10.0.0.7')).toBe('10.0.0.7/32');
  expect(blockOf('::1')).toBe('::1/128');
});
