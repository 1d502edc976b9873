/** As `generator.ts`, with undici's Pool.dispatch in the place of our sockets, under the same clock. */

import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { clockOffset } from '../../action-perf-gate/src/load/clock.ts';
import { makeSchedule } from '../../action-perf-gate/src/load/index.ts';
import type { ThreadRole, ToThread } from '../../action-perf-gate/src/load/protocol.ts';
import { sampleQuantile, sortNumbers } from '../../core/stats/index.ts';

const [address = '', rate = '', seconds = ''] = process.argv.slice(2);
const url = new URL(address);
const { dueMs } = makeSchedule({
  arrivals: 'constant',
  stages: [{ perSecond: Number(rate), durationMs: 1000 * Number(seconds) }],
  weights: [1],
  seed: 1,
});
const ticks = new Int32Array(new SharedArrayBuffer(64));
const role: ThreadRole = {
  kind: 'pacer',
  ticks,
  stop: new Int32Array(new SharedArrayBuffer(4)),
  thread: 0,
  threads: 1,
};
const pacer = new Worker(new URL('../../action-perf-gate/src/load/worker.ts', import.meta.url), {
  workerData: role,
});
const said = (): Promise<unknown> => new Promise((tell) => pacer.once('message', tell));
const tell = (message: unknown): void => pacer.postMessage(message as ToThread);
tell({ kind: 'prepare', setup: { columns: { schedule: { dueMs } } } });
await said();

const pool = new Pool(url.origin, { pipelining: 1, connections: 2000 });
const latencies = new Float64Array(dueMs.length).fill(Number.NaN);
const offset = clockOffset();
const originMs = performance.now() + offset + 30;
const now = (): number => performance.now() + offset - originMs;
let done = 0;
let next = 0;
tell({ kind: 'start', originMs });
await new Promise<void>((finish) => {
  const end = (i: number, ok: boolean): void => {
    if (ok) latencies[i] = now() - (dueMs[i] ?? 0);
    if (++done === dueMs.length) finish();
  };
  const send = (i: number): void => {
    pool.dispatch(
      { path: `${url.pathname}${url.search}`, method: 'GET' },
      {
        onConnect: () => {},
        onHeaders: () => true,
        onData: () => true,
        onComplete: () => end(i, true),
        onError: () => end(i, false),
      },
    );
  };
  const takeUp = (): void => {
    for (;;) {
      const seen = Atomics.load(ticks, 0);
      while (next < dueMs.length && (dueMs[next] ?? 0) <= now() + 0.06) send(next++);
      if (next === dueMs.length) return;
      const wait = Atomics.waitAsync(ticks, 0, seen);
      if (wait.async) {
        wait.value.then(takeUp);
        return;
      }
    }
  };
  takeUp();
});
await pool.destroy();
await pacer.terminate();
const ok = sortNumbers(latencies.filter((each) => !Number.isNaN(each)));
const at = (quantile: number): number => sampleQuantile(ok, quantile);
console.log(
  JSON.stringify({ requests: dueMs.length, ok: ok.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) }),
);
