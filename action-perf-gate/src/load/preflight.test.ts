import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../../../test/support/certificates.ts';
import { freePort } from '../../../test/support/server-process.ts';
import { startTruthServer, type TruthServer } from '../../../test/support/truth-server.ts';
import { parseExpect } from './expect/index.ts';
import { type PreflightOptions, preflight } from './preflight.ts';
import { shortRun, tally, template } from './testing.ts';

let server: TruthServer;
beforeAll(async () => {
  server = await startTruthServer();
});
afterAll(() => server.close());

const run = (url: string, change: Partial<PreflightOptions> = {}) =>
  preflight({
    targets: [{ url: new URL(url) }],
    templates: [template()],
    expects: parseExpect('status < 400'),
    timeoutMs: 2000,
    ...change,
  });
const complaint = async (...args: Parameters<typeof run>): Promise<string> => {
  try {
    await run(...args);
    return 'nothing';
  } catch (error) {
    if (error instanceof Error && error.name === 'RunError') return error.message;
    throw error;
  }
};

test('each request is sent once to each target', async () => {
  server.forget();
  const templates = ['/constant?ms=1', '/status?code=201', '/last', '/chunked'].map((path) =>
    template({ path }),
  );
  const targets = [1, 2].map(() => ({ url: new URL(server.url) }));
  expect(await run(server.url, { templates, targets })).toEqual({ sent: 8, of: 8 });
  expect((await server.records()).receivedMs.length).toBe(8);
});

describe('an error says what is wrong:', () => {
  test('a host that is not known', async () => {
    expect(await complaint('http://no-such-host.invalid/predict?key=secret')).toMatch(
      /^http:\/\/no-such-host\.invalid\/predict\?key=\*\*\* cannot be reached: the host name no-such-host\.invalid is not known/,
    );
  });

  test('a port where nothing listens', async () => {
    const port = await freePort();
    expect(await complaint(`http://user:secret@127.0.0.1:${port}/x`)).toBe(
      `http://127.0.0.1:${port}/x refuses the connection: nothing listens there (ECONNREFUSED).`,
    );
  });

  test('no answer in time', async () => {
    expect(await complaint(`${server.url}/never`, { timeoutMs: 200 })).toBe(
      `${server.url}/never does not answer within 0.2 s.`,
    );
    expect(await complaint(`${server.url}/endless`, { timeoutMs: 200 })).toBe(
      `${server.url}/endless does not answer within 0.2 s.`,
    );
  });

  test('a connection that is closed or reset', async () => {
    expect(await complaint(`${server.url}/close`)).toBe(
      `${server.url}/close gives no response: the connection was closed before the response; if it speaks TLS, its address begins with https://.`,
    );
    expect(await complaint(`${server.url}/resets`)).toMatch(
      /gives no response: the connection was lost \(ECONNRESET\)/,
    );
  });

  test('what is not HTTP', async () => {
    expect(await complaint(`${server.url}/other-protocol`)).toBe(
      `${server.url}/other-protocol cannot be understood: its response does not begin with an HTTP/1.1 status line.`,
    );
  });

  test('an expectation that is not met, with the beginning of the body', async () => {
    const body = `no such model: ${'x'.repeat(300)}`;
    const path = `/json?body=${encodeURIComponent(body)}`;
    expect(
      await complaint(server.url, {
        templates: [template({ name: 'predict', path })],
        expects: parseExpect('status == 201'),
      }),
    ).toBe(
      `Request predict to ${server.url}${path}: the status is 200, expected is status == 201; the body begins with "${body.slice(0, 200)}…".`,
    );
    expect(await complaint(`${server.url}/status?code=500`)).toMatch(
      /the status is 500.*the body begins with "true\\n"\.$/,
    );
  });

  test('without what is secret in the request', async () => {
    const body = 'user hunter22 sent Bearer tok-12345 as dXNlcjpodW50ZXIyMg== to json';
    const shown = await complaint(server.url.replace('//', '//user:hunter22@'), {
      templates: [
        template({
          path: `/json?body=${encodeURIComponent(body)}`,
          headers: [
            ['X-Api-Key', 'tok-12345'],
            ['Accept', 'application/json'],
          ],
        }),
      ],
      expects: parseExpect('status == 404'),
    });
    expect(shown).toContain('begins with "user *** sent Bearer *** as *** to json"');
  });
});

