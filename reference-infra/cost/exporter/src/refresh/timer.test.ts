import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepAsking } from './timer.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const minute = 60_000;

test('a round comes at once, and the next when it is due', async () => {
  const rounds: number[] = [];
  const asking = keepAsking({
    round: async () => {
      rounds.push(Date.now());
      return Date.now() + 8 * 60 * minute;
    },
    after: () => {},
    failed: () => {},
    now: Date.now,
  });
  await vi.advanceTimersByTimeAsync(17 * 60 * minute);
  asking.stop();
  expect(rounds.map((time) => time / minute)).toEqual([0, 480, 960]);
  await vi.advanceTimersByTimeAsync(17 * 60 * minute);
  expect(rounds).toHaveLength(3);
});

test('a round that fails is told, and tried again in a quarter of an hour', async () => {
  const failures: string[] = [];
  let rounds = 0;
  const asking = keepAsking({
    round: async () => {
      rounds += 1;
      throw new Error('no space left');
    },
    after: () => failures.push('after'),
    failed: (error) => failures.push(String(error)),
    now: Date.now,
  });
  await vi.advanceTimersByTimeAsync(14 * minute);
  expect(failures).toEqual(['Error: no space left', 'after']);
  await vi.advanceTimersByTimeAsync(2 * minute);
  expect(rounds).toBe(2);
  asking.stop();
});
