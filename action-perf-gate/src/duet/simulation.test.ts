/**
 * How often a duet is right, over runs with fixed seeds: equal services that are called slower, slower ones that are
 * found, intervals that hold the truth. Shares may be off by four standard errors of a share of so many runs.
 */

import { describe, expect, test } from 'vitest';
import { Random } from '../../../core/stats/index.ts';
import { contrastOf } from './contrast.ts';
import type { DuetMetric } from './metrics.ts';
import type { LifeReading } from './reading.ts';
import { armOf, heavy, judgeDuet, liveThrough, logNormal, quiet, type World } from './testing.ts';

const options = { restarts: true, level: 0.95, cpuGrainMs: 10 };

function contrasts(world: World, metric: DuetMetric, runs: number) {
  return Array.from({ length: runs }, (_, run) => contrastIn(metric, liveThrough(world, new Random(run, 5))));
}

function contrastIn(metric: DuetMetric, readings: readonly LifeReading[]) {
  const found = contrastOf(metric, { factor: 1, offset: 0 }, readings, options);
  if ('missing' in found) throw new Error(found.missing);
  return found;
}

const share = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length / all.length;
const allowance = (p: number, runs: number): number => 4 * Math.sqrt((p * (1 - p)) / runs);

const calm: World = { ...quiet, perSecond: 40 };
const worlds: Readonly<Record<string, World>> = {
  'a quiet machine': calm,
  'half a minute': { ...calm, seconds: 30, lives: 6 },
  'two minutes at 20/s': { ...calm, perSecond: 20, seconds: 120, lives: 24 },
  'noise that both share': { ...calm, sharedDeviation: 0.2 },
  'lives that differ by 3%': { ...calm, lifeDeviation: 0.03, latency: logNormal(0.3) },
  'lives that differ by 8%': { ...calm, lifeDeviation: 0.08, latency: logNormal(0.3) },
  'bursts, one every 7 s': { ...calm, bursts: 0.15, lifeDeviation: 0.03, latency: logNormal(0.3) },
  'a heavy tail': { ...calm, latency: heavy },
};

// A candidate that is slower by a factor shifts all of this by its logarithm: the intervals hold that as often.
describe('equal services: at most 5% alarms, and 95% of the intervals hold no change', () => {
  test.each(Object.entries(worlds))('%s', (_name, world) => {
    const runs = 200;
    const metrics = ['p50', 'p95', world.perSecond < 40 ? 'mean' : 'p99'] as const;
    const found = Array.from({ length: runs }, (_, run) => {
      const readings = liveThrough(world, new Random(run, 5));
      return metrics.map((metric) => contrastIn(metric, readings).interval);
    });
    for (const place of metrics.keys()) {
      const intervals = found.flatMap((each) => each[place] ?? []);
      // An alarm is an interval wholly on the slow side: at most 2.5% are expected.
      expect(share(intervals, ({ low }) => low > 0)).toBeLessThanOrEqual(0.05);
      const held = share(intervals, ({ low, high }) => low <= 0 && high >= 0);
      expect(held).toBeGreaterThan(0.95 - allowance(0.05, runs));
    }
  });
});

describe('at thousands of requests a second', () => {
  test('lives still count as one each', () => {
    const world = { ...quiet, perSecond: 2000, seconds: 12, lifeDeviation: 0.05 };
    const found = contrasts(world, 'p95', 40);
    expect(share(found, ({ interval }) => interval.low > 0 || interval.high < 0)).toBeLessThanOrEqual(0.15);
  });
});

describe('10% slower on a quiet machine', () => {
  // Lives of one server differ by some 2% there (README); a p95 twice the median at 100/s.
  const world: World = { ...quiet, latency: logNormal(0.4), lifeDeviation: 0.02, slower: 1.1 };

  test('is found in at least 90% of one-minute runs', () => {
    const runs = 100;
    expect(share(contrasts(world, 'p95', runs), ({ interval }) => interval.low > 0)).toBeGreaterThanOrEqual(
      0.9,
    );
  });

  test('and `p95 <= baseline * 1.10` passes in as many for services that are equal', () => {
    const runs = 100;
    const verdicts = Array.from({ length: runs }, (_, run) => {
      const readings = liveThrough({ ...world, slower: 1 }, new Random(run, 6));
      return judgeDuet('p95 <= baseline * 1.10', readings).verdict;
    });
    expect(share(verdicts, (verdict) => verdict === 'pass')).toBeGreaterThanOrEqual(0.9);
    expect(verdicts).not.toContain('fail');
  });
});

