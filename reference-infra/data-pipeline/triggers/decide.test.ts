import { describe, expect, test } from 'vitest';
import { type Decision, decide, type Finding, weigh } from './decide.ts';
import type { Evidence, TrainingRun } from './types.ts';

const now = new Date('2026-05-04T10:00:00Z');
const hours = (count: number): Date => new Date(now.getTime() - count * 3600_000);
const hour = 3600;
const day = 24 * hour;

function run(
  startedHoursAgo: number,
  conclusion: string | null = 'success',
  status = 'completed',
): TrainingRun {
  const id = 100_000 - startedHoursAgo;
  return {
    id,
    url: `https://github.com/octo/models/actions/runs/${id}`,
    startedAt: hours(startedHoursAgo),
    conclusion,
    status,
  };
}

const reason: Finding = { says: 'retrain', text: 'drift check: fail: age' };
const second: Finding = { says: 'retrain', text: 'calendar: 31 days' };
const unsure: Finding = { says: 'unsure', text: 'drift check: inconclusive' };
const no: Finding = { says: 'no', text: 'drift check: pass' };

describe('whether a retraining is started', () => {
  const start = (...reasons: string[]): Decision => ({ kind: 'start', reasons });
  const cases: readonly (readonly [
    string,
    readonly Finding[],
    readonly TrainingRun[],
    Decision['kind'] | Decision,
  ])[] = [
    ['nothing speaks for it', [no], [], 'nothing'],
    ['inconclusive alone never starts one', [unsure], [], 'nothing'],
    ['inconclusive beside a reason does not hold it back', [unsure, reason], [], start(reason.text)],
    ['all reasons that hold are told', [reason, no, second], [], start(reason.text, second.text)],
    ['the cool-down lasts', [reason], [run(23)], 'wait'],
    ['the cool-down ends with its last second', [reason], [run(24)], start(reason.text)],
    ['a failed retraining counts for the cool-down', [reason], [run(1, 'failure')], 'wait'],
    ['the last one counts, not the last that succeeded', [reason], [run(1, 'cancelled'), run(90)], 'wait'],
    ['one is queued', [reason], [run(100, null, 'queued')], 'wait'],
    ['one waits for an approval', [reason], [run(100, null, 'waiting')], 'wait'],
    ['an older one still runs', [reason], [run(30), run(100, null, 'in_progress')], 'wait'],
    ['one runs and nothing speaks for another', [no], [run(1, null, 'in_progress')], 'nothing'],
  ];
  test.each(cases)('%s', (_title, findings, runs, wanted) => {
    const decision = decide(findings, { runs, succeeded: null }, { cooldown: day, now });
    expect(typeof wanted === 'string' ? decision.kind : decision).toEqual(wanted);
  });

  test('it is told until when the cool-down lasts, and which one runs', () => {
    const limits = { cooldown: day, now };
    expect(decide([reason], { runs: [run(1, 'failure')], succeeded: null }, limits)).toEqual({
      kind: 'wait',
      reasons: [reason.text],
      why: 'the last one began on 2026-05-04 09:00 UTC (failure), and --cooldown lasts until 2026-05-05 09:00 UTC',
    });
    expect(decide([reason], { runs: [run(1, null, 'in_progress')], succeeded: null }, limits)).toMatchObject({
      why: 'one that began on 2026-05-04 09:00 UTC is in progress: https://github.com/octo/models/actions/runs/99999',
    });
  });
});

