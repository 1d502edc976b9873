import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode, encode, Histogram, histogramLog, histogramOf } from './index.ts';

/** By fixtures/make-oracle.py: what PyPI's hdrhistogram makes of the same values. */
const oracle = JSON.parse(readFileSync(new URL('fixtures/oracle.json', import.meta.url), 'utf8')) as {
  name: string;
  values: [us: number, count: number][];
  encoded: string;
  ranks: [rank: number, us: number][];
}[];

function* each(values: readonly [number, number][]): Generator<number> {
  for (const [us, count] of values) for (let i = 0; i < count; i++) yield us / 1000;
}
/** Deflate may differ by version; what is deflated may not. */
const inflated = (encoded: string): Buffer => inflateSync(Buffer.from(encoded, 'base64').subarray(8));

describe.each(oracle)('$name', ({ values, encoded, ranks }) => {
  const histogram = histogramOf(each(values));

  test('has the quantiles of hdrhistogram', () => {
    for (const [rank, us] of ranks) expect(histogram.quantile(rank / histogram.total)).toBe(us / 1000);
  });

  test('is written as hdrhistogram writes it', () => {
    expect(inflated(encode(histogram)).equals(inflated(encoded))).toBe(true);
  });

  test('is read as it was written', () => {
    for (const text of [encoded, encode(histogram)]) {
      const read = decode(text);
      expect(read.total).toBe(values.reduce((sum, [, count]) => sum + count, 0));
      expect(read.counts).toEqual(histogram.counts);
    }
  });
});

test('histograms add up', () => {
  const [one, other] = [histogramOf([1, 2, 3]), histogramOf([3, 400])];
  one.add(other);
  expect(one.total).toBe(5);
  expect(one.counts).toEqual(histogramOf([1, 2, 3, 3, 400]).counts);
});

test('every value is known to a thousandth', () => {
  for (let us = 1; us < 60_000_000; us = Math.ceil(us * 1.01)) {
    const shown = Math.round(histogramOf([us / 1000]).max * 1000);
    expect(shown).toBeGreaterThanOrEqual(us);
    expect(shown - us).toBeLessThanOrEqual(us / 1000);
  }
});

test('what is out of range counts at its ends, and what never came does not', () => {
  const histogram = histogramOf([75_000, -0.001, Number.NaN]);
  expect(histogram.total).toBe(2);
  expect(histogram.quantile(0.5)).toBe(0);
  expect(histogram.max).toBeCloseTo(60_000, -2);
  expect(new Histogram().quantile(0.5)).toBeNaN();
});

test.each([
  ['no base64', '%%%', /no compressed HdrHistogram/],
  ['other bytes', Buffer.from('something else').toString('base64'), /no compressed HdrHistogram/],
  ['half of one', encode(histogramOf([1])).slice(0, 20), /is damaged/],
  // Of three digits too, but to one hour, by the same program.
  ['another range', 'HISTFAAAABl4nJNpmSzMwMDAxAABzFCaEcyZ3M4AABDWAgY=', /damaged|another range/],
])('%s is refused', (_, text, message) => {
  expect(() => decode(text)).toThrow(message);
});

test('a log holds a line for each interval', () => {
  const histogram = histogramOf([5]);
  const log = histogramLog(new Date(1_700_000_000_000), 'p', [
    { tag: null, startSeconds: 0, lengthSeconds: 30, histogram },
    { tag: 'candidate', startSeconds: 30, lengthSeconds: 1.5, histogram: new Histogram() },
  ]);
  const lines = log
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  expect(lines).toEqual([
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    `0.000,30.000,5.003,${encode(histogram)}`,
    `Tag=candidate,30.000,1.500,0.000,${encode(new Histogram())}`,
  ]);
});
