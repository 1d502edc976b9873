import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtureCases, modelFixtures, runModelGate } from '../../test/support/run-model-gate.ts';

interface Expected {
  readonly task: string;
  readonly n: number;
  readonly classes?: readonly string[];
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly slices?: Readonly<Record<string, { n: number; metrics: Record<string, number | null> }>>;
}

/** Metrics that the result holds without being asked. */
function isReported(name: string): boolean {
  return !/_difference\(|=/.test(name);
}

const judged = fixtureCases.filter((each) => each.expected !== undefined);

describe('every model of a real exporter gives the metrics that scikit-learn computes', () => {
  test.each(judged)('$name: $about', async (each) => {
    const expected = JSON.parse(readFileSync(join(modelFixtures, each.expected ?? ''), 'utf8')) as Expected;
    const extra = Object.keys(expected.metrics).filter((name) => !isReported(name));
    const slices = Object.entries(expected.slices ?? {}).filter(([, { n }]) => n >= 30);
    const sliceMetrics = slices.flatMap(([slice, { metrics }]) =>
      Object.entries(metrics)
        .filter(([, value]) => value !== null)
        .slice(0, 5)
        .map(([name, value]) => ({ name: inSlice(name, slice), value: value as number })),
    );
    const anything = expected.task === 'regression' ? 'rmse >= 0' : 'accuracy >= 0';
    const thresholds = [
      anything,
      ...extra.map((name) => `${name} >= 0`),
      ...sliceMetrics.map(({ name }) => `${name} ${alwaysTrue(name)}`),
    ].filter((line, index, all) => all.indexOf(line) === index);

    const run = await runModelGate({ ...each.with, thresholds: thresholds.join('\n') });

    expect(run.details.task).toBe(expected.task);
    expect(run.details.rows).toBe(expected.n);
    if (expected.classes !== undefined) expect(run.details.classes).toEqual(expected.classes);
    const measured = new Map(
      run.judged.map(({ check, measurement: { estimate } }) => [
        check.id.replace(/ (>=|<=) .*$/, ''),
        estimate.defined ? estimate.value : null,
      ]),
    );
    for (const [name, value] of Object.entries(expected.metrics)) {
      const got = isReported(name) ? run.metrics[name] : measured.get(name);
      expectClose(name, got, value, each.tolerance ?? 1e-9);
    }
    for (const { name, value } of sliceMetrics)
      expectClose(name, measured.get(name), value, each.tolerance ?? 1e-9);
  });
});

/** A bound that every value satisfies. */
function alwaysTrue(name: string): string {
  if (name.startsWith('r2')) return '<= 1';
  return /^(mcc|kappa)/.test(name) ? '>= -1' : '>= 0';
}

function inSlice(name: string, slice: string): string {
  return name.endsWith(')') ? `${name.slice(0, -1)}, ${slice})` : `${name}(${slice})`;
}

function expectClose(
  name: string,
  got: number | null | undefined,
  wanted: number | null,
  tolerance: number,
): void {
  if (wanted === null) {
    expect(got, name).toBeNull();
    return;
  }
  expect(got, name).toBeTypeOf('number');
  const error = Math.abs((got as number) - wanted) / Math.max(1, Math.abs(wanted));
  expect(error, `${name}: ${got} instead of ${wanted}`).toBeLessThanOrEqual(tolerance);
}

describe('what cannot be judged is one error that says what and where', () => {
  test.each(fixtureCases.filter((each) => each.outcome === 'error'))('$name: $about', async (each) => {
    const error = await runModelGate(each.with).then(
      (run) => new Error(`no error, but ${run.verdict}`),
      (reason: unknown) => reason as Error,
    );
    expect(['InputError', 'RunError'], error.message).toContain(error.name);
    for (const word of each.says ?? []) expect(error.message).toContain(word);
    expect(error.message).not.toMatch(/\bat .*\.(ts|js):\d+/);
  });
});
