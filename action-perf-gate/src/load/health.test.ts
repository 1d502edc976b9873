import { describe, expect, test } from 'vitest';
import { cutSamples, sharedColumns } from './columns.ts';
import { cpuTicks, judgeHealth, type Watched } from './health.ts';
import type { ThreadReport } from './protocol.ts';
import type { GeneratorHealth, Samples } from './types.ts';

const thread: ThreadReport = {
  cpuMs: 100,
  wallMs: 10_000,
  starvedMs: 50,
  examples: [],
  opened: 0,
  failed: 0,
  reconnects: 0,
  peak: 0,
  tcpMs: new Float64Array(0),
  tlsMs: new Float64Array(0),
  exhausted: [],
};

/** 1,000 requests, each late by `lagMs` of its index, each answered `latencyMs` after it was due. */
function samples(lagMs: (i: number) => number, latencyMs: number): Samples {
  const n = 1000;
  const columns = sharedColumns({
    dueMs: Float64Array.from({ length: n }, (_, i) => i * 10),
    target: new Uint8Array(n),
    request: new Uint16Array(n),
    durationMs: 10_000,
  });
  for (let i = 0; i < n; i++) {
    columns.attemptMs[i] = i * 10 + lagMs(i);
    columns.doneMs[i] = i * 10 + latencyMs;
    columns.outcome[i] = 0;
  }
  return cutSamples(columns, 0, n, 0);
}

function health(change: Partial<Watched> & { sender?: Partial<ThreadReport> } = {}): GeneratorHealth {
  const { sender = {}, ...rest } = change;
  return judgeHealth({
    samples: samples(() => 0.1, 20),
    senders: [{ ...thread, ...sender }],
    pacer: { ...thread, cpuMs: 50 },
    sent: 1000,
    before: { stolen: 0, all: 0 },
    after: { stolen: 10, all: 2000 },
    ...rest,
  });
}

test('a run whose generator was on time tells its numbers', () => {
  const { void: reason, lagMs, ...rest } = health();
  expect(reason).toBeNull();
  expect(lagMs.p50).toBeCloseTo(0.1);
  expect(rest).toEqual({
    lagLimitMs: 1,
    threads: 1,
    cpuUsPerRequest: 150,
    busyShare: 0.01,
    starvedShare: 0.005,
    stolenShare: 0.005,
    exhausted: false,
  });
});

describe('a run is void', () => {
  test('when more than 1% of the requests were more than 1 ms late', () => {
    expect(health({ samples: samples((i) => (i < 10 ? 3 : 0), 20) }).void).toBeNull();
    expect(health({ samples: samples((i) => (i < 11 ? 3 : 0), 20), sender: { starvedMs: 0 } }).void).toBe(
      'the generator was late: 1% of the requests were sent 3.0 ms or more after they were due, 1.0 ms are allowed',
    );
  });

  test('not for a lag below 1% of the p50 latency', () => {
    const slow = health({ samples: samples(() => 3, 400) });
    expect(slow.lagLimitMs).toBe(4);
    expect(slow.void).toBeNull();
    expect(health({ samples: samples(() => 5, 400) }).void).toMatch(/4\.0 ms are allowed/);
  });

  test('and says when the rate is too high for the machine', () => {
    expect(health({ samples: samples(() => 30, 20), sender: { cpuMs: 9600 } }).void).toMatch(
      /; this machine cannot make the rate with one thread \(96% busy\)$/,
    );
  });

  test('and says when others took the cores', () => {
    expect(health({ samples: samples(() => 30, 20), sender: { starvedMs: 1500 } }).void).toMatch(
      /; it waited 15% of the time for a core that others used$/,
    );
    expect(health({ sender: { starvedMs: 2500 } }).void).toBe(
      'the generator waited 25% of the time for a core that others used',
    );
    expect(health({ after: { stolen: 300, all: 2000 } }).void).toBe(
      'the host of this machine gave 15% of its CPU time to others',
    );
  });

  test.each([
    ['EADDRNOTAVAIL', 'no port was left for another connection (EADDRNOTAVAIL)'],
    ['EMFILE', 'no file descriptor was left for another connection (EMFILE)'],
    ['ENOBUFS', 'no memory was left for another connection (ENOBUFS)'],
  ])('when the machine ran out of what %s says', (code, words) => {
    expect(health({ sender: { exhausted: [code] } }).void).toBe(
      `the generator's machine was exhausted: ${words}`,
    );
  });
});

test('where the system does not tell, nothing is said', () => {
  const silent = health({ before: null, after: null, sender: { starvedMs: null } });
  expect(silent).toMatchObject({ starvedShare: null, stolenShare: null, void: null });
});

test.runIf(process.platform === 'linux')('Linux tells its CPU time', () => {
  const ticks = cpuTicks();
  expect(ticks?.all).toBeGreaterThan(0);
  expect(ticks?.stolen).toBeGreaterThanOrEqual(0);
});
