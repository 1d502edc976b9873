import { expect, test } from 'vitest';
import { callsWith } from './calls.ts';
import { failureOf } from './failure.ts';

function subject(left: number, credentials: () => Promise<unknown> = async () => 'there') {
  const seen = { requests: 0, waits: [] as number[] };
  const call = callsWith({
    take: async () => {
      left -= 1;
      return left >= 0;
    },
    budget: '24 a day',
    credentials,
    onRequest: () => {
      seen.requests += 1;
    },
    sleep: async (ms) => {
      seen.waits.push(ms);
    },
    random: () => 0.5,
  });
  return { seen, call };
}

function failing(name: string, status: number, times: number) {
  let sent = 0;
  return async () => {
    sent += 1;
    if (sent > times) return `answer ${sent}`;
    throw Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: status } });
  };
}

test('what is throttled is sent again, each time counted, each time after a longer wait', async () => {
  const { seen, call } = subject(24);
  expect(await call('GetCostAndUsage', failing('LimitExceededException', 400, 2))).toBe('answer 3');
  expect(seen).toEqual({ requests: 3, waits: [1_000, 2_000] });
});

test('after three requests it is given up', async () => {
  const { seen, call } = subject(24);
  await expect(call('GetCostForecast', failing('InternalFailure', 500, 99))).rejects.toMatchObject({
    reason: 'unavailable',
  });
  expect(seen.requests).toBe(3);
});

test('what will not change is sent once', async () => {
  const { seen, call } = subject(24);
  await expect(call('GetCostAndUsage', failing('AccessDeniedException', 400, 99))).rejects.toMatchObject({
    reason: 'access_denied',
  });
  expect(seen).toEqual({ requests: 1, waits: [] });
});

test('the budget is never exceeded, also not by sending again', async () => {
  const { seen, call } = subject(2);
  await expect(call('GetCostAndUsage', failing('ThrottlingException', 400, 99))).rejects.toMatchObject({
    reason: 'request_budget',
    message: 'no request is left of 24 a day',
  });
  expect(seen.requests).toBe(2);
});

test('without credentials nothing is sent, and nothing is counted', async () => {
  const { seen, call } = subject(24, async () => {
    throw Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    });
  });
  const failure = failureOf(await call('GetCostAndUsage', async () => 1).catch((error: unknown) => error));
  expect(failure.reason).toBe('credentials');
  expect(seen.requests).toBe(0);
});
