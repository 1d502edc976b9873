import { describe, expect, test } from 'vitest';
import { type DuetPlanOptions, livesFor, partsFor, planDuet } from './schedule.ts';

const minute: DuetPlanOptions = {
  stages: [{ perSecond: 100, durationMs: 60_000 }],
  arrivals: 'poisson',
  warmupMs: 1000,
  weights: [3, 1],
  seed: 7,
  restarts: true,
};

/** Arrivals of one service, in order of time. */
function arrivalsOf(schedule: ReturnType<typeof planDuet>['lives'][number]['schedule'], target: number) {
  const places = [...schedule.target.keys()].filter((place) => schedule.target[place] === target);
  return {
    due: places.map((place) => schedule.dueMs[place] ?? Number.NaN),
    requests: places.map((place) => schedule.request[place]),
  };
}

describe('lives', () => {
  test.each([
    [10, 6],
    [30, 8],
    [60, 16],
    [120, 24],
    [600, 24],
  ])('in %d s there are %d', (seconds, lives) => {
    expect(livesFor(seconds * 1000)).toBe(lives);
  });

  test.each([
    [60, 5, 16],
    [60, 15, 12],
    [60, 20, 8],
    [60, 60, 6],
    [30, 5, 8],
  ])('in %d s that start and warm up for %d s there are %d', (seconds, overhead, lives) => {
    expect(livesFor(seconds * 1000, overhead * 1000)).toBe(lives);
    expect(
      planDuet({
        ...minute,
        stages: [{ perSecond: 10, durationMs: seconds * 1000 }],
        warmupMs: overhead * 1000,
      }).lives,
    ).toHaveLength(lives);
  });

  test('are fewer where services are known to start slowly', () => {
    // 21 s before each: three minutes hold eight.
    expect(planDuet({ ...minute, startMs: 20_000 }).lives).toHaveLength(8);
  });

  test('share the measured time, each with a warm-up before it', () => {
    const plan = planDuet(minute);
    expect(plan.lives).toHaveLength(16);
    expect(plan.measuredMs).toBe(3750);
    for (const { schedule } of plan.lives) expect(schedule.durationMs).toBe(4750);
  });

  test('each service is started first in half of them', () => {
    for (const seed of [1, 2, 3]) {
      const firsts = planDuet({ ...minute, seed }).lives.map(({ startsFirst }) => startsFirst);
      expect(firsts.filter((first) => first === 0)).toHaveLength(8);
    }
  });

  test.each([
    [10, 12],
    [60, 16],
    [600, 24],
  ])('a run of %d s with one life is read in %d parts', (seconds, parts) => {
    expect(partsFor(seconds * 1000)).toBe(parts);
  });

  test('there is one where services cannot be started anew', () => {
    const plan = planDuet({ ...minute, restarts: false });
    expect(plan.lives).toHaveLength(1);
    expect(plan.measuredMs).toBe(60_000);
  });

  test('each goes through all stages', () => {
    const stages = [
      { perSecond: 50, durationMs: 12_000 },
      { perSecond: 200, durationMs: 12_000 },
    ];
    const [life] = planDuet({ ...minute, stages, arrivals: 'constant', lives: 6 }).lives;
    const due = [...(life?.schedule.dueMs ?? [])];
    // Of both services: 1 s of warm-up and 2 s at 50/s each, then 2 s at 200/s each.
    expect(due.filter((at) => at < 3000)).toHaveLength(300);
    expect(due.filter((at) => at >= 3000)).toHaveLength(800);
  });
});

describe.each(['poisson', 'constant'] as const)('%s arrivals', (arrivals) => {
  const plan = planDuet({ ...minute, arrivals });

  test('are in order, within the life, at the rate asked for each service', () => {
    let count = 0;
    for (const { schedule } of plan.lives) {
      const due = [...schedule.dueMs];
      expect(due).toEqual([...due].sort((a, b) => a - b));
      expect(due[0]).toBeGreaterThanOrEqual(0);
      expect(due.at(-1)).toBeLessThan(schedule.durationMs);
      count += arrivalsOf(schedule, 1).due.length;
    }
    // 7,600 are due in 16 lives of 4.75 s; five standard deviations of a Poisson count.
    expect(Math.abs(count - 7600)).toBeLessThanOrEqual(arrivals === 'poisson' ? 5 * Math.sqrt(7600) : 0);
  });

  test('are as many of both services in every block of time, of the same requests', () => {
    for (const { schedule } of plan.lives) {
      const [baseline, candidate] = [arrivalsOf(schedule, 0), arrivalsOf(schedule, 1)];
      expect(candidate.requests).toEqual(baseline.requests);
      // The warm-up is a stage of its own: blocks are counted from its end.
      const block = arrivals === 'poisson' ? 3750 / 8 : 750;
      for (let at = 1000; at < 4750; at += block) {
        const within = (due: number): boolean => due >= at && due < at + block;
        expect(candidate.due.filter(within)).toHaveLength(baseline.due.filter(within).length);
      }
    }
  });

  test('neither service leads: each is first in half of the pairs', () => {
    let [pairs, led] = [0, 0];
    for (const { schedule } of plan.lives) {
      const { due } = arrivalsOf(schedule, 1);
      for (const [place, at] of arrivalsOf(schedule, 0).due.entries()) {
        pairs++;
        if (at < (due[place] ?? 0)) led++;
      }
    }
    // Neighbouring pairs of a Poisson block are correlated, which at most doubles the standard error here.
    expect(Math.abs(led / pairs - 0.5)).toBeLessThan(0.05);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(planDuet({ ...minute, arrivals })).toEqual(plan);
    expect(planDuet({ ...minute, arrivals, seed: 8 })).not.toEqual(plan);
  });

  test('choose requests by weight', () => {
    const requests = plan.lives.flatMap(({ schedule }) => arrivalsOf(schedule, 0).requests);
    const share = requests.filter((request) => request === 0).length / requests.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(0.03);
  });
});

test('each service alone sees a Poisson process: gaps are exponential', () => {
  const { lives } = planDuet({ ...minute, stages: [{ perSecond: 500, durationMs: 60_000 }] });
  const gaps = lives.flatMap(({ schedule }) => {
    const { due } = arrivalsOf(schedule, 1);
    return due.slice(1).map((at, place) => at - (due[place] ?? 0));
  });
  for (const ms of [0.5, 2, 5]) {
    const share = gaps.filter((gap) => gap > ms).length / gaps.length;
    const expected = Math.exp(-ms / 2);
    expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / gaps.length));
  }
});

test('constant arrivals of both together are evenly spaced', () => {
  const [life] = planDuet({ ...minute, arrivals: 'constant' }).lives;
  const due = [...(life?.schedule.dueMs ?? [])];
  for (const [place, at] of due.slice(1).entries()) expect(at - (due[place] ?? 0)).toBeCloseTo(5, 9);
});

test('a low rate has blocks that are long enough for pairs', () => {
  const { lives } = planDuet({ ...minute, stages: [{ perSecond: 2, durationMs: 60_000 }], lives: 6 });
  const counts = lives.map(({ schedule }) => arrivalsOf(schedule, 0).due.length);
  // 22 are due in each life of 11 s; six standard deviations.
  for (const count of counts) expect(Math.abs(count - 22)).toBeLessThan(6 * Math.sqrt(22));
});

test('nothing to send, and no time to send it in, are errors', () => {
  expect(() => planDuet({ ...minute, weights: [] })).toThrow('a request to send');
  expect(() => planDuet({ ...minute, stages: [] })).toThrow('a duration above 0');
});
