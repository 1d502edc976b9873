import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GateResult, Judged } from '../../../core/gate/types.ts';
import { contradictionOf } from './contradictions.ts';
import { accuracy, documentOf, edited, put, verify } from './harness.ts';

describe('a document that was edited', () => {
  type Gate = { verdict: string; checks: { verdict: string; value: number }[] };
  type Predicate = {
    result: string;
    passedTests: string[];
    failedTests: string[];
    warnedTests: string[];
    gate: Gate;
  };
  const failing = documentOf({ judged: [accuracy(0.8)] });
  const warned = documentOf({ judged: [accuracy(0.9), accuracy(0.1, 'warn', 'f1')] });
  test.each<[string, string, (predicate: Predicate) => void, string]>([
    [
      'its verdict alone',
      failing,
      ({ gate }) => Object.assign(gate, { verdict: 'pass' }),
      'its verdict is pass, but its checks amount to fail',
    ],
    [
      'its verdict and its result',
      failing,
      (predicate) => {
        predicate.result = 'PASSED';
        predicate.gate.verdict = 'pass';
      },
      'its verdict is pass, but its checks amount to fail',
    ],
    [
      'its verdict, its result and its lists',
      failing,
      (predicate) => {
        predicate.result = 'PASSED';
        predicate.gate.verdict = 'pass';
        predicate.passedTests = predicate.failedTests;
        predicate.failedTests = [];
      },
      'its verdict is pass, but its checks amount to fail',
    ],
    [
      'the verdict of its check, and not its own',
      failing,
      ({ gate }) => Object.assign(gate.checks[0] ?? {}, { verdict: 'pass' }),
      'its verdict is fail, but its checks amount to pass',
    ],
    [
      'its verdicts, and not its result',
      failing,
      ({ gate }) => {
        gate.verdict = 'pass';
        Object.assign(gate.checks[0] ?? {}, { verdict: 'pass' });
      },
      'its result is FAILED, but its verdict makes it PASSED',
    ],
    [
      'its verdicts and its result, and not its lists',
      failing,
      (predicate) => {
        predicate.result = 'PASSED';
        predicate.gate.verdict = 'pass';
        Object.assign(predicate.gate.checks[0] ?? {}, { verdict: 'pass' });
      },
      'its passedTests are not those of its checks',
    ],
    [
      'everything but the value',
      failing,
      (predicate) => {
        predicate.result = 'PASSED';
        predicate.gate.verdict = 'pass';
        Object.assign(predicate.gate.checks[0] ?? {}, { verdict: 'pass' });
        predicate.passedTests = predicate.failedTests;
        predicate.failedTests = [];
      },
      'its check accuracy >= 0.85 passes with 0.8',
    ],
    [
      'a warning that was hidden',
      warned,
      (predicate) => {
        predicate.result = 'PASSED';
      },
      'its result is PASSED, but its verdict makes it WARNED',
    ],
    [
      'a check that was taken out of its list',
      warned,
      (predicate) => {
        predicate.warnedTests = [];
      },
      'its warnedTests are not those of its checks',
    ],
    [
      'a check that was taken out',
      warned,
      ({ gate }) => {
        gate.checks.pop();
      },
      'its result is WARNED, but its verdict makes it PASSED',
    ],
  ])('%s', async (_, text, edit, contradiction) => {
    const changed = edited(text, ({ predicate }: { predicate: Predicate }) => edit(predicate));
    await put('a.json', changed);
    expect((await verify(['a.json'])).record).toMatchObject([
      { accepted: false, reason: `a.json was edited: ${contradiction}` },
    ]);
  });

  test('any change of one verdict is seen; what a gate wrote never is', () => {
    const values = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('fail', 'warn')),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(values, fc.nat(5), (checks, index) => {
        const judged = checks.map(([value, severity], at) =>
          accuracy(value, severity as 'fail' | 'warn', `m${at}`),
        );
        const result = JSON.parse(documentOf({ judged })) as GateResult;
        expect(contradictionOf(result)).toBeNull();
        const check = result.predicate.gate.checks[index % checks.length];
        Object.assign(check ?? {}, { verdict: check?.verdict === 'pass' ? 'fail' : 'pass' });
        expect(contradictionOf(result)).not.toBeNull();
      }),
    );
  });

  test('a pass that rests on chance keeps its value', () => {
    const judged: Judged = { ...accuracy(0.8, 'fail', 'drift'), verdict: 'pass', reason: 'not significant' };
    expect(contradictionOf(JSON.parse(documentOf({ judged: [judged] })))).toBeNull();
  });
});
