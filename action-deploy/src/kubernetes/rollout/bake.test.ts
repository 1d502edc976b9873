import { expect, test } from 'vitest';
import type { Analysis, AnalysisRound, RollingWorld } from '../../types.ts';
import { bakeAndJudge } from './bake.ts';

const round: AnalysisRound = { stage: '', at: '', promote: true, lines: [] };

async function judged(bakeMs: number, leftMs: number, signal = new AbortController().signal) {
  const calls: string[] = [];
  const analysis: Analysis = {
    judge: async (stage, _world, cutShort) => {
      calls.push([stage, ...(cutShort === undefined ? [] : [cutShort])].join(': '));
      return round;
    },
  };
  const world = {
    bakeMs,
    deadline: new Date(1_000_000 + leftMs),
    clock: () => new Date(1_000_000),
    sleep: async (milliseconds: number) => void calls.push(`${milliseconds} ms`),
    signal,
    tell: () => {},
  } as unknown as RollingWorld;
  const { isCutShort } = await bakeAndJudge(analysis, world, 15_000);
  return [...calls, ...(isCutShort ? ['cut short'] : [])];
}

test('at once without a bake time', async () => {
  expect(await judged(0, 60_000)).toEqual(['when all new pods are ready']);
});

test('after the bake time', async () => {
  expect(await judged(300_000, 315_000)).toEqual(['300000 ms', 'after the bake time']);
});

test('before the deadline, which is cut short', async () => {
  const why = 'after the bake time: after 45 s of a bake time of 5 min';
  expect(await judged(300_000, 60_000)).toEqual(['45000 ms', why, 'cut short']);
  expect((await judged(300_000, 1000))[0]).toBe('0 ms');
});

test('not once it is over', async () => {
  await expect(judged(300_000, 400_000, AbortSignal.abort())).rejects.toThrow('the bake time was ended');
});
