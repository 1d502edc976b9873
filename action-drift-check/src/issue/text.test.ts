import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../core/gate/types.ts';
import type { DriftDetails } from '../types.ts';
import { findingsOf, noteOf } from './findings.ts';
import { type DriftMemory, noMemory, record } from './memory.ts';
import { columnDrift, finishedRun, type RunOfTest, retrainConfig } from './testing.ts';
import { backComment, endedComment, type IssueFacts, renderIssue, retrainComment } from './text.ts';

const day = (n: number): Date => new Date(Date.UTC(2026, 6, n, 6));

function facts(run: Partial<RunOfTest> = {}, more: Partial<IssueFacts> = {}): IssueFacts {
  const { result } = finishedRun({ verdict: 'fail', at: day(1), ...run });
  const findings = findingsOf(result);
  const note = noteOf(result, { id: 1, attempt: 1 });
  const names = findings.columns.map(({ name }) => name);
  return {
    findings,
    note,
    memory: record(noMemory, note, names),
    reportUrl: 'https://github.com/o/r/actions/runs/1/artifacts/2',
    runsUrl: 'https://github.com/o/r/actions/runs',
    retrain: null,
    ...more,
  };
}

/** One run a day, of these scores; null: inconclusive, 0: a pass. */
function history(scores: readonly (number | null)[]): DriftMemory {
  return scores.reduce<DriftMemory>((memory, score, i) => {
    const verdict: Verdict = score === null ? 'inconclusive' : score < 1 ? 'pass' : 'fail';
    const note = {
      run: i + 1,
      attempt: 1,
      at: day(i + 1).toISOString(),
      verdict,
      score: score ?? 0,
      columns: 1,
    };
    return record(memory, note, ['age']);
  }, noMemory);
}

test('the first screen says what drifted, since when, and where the report is', () => {
  const text = renderIssue(facts({ columns: [columnDrift('age'), columnDrift('income')] }));
  expect(text.split('\n\n').slice(0, 4)).toEqual([
    '### ❌ 2 of 3 columns have drifted',
    'Found by one run, since 2026-07-01 06:00 UTC.',
    '- `age`: the median of age is up by 4.1\n- `income`: the median of income is up by 4.1',
    '[Report](https://github.com/o/r/actions/runs/1/artifacts/2) · ' +
      '[Run of 2026-07-01 06:00 UTC](https://github.com/o/r/actions/runs/1)',
  ]);
});

test('the table has the last 20 runs, the latest first', () => {
  const memory = history(Array.from({ length: 30 }, (_, i) => 1 + i / 10));
  const rows = renderIssue(facts({}, { memory }))
    .split('\n')
    .filter((line) => line.startsWith('| ['));
  expect(rows).toHaveLength(20);
  expect(rows[0]).toBe(
    '| [2026-07-30 06:00 UTC](https://github.com/o/r/actions/runs/30) | ❌ drift | 3.9 | 1 |',
  );
});

test.each([
  [[0, 2, 4, null, 8], '▁▃▅·█', 'last 5 runs', '8'],
  [[0, 0.5], '▁▅', 'last 2 runs', '0.5'],
  [Array.from({ length: 25 }, () => 3), '█'.repeat(20), 'last 20 runs', '3'],
])('the chart of %j is %s', (scores, bars, of, highest) => {
  const text = renderIssue(facts({}, { memory: history(scores) }));
  expect(text).toContain(`Score of the ${of}: \`${bars}\` (1 is the threshold; the highest is ${highest})`);
});

describe('what is found', () => {
  test('at most 20 columns stand there, the rest is counted', () => {
    const columns = Array.from({ length: 33 }, (_, i) => columnDrift(`c${i}`));
    const text = renderIssue(facts({ columns }));
    expect(text.match(/^- `c/gm)).toHaveLength(20);
    expect(text).toContain('\n- … and 13 more, in the report\n');
  });

  test('a worse model is told after the columns', () => {
    const estimate = { defined: true, value: 0.8, interval: null, n: 500 } as const;
    const worse = {
      metric: 'accuracy',
      reference: estimate,
      current: estimate,
      change: estimate,
      p: 0.001,
      adjusted_p: 0.002,
      worse: true,
      sentence: 'accuracy fell from 90% to 80%',
    };
    const details: Partial<DriftDetails> = {
      performance: [worse, { ...worse, worse: false, sentence: 'same' }],
    };
    expect(renderIssue(facts({ details }))).toContain('4.1\n- accuracy fell from 90% to 80%\n\n');
  });

  test('where no column has drifted, the checks that failed say why', () => {
    const { findings } = facts({ columns: [] });
    expect(findings.others).toEqual([]);
    const check = {
      id: 'share_drifted < 30%',
      metric: 'share_drifted',
      selector: null,
      severity: 'fail',
      unit: 'ratio',
      value: 0.5,
      interval: null,
      threshold: 0.3,
      condition: '< 30%',
      baseline: null,
      difference: null,
      n: 10,
      verdict: 'fail',
      reason: '50% is not below 30%',
    } as const;
    const text = renderIssue(
      facts({ columns: [], checks: [check, { ...check, severity: 'warn', reason: 'no' }] }),
    );
    expect(text).toContain('### ❌ The drift check failed');
    expect(text).toContain('50% is not below 30%');
    expect(text).not.toContain('no\n');
  });
});

test('an inconclusive run says so, and what had drifted before', () => {
  const known = record(noMemory, { ...facts().note, run: 0 }, ['age', 'income']);
  const inconclusive = facts({ verdict: 'inconclusive', at: day(2) });
  const memory = record(known, inconclusive.note, []);
  const text = renderIssue({ ...inconclusive, memory });
  expect(text).toMatch(/^### ⚠️ Drift was found; the last run is inconclusive\n/);
  expect(text).toContain('Last drifted: `age`, `income`.');
});

test('a retraining is told', () => {
  const base = facts();
  const memory = { ...base.memory, retrained: { run: 1, at: '2026-07-01T06:05:00.000Z' } };
  expect(renderIssue({ ...base, memory, retrain: retrainConfig() })).toContain(
    'Retraining was last requested on 2026-07-01 06:05 UTC.',
  );
});

describe('text from data', () => {
  const evil = '--> <b>@ada</b> | #1 `x`\n::error::\u202e[link](http://evil)';
  const run = { columns: [columnDrift(evil, { sentence: `the share of ${evil} rose` })] };

  test.each([
    ['the issue', renderIssue],
    ['the comment at the end', endedComment],
    ['the comment when it is back', backComment],
    ['the comment of a retraining', (of: IssueFacts) => retrainComment(of, 2, 'x')],
  ])('is escaped in %s', (_, render) => {
    // Empty comments, which part what GitHub would take for a mention, are ours.
    const text = render(facts(run)).replaceAll('<!-- -->', '§');
    expect(text).toContain('evil');
    expect(text).not.toMatch(/-->|<b>|@ada|#1\b|\u202e|\n::error|\[link\]/);
  });

  test('never makes the issue longer than GitHub takes', () => {
    const long = '<&|*_'.repeat(100_000);
    const columns = Array.from({ length: 300 }, (_, i) => columnDrift(`${i}${long}`, { sentence: long }));
    const text = renderIssue(facts({ columns }, { memory: history(Array.from({ length: 60 }, () => 1e9)) }));
    expect(text.length).toBeLessThan(50_000);
    expect(text).toMatch(/… and \d+ more, in the report/);
    expect(text).toContain('| Run | Verdict |');
  });
});
