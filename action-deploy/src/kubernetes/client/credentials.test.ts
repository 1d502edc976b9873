import { expect, test } from 'vitest';
import { bearer, type Expiring, renewedCredentials } from './credentials.ts';

const { signal } = new AbortController();

function expiring(token: string, expiresAt: number | null = null): Expiring {
  return { credential: { authorization: bearer(token), certificate: null }, expiresAt };
}

/** Gives `token-1`, `token-2`, … each as long as the life that is given. */
function counted(lifeMs: number | null) {
  let now = 0;
  let count = 0;
  const credentials = renewedCredentials(
    async () => {
      count += 1;
      return expiring(`token-${count}`, lifeMs === null ? null : now + lifeMs);
    },
    () => new Date(now),
  );
  const get = async (): Promise<string | null> => (await credentials.get(signal)).authorization;
  return {
    get,
    renew: credentials.renew,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

test('a credential is fetched anew a minute before its end', async () => {
  const { get, wait } = counted(600_000);
  expect(await get()).toBe('Bearer token-1');
  wait(539_999);
  expect(await get()).toBe('Bearer token-1');
  wait(1);
  expect(await get()).toBe('Bearer token-2');
});

test('one that tells no end is kept until it is refused', async () => {
  const { get, wait, renew } = counted(null);
  await get();
  wait(365 * 24 * 3600 * 1000);
  expect(await get()).toBe('Bearer token-1');
  expect(renew()).toBe(true);
  expect(await get()).toBe('Bearer token-2');
});

test('a failure is not kept', async () => {
  let count = 0;
  const credentials = renewedCredentials(
    async () => {
      count += 1;
      if (count === 1) throw new Error('away');
      return expiring('late');
    },
    () => new Date(0),
  );
  await expect(credentials.get(signal)).rejects.toThrow('away');
  expect((await credentials.get(signal)).authorization).toBe('Bearer late');
});

test('who waits for a fetch that another began is not cancelled with that one', async () => {
  let count = 0;
  const credentials = renewedCredentials(
    (stop) => {
      count += 1;
      if (count > 1) return Promise.resolve(expiring('second'));
      return new Promise((_resolve, reject) => {
        stop.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
      });
    },
    () => new Date(0),
  );
  const rollout = new AbortController();
  const first = credentials.get(rollout.signal);
  const ofRollback = [credentials.get(signal), credentials.get(signal)];
  rollout.abort();
  await expect(first).rejects.toThrow('cancelled');
  const got = await Promise.all(ofRollback);
  expect(got.map(({ authorization }) => authorization)).toEqual(['Bearer second', 'Bearer second']);
  expect(count).toBe(2);
});

test('a fetch that fails by itself fails for all who wait, once', async () => {
  let count = 0;
  const credentials = renewedCredentials(
    async () => {
      count += 1;
      throw new Error('no such profile');
    },
    () => new Date(0),
  );
  const all = await Promise.allSettled([credentials.get(signal), credentials.get(signal)]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(count).toBe(1);
});
