import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../core/gate/types.ts';
import {
  type DriftMemory,
  driftedSinceRetraining,
  merge,
  noMemory,
  parseMemory,
  type RunNote,
  record,
  streakOf,
} from './memory.ts';
import { plan } from './plan.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 6, n, 6)).toISOString();
const note = (n: number, verdict: Verdict, changes: Partial<RunNote> = {}): RunNote => ({
  run: n,
  attempt: 1,
  at: day(n),
  verdict,
  score: 2,
  columns: 1,
  ...changes,
});
const letters: Readonly<Record<string, Verdict>> = { f: 'fail', p: 'pass', i: 'inconclusive' };
/** `ffip`: one run a day. */
const having = (runs: string, start: DriftMemory = noMemory): DriftMemory =>
  [...runs].reduce(
    (memory, letter, i) => record(memory, note(i + 1, letters[letter] ?? 'pass'), ['age']),
    start,
  );

describe('the streak', () => {
  test.each([
    ['', 0, null],
    ['p', 0, null],
    ['f', 1, 1],
    ['fff', 3, 1],
    ['ffpf', 1, 4],
    ['fif', 2, 1],
    ['fii', 1, 1],
    ['i', 0, null],
    ['ffp', 0, null],
    ['ffpi', 0, null],
  ] as const)('after %j: %d', (runs, count, since) => {
    expect(streakOf(having(runs))).toEqual({ count, since: since === null ? null : day(since) });
  });

  test('does not count a run twice that is attempted again; its last attempt is what counts', () => {
    const twice = record(having('ff'), note(2, 'fail', { attempt: 2 }), ['age']);
    expect(streakOf(twice).count).toBe(2);
    expect(streakOf(record(twice, note(2, 'pass', { attempt: 3 }), [])).count).toBe(0);
    expect(streakOf(record(twice, note(2, 'pass'), [])).count).toBe(2);
  });

  test('is of runs as they began, whichever ended first', () => {
    const memory = record(record(noMemory, note(2, 'pass'), []), note(1, 'fail'), ['age']);
    expect(streakOf(memory).count).toBe(0);
  });

  test('outlives the runs that are forgotten', () => {
    const memory = having('f'.repeat(200));
    expect(memory.runs).toHaveLength(60);
    expect(streakOf(memory)).toEqual({ count: 200, since: day(1) });
  });
});

describe('what two issues remember', () => {
  test('is all runs of both, each once, the later retraining', () => {
    const a = { ...having('ff'), retrained: { run: 1, at: day(1) } };
    const b = record({ ...noMemory, retrained: { run: 2, at: day(2) } }, note(3, 'fail'), ['age']);
    for (const both of [merge(a, b), merge(b, a)]) {
      expect(both.runs.map(({ run }) => run)).toEqual([1, 2, 3]);
      expect(both.retrained?.run).toBe(2);
    }
  });

  test('is written and read without change, and refused when it is something else', () => {
    const memory = { ...having('ffip'), retrained: { run: 2, at: day(2) } };
    expect(parseMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
    for (const other of [null, [], 'x', {}, { ...memory, version: 2 }, { ...memory, runs: [{ run: 1 }] }]) {
      expect(parseMemory(other)).toBeNull();
    }
    expect(parseMemory({ ...memory, retrained: { run: 2, at: 'yesterday' } })).toBeNull();
    expect(parseMemory({ ...memory, before: { count: -1, since: null } })).toBeNull();
  });
});

test.each([
  ['no retraining so far', null, 4],
  ['before the first', { run: 0, at: '2026-06-30T00:00:00.000Z' }, 4],
  ['by the second run', { run: 2, at: '2026-07-02T06:05:00.000Z' }, 2],
  ['by the last run', { run: 4, at: '2026-07-04T06:05:00.000Z' }, 0],
  ['by a run that began later than it says', { run: 4, at: '2026-07-04T05:00:00.000Z' }, 0],
])('drifted runs since retraining, %s: %s', (_, retrained, count) => {
  expect(driftedSinceRetraining({ ...having('ffff'), retrained })).toBe(count);
});

describe('the plan', () => {
  const now = new Date(day(20));
  const closedByUs = (runs: string): DriftMemory => ({ ...having(runs), closed: true });
  const next = (standing: Parameters<typeof plan>[0], verdict: Verdict) =>
    plan(standing, note(10, verdict), ['age'], now);

  test.each<[string, Parameters<typeof plan>[0], Verdict, string]>([
    ['no issue', null, 'fail', 'open'],
    ['no issue', null, 'pass', 'nothing'],
    ['no issue', null, 'inconclusive', 'nothing'],
    ['an open one while drift lasts', { open: true, memory: having('ff') }, 'fail', 'update'],
    ['an open one while drift lasts', { open: true, memory: having('ff') }, 'inconclusive', 'update'],
    ['an open one while drift lasts', { open: true, memory: having('ff') }, 'pass', 'close'],
    ['one closed when drift ended', { open: false, memory: closedByUs('ffp') }, 'fail', 'reopen'],
    ['one closed when drift ended', { open: false, memory: closedByUs('ffp') }, 'pass', 'nothing'],
    ['one closed when drift ended', { open: false, memory: closedByUs('ffp') }, 'inconclusive', 'nothing'],
    ['one that a person closed while drift lasts', { open: false, memory: having('ff') }, 'fail', 'update'],
    ['one that a person closed while drift lasts', { open: false, memory: having('ff') }, 'pass', 'update'],
    [
      'one that a person reopened after drift ended',
      { open: true, memory: closedByUs('ffp') },
      'pass',
      'update',
    ],
    [
      'one that a person reopened after drift ended',
      { open: true, memory: closedByUs('ffp') },
      'fail',
      'update',
    ],
    ['an open one whose record is lost', { open: true, memory: null }, 'fail', 'update'],
    ['an open one whose record is lost', { open: true, memory: null }, 'inconclusive', 'update'],
    ['an open one whose record is lost', { open: true, memory: null }, 'pass', 'close'],
    ['a closed one whose record is lost', { open: false, memory: null }, 'fail', 'reopen'],
    ['a closed one whose record is lost', { open: false, memory: null }, 'pass', 'nothing'],
  ])('%s: %4$s', (_, standing, verdict, expected) => {
    expect(next(standing, verdict).do).toBe(expected);
  });

  test('what a person closed stays closed for this drift, and no longer', () => {
    const silent = next({ open: false, memory: having('ff') }, 'fail');
    expect(silent).toMatchObject({ do: 'update', dismissed: true });
    const ended = next({ open: false, memory: having('ff') }, 'pass');
    if (ended.do === 'nothing') throw new Error('the end of the drift was not noted');
    expect(plan({ open: false, memory: ended.memory }, note(11, 'fail'), ['age'], now).do).toBe('reopen');
  });

  test('a run that began before the one that ended the drift does not reopen the issue', () => {
    const memory = { ...record(having('ff'), note(12, 'pass'), []), closed: true };
    expect(next({ open: false, memory }, 'fail').do).toBe('nothing');
  });

  test('a lost record takes a retraining for just requested', () => {
    const found = next({ open: true, memory: null }, 'fail');
    expect(found).toMatchObject({ lost: true, memory: { retrained: { run: null, at: now.toISOString() } } });
    expect(found.do !== 'nothing' && driftedSinceRetraining(found.memory)).toBe(0);
  });
});
