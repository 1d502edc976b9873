import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { CheckRecord, GateResult } from '../../core/gate/types.ts';
import { Random } from '../../core/stats/index.ts';
import { modelGateDocument } from '../../test/support/run-model-gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'semantics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Scored binary predictions of two models on the same rows; `skill`: how far apart the classes are. */
function files(seed: number, rows: number, skills: readonly [number, number]): Record<string, string> {
  const random = new Random(seed);
  const labels = Array.from({ length: rows }, (_, row) => (row < 2 ? row : random.uniform() < 0.4 ? 1 : 0));
  const [candidate, baseline] = skills.map((skill, side) => {
    const lines = labels.map((label) => {
      const score = 1 / (1 + Math.exp(-(skill * (label - 0.5) + random.normal())));
      return `${label},${score}`;
    });
    const path = join(folder, `${seed}-${rows}-${side}.csv`);
    writeFileSync(path, `label,p\n${lines.join('\n')}\n`);
    return path;
  });
  return { 'predictions-path': candidate ?? '', 'baseline-path': baseline ?? '', 'score-columns': '1=p' };
}

const metrics = ['accuracy', 'f1', 'recall(0)', 'mcc', 'roc_auc', 'average_precision', 'brier'] as const;

const line = fc.record({
  metric: fc.constantFrom(...metrics),
  operator: fc.constantFrom('>=', '<=', '>', '<'),
  bound: fc.integer({ min: 5, max: 95 }).map((percent) => percent / 100),
  offset: fc.integer({ min: -20, max: 20 }).map((percent) => percent / 100),
  factor: fc.constantFrom(1, 0.9, 1.1),
  form: fc.constantFrom('value', 'at', 'difference', 'factor', 'difference at'),
  level: fc.constantFrom(80, 95, 99),
  warn: fc.boolean(),
});
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;

function spell({ metric, operator, bound, offset, factor, form, level, warn }: Line): string {
  const sign = offset < 0 ? '-' : '+';
  const right = {
    value: `${bound}`,
    at: `${bound} at ${level}%`,
    difference: `baseline ${sign} ${Math.abs(offset)}`,
    factor: `baseline * ${factor}`,
    'difference at': `baseline ${sign} ${Math.abs(offset)} at ${level}%`,
  }[form];
  return `${warn ? 'warn: ' : ''}${metric} ${operator} ${right}`;
}

type Verdict = CheckRecord['verdict'];

/** The verdict that the numbers of the document itself demand. */
function demanded(check: CheckRecord, { operator, bound, offset, form, level }: Line): Verdict {
  const holds = (number: number, limit: number): boolean =>
    operator === '>='
      ? number >= limit
      : operator === '<='
        ? number <= limit
        : operator === '>'
          ? number > limit
          : number < limit;
  if (check.value === null) return 'inconclusive';
  if (form === 'value') return holds(check.value, bound) ? 'pass' : 'fail';
  const judged = form === 'at' ? check : check.difference;
  const limit = form === 'at' ? bound : form === 'factor' ? 0 : offset;
  if (judged === null || judged.value === null || judged.interval === null) return 'inconclusive';
  expect(judged.interval.level).toBe(/at$/.test(form) ? level / 100 : 0.95);
  const numbers = [judged.interval.low, judged.interval.high, judged.value];
  if (numbers.every((number) => holds(number, limit))) return 'pass';
  return numbers.some((number) => holds(number, limit)) ? 'inconclusive' : 'fail';
}

/** Result and lists of the statement, as its checks demand them. */
function expectConsistent({ predicate }: GateResult<unknown>): void {
  const { checks, verdict } = predicate.gate;
  const idsOf = (wanted: (check: CheckRecord) => boolean) => checks.filter(wanted).map(({ id }) => id);
  const strict = checks.filter(({ severity }) => severity === 'fail').map((check) => check.verdict);
  expect(predicate.passedTests).toEqual(idsOf((check) => check.verdict === 'pass'));
  expect(predicate.warnedTests).toEqual(
    idsOf((check) => check.verdict !== 'pass' && check.severity === 'warn'),
  );
  expect(predicate.failedTests).toEqual(
    idsOf((check) => check.verdict !== 'pass' && check.severity === 'fail'),
  );
  const folded = strict.includes('fail') ? 'fail' : strict.every((each) => each === 'pass') ? 'pass' : null;
  expect(verdict).toBe(folded ?? 'inconclusive');
  const passed = predicate.warnedTests.length > 0 ? 'WARNED' : 'PASSED';
  expect(predicate.result).toBe(folded === 'pass' ? passed : 'FAILED');
}

