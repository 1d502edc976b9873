import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { excerpt, request } from './http-client.ts';

test('the excerpt of a body holds no credentials, whatever a service answers', () => {
  const basic = Buffer.from('me:secret').toString('base64');
  expect(excerpt(`{"headers": {"Authorization": "Basic ${basic}"}}`)).toBe(
    '{"headers": {"Authorization": "Basic ***"}}',
  );
  expect(excerpt('authorization:\n bearer abc.def-ghi_jkl~1+/=')).toBe('authorization: bearer ***');
  expect(excerpt('')).toBe('(empty)');
  expect(excerpt('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`);
});

test('a password with a lone per cent sign is sent as it is', async () => {
  const server = createServer((message, answer) => answer.end(message.headers.authorization));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const options = { headers: {}, timeoutMilliseconds: 5_000, attempts: 1 };
    const said = await request(`http://me:50%@127.0.0.1:${port}/`, options, { method: 'GET' }, (response) =>
      response.text(),
    );
    expect(said).toBe(`Basic ${Buffer.from('me:50%').toString('base64')}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
