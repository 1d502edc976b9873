import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { serverForTests, testClient } from '../../test/support/github-setup.ts';
import { proxyFetch } from './proxy.ts';

const start = serverForTests();

/** A CONNECT proxy that leads every host to the given port. */
async function startProxy(port: number): Promise<{ url: string; seen: string[]; close(): Promise<void> }> {
  const seen: string[] = [];
  const proxy = createServer().on('connect', (request, client) => {
    seen.push(request.url ?? '');
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const proxyPort = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { url: `http://127.0.0.1:${proxyPort}`, seen, close };
}

async function whoAmI(env: Record<string, string>, port: number): Promise<string> {
  const server = { url: `http://api.github.test:${port}` };
  const fetch = await proxyFetch(env, server.url);
  const tokenServer = { ...(await start()), url: server.url };
  const client = testClient(tokenServer, { fetch, token: 'ghp_x' });
  return (await client.request('GET /user')).data.login;
}

test('requests go through the proxy of the runner', async () => {
  const github = await start({ tokens: { ghp_x: { login: 'ada', type: 'User' } } });
  const port = Number(new URL(github.url).port);
  const proxy = await startProxy(port);
  try {
    expect(await whoAmI({ http_proxy: proxy.url }, port)).toBe('ada');
    expect(proxy.seen).toEqual([`api.github.test:${port}`]);
  } finally {
    await proxy.close();
  }
});

test.each([
  [{ HTTPS_PROXY: '' }, false],
  [{ http_proxy: 'proxy:8080' }, false],
  [{ https_proxy: 'http://:bad:' }, false],
  [{ HTTPS_PROXY: 'http://proxy:8080' }, true],
  [{ https_proxy: 'proxy:8080', no_proxy: 'localhost, example.com' }, true],
  [{ https_proxy: 'proxy:8080', NO_PROXY: 'localhost,github.com' }, false],
  [{ https_proxy: 'proxy:8080', no_proxy: '.github.com' }, false],
  [{ https_proxy: 'proxy:8080', no_proxy: 'api.github.com:443' }, false],
  [{ https_proxy: 'proxy:8080', no_proxy: 'api.github.com:8443' }, true],
  [{ https_proxy: 'proxy:8080', no_proxy: 'hub.com' }, true],
  [{ https_proxy: 'proxy:8080', no_proxy: '*' }, false],
])('%j: through a proxy %s', async (env, expected) => {
  expect((await proxyFetch(env, 'https://api.github.com')) !== undefined).toBe(expected);
});
