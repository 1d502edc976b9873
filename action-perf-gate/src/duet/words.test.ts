import { expect, test } from 'vitest';
import type { Change } from './compare.ts';
import { detectableText, sentenceOf, smallestChange } from './words.ts';

const change = (value: number, low: number, high: number, parts: Partial<Change> = {}): Change => ({
  scale: 'ratio',
  value,
  interval: { level: 0.95, low, high, method: 'student-t-over-lives' },
  detectable: { scale: 'ratio', change: 0.081, power: 0.8 },
  ...parts,
});

test('a change that is beyond chance', () => {
  expect(
    sentenceOf({ metric: 'p95', baseline: 12.7, candidate: 14.1, change: change(0.11, 0.032, 0.19) }),
  ).toBe('p95 is 11% slower (3.2 to 19), 14.1 ms against 12.7 ms');
});

test('a change for the better is told as one, the smaller end first', () => {
  expect(sentenceOf({ metric: 'p50', baseline: 10, candidate: 8, change: change(-0.2, -0.25, -0.151) })).toBe(
    'p50 is 20% faster (15 to 25), 8 ms against 10 ms',
  );
});

test('no change says what would have been seen', () => {
  expect(
    sentenceOf({ metric: 'p95', baseline: 12.7, candidate: 12.9, change: change(0.012, -0.031, 0.056) }),
  ).toBe(
    'p95 shows no change: 1.2% slower (−3.1 to 5.6), 12.9 ms against 12.7 ms; 8.1% slower would have been seen',
  );
});

test('error rates are told in points', () => {
  const detectable = { scale: 'difference', change: 0.0021, power: 0.8 } as const;
  expect(
    sentenceOf({
      metric: 'error_rate',
      baseline: 0.001,
      candidate: 0.006,
      change: change(0.005, 0.001, 0.009, { scale: 'difference', detectable }),
    }),
  ).toBe('error_rate is 0.5 points higher (0.1 to 0.9), 0.6% against 0.1%');
  expect(detectableText('error_rate', detectable)).toBe('0.21 points higher');
});

test('no errors on either side are the same', () => {
  const detectable = { scale: 'difference', change: 0.0036, power: 0.8 } as const;
  expect(
    sentenceOf({
      metric: 'error_rate',
      baseline: 0,
      candidate: 0,
      change: change(0, -0.0025, 0.0025, { scale: 'difference', detectable }),
    }),
  ).toBe(
    'error_rate shows no change: the same (−0.25 to 0.25), 0% against 0%; 0.36 points higher would have been seen',
  );
});

test('the smallest change is one for the worse', () => {
  const detectable = { scale: 'ratio', change: 0.081, power: 0.8 } as const;
  expect(smallestChange('throughput', detectable)).toBe(
    'the smallest change that this run could see is 8.1% lower (80% power)',
  );
  expect(detectableText('cpu_per_request', detectable)).toBe('8.1% more');
  expect(detectableText('p95', { scale: 'difference', change: Math.PI, power: 0.8 })).toBe('3.142 ms slower');
});
