import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { resolve } from './resolve.ts';

const both = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

test.each(['127.0.0.1', '::1'])('a name of both families is the one that listens: %s', async (host) => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((ready) => server.listen(0, host, ready));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    for (const addresses of [both, [...both].reverse()]) {
      const resolved = await resolve(new URL(`http://localhost:${port}`), async () => addresses);
      expect(resolved.address).toEqual({ host, port, secure: null });
    }
  } finally {
    server.close();
  }
});

test('where none listens, the first address is what the run fails at', async () => {
  const { address } = await resolve(new URL('http://localhost:1'), async () => both);
  expect(address.host).toBe('::1');
});

test('an address needs no look-up', async () => {
  const never = async (): Promise<never> => {
    throw new Error('looked up');
  };
  expect(await resolve(new URL('https://[::1]/x'), never)).toEqual({
    address: { host: '::1', port: 443, secure: { serverName: null } },
    dnsMs: null,
  });
  expect((await resolve(new URL('http://10.0.0.1:81'), never)).address.port).toBe(81);
});

test('a certificate must be of the name, not of the address', async () => {
  const { address } = await resolve(new URL('https://model.test'), async () => [
    { address: '10.0.0.1', family: 4 },
  ]);
  expect(address).toEqual({
    host: '10.0.0.1',
    port: 443,
    secure: { serverName: 'model.test' },
  });
});

test('a name that is not known is told without login and query', async () => {
  const unknown = async (): Promise<never> => {
    throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  };
  await expect(resolve(new URL('http://u:secret@model.test/a?token=secret'), unknown)).rejects.toThrow(
    'http://model.test/a?token=*** cannot be reached: the host name model.test is not known (ENOTFOUND).',
  );
});
