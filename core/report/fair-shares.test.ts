import { describe, expect, it } from 'vitest';
import { fairShares } from './fair-shares.ts';

describe('fair shares', () => {
  it.each([
    ['all fit', { a: 3, b: 4 }, 10, { a: 3, b: 4 }],
    ['small groups keep all they have', { a: 1_000_000, b: 5, c: 90 }, 100, { a: 48, b: 5, c: 47 }],
    ['equal ones share equally', { a: 50, b: 50 }, 11, { a: 5, b: 6 }],
    ['nothing to share', { a: 5 }, 0, { a: 0 }],
    ['nobody', {}, 5, {}],
  ] as const)('%s', (_, sizes, limit, expected) =>
    expect(Object.fromEntries(fairShares(new Map(Object.entries(sizes)), limit))).toEqual(expected),
  );
});
