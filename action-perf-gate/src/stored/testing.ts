/** Runs that never ran, for the tests of this folder. */

import type { Estimate } from '../../../core/gate/index.ts';
import type { LoadRecord } from '../types.ts';
import type { CurrentRun } from './comparable.ts';
import { recordEstimates, type StoredRun } from './record.ts';

export const load: LoadRecord = {
  arrivals: 'poisson',
  stages: [{ per_second: 50, seconds: 60 }],
  warmup_seconds: 5,
  seconds: 60,
  seed: 0,
  connections: 'auto',
  timeout: 10_000,
  expect: ['status < 400'],
  requests: 1,
  digest: 'sha256:ab',
};

export const current: CurrentRun = {
  environment: { cpu: 'AMD EPYC 7763', cores: 4, node: '24.21.0', architecture: 'x64' },
  load,
};

export function estimateOf(value: number, half: number, n = 3000): Estimate {
  const interval = { level: 0.95, low: value - half, high: value + half, method: 'order-statistic' };
  return { defined: true, value, interval, n };
}

export function storedRun(parts: Partial<StoredRun> = {}): StoredRun {
  return {
    ...current,
    estimates: recordEstimates([
      ['p95', estimateOf(100, 2)],
      ['p95(predict)', estimateOf(50, 2)],
      ['error_rate', estimateOf(0.001, 0.0005)],
      ['cpu_per_request', estimateOf(4, 0.02)],
      ['max', { defined: true, value: 300, interval: null, n: 3000 }],
    ]),
    wasDuet: false,
    void: null,
    finishedAt: '2026-11-01T00:00:00.000Z',
    ...parts,
  };
}
