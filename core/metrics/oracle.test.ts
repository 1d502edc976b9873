import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { estimate } from './index.ts';
import type { MetricRequest, Predictions, Variant } from './types.ts';

/** As fixtures/make-oracle.py writes it: values of scikit-learn and Fairlearn. */
interface Case {
  readonly name: string;
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly classes: string[];
  readonly positive: number | null;
  readonly actual: number[];
  readonly predicted: number[];
  readonly scores: number[] | null;
  readonly probabilities: boolean;
  readonly groups: string[] | null;
  readonly expected: Record<string, number | null>;
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/oracle.json', import.meta.url), 'utf8'),
) as readonly Case[];

function predictionsOf(c: Case): Predictions {
  if (c.task === 'regression') {
    return {
      task: 'regression',
      actual: Float64Array.from(c.actual),
      predicted: Float64Array.from(c.predicted),
    };
  }
  return {
    task: c.task,
    classes: c.classes,
    actual: Int32Array.from(c.actual),
    predicted: Int32Array.from(c.predicted),
    scores: c.scores === null ? null : Float64Array.from(c.scores),
    probabilities: c.probabilities ? true : 'they are margins',
    positive: c.positive,
  };
}

function requestOf(name: string, c: Case): MetricRequest {
  const [metric = '', inner] = name.replace(')', '').split('(');
  const variant: Variant =
    inner === undefined
      ? { kind: 'default' }
      : inner === 'macro' || inner === 'micro' || inner === 'weighted'
        ? { kind: 'average', average: inner }
        : { kind: 'class', index: c.classes.indexOf(inner) };
  const names = [...new Set(c.groups ?? [])];
  const index = Int32Array.from((c.groups ?? []).map((group) => names.indexOf(group)));
  return { metric, variant, rows: null, level: 0.95, groups: { index, names } };
}

describe('every metric equals scikit-learn to 1e-9', () => {
  test.each(cases)('$name', (c) => {
    const names = Object.keys(c.expected);
    const estimates = estimate(
      predictionsOf(c),
      names.map((name) => requestOf(name, c)),
      { draws: 50, seed: 0, baseline: null },
    );
    for (const [i, name] of names.entries()) {
      const found = estimates[i]?.estimate;
      const expected = c.expected[name];
      if (expected === null || expected === undefined) {
        expect(found, name).toMatchObject({ defined: false });
        continue;
      }
      expect(found, name).toMatchObject({ defined: true });
      const value = found?.defined === true ? found.value : Number.NaN;
      expect(Math.abs(value - expected), `${name}: ${value}, not ${expected}`).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(expected)),
      );
    }
  });

  test('the default of binary precision, recall and f1 is the positive class', () => {
    for (const c of cases.filter(({ task }) => task === 'binary')) {
      const positive = c.classes[c.positive ?? 1];
      for (const metric of ['precision', 'recall', 'f1']) {
        const [found] = estimate(predictionsOf(c), [requestOf(metric, c)], {
          draws: 50,
          seed: 0,
          baseline: null,
        });
        expect(found?.estimate).toMatchObject({
          defined: true,
          value: expect.closeTo(c.expected[`${metric}(${positive})`] ?? Number.NaN, 12),
        });
      }
    }
  });
});