describe('a redirect', () => {
  const to = (target: string): string => `${server.url}/redirect?to=${encodeURIComponent(target)}`;

  test('names the address to use', async () => {
    expect(await complaint(to('/constant'))).toBe(
      `${to('/constant')} answers 307 and sends on to ${server.url}/constant: redirects are not followed under load, use that address, or say \`expect: status == 307\`.`,
    );
    expect(await complaint(to(`/redirect?to=${encodeURIComponent('/constant')}`))).toContain(
      `sends on to ${server.url}/constant:`,
    );
  });

  test('that goes in a circle is told', async () => {
    expect(await complaint(`${server.url}/circle?size=3&n=0`)).toMatch(
      /\/circle\?size=3&n=0 answers 302 and is sent on in a circle by way of .*\/circle\?size=3&n=0: mend the service, or say/,
    );
    expect(await complaint(`${server.url}/circle?size=50&n=0`)).toContain('is sent on more than 10 times');
  });

  test('that leads nowhere is told', async () => {
    expect(await complaint(to(`http://127.0.0.1:${await freePort()}/`))).toMatch(
      /sends on to .*, which cannot be reached:/,
    );
    expect(await complaint(to('ftp://files.test/'))).toMatch(
      /sends on to the scheme ftp: give the address of the service itself/,
    );
  });

  test('is what is wanted when the expectation names it', async () => {
    expect(await complaint(to('/'), { expects: parseExpect('status == 307') })).toBe('nothing');
  });
});

describe('TLS', () => {
  let authority: Certificate;
  const servers: TruthServer[] = [];
  const secure = async (
    options: Partial<Parameters<typeof makeCertificate>[0]>,
    signed = true,
  ): Promise<string> => {
    const names = ['localhost', '127.0.0.1'];
    const certificate = makeCertificate({
      commonName: 'service',
      names,
      ...options,
      ...(signed ? { authority } : {}),
    });
    const started = await startTruthServer({ tls: { key: certificate.key, cert: certificate.cert } });
    servers.push(started);
    return started.url;
  };
  beforeAll(() => {
    authority = makeCertificate({ commonName: 'Authority of the tests' });
  });
  afterAll(() => Promise.all(servers.map((each) => each.close())));

  test('is verified against the authority that is given', async () => {
    const url = await secure({});
    const tls = { ca: authority.cert };
    expect(await complaint(`${url}/constant`, { tls })).toBe('nothing');
    expect(await complaint(`${url.replace('127.0.0.1', 'localhost')}/constant`, { tls })).toBe('nothing');
    const result = await shortRun({ url, path: '/constant?ms=1', tls });
    expect(tally(result)).toEqual({ ok: 20 });
    expect(result.connects.tlsMs.length).toBe(result.connects.opened);
    expect(result.connects.tlsMs.every((time) => time > 0)).toBe(true);
  });

  test('of an authority that is not known is refused, unless it is allowed', async () => {
    const url = await secure({});
    expect(await complaint(url)).toMatch(
      /cannot be trusted.*: the connection failed: the certificate is of an authority that is not known here \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); name the file of the authority with NODE_EXTRA_CA_CERTS\.$/,
    );
    expect(await complaint(await secure({}, false))).toMatch(
      /authority that is not known here \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    );
    expect(await complaint(`${url}/constant`, { tls: { insecure: true } })).toBe('nothing');
    const result = await shortRun({ url, path: '/constant' });
    expect(tally(result)).toEqual({ tls: 20 });
  });

  test('that has expired, or is not valid yet, is told', async () => {
    const tls = { ca: authority.cert };
    const [past, future] = [new Date('2020-01-01'), new Date('2070-01-01')];
    expect(
      await complaint(await secure({ notBefore: new Date('2019-01-01'), notAfter: past }), { tls }),
    ).toMatch(/the certificate has expired \(CERT_HAS_EXPIRED\)/);
    expect(
      await complaint(await secure({ notBefore: future, notAfter: new Date('2071-01-01') }), { tls }),
    ).toMatch(/the certificate is not valid yet/);
  });

  test('of another host is told with the names that it is for', async () => {
    const url = await secure({ names: ['model.test', 'other.test'] });
    expect(await complaint(url, { tls: { ca: authority.cert } })).toMatch(
      /the certificate is for model\.test, other\.test and not for this host \(ERR_TLS_CERT_ALTNAME_INVALID\)\.$/,
    );
  });

  test('where there is none is told, and HTTP where there is TLS', async () => {
    const http = createServer((_, response) => response.end());
    await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
    const address = http.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await complaint(`https://127.0.0.1:${port}`)).toMatch(
      /the server does not speak TLS at this port/,
    );
    http.close();
    expect(await complaint(server.url.replace('http:', 'https:'), { timeoutMs: 300 })).toMatch(
      /takes the connection, but does not speak TLS within 0\.3 s\.$/,
    );
    expect(await complaint((await secure({})).replace('https:', 'http:'))).toMatch(
      /its address begins with https:\/\//,
    );
  });
});
