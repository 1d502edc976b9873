import { describe, expect, test } from 'vitest';
import { amd64, index, logIn, octo, refusal, resolve, start, usual } from './harness.ts';
import { fail, identityToken, type RegistrySettings } from './testing.ts';

describe('who asks', () => {
  test('nobody: a token for anybody is fetched, for this repository and to read', async () => {
    const registry = await start(usual, { auth: 'bearer' });
    expect((await resolve(registry, ':v1')).digest).toBe(index.digest);
    expect(registry.tokenRequests).toMatchObject([
      { authorization: null, url: '/token?service=registry.test&scope=repository%3Aocto%2Fapi%3Apull' },
    ]);
  });

  test('the token is used for all that follows', async () => {
    const registry = await start(usual, { auth: 'bearer' });
    await resolve(registry, ':single', [amd64]);
    expect(registry.tokenRequests).toHaveLength(1);
    expect(registry.requests.map(({ authorization }) => authorization !== null)).toEqual([false, true, true]);
  });

  test.each([
    ['the host', (host: string) => octo(host)],
    ['an address', (host: string) => octo(`https://${host}/v2/`)],
    [
      'a name and a password',
      (host: string) => ({ auths: { [host]: { username: 'octo', password: 's3cret' } } }),
    ],
    [
      'the first entry that has any',
      (host: string) => ({ auths: { [`http://${host}`]: {}, ...(octo(host) as { auths: object }).auths } }),
    ],
  ])("the login of docker's configuration, under %s", async (_, config) => {
    for (const auth of ['basic', 'bearer'] as const) {
      const registry = await start(usual, { auth, login: 'octo:s3cret' });
      await logIn(config(registry.host));
      expect((await resolve(registry, ':v1')).digest).toBe(index.digest);
    }
  });

  test('an identity token is changed for one that reads', async () => {
    const registry = await start(usual, { auth: 'bearer', login: 'octo:s3cret' });
    await logIn({
      auths: {
        [registry.host]: { auth: Buffer.from('<token>:').toString('base64'), identitytoken: identityToken },
      },
    });
    expect((await resolve(registry, ':v1')).digest).toBe(index.digest);
    expect(registry.tokenRequests).toMatchObject([{ method: 'POST', url: '/token', authorization: null }]);
  });

  test('a registry token is sent as it is', async () => {
    const registry = await start(usual, { auth: 'bearer', login: 'octo:s3cret' });
    await logIn({ auths: { [registry.host]: { registrytoken: 'token.of-the_test~server' } } });
    expect((await resolve(registry, ':v1')).digest).toBe(index.digest);
    expect(registry.tokenRequests).toEqual([]);
  });

  test('credentials of another registry stay where they are', async () => {
    const registry = await start(usual, { auth: 'bearer' });
    await logIn(octo('ghcr.io'));
    await resolve(registry, ':v1');
    expect(registry.tokenRequests).toMatchObject([{ authorization: null }]);
  });
});

describe('who asks is refused', () => {
  const anonymous =
    'REGISTRY/octo/api:v1: REGISTRY does not let it be read (401 UNAUTHORIZED: authentication required); log in before this step, as docker/login-action does; a repository that does not exist is refused in the same way';

  test.each(['basic', 'bearer'] as const)('without a login, by %s', async (auth) => {
    expect(await refusal(await start(usual, { auth, login: 'octo:s3cret' }), ':v1')).toBe(anonymous);
  });

  test('with a login of before, by the registry', async () => {
    const registry = await start(usual, { auth: 'basic', login: 'octo:new' });
    await logIn(octo(registry.host));
    expect(await refusal(registry, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY does not let it be read (401 UNAUTHORIZED: authentication required); the login in HOME/config.json may not read it, or there is no such repository',
    );
  });

  test('with a login of before, by the token server', async () => {
    const registry = await start(usual, { auth: 'bearer', login: 'octo:new' });
    await logIn(octo(registry.host));
    expect(await refusal(registry, ':v1')).toMatch(
      /^REGISTRY\/octo\/api:v1: 127\.0\.0\.1:\d+ does not accept the login \(401\); log in again$/,
    );
  });

  test.each([
    ['of all registries', () => ({ credsStore: 'desktop' }), 'desktop'],
    [
      'of this one',
      (host: string) => ({ credHelpers: { [host]: 'ecr-login' }, credsStore: 'desktop' }),
      'ecr-login',
    ],
    ['beside an empty login', (host: string) => ({ auths: { [host]: {} }, credsStore: 'pass' }), 'pass'],
  ])('the program that keeps the login is named: one %s', async (_, config, helper) => {
    const registry = await start(usual, { auth: 'bearer', login: 'octo:s3cret' });
    await logIn(config(registry.host));
    expect(await refusal(registry, ':v1')).toBe(
      `REGISTRY/octo/api:v1: REGISTRY does not let it be read (401 UNAUTHORIZED: authentication required); its credentials are kept by docker-credential-${helper}, which this action does not run: let docker/login-action write them into HOME/config.json`,
    );
  });

  test.each([
    ['{"auths": s3cret', 'the credentials of Docker in HOME/config.json are not a JSON object'],
    ['[]', 'the credentials of Docker in HOME/config.json are not a JSON object'],
  ])("docker's configuration cannot be read: %s", async (config, message) => {
    await logIn(config);
    expect(await refusal(await start(usual, { auth: 'basic' }), ':v1')).toBe(message);
  });

  test('the login is no login', async () => {
    const registry = await start(usual, { auth: 'basic' });
    await logIn({ auths: { [registry.host]: { auth: 'czNjcmV0' } } });
    expect(await refusal(registry, ':v1')).toBe(
      'the login for REGISTRY in HOME/config.json is not readable: log in again',
    );
  });

  test('the registry asks in a way that is not known', async () => {
    const instead: RegistrySettings['instead'] = (_, response) => {
      response.setHeader('www-authenticate', 'Negotiate, Digest realm="x"');
      fail(response, 401, 'UNAUTHORIZED', 'no');
      return true;
    };
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY asks for negotiate, digest; known are Bearer and Basic',
    );
  });

  test.each([
    [
      'http://auth.example.com/token',
      'REGISTRY has tokens given at http://auth.example.com, which is not encrypted',
    ],
    ['token', 'REGISTRY does not say where tokens are given'],
  ])('the login goes to no token server such as %s', async (realm, message) => {
    const registry = await start(usual, { auth: 'bearer', realm });
    await logIn(octo(registry.host));
    expect(await refusal(registry, ':v1')).toBe(`REGISTRY/octo/api:v1: ${message}`);
  });
});