test('a disturbed life does not hide what the others show', () => {
  const runs = 50;
  const found = Array.from({ length: runs }, (_, run) => {
    const random = new Random(run, 7);
    const lives = liveThrough({ ...quiet, perSecond: 200, latency: logNormal(0.3), slower: 1.1 }, random);
    const [hit] = liveThrough({ ...quiet, lives: 1, seconds: 5, slower: 0.1 }, random);
    const [, ...others] = lives;
    return judgeDuet('p95 <= baseline', hit === undefined ? lives : [hit, ...others]).verdict;
  });
  expect(share(found, (verdict) => verdict === 'fail')).toBeGreaterThanOrEqual(0.9);
});

test('the smallest change that a run states is found in 80% of such runs', () => {
  const world: World = { ...quiet, perSecond: 40, lifeDeviation: 0.03 };
  const runs = 200;
  const stated = contrasts(world, 'p95', runs).map(({ detectable }) => detectable);
  const typical = stated.reduce((sum, each) => sum + each, 0) / runs;
  const slower = contrasts({ ...world, slower: Math.exp(typical) }, 'p95', runs);
  const seen = share(slower, ({ interval }) => interval.low > 0);
  expect(Math.abs(seen - 0.8)).toBeLessThan(allowance(0.8, runs));
});

describe('a generator that finds no core', () => {
  // Waits of 2.5 ms on average before a request and before its end is seen: a third of the p95 or so.
  const world: World = {
    ...calm,
    latency: logNormal(0.3),
    lag: (random) => (random.uniform() < 0.5 ? 0 : -5 * Math.log1p(-random.uniform())),
  };

  test('does not make services pass that are slower than the bound', () => {
    const runs = 100;
    const verdicts = Array.from({ length: runs }, (_, run) => {
      const readings = liveThrough({ ...world, slower: 1.15 }, new Random(run, 9));
      return judgeDuet('p95 <= baseline * 1.10', readings).verdict;
    });
    expect(share(verdicts, (verdict) => verdict === 'pass')).toBeLessThanOrEqual(0.05);
  });

  test('raises no alarm for equal ones', () => {
    const found = contrasts(world, 'p95', 100);
    expect(share(found, ({ interval }) => interval.low > 0)).toBeLessThanOrEqual(0.05);
  });
});

describe('error rates of equal services', () => {
  /** A fifth of a life's requests fail by half in some lives: of both at the same time, or of each when it happens. */
  const failing = (rate: number, bursts: number, shared: boolean, random: Random): LifeReading => {
    const start = (): number => (random.uniform() < bursts ? random.below(150) : Number.NaN);
    const both = start();
    const arm = () => {
      const from = shared ? both : start();
      const failed = new Uint8Array(187).map((_, at) =>
        random.uniform() < (at >= from && at < from + 37 ? 0.5 : rate) ? 1 : 0,
      );
      return armOf(new Float64Array(187 - failed.filter(Boolean).length).fill(10), { failed });
    };
    return [arm(), arm()];
  };

  test.each([
    ['none', 0, 0, true],
    ['one in a hundred', 0.01, 0, true],
    ['bursts that both share', 0.002, 0.25, true],
    ['bursts of their own', 0.002, 0.15, false],
  ])('%s', (_name, rate, bursts, shared) => {
    const runs = 200;
    const found = Array.from({ length: runs }, (_, run) => {
      const random = new Random(run, 10);
      return contrastIn(
        'error_rate',
        Array.from({ length: 16 }, () => failing(rate, bursts, shared, random)),
      );
    });
    expect(share(found, ({ interval }) => interval.low > 0)).toBeLessThanOrEqual(0.05);
    const held = share(found, ({ interval }) => interval.low <= 0 && interval.high >= 0);
    expect(held).toBeGreaterThan(0.95 - allowance(0.05, runs));
  });
});

describe('services that are seen in one life only', () => {
  const world: World = { ...quiet, perSecond: 100, latency: logNormal(0.3), lives: 12 };

  /** The same place for the whole run. */
  const verdicts = (placeDeviation: number, slower: number, line: string) =>
    Array.from({ length: 100 }, (_, run) => {
      const random = new Random(run, 8);
      const place = Math.exp(placeDeviation * Math.SQRT2 * random.normal());
      const readings = liveThrough({ ...world, slower: slower * place }, random);
      return judgeDuet(line, readings, { restarts: false }).verdict;
    });

  test('are called slower in at most 5% of runs, though each sits 5% better or worse', () => {
    const found = verdicts(0.05, 1, 'p95 <= baseline');
    expect(share(found, (verdict) => verdict === 'fail')).toBeLessThanOrEqual(0.05);
  });

  test('are found where one is 40% slower', () => {
    const found = verdicts(0.05, 1.4, 'p95 <= baseline');
    expect(share(found, (verdict) => verdict === 'fail')).toBeGreaterThanOrEqual(0.9);
  });
});
