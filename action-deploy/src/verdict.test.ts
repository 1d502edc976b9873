import { describe, expect, test } from 'vitest';
import { fold } from '../../core/gate/index.ts';
import type { Cause, Outcome } from './types.ts';
import { causeOf, type Ended, passes, rolloutCheck } from './verdict.ts';

const cause: Cause = {
  source: 'unit',
  reason: 'OOMKilled',
  text: 'pod web-1: container app was killed for its memory',
  logLines: [],
};

function ended(outcome: Outcome, more: Partial<Ended> = {}): Ended {
  return { outcome, causes: [], rollback: null, left: 'web:4 runs 2 of 2', unproven: null, ...more };
}

const outcomes: readonly [Outcome, 'pass' | 'fail'][] = [
  ['succeeded', 'pass'],
  ['unchanged', 'pass'],
  ['planned', 'pass'],
  ['rolled-back', 'fail'],
  ['rollback-failed', 'fail'],
  ['failed', 'fail'],
  ['timed-out', 'fail'],
  ['superseded', 'fail'],
];

test.each(outcomes)('%s: %s', (outcome, verdict) => {
  expect(rolloutCheck(ended(outcome)).verdict).toBe(verdict);
  expect(passes(outcome)).toBe(verdict === 'pass');
});

describe('the reason', () => {
  test('begins with the cause, and ends with what runs', () => {
    const rollback = { by: 'action', verified: true, text: 'web:3 runs again' } as const;
    expect(rolloutCheck(ended('rolled-back', { causes: [cause], rollback })).reason).toBe(
      'pod web-1: container app was killed for its memory; the rollout failed and was rolled back; web:3 runs again',
    );
    const failed = { by: 'action', verified: false, text: 'web:3 could not be told to run' } as const;
    expect(rolloutCheck(ended('rollback-failed', { causes: [cause], rollback: failed })).reason).toMatch(
      /; the rollout failed, and so did its rollback; web:4 runs 2 of 2$/,
    );
  });

  test('of a rollout that proved nothing makes it inconclusive', () => {
    const judged = rolloutCheck(ended('succeeded', { unproven: 'no task is wanted: nothing was run' }));
    expect(judged).toMatchObject({ verdict: 'inconclusive', reason: 'no task is wanted: nothing was run' });
    expect(fold([judged])).toBe('inconclusive');
  });

  test('of one that failed is not softened by it', () => {
    expect(rolloutCheck(ended('failed', { unproven: 'no task is wanted' })).verdict).toBe('fail');
  });
});

test('the cause is one line where something went wrong, and none where nothing did', () => {
  expect(causeOf(ended('succeeded'))).toBeNull();
  expect(causeOf(ended('timed-out', { causes: [cause] }))).toBe(cause.text);
  expect(causeOf(ended('superseded'))).toBe(
    'another deployment took the place of this one: web:4 runs 2 of 2',
  );
});
