import { describe, expect, test } from 'vitest';
import { Random } from '../../../core/stats/index.ts';
import { compareDuet, type DuetComparison } from './compare.ts';
import type { LifeReading } from './reading.ts';
import { armOf, judgeDuet, liveThrough, logNormal, quiet } from './testing.ts';

const options = { restarts: true, level: 0.95 };

/** Lives in which every response takes the same time. */
function steady(pairs: readonly (readonly [baseline: number, candidate: number])[], count = 100) {
  return pairs.map((pair): LifeReading => {
    const [baseline, candidate] = pair.map((ms) => armOf(new Float64Array(count).fill(ms)));
    return [baseline ?? armOf(new Float64Array(0)), candidate ?? armOf(new Float64Array(0))];
  });
}

function found(comparison: DuetComparison, metric: string) {
  const one = comparison.metrics.find((each) => each.metric === metric);
  if (one === undefined) throw new Error(`no ${metric}`);
  return one;
}

describe('the change of a metric', () => {
  // Ratios of lives: 1.1 in ten, 1.2 in one, and one life in which the candidate was hit.
  const readings = steady([...Array(10).fill([10, 11]), [20, 24], [30, 3000]]);

  test('is that of most lives, whatever hit one of them', () => {
    const { change } = found(compareDuet(readings, options), 'p50');
    expect(change?.value).toBeCloseTo(0.1, 9);
    expect(change?.interval.low).toBeCloseTo(0.1, 9);
    // The 14th of the Walsh averages from above, at 95% of 12 lives: of 1.2 and 1.1.
    expect(change?.interval.high).toBeCloseTo(Math.sqrt(1.1 * 1.2) - 1, 9);
  });

  test('states the smallest change at 80% power', () => {
    // Ratios 1.02^-6 to 1.02^5 about 1.02^-0.5: all intervals of ranks are known steps of ln 1.02.
    const even = steady(Array.from({ length: 12 }, (_, life) => [10, 10 * 1.02 ** (life - 6)]));
    const { change } = found(compareDuet(even, options), 'p50');
    const step = Math.log(1.02);
    const half = (Math.log1p(change?.interval.high ?? 0) - Math.log1p(change?.interval.low ?? 0)) / 2;
    // 14th Walsh average of 0..11 from below: sums 0 to 5 have 1, 1, 2, 2, 3, 3, so that it is 6 / 2; centre 5.5.
    expect(half / step).toBeCloseTo(2.5, 9);
    // t(0.975) = 2.20099 and t(0.8) = 0.87553 with 11 degrees of freedom.
    expect(change?.detectable.change).toBeCloseTo(1.02 ** (2.5 * (1 + 0.87553 / 2.20099)) - 1, 6);
    expect(change?.detectable.power).toBe(0.8);
  });

  test('stands beside both values over all lives, and those of each life', () => {
    const { baseline, candidate, lives } = found(compareDuet(readings, options), 'max');
    expect(baseline).toMatchObject({ defined: true, value: 30, n: 1200 });
    expect(candidate).toMatchObject({ defined: true, value: 3000, n: 1200 });
    expect(lives.slice(9)).toEqual([
      [10, 11],
      [20, 24],
      [30, 3000],
    ]);
  });

  test('cancels what both services of a life share', () => {
    const shaken = steady([
      [10, 11],
      [40, 44],
      [25, 27.5],
      [15, 16.5],
      [90, 99],
      [12, 13.2],
    ]);
    const { change } = found(compareDuet(shaken, options), 'p95');
    expect(change?.value).toBeCloseTo(0.1, 12);
    expect(change?.interval.low).toBeCloseTo(0.1, 9);
  });
});

