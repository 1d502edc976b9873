import { expect, test } from 'vitest';
import type { Charges } from '../costs/charges.ts';
import type { Forecast } from '../costs/month.ts';
import { CostFailure, type FailureReason } from '../explorer/failure.ts';
import { nothingKnown } from './questions.ts';
import { type Ask, Refresher } from './refresher.ts';
import { readStored, type Stored, storedText } from './stored.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-20T06:00:00Z');
const charges = (askedAt: number): Charges => ({ askedAt, start: '2026-09-20', charges: [], estimated: [] });
const forecast = (askedAt: number): Forecast => ({ askedAt, currency: 'USD', days: [] });

/** A clock that the test turns on, a disk that forgets nothing, and a Cost Explorer that fails when it is told to. */
function subject(found: Stored = { known: nothingKnown, used: { day: '2026-11-20', requests: 0 } }) {
  const world = { now: start, saved: found, failing: null as FailureReason | null, asked: [] as string[] };
  const failures: [string, string, number][] = [];
  const refresher = new Refresher({
    store: {
      found,
      save: async (stored) => {
        world.saved = readStored(storedText(stored, 'same'), 'same');
      },
    },
    intervalMs: 8 * hour,
    requestsPerDay: 5,
    now: () => world.now,
    onAnswered: () => {},
    onFailed: (question, { reason }, nextAt) =>
      failures.push([question, reason, (nextAt - world.now) / hour]),
  });
  const asking =
    <Value>(name: string, answer: (now: number) => Value) =>
    async (now: number): Promise<Value> => {
      world.asked.push(name);
      if (!(await refresher.take())) throw new CostFailure('request_budget', 'none left');
      if (world.failing !== null) throw new CostFailure(world.failing, 'no');
      return answer(now);
    };
  const ask: Ask = {
    services: asking('services', charges),
    models: asking('models', charges),
    forecast: asking('forecast', forecast),
  };
  return { world, refresher, ask, failures };
}

test('each question is asked once, and again when the interval is over', async () => {
  const { world, refresher, ask } = subject();
  expect(await refresher.round(ask)).toBe(start + 8 * hour);
  expect(world.asked).toEqual(['services', 'models', 'forecast']);
  world.now += 8 * hour - 1;
  await refresher.round(ask);
  expect(world.asked).toHaveLength(3);
  world.now += 1;
  await refresher.round({ ...ask, models: null });
  expect(world.asked.slice(3)).toEqual(['services', 'forecast']);
  expect(refresher.known.services.value?.askedAt).toBe(start + 8 * hour);
});

test('a restart goes on from what is on the disk, and asks nothing that is young', async () => {
  const first = subject();
  await first.refresher.round(first.ask);
  const second = subject(first.world.saved);
  second.world.now += hour;
  expect(await second.refresher.round(second.ask)).toBe(start + 8 * hour);
  expect(second.world.asked).toEqual([]);
  expect(second.refresher.known).toEqual(first.refresher.known);
  expect(second.refresher.requestsLeft()).toBe(2);
});

test('the last value is kept while questions fail; what passes is asked again soon, then more seldom', async () => {
  const { world, refresher, ask, failures } = subject();
  const only: Ask = { ...ask, models: null, forecast: null };
  await refresher.round(only);
  world.failing = 'throttled';
  // Another day for each, so that the budget is no matter.
  for (let round = 0; round < 7; round += 1) {
    world.now += 24 * hour;
    await refresher.round(only);
  }
  expect(failures.map(([, , hours]) => hours)).toEqual([0.25, 0.5, 1, 2, 4, 8, 8]);
  expect(refresher.known.services).toMatchObject({ value: { askedAt: start }, failures: 7 });
  world.failing = null;
  world.now += 24 * hour;
  await refresher.round(only);
  expect(refresher.known.services).toMatchObject({ value: { askedAt: world.now }, failures: 0 });
});

test.each<FailureReason>(['access_denied', 'credentials', 'no_data', 'unexpected_answer'])(
  '%s is not asked again before the interval is over',
  async (reason) => {
    const { world, refresher, ask, failures } = subject();
    world.failing = reason;
    await refresher.round({ ...ask, models: null, forecast: null });
    expect(failures).toEqual([['services', reason, 8]]);
  },
);

test('when the budget is used up nothing is asked until the day is over, also after a restart', async () => {
  const first = subject();
  await first.refresher.round(first.ask);
  first.world.now += 8 * hour;
  await first.refresher.round(first.ask);
  expect(first.failures).toEqual([['forecast', 'request_budget', 10]]);
  const second = subject(first.world.saved);
  second.world.now = first.world.now + hour;
  expect(second.refresher.requestsLeft()).toBe(0);
  expect(await second.refresher.take()).toBe(false);
  second.world.now = Date.parse('2026-11-21T00:00:00Z');
  expect(second.refresher.requestsLeft()).toBe(5);
  await second.refresher.round({ ...second.ask, services: null, models: null });
  expect(second.world.asked).toEqual(['forecast']);
  expect(second.refresher.requestsLeft()).toBe(4);
});

test('a request that cannot be noted is not sent', async () => {
  const refresher = new Refresher({
    store: {
      found: { known: nothingKnown, used: { day: '2026-11-20', requests: 0 } },
      save: async () => {
        throw new Error('no space left');
      },
    },
    intervalMs: hour,
    requestsPerDay: 5,
    now: () => start,
    onAnswered: () => {},
    onFailed: () => {},
  });
  await expect(refresher.take()).rejects.toMatchObject({
    reason: 'state_file',
    message: 'the request is not sent, since it cannot be noted: no space left',
  });
});

test('a time far ahead was written by a wrong clock, and is asked at once', async () => {
  const known = {
    ...nothingKnown,
    services: { value: null, failures: 0, notBefore: start + 400 * 24 * hour },
  };
  const { world, refresher, ask } = subject({ known, used: { day: '2026-11-20', requests: 0 } });
  await refresher.round({ ...ask, models: null, forecast: null });
  expect(world.asked).toEqual(['services']);
});
