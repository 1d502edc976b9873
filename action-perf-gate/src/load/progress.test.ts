import { expect, test } from 'vitest';
import { counters, cutSamples, lowerBound, outcomeIndex, sharedColumns } from './columns.ts';
import { newCounters, progressOf } from './progress.ts';
import type { Samples } from './types.ts';

/** 400 arrivals, one each 10 ms; those before 3 s have been answered within 5 ms, one of a hundred within 90. */
function columns(): Samples {
  const all = sharedColumns({
    dueMs: Float64Array.from({ length: 400 }, (_, i) => i * 10),
    target: new Uint8Array(400),
    request: new Uint16Array(400),
    durationMs: 4000,
  });
  for (let i = 0; i < 300; i++) {
    all.sentMs[i] = i * 10 + 0.1;
    all.doneMs[i] = i * 10 + (i % 100 === 50 ? 90 : 5);
    all.outcome[i] = outcomeIndex.ok;
  }
  return all;
}

test('counts of all threads add up, and the latency is that of the last second', () => {
  const counts = [newCounters(), newCounters()];
  for (const each of counts) {
    each[counters.sent] = 151;
    each[counters.done] = 150;
    each[counters.connections] = 3;
    each[counters.outcomes + outcomeIndex.ok] = 148;
    each[counters.outcomes + outcomeIndex.reset] = 2;
  }
  const { latencyMs, ...rest } = progressOf(columns(), counts, 3005);
  expect(rest).toEqual({
    elapsedMs: 3005,
    planned: 400,
    due: 301,
    sent: 302,
    done: 300,
    errors: { reset: 4 },
    connections: 6,
  });
  // Of 99 answers one took 90 ms: the 99th of them.
  expect(latencyMs?.p50).toBeCloseTo(5);
  expect(latencyMs?.p99).toBeCloseTo(90);
});

test('without answers there is no latency', () => {
  expect(progressOf(columns(), [newCounters()], 3900).latencyMs).not.toBeNull();
  expect(progressOf(columns(), [newCounters()], 4100).latencyMs).toBeNull();
});

test('a part of the samples counts from its own beginning, on memory of its own', () => {
  const whole = columns();
  const from = lowerBound(whole.schedule.dueMs, 2985);
  const part = cutSamples(whole, from, 301, 2985);
  expect([...part.schedule.dueMs]).toEqual([5, 15]);
  expect([...part.doneMs].map((time) => Math.round(time))).toEqual([10, Number.NaN]);
  expect(part.schedule.durationMs).toBe(1015);
  whole.doneMs.fill(0);
  expect(part.doneMs[0]).toBeCloseTo(10);
});