describe('a check against the baseline', () => {
  const readings = liveThrough({ ...quiet, slower: 1.2, latency: logNormal(0.3) }, new Random(1));
  const equal = liveThrough({ ...quiet, latency: logNormal(0.3) }, new Random(2));

  test('fails where the whole interval is beyond the bound', () => {
    const { verdict, reason } = judgeDuet('p95 <= baseline * 1.05', readings);
    expect(verdict).toBe('fail');
    expect(reason).toMatch(/against 1.05 times the baseline's .* lies above 0 ms/);
  });

  test('passes where the whole interval is within it', () => {
    expect(judgeDuet('p95 <= baseline * 1.10', equal).verdict).toBe('pass');
  });

  test('is inconclusive in between', () => {
    expect(judgeDuet('p95 <= baseline * 1.2', readings).verdict).toBe('inconclusive');
  });

  test('in milliseconds is judged on differences', () => {
    // p95 is 16.4 ms of the baseline, 3.3 ms more of the candidate.
    expect(judgeDuet('p95 <= baseline + 6ms', readings).verdict).toBe('pass');
    expect(judgeDuet('p95 <= baseline + 1ms', readings).verdict).toBe('fail');
  });

  test('with a level of its own is judged at that', () => {
    const { measurement } = judgeDuet('p95 <= baseline * 1.10 at 99%', equal);
    const { contrast } = measurement;
    expect(contrast?.defined && contrast.interval?.level).toBe(0.99);
  });

  test('says the smallest change that the run could see', () => {
    const [note] = judgeDuet('p95 <= baseline * 1.10', equal).measurement.notes ?? [];
    expect(note).toMatch(/^the smallest change that this run could see is \d\.\d+% slower \(80% power\)$/);
  });
});

describe('a bound tighter than the smallest change', () => {
  test('is inconclusive where chance makes the interval end below it', () => {
    let passes = 0;
    for (let seed = 0; seed < 300; seed++) {
      const readings = liveThrough({ ...quiet, perSecond: 10, lives: 6, seconds: 30 }, new Random(seed));
      const { verdict, measurement } = judgeDuet('p50 <= baseline * 1.01', readings);
      if (verdict === 'pass') passes++;
      if (measurement.inconclusive !== undefined) {
        expect(measurement.inconclusive).toMatch(/asks for less than can be told: the smallest change/);
      }
    }
    expect(passes).toBeLessThanOrEqual(1);
  });

  test('still fails a candidate that is much slower, and passes one that is much faster', () => {
    const noisy = { ...quiet, latency: logNormal(1) };
    expect(judgeDuet('p95 <= baseline', liveThrough({ ...noisy, slower: 2 }, new Random(3))).verdict).toBe(
      'fail',
    );
    expect(judgeDuet('p95 <= baseline', liveThrough({ ...noisy, slower: 0.5 }, new Random(4))).verdict).toBe(
      'pass',
    );
  });

  test('passes where lives differ by nothing at all', () => {
    expect(judgeDuet('p50 <= baseline', steady(Array(6).fill([10, 10]))).verdict).toBe('pass');
  });
});

describe('a late generator', () => {
  /** Of 20 ms and 22 ms, with so much of the generator's own lateness before, and after. */
  const late = (lagMs: number) =>
    Array.from({ length: 16 }, (_, life): LifeReading => {
      const arm = (ms: number) =>
        armOf(new Float64Array(100).fill(ms * 1.001 ** life + 2 * lagMs), {
          promptMs: new Float64Array(100).fill(ms * 1.001 ** life + lagMs),
        });
      return [arm(20), arm(22 * 1.001 ** (life % 3))];
    });
  const highOf = (lagMs: number): number =>
    found(compareDuet(late(lagMs), options), 'p95').change?.interval.high ?? 0;

  test('makes services look alike, which the interval allows for', () => {
    expect(highOf(0)).toBeGreaterThan(0.1);
    // 22 + 5 against 20 + 5 is 8% more; a fifth of it is the generator's.
    expect(found(compareDuet(late(5), options), 'p95').change?.value).toBeLessThan(0.085);
    expect(highOf(5)).toBeGreaterThan(0.1);
    expect(judgeDuet('p95 <= baseline * 1.08', late(5)).verdict).not.toBe('pass');
  });

  test('that makes up most of a latency leaves nothing to compare', () => {
    const { verdict, reason } = judgeDuet('p95 <= baseline * 1.5', late(30));
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(
      /^p95 cannot be compared: some 5\d% of it is the lateness of the generator itself/,
    );
  });

  test('is no matter where there is nothing to compare', () => {
    const { metrics } = compareDuet([], options);
    for (const { change } of metrics) expect(change).toBeNull();
  });

  test('changes nothing for what is not a latency', () => {
    expect(judgeDuet('throughput >= baseline * 0.95', late(30)).verdict).toBe('pass');
  });
});

describe('services that the gate did not start', () => {
  const readings = liveThrough({ ...quiet, perSecond: 1000, latency: logNormal(0.1) }, new Random(5));

  test('have an interval that allows for what a life carries, however many requests', () => {
    const { change } = found(compareDuet(readings, { ...options, restarts: false }), 'p95');
    // 5% a service: ln ratio deviates by 7.07%, 1.96 of it is 13.9%; the parts add next to nothing.
    expect(Math.log1p(change?.interval.high ?? 0) - Math.log1p(change?.value ?? 0)).toBeCloseTo(0.1386, 2);
    expect(change?.detectable.change).toBeGreaterThan(0.2);
  });

  test('are not failed for 8%, which may be chance of the place', () => {
    const slower = liveThrough({ ...quiet, perSecond: 1000, slower: 1.08 }, new Random(6));
    expect(judgeDuet('p95 <= baseline', slower).verdict).toBe('fail');
    const { verdict, reason } = judgeDuet('p95 <= baseline', slower, { restarts: false });
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/seen in one life only/);
    expect(reason).not.toMatch(/would settle it/);
  });

  test('are failed for 50%', () => {
    const slower = liveThrough({ ...quiet, slower: 1.5 }, new Random(7));
    expect(judgeDuet('p95 <= baseline * 1.1', slower, { restarts: false }).verdict).toBe('fail');
  });

  test('are said to be so', () => {
    expect(compareDuet(readings, { ...options, restarts: false }).notices.join()).toMatch(/one life only/);
    expect(compareDuet(readings, options).notices).toEqual([]);
  });
});

