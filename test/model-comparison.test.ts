import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtureCases, modelFixtures, runModelGate } from './support/run-model-gate.ts';

/** By numpy, scipy and statsmodels: see test/fixtures/python/paired.py. */
interface Comparison {
  readonly accuracy?: {
    difference: number;
    low: number;
    high: number;
    bothCorrect: number;
    onlyCandidate: number;
    onlyBaseline: number;
    neither: number;
    mcnemarExact: number;
    mcnemarMid: number;
  };
  readonly roc_auc?: { difference: number; low: number; high: number };
  readonly metrics: Readonly<Record<string, number>>;
}

const pairs = fixtureCases.filter((each) => 'comparison' in each);

describe('candidate minus baseline, on the same rows', () => {
  test.each(pairs)('$name: $about', async (each) => {
    const file = join(modelFixtures, String(Reflect.get(each, 'comparison')));
    const comparison = JSON.parse(readFileSync(file, 'utf8')) as Comparison;
    const names = Object.keys(comparison.metrics);
    const run = await runModelGate({
      ...each.with,
      thresholds: names.map((name) => `${name} >= baseline - 0.01`).join('\n'),
    });
    const contrasts = new Map(
      run.judged.map(({ check, measurement }) => [check.id.replace(/ >=.*$/, ''), measurement.contrast]),
    );
    for (const name of names) {
      const contrast = contrasts.get(name);
      expect(contrast?.defined, name).toBe(true);
      if (contrast?.defined)
        expect(contrast.value, name).toBeCloseTo(comparison.metrics[name] ?? Number.NaN, 9);
    }
    if (comparison.accuracy !== undefined) {
      const { bothCorrect, onlyCandidate, onlyBaseline, neither, mcnemarExact, mcnemarMid } =
        comparison.accuracy;
      expect(run.details.pairedRows).toMatchObject({
        bothRight: bothCorrect,
        onlyCandidateRight: onlyCandidate,
        onlyBaselineRight: onlyBaseline,
        neitherRight: neither,
      });
      expect(run.details.pairedRows?.mcnemar.exact).toBeCloseTo(mcnemarExact, 12);
      expect(run.details.pairedRows?.mcnemar.midP).toBeCloseTo(mcnemarMid, 12);
    }
    for (const [name, method] of [
      ['accuracy', 'newcombe-paired'],
      ['roc_auc', 'delong'],
    ] as const) {
      const expected = comparison[name];
      if (expected === undefined) continue;
      const contrast = contrasts.get(name);
      const interval = contrast?.defined ? contrast.interval : null;
      expect(interval?.method).toBe(method);
      expect(interval?.low, name).toBeCloseTo(expected.low, 9);
      expect(interval?.high, name).toBeCloseTo(expected.high, 9);
    }
  });

  test('there are pairs of models, of files of labels and scores, and of numbers', () => {
    expect(pairs.map(({ name }) => name)).toEqual([
      'pair',
      'pair-predictions-csv',
      'pair-predictions-parquet',
      'predictions-regression',
    ]);
  });
});
