import { expect, test } from 'vitest';
import { Ring, rowsOf, sizeOf } from './ring.ts';
import { makeEntry } from './testing.ts';

const plenty = { rows: 1_000, bytes: 1e9 };
const named = (requestId: string, rows = 1) =>
  makeEntry({ requestId, rows, inputs: { age: Array(rows).fill(40) } });
const taken = (ring: Ring, rows = 1_000) =>
  ring.take({ rows, bytes: 1e9 }).map(({ entry, from, to }) => `${entry.requestId} ${from}-${to}`);

test('what came first goes first, and many rows of one request go in parts', () => {
  const ring = new Ring(plenty);
  ring.push(named('a', 2));
  ring.push(named('b', 5));
  expect(taken(ring, 3)).toEqual(['a 0-2', 'b 0-1']);
  expect(ring.rows).toBe(4);
  expect(taken(ring, 3)).toEqual(['b 1-4']);
  expect(taken(ring, 3)).toEqual(['b 4-5']);
  expect(taken(ring, 3)).toEqual([]);
});

test('the oldest rows make room, those of a request that was begun only as far as they are left', () => {
  const ring = new Ring({ rows: 6, bytes: 1e9 });
  ring.push(named('a', 4));
  expect(taken(ring, 1)).toEqual(['a 0-1']);
  expect(ring.push(named('b', 3))).toBe(0);
  expect(ring.push(named('c', 1))).toBe(3);
  expect(taken(ring)).toEqual(['b 0-3', 'c 0-1']);
});

test('a request that alone is too large is dropped, and drops nothing else', () => {
  const ring = new Ring({ rows: 6, bytes: 10_000 });
  ring.push(named('a'));
  expect(ring.push(named('b', 7))).toBe(7);
  expect(ring.push(makeEntry({ inputs: { text: ['x'.repeat(5_000)] } }))).toBe(1);
  expect(taken(ring)).toEqual(['a 0-1']);
});

test('bytes bound the ring and the batches as rows do', () => {
  const large = () => makeEntry({ inputs: { text: ['x'.repeat(1_000)] } });
  const ring = new Ring({ rows: 1_000, bytes: 3.5 * sizeOf(large()) });
  expect(Array.from({ length: 5 }, () => ring.push(large()))).toEqual([0, 0, 0, 1, 1]);
  expect(rowsOf(ring.take({ rows: 100, bytes: 2 * sizeOf(large()) }))).toBe(2);
  expect(rowsOf(ring.take({ rows: 100, bytes: 1 })), 'a batch has a row, whatever its size').toBe(1);
});

test.each([
  ['texts', ['a', 'x'.repeat(1_000)], 2_000],
  ['arrays', Array.from({ length: 10 }, () => Array(100).fill(0.5)), 10 * 100 * 8],
  ['arrays of arrays', [[Array(1_000).fill(1)]], 1_000 * 8],
  ['missing values before others', [null, 'x'.repeat(1_000)], 2_000],
])('the size of %s is at least what they hold', (_, cells, bytes) => {
  const empty = sizeOf(makeEntry({ inputs: {} }));
  expect(sizeOf(makeEntry({ rows: cells.length, inputs: { cells } })) - empty).toBeGreaterThanOrEqual(bytes);
});

test('a hundred thousand entries in and out leave nothing behind', () => {
  const ring = new Ring({ rows: 50, bytes: 1e6 });
  let dropped = 0;
  let out = 0;
  for (let i = 0; i < 100_000; i++) {
    dropped += ring.push(named(String(i), 1 + (i % 3)));
    if (i % 40 === 0) out += rowsOf(ring.take({ rows: 7, bytes: 1e6 }));
  }
  const pushed = 100_000 + 33_333 + 2 * 33_333;
  expect(dropped + out + ring.rows).toBe(pushed);
  expect(ring.clear()).toBeLessThanOrEqual(50);
  expect(ring.push(named('again'))).toBe(0);
  expect(taken(ring)).toEqual(['again 0-1']);
});