describe('what speaks for a retraining', () => {
  const drift = (at: Date, says: 'retrain' | 'unsure' = 'retrain'): Evidence => ({
    kind: 'result',
    name: 'drift check',
    says,
    text: 'fail: age',
    at,
  });
  const accuracy = (value: number, at = hours(2)): Evidence => ({
    kind: 'accuracy',
    model: 'churn',
    least: 0.8,
    measured: [
      { version: '3', dataset: 'holdout', value: 0.91, at },
      { version: '3', dataset: 'live', value, at },
    ],
  });
  const runs = (least: number): Evidence => ({
    kind: 'runs',
    least,
    grown: [
      { runId: '1', at: hours(50), rows: 1000 },
      { runId: '2', at: hours(20), rows: 300 },
      { runId: '3', at: hours(1), rows: 200 },
    ],
  });
  const began = 'that succeeded, which began on';

  const cases: readonly (readonly [string, Evidence, TrainingRun | null, Finding['says'], string])[] = [
    ['a drift', drift(hours(1)), run(48), 'retrain', 'drift check: fail: age'],
    [
      'a drift that is not known to be one',
      drift(hours(1), 'unsure'),
      null,
      'unsure',
      'drift check: fail: age',
    ],
    [
      'a drift that the last training has seen',
      drift(hours(30)),
      run(29),
      'no',
      `drift check: fail: age; that is of 2026-05-03 04:00 UTC, before the last retraining ${began} 2026-05-03 05:00 UTC`,
    ],
    ['a drift since a training that failed', drift(hours(30)), null, 'retrain', 'drift check: fail: age'],
    [
      'accuracy below the least',
      accuracy(0.7999),
      null,
      'retrain',
      'accuracy of churn: 0.7999 of version 3 on live; --min-accuracy is 0.8',
    ],
    [
      'accuracy at the least',
      accuracy(0.8),
      null,
      'no',
      'accuracy of churn: 0.91 of version 3 on holdout, 0.8 of version 3 on live; --min-accuracy is 0.8',
    ],
    [
      'accuracy that was measured before the last training',
      accuracy(0.5, hours(30)),
      run(20),
      'no',
      'before the last retraining',
    ],
    // 300 + 200 rows came after the training of 30 hours ago.
    [
      'enough rows',
      runs(500),
      run(30),
      'retrain',
      `new rows: 500 in 2 runs of the pipeline since the last retraining ${began} 2026-05-03 04:00 UTC; it last ran on 2026-05-04 09:00 UTC; --min-new-rows is 500`,
    ],
    ['a row too few', runs(501), run(30), 'no', 'new rows: 500 in 2 runs'],
    [
      'all rows where there was no training',
      runs(1500),
      null,
      'retrain',
      'new rows: 1,500 in 3 runs of the pipeline, as no retraining has succeeded yet; it last ran on 2026-05-04 09:00 UTC; --min-new-rows is 1,500',
    ],
    [
      'a dataset that became smaller',
      { kind: 'runs', least: 1, grown: [{ runId: '1', at: hours(1), rows: -400 }] },
      null,
      'no',
      'new rows: 0 in 1 runs',
    ],
    [
      'rows that somebody counted',
      { kind: 'count', rows: 5000, least: 5000 },
      run(1),
      'retrain',
      'new rows: 5,000 by --new-rows',
    ],
    ['too few of them', { kind: 'count', rows: 0, least: 5000 }, null, 'no', 'new rows: 0 by --new-rows'],
    [
      'the calendar',
      { kind: 'calendar', every: 30 * day },
      run(30 * 24),
      'retrain',
      `calendar: 30 days since the last retraining ${began} 2026-04-04 10:00 UTC; --every is 30 days`,
    ],
    [
      'an hour before its day',
      { kind: 'calendar', every: 30 * day },
      run(30 * 24 - 1),
      'no',
      'calendar: 29 days since',
    ],
    [
      'the calendar of a model that was never trained',
      { kind: 'calendar', every: 30 * day },
      null,
      'retrain',
      'calendar: no retraining has succeeded yet; --every is 30 days',
    ],
  ];
  test.each(cases)('%s', (_title, evidence, trained, says, text) => {
    const finding = weigh(evidence, trained, now);
    expect(finding.says).toBe(says);
    expect(finding.text).toContain(text);
  });
});
