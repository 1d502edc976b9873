import { describe, expect, test } from 'vitest';
import type { GateResult } from '../../../core/gate/index.ts';
import { readStored, recordEstimates } from './record.ts';
import { current, estimateOf } from './testing.ts';

function resultOf(details: Record<string, unknown>, action = 'perf-gate'): GateResult {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [],
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: {
      result: 'PASSED',
      configuration: [],
      passedTests: [],
      warnedTests: [],
      failedTests: [],
      gate: {
        version: 1,
        action,
        id: '',
        verdict: 'pass',
        startedAt: '2026-11-01T00:00:00.000Z',
        finishedAt: '2026-11-01T00:01:00.000Z',
        commit: null,
        run: null,
        checks: [],
        metrics: {},
        undefinedMetrics: {},
        notices: [],
        details,
      },
    },
  };
}

const estimates = recordEstimates([
  ['p95', estimateOf(100, 2)],
  ['max', { defined: true, value: 300, interval: null, n: 3000 }],
  ['p999', { defined: false, reason: 'too few', n: 10 }],
]);
const details = { ...current, estimates, baseline: null, health: { void: null } };

test('what a run recorded is read back, without what was undefined', () => {
  const reading = readStored(resultOf(JSON.parse(JSON.stringify(details))));
  expect(reading).toMatchObject({
    ok: true,
    run: {
      ...current,
      wasDuet: false,
      void: null,
      estimates: {
        metrics: {
          p95: { value: 100, low: 98, high: 102, n: 3000 },
          max: { value: 300, low: null, high: null, n: 3000 },
        },
      },
    },
  });
  expect(Object.keys(estimates.metrics)).toEqual(['p95', 'max']);
});

test('a duet, and a void run, are told', () => {
  const reading = readStored(resultOf({ ...details, baseline: {}, health: { void: 'late' } }));
  expect(reading).toMatchObject({ ok: true, run: { wasDuet: true, void: 'late' } });
});

describe('is refused', () => {
  test('the result of another action', () => {
    expect(readStored(resultOf(details, 'drift-check'))).toEqual({
      ok: false,
      message: 'is a result of drift-check, not of perf-gate',
    });
  });

  test.each([
    ['no machine', { environment: undefined }],
    ['a machine without a processor', { environment: { ...current.environment, cpu: undefined } }],
    ['no load', { load: null }],
    ['a rate that is text', { load: { ...current.load, stages: [{ per_second: '50', seconds: 60 }] } }],
    ['no estimates', { estimates: undefined }],
    ['an estimate without a value', { estimates: { engine: 1, metrics: { p95: { n: 3 } } } }],
  ])('%s', (_name, parts) => {
    expect(readStored(resultOf({ ...details, ...parts }))).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not say all that a comparison needs'),
    });
  });
});