test('too few lives have no interval, and say how many it needs', () => {
  const { verdict, reason } = judgeDuet('p50 <= baseline * 2', steady(Array(5).fill([10, 10])));
  expect(verdict).toBe('inconclusive');
  expect(reason).toBe('p50 cannot be compared: a 95% interval needs 6 lives, and there were 5');
});

describe('too few responses', () => {
  test('for p999 says how many it needs', () => {
    const { verdict, reason } = judgeDuet(
      'p999 <= baseline * 2',
      liveThrough({ ...quiet, perSecond: 20 }, new Random(8)),
    );
    expect(verdict).toBe('inconclusive');
    expect(reason).toBe(
      'p999 cannot be compared: it needs 8,000 responses of each service, evenly over all lives, and the services gave 1,200 and 1,200',
    );
  });

  test('in a life are pooled with its neighbours’', () => {
    const readings = liveThrough({ ...quiet, perSecond: 140 }, new Random(9));
    const { change } = found(compareDuet(readings, options), 'p999');
    expect(change).not.toBeNull();
  });

  test('at so low a rate that some lives have none are pooled, too', () => {
    const readings = steady([...Array(11).fill([10, 10]), [10, 10]], 2);
    readings[4] = [armOf(new Float64Array(0)), armOf(new Float64Array(0))];
    for (const metric of ['mean', 'p50']) {
      expect(found(compareDuet(readings, options), metric).change?.value).toBe(0);
    }
  });

  test.each(['mean', 'p95'])(
    'none of a service in one life is inconclusive, not a pass over the others: %s',
    (metric) => {
      const readings = steady(Array(13).fill([10, 10]));
      const dead = armOf(new Float64Array(0), { failed: new Uint8Array(100).fill(1) });
      readings[12] = [armOf(new Float64Array(100).fill(10)), dead];
      const { verdict, reason } = judgeDuet(`${metric} <= baseline * 1.5`, readings);
      expect(verdict).toBe('inconclusive');
      expect(reason).toBe(`${metric} cannot be compared: the candidate has none in life 13`);
    },
  );
});

describe('error rates', () => {
  const withErrors = (rates: readonly [number, number], count = 500) =>
    Array.from({ length: 12 }, (): LifeReading => {
      const [baseline, candidate] = rates.map((rate) => {
        const failed = new Uint8Array(count).map((_, index) => (index % Math.round(1 / rate) === 0 ? 1 : 0));
        return armOf(new Float64Array(count - failed.filter(Boolean).length).fill(10), { failed });
      });
      return [baseline ?? armOf(new Float64Array(0)), candidate ?? armOf(new Float64Array(0))];
    });

  test('without any error are equal within what so many requests can tell', () => {
    const { change, baseline } = found(
      compareDuet(steady(Array(12).fill([10, 10]), 500), options),
      'error_rate',
    );
    expect(baseline).toMatchObject({ value: 0, n: 6000 });
    // Wilson's upper end of 0 in 6,000: z^2 / (n + z^2) = 0.064%; MOVER has it on both sides.
    expect(change?.interval.high).toBeCloseTo(0.00064, 5);
    expect(change?.interval.low).toBeCloseTo(-0.00064, 5);
    expect(change?.scale).toBe('difference');
  });

  test('pass a bound that is wide enough, and fail one that is not', () => {
    expect(judgeDuet('error_rate <= baseline + 0.5%', steady(Array(12).fill([10, 10]), 500)).verdict).toBe(
      'pass',
    );
    expect(judgeDuet('error_rate <= baseline + 0.01%', steady(Array(12).fill([10, 10]), 500)).verdict).toBe(
      'inconclusive',
    );
    expect(judgeDuet('error_rate <= baseline + 0.5%', withErrors([0.01, 0.05])).verdict).toBe('fail');
  });

  test('that come in bursts have wider intervals than as many spread evenly', () => {
    const bursty = steady(Array(12).fill([10, 10]), 500);
    const [baseline] = bursty[0] ?? [];
    const failed = new Uint8Array(500).fill(1, 0, 120);
    bursty[0] = [baseline ?? armOf(new Float64Array(0)), armOf(new Float64Array(380).fill(10), { failed })];
    const even = withErrors([0.0001, 0.02]);
    const width = (readings: readonly LifeReading[]): number => {
      const { change } = found(compareDuet(readings, options), 'error_rate');
      return (change?.interval.high ?? 0) - (change?.interval.low ?? 0);
    };
    expect(width(bursty)).toBeGreaterThan(3 * width(even));
  });
});

