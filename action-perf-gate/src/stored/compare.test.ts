import { describe, expect, test } from 'vitest';
import { type Estimate, judge } from '../../../core/gate/index.ts';
import { Random } from '../../../core/stats/index.ts';
import { checkOf } from '../duet/testing.ts';
import { measureStored } from './compare.ts';
import { recordEstimates, type StoredRun } from './record.ts';
import { estimateOf, storedRun } from './testing.ts';

function judged(line: string, now: Estimate, run: StoredRun = storedRun()) {
  const check = checkOf(line);
  const measurement = measureStored(check, run, { level: 0.95, estimate: () => now });
  return judge(check, measurement, { confidence: 0.95, unit: 'milliseconds' });
}

describe('latency', () => {
  test('has an interval of both runs and of 10% from run to run', () => {
    const { measurement } = judged('p95 <= baseline', estimateOf(100, 2));
    const { contrast } = measurement;
    // ln: 2% twice, and 1.96 * 10% * sqrt 2 = 27.7%: together 27.9%, of 100 ms.
    const half = Math.hypot(Math.log(1.02), Math.log(1 / 0.98), 1.96 * 0.1 * Math.SQRT2);
    expect(contrast?.defined && contrast.interval?.high).toBeCloseTo(100 * (Math.exp(half) - 1), 2);
    expect(contrast?.defined && contrast.interval?.low).toBeCloseTo(100 * (Math.exp(-half) - 1), 2);
  });

  test('that is twice as high fails, as high passes a wide bound', () => {
    expect(judged('p95 <= baseline * 1.1', estimateOf(200, 4)).verdict).toBe('fail');
    expect(judged('p95 <= baseline * 1.5', estimateOf(100, 2)).verdict).toBe('pass');
  });

  test('that is 20% higher cannot be told, and no longer run would tell', () => {
    const { verdict, reason } = judged('p95 <= baseline * 1.1', estimateOf(120, 2));
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/runs of one service are taken to differ by 10% from one to the next/);
    expect(reason).toMatch(/baseline-start-command/);
    expect(reason).not.toMatch(/would settle it/);
  });

  test('of one request is compared with its own', () => {
    const { measurement } = judged('p95(predict) <= baseline * 1.1', estimateOf(55, 2));
    expect(measurement.baseline).toMatchObject({ value: 50 });
  });

  test('of equal services is called slower in at most 5% of runs, when runs differ by 10%', () => {
    let alarms = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      const random = new Random(run);
      const one = () => {
        const value = 100 * Math.exp(0.1 * random.normal() + 0.01 * random.normal());
        return estimateOf(value, 0.0196 * value);
      };
      const stored = storedRun({ estimates: recordEstimates([['p95', one()]]) });
      if (judged('p95 <= baseline', one(), stored).verdict === 'fail') alarms++;
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.05);
  });
});

test('processor time is steadier: 30% more fails', () => {
  expect(judged('cpu_per_request <= baseline * 1.05', estimateOf(5.2, 0.02)).verdict).toBe('fail');
  expect(judged('cpu_per_request <= baseline * 1.05', estimateOf(4, 0.02)).verdict).toBe('inconclusive');
});

test('error rates have no spread beyond their requests', () => {
  expect(judged('error_rate <= baseline + 0.5%', estimateOf(0.001, 0.0005)).verdict).toBe('pass');
  expect(judged('error_rate <= baseline + 0.5%', estimateOf(0.02, 0.003)).verdict).toBe('fail');
});

test('what one of the runs does not have is inconclusive, and said', () => {
  expect(judged('p99 <= baseline', estimateOf(100, 2)).reason).toBe('the earlier run has no p99');
  expect(judged('max <= baseline', estimateOf(100, 2)).reason).toBe('max has no interval in the earlier run');
  const bare: Estimate = { defined: true, value: 100, interval: null, n: 10 };
  expect(judged('p95 <= baseline', bare).reason).toBe('p95 has no interval in this run');
});

test('a bound tighter than the smallest change never passes by luck', () => {
  const { verdict, reason } = judged('p95 <= baseline * 1.05', estimateOf(75, 1));
  expect(verdict).toBe('inconclusive');
  expect(reason).toMatch(
    /asks for less than can be told: the smallest change that this run could see is 4\d% slower/,
  );
  expect(judged('p95 <= baseline * 1.05', estimateOf(40, 1)).verdict).toBe('pass');
});
