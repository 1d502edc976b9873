import { expect, test } from 'vitest';
import { mistakesOf } from '../../core/inputs/testing.ts';
import { refuseTooShort } from './too-short.ts';

const minutes = (count: number) => count * 60_000;
const base = { timeoutMs: minutes(30), bakeMs: minutes(5), analysis: null };
const analysis = { prometheusUrl: new URL('http://prometheus:9090'), lines: [] };

test('bakes that reach the time of the rollout are refused', () => {
  const plan = { strategy: 'linear', leastMs: minutes(50) };
  expect(mistakesOf(() => refuseTooShort(base, plan))).toBe(
    'timeout: 30m does not suffice: the bakes of this linear deployment alone take 50m; ' +
      'allowed: more than 50m, with time for the tasks to start',
  );
  expect(() => refuseTooShort({ ...base, timeoutMs: minutes(51) }, plan)).not.toThrow();
  expect(() => refuseTooShort({ ...base, timeoutMs: minutes(50) }, plan)).toThrow(/50m does not suffice/);
});

test('no time would suffice', () => {
  const plan = { strategy: 'blue-green', leastMs: minutes(1440) };
  expect(mistakesOf(() => refuseTooShort(base, plan))).toMatch(/take 24h; allowed: at most 6h: shorten/);
});

test('the action’s own bake counts where it is waited for', () => {
  const plan = { strategy: 'rolling', leastMs: 0 };
  const short = { ...base, timeoutMs: minutes(5) };
  expect(() => refuseTooShort(short, plan)).not.toThrow();
  expect(() => refuseTooShort({ ...short, analysis }, plan)).toThrow(/bakes .* alone take 5m/);
  expect(() => refuseTooShort({ ...short, analysis }, { ...plan, strategy: 'canary' })).not.toThrow();
});