describe('processor time per request', () => {
  const withCpu = (pairs: readonly (readonly [number, number])[]) =>
    steady(
      pairs.map(() => [10, 10] as const),
      250,
    ).map(
      ([baseline, candidate], index): LifeReading => [
        { ...baseline, cpuMs: pairs[index]?.[0] ?? null },
        { ...candidate, cpuMs: pairs[index]?.[1] ?? null },
      ],
    );

  test('is compared like a latency', () => {
    const readings = withCpu([
      [500, 560],
      [510, 560],
      [490, 550],
      [500, 550],
      [500, 540],
      [510, 570],
    ]);
    const { verdict } = judgeDuet('cpu_per_request <= baseline * 1.05', readings);
    expect(verdict).toBe('fail');
    const { baseline, sentence } = found(compareDuet(readings, options), 'cpu_per_request');
    expect(baseline).toMatchObject({ value: 3010 / 1500 });
    expect(sentence).toMatch(/^cpu_per_request is 11% more/);
  });

  test('cannot be told finer than clock ticks, though all readings are equal', () => {
    const equal = withCpu(Array(6).fill([500, 500]));
    const width = (cpuGrainMs: number): number => {
      const { change } = found(compareDuet(equal, { ...options, cpuGrainMs }), 'cpu_per_request');
      return change?.interval.high ?? 0;
    };
    // Two roundings of 10 ms in 500 ms of either service: 2% * sqrt(2 / 6) a life, / sqrt(6) lives, t = 2.571.
    expect(width(10)).toBeCloseTo((2.571 * 0.02 * Math.sqrt(2 / 6)) / Math.sqrt(6), 3);
    expect(width(0)).toBe(0);
  });

  test('is left out where it is not known of a service', () => {
    const { metrics } = compareDuet(
      withCpu([
        [500, 500],
        [500, 500],
      ]).concat(steady([[10, 10]])),
      options,
    );
    expect(metrics.map(({ metric }) => metric)).not.toContain('cpu_per_request');
  });
});

test('memory is compared by the peaks of lives, and left out where they are not known', () => {
  const readings = steady(Array(6).fill([10, 10])).map(
    ([baseline, candidate], index): LifeReading => [
      { ...baseline, peakBytes: 100e6 + 1e6 * index },
      { ...candidate, peakBytes: 130e6 + 1e6 * index },
    ],
  );
  expect(judgeDuet('memory_peak <= baseline * 1.1', readings).verdict).toBe('fail');
  expect(found(compareDuet(readings, options), 'memory_peak').sentence).toBe(
    'memory_peak is 29% more (29 to 30), 135 MB against 105 MB',
  );
  const { metrics } = compareDuet(steady(Array(6).fill([10, 10])), options);
  expect(metrics.map(({ metric }) => metric)).not.toContain('memory_peak');
});

test('a throughput that falls is found', () => {
  const readings = steady(Array(12).fill([10, 10]), 500).map(
    ([baseline, candidate], index): LifeReading => [baseline, { ...candidate, completed: 400 + (index % 3) }],
  );
  expect(judgeDuet('throughput >= baseline * 0.95', readings).verdict).toBe('fail');
  expect(found(compareDuet(readings, options), 'throughput').sentence).toMatch(
    /^throughput is 20% lower \(20 to 20\), 80.2\/s against 100\/s/,
  );
  expect(judgeDuet('throughput >= baseline * 0.95', steady(Array(12).fill([10, 10]), 500)).verdict).toBe(
    'pass',
  );
});