describe('verdicts follow from the numbers of the document', () => {
  test('for any checks, with and without level, against numbers and a baseline', async () => {
    const seen = new Map<Verdict, number>();
    const results = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 20, max: 250 }),
        fc.tuple(fc.double({ min: 0, max: 4, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true })),
        fc.uniqueArray(line, { minLength: 1, maxLength: 5, selector: ({ metric }) => metric }),
        async (seed, rows, skills, drawn) => {
          // Warnings alone judge nothing, and are refused.
          const lines = drawn.map((each, i) => (i === 0 ? { ...each, warn: false } : each));
          const document = await modelGateDocument({
            ...files(seed, rows, skills),
            'min-accuracy': '0',
            thresholds: lines.map(spell).join('\n'),
          });
          const checks = document.predicate.gate.checks.slice(-lines.length);
          lines.forEach((each, i) => {
            const check = checks[i] as CheckRecord;
            expect(check.verdict, `${check.id}: ${check.reason}`).toBe(demanded(check, each));
            seen.set(check.verdict, (seen.get(check.verdict) ?? 0) + 1);
          });
          expectConsistent(document);
          results.add(document.predicate.result);
        },
      ),
      { numRuns: 50, seed: 20_250_101 },
    );
    expect([...seen.keys()].sort()).toEqual(['fail', 'inconclusive', 'pass']);
    expect([...results].sort()).toEqual(['FAILED', 'PASSED', 'WARNED']);
  });
});

describe('rows that would settle a check', () => {
  test('of a class count that class alone', async () => {
    const path = join(folder, 'recall.csv');
    // 100 rows, 20 of class 1, 15 of them found, beside 5 of the others.
    const rows = Array.from({ length: 100 }, (_, i) => `${i < 20 ? 1 : 0},${i < 15 || i >= 95 ? 1 : 0}`);
    writeFileSync(path, `label,prediction\n${rows.join('\n')}\n`);
    const { predicate } = await modelGateDocument({
      'predictions-path': path,
      thresholds: 'recall(1) >= 0.6 at 95%\nprecision >= 0.6 at 95%\naccuracy >= 0.85 at 95%',
    });
    const reasons = predicate.gate.checks.map(({ reason }) => reason);
    // 1.96^2 0.6 0.4 / 0.15^2 = 40.97, and 1.96^2 0.85 0.15 / 0.05^2 = 195.9 (score test).
    expect(reasons[0]).toContain('about 41 rows of class `1` in total (21 more) would settle it');
    expect(reasons[1]).toContain('about 41 rows predicted as `1` in total (21 more) would settle it');
    expect(reasons[2]).toContain('about 196 rows in total (96 more) would settle it');
  });
});

describe('what stands in quotes or columns decides nothing', () => {
  test('equal scores go to the first class, whatever order score-columns has', async () => {
    const path = join(folder, 'ties.csv');
    writeFileSync(path, 'label,a,b,c\nx,0.5,0.5,0\ny,0.5,0.5,0\nz,0.2,0.4,0.4\n');
    for (const columns of ['x=a\ny=b\nz=c', 'z=c\ny=b\nx=a']) {
      const { predicate } = await modelGateDocument({ 'predictions-path': path, 'score-columns': columns });
      expect(predicate.gate.metrics['recall(x)']).toBe(1);
      expect(predicate.gate.metrics['recall(y)']).toBe(0);
      expect(predicate.gate.metrics['recall(z)']).toBe(0);
    }
  });

  test('a slice whose value is `baseline` needs no baseline', async () => {
    const path = join(folder, 'arms.csv');
    writeFileSync(path, 'label,prediction,arm\na,a,baseline\nb,b,baseline\na,b,new\n');
    const { predicate } = await modelGateDocument({
      'predictions-path': path,
      'min-slice-size': '1',
      thresholds: 'accuracy(arm=baseline) >= 1',
    });
    expect(predicate.gate.checks.find(({ selector }) => selector === 'arm=baseline')?.verdict).toBe('pass');
  });
});
