import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Platform, ResolvedImage } from '../../types.ts';
import { parseImageReference } from '../reference.ts';
import { resolveImage } from '../resolve.ts';
import { type TestWorld, testWorld } from '../testing.ts';
import { RegistrySource } from './index.ts';
import {
  basic,
  fail,
  identityToken,
  makeImage,
  makeIndex,
  type RegistryContent,
  type RegistrySettings,
  type Stored,
  startOther,
  startRegistry,
  stored,
  type TestRegistry,
} from './testing.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
const amdImage = makeImage(amd64);
const armImage = makeImage(arm64);
const attestation = {
  manifest: stored({ schemaVersion: 2, attestation: true }, 'application/vnd.oci.image.manifest.v1+json'),
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};
const index = makeIndex([
  { manifest: amdImage.manifest, platform: amd64 },
  { manifest: armImage.manifest, platform: { ...arm64, variant: 'v8' } },
  attestation,
]);
const usual: RegistryContent = {
  tags: { 'octo/api': { v1: index, single: amdImage.manifest, 'v1.2.3': index } },
  manifests: [amdImage.manifest, armImage.manifest],
  blobs: [amdImage.config, armImage.config],
};

const stops: (() => Promise<void>)[] = [];
let home = '';
let world: TestWorld = testWorld();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'docker-'));
  world = testWorld({ env: { DOCKER_CONFIG: home } });
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await rm(home, { recursive: true, force: true });
});

async function start(
  content: RegistryContent = usual,
  settings: RegistrySettings = {},
): Promise<TestRegistry> {
  const registry = await startRegistry(content, settings);
  stops.push(registry.stop);
  return registry;
}

async function other(
  handle: Parameters<typeof startOther>[0],
): Promise<Awaited<ReturnType<typeof startOther>>> {
  const started = await startOther(handle);
  stops.push(started.stop);
  return started;
}

async function logIn(config: unknown): Promise<void> {
  await writeFile(join(home, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
}

async function resolve(
  { host }: { readonly host: string },
  rest: string,
  wanted: readonly Platform[] | null = null,
): Promise<ResolvedImage> {
  const reading = parseImageReference(`${host}/octo/api${rest}`);
  if (!reading.ok) throw new Error(reading.message);
  return resolveImage(reading.value, wanted, world);
}

/** The message of the error that a user sees, with the registry's port left out. */
async function refusal(
  registry: { readonly host: string },
  rest: string,
  wanted: readonly Platform[] | null = null,
): Promise<string> {
  const error = await resolve(registry, rest, wanted).then(
    () => expect.unreachable('the image was found'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RunError);
  const { message } = error as RunError;
  for (const secret of ['s3cret', 'token.of', identityToken, basic('octo:s3cret').slice(6)])
    expect(message).not.toContain(secret);
  return message.replaceAll(registry.host, 'REGISTRY').replaceAll(home, 'HOME');
}

const octo = (host: string): object => ({
  auths: { [host]: { auth: Buffer.from('octo:s3cret').toString('base64') } },
});

describe('a tag becomes a digest', () => {
  test('of the index, with the platforms that it has images for', async () => {
    const registry = await start();
    expect(await resolve(registry, ':v1')).toEqual({
      given: `${registry.host}/octo/api:v1`,
      repository: `${registry.host}/octo/api`,
      tag: 'v1',
      digest: index.digest,
      reference: `${registry.host}/octo/api@${index.digest}`,
      platforms: [amd64, arm64],
      scan: null,
    });
    expect(registry.requests.map(({ url, authorization }) => [url, authorization])).toEqual([
      ['/v2/octo/api/manifests/v1', null],
    ]);
  });

  test('of an image that is no index, with what its configuration says', async () => {
    expect(await resolve(await start(), ':single')).toMatchObject({
      digest: amdImage.manifest.digest,
      platforms: [amd64],
    });
  });

  test("in Docker's formats as well", async () => {
    const list = 'application/vnd.docker.distribution.manifest.list.v2+json';
    const docker = makeIndex([{ manifest: armImage.manifest, platform: arm64 }], list);
    const content = { ...usual, tags: { 'octo/api': { v1: docker } } };
    expect(await resolve(await start(content), ':v1')).toMatchObject({
      digest: docker.digest,
      platforms: [arm64],
    });
  });

  test('where the index does not tell platforms, the images do', async () => {
    const bare = makeIndex([{ manifest: amdImage.manifest }, { manifest: armImage.manifest }]);
    const content = { ...usual, tags: { 'octo/api': { v1: bare } } };
    expect((await resolve(await start(content), ':v1')).platforms).toEqual([amd64, arm64]);
  });

  test('a digest stays what it is, and the tag beside it is only shown', async () => {
    const registry = await start();
    expect(await resolve(registry, `:other@${index.digest}`)).toMatchObject({
      tag: 'other',
      digest: index.digest,
    });
    expect(registry.requests.map(({ url }) => url)).toEqual([`/v2/octo/api/manifests/${index.digest}`]);
  });
});

describe('the platform', () => {
  test('that is wanted is there', async () => {
    expect(await resolve(await start(), ':v1', [arm64])).toMatchObject({ digest: index.digest });
  });

  test.each([
    [
      ':single',
      'REGISTRY/octo/api:single: no image for linux/arm64: it has linux/amd64; build it with `--platform linux/arm64`',
    ],
    [
      `@${amdImage.manifest.digest}`,
      `REGISTRY/octo/api@${amdImage.manifest.digest}: no image for linux/arm64: it has linux/amd64; build it with \`--platform linux/arm64\``,
    ],
  ])('that is wanted lacks in %s', async (rest, message) => {
    expect(await refusal(await start(), rest, [arm64])).toBe(message);
  });

  test('lacks, since only proofs are there', async () => {
    const content = { ...usual, tags: { 'octo/api': { v1: makeIndex([attestation]) } } };
    expect(await refusal(await start(content), ':v1', [arm64])).toBe(
      'REGISTRY/octo/api:v1: no image for linux/arm64: it does not tell what it was built for; build it with `--platform linux/arm64`',
    );
  });

  test('cannot be read: an error where it is wanted, and none where nothing depends on it', async () => {
    const content = { ...usual, blobs: [] };
    expect((await resolve(await start(content), ':single')).platforms).toEqual([]);
    expect(await refusal(await start(content), ':single', [amd64])).toBe(
      'the configuration of REGISTRY/octo/api: REGISTRY answered 404 BLOB_UNKNOWN: blob unknown',
    );
  });
});

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

describe('an image that is not there', () => {
  test.each([
    [':v1.2.4', 'REGISTRY/octo/api has no image with the tag v1.2.4; did you mean v1.2.3?'],
    [
      ':something-else',
      'REGISTRY/octo/api has no image with the tag something-else; it has the tags single, v1, v1.2.3',
    ],
    [`@sha256:${'0'.repeat(64)}`, `REGISTRY/octo/api has no image with the digest sha256:${'0'.repeat(64)}`],
  ])('%s', async (rest, message) => {
    expect(await refusal(await start(), rest)).toBe(message);
  });

  test('the nearest tag stands on a later page', async () => {
    const tags: Record<string, Stored> = Object.fromEntries(
      Array.from({ length: 250 }, (_, number) => [`build-${1000 + number}`, index]),
    );
    const registry = await start({ ...usual, tags: { 'octo/api': { ...tags, 'v9.9': index } } });
    expect(await refusal(registry, ':v9.8')).toBe(
      'REGISTRY/octo/api has no image with the tag v9.8; did you mean v9.9?',
    );
    expect(await refusal(registry, ':main')).toBe(
      'REGISTRY/octo/api has no image with the tag main; it has the tags build-1000, build-1001, build-1002, build-1003, build-1004 and 246 more',
    );
  });

  test('neither are tags to be told', async () => {
    const instead: RegistrySettings['instead'] = ({ url }, response) => {
      const isList = url?.includes('/tags/') === true;
      if (isList) fail(response, 403, 'DENIED', 'no');
      return isList;
    };
    expect(await refusal(await start(usual, { instead }), ':v2')).toBe(
      'REGISTRY/octo/api has no image with the tag v2',
    );
  });

  test('nor is its repository', async () => {
    expect(await refusal(await start({ tags: {} }), ':v1')).toBe('there is no repository REGISTRY/octo/api');
  });
});

describe('what is sent is not what is named', () => {
  const changed: Stored = { ...index, bytes: makeIndex([]).bytes };

  test('a tag', async () => {
    const registry = await start({ ...usual, tags: { 'octo/api': { v1: changed } } });
    expect(await refusal(registry, ':v1')).toBe(
      `REGISTRY/octo/api:v1: the registry names the digest ${index.digest}, but what it sends has ${makeIndex([]).digest}; it was changed on the way, or the registry is broken`,
    );
  });

  test('a digest', async () => {
    const registry = await start({ ...usual, tags: { 'octo/api': {} }, manifests: [changed] });
    expect(await refusal(registry, `@${index.digest}`)).toContain('it was changed on the way');
  });

  test('a configuration', async () => {
    const blobs = [{ ...amdImage.config, bytes: armImage.config.bytes }];
    expect(await refusal(await start({ ...usual, blobs }), ':single', [amd64])).toContain(
      'the configuration of REGISTRY/octo/api:single: the registry names the digest',
    );
  });

  test('without a digest in its answer the tag is taken as it comes', async () => {
    const instead: RegistrySettings['instead'] = (_, response) => {
      response.setHeader('content-type', index.mediaType);
      response.end(index.bytes);
      return true;
    };
    expect((await resolve(await start(usual, { instead }), ':v1')).digest).toBe(index.digest);
  });
});

describe('what is there is no image', () => {
  const manifest = 'application/vnd.oci.image.manifest.v1+json';
  const chart = {
    schemaVersion: 2,
    config: {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: amdImage.config.digest,
      size: 1,
    },
  };
  test.each<[string, Stored, string]>([
    [
      'a chart',
      stored(chart, manifest),
      'REGISTRY/octo/api:v1 is no image of a container, but application/vnd.cncf.helm.config.v1+json',
    ],
    [
      'the old format',
      stored({ schemaVersion: 1, fsLayers: [] }, 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
      "REGISTRY/octo/api:v1 is in the first version of Docker's format, which is no longer used: push it again",
    ],
    ['a page', stored('<html>', 'text/html'), 'the manifest of REGISTRY/octo/api:v1 is not a JSON object'],
    ['a list', stored([], manifest), 'the manifest of REGISTRY/octo/api:v1 is not a JSON object'],
    [
      'nothing of the kind',
      stored({}, manifest),
      'the manifest of REGISTRY/octo/api:v1 names no configuration: it is no image of a container',
    ],
    [
      'an index without digests',
      stored({ manifests: [{}] }, 'application/vnd.oci.image.index.v1+json'),
      'the index of REGISTRY/octo/api:v1 has an entry without a digest',
    ],
    [
      'an index without images',
      stored({ manifests: 7 }, 'application/vnd.oci.image.index.v1+json'),
      'the index of REGISTRY/octo/api:v1 lists no manifests',
    ],
  ])('%s', async (_, v1, message) => {
    expect(await refusal(await start({ ...usual, tags: { 'octo/api': { v1 } } }), ':v1', [amd64])).toBe(
      message,
    );
  });
});

describe('trouble on the way', () => {
  /** Answers so the first few times. */
  function first(count: number, handle: RegistrySettings['instead']): RegistrySettings {
    let left = count;
    return { instead: (request, response) => left-- > 0 && handle?.(request, response) === true };
  }

  test.each<[string, RegistrySettings['instead'], readonly number[]]>([
    ['a lost connection', (_, response) => Boolean(response.destroy()), [500, 1000]],
    [
      'an overloaded registry',
      (_, response) => {
        fail(response, 503, 'UNAVAILABLE', 'busy');
        return true;
      },
      [500, 1000],
    ],
    [
      'a limit, for as long as it says',
      (_, response) => {
        response.setHeader('retry-after', '7');
        fail(response, 429, 'TOOMANYREQUESTS', 'slow down');
        return true;
      },
      [7000, 7000],
    ],
  ])('%s is waited for', async (_, handle, slept) => {
    const registry = await start(usual, first(2, handle));
    expect((await resolve(registry, ':v1')).digest).toBe(index.digest);
    expect(world.slept).toEqual(slept);
  });

  test('that does not end is told', async () => {
    const lost = await start(
      usual,
      first(99, (_, response) => Boolean(response.destroy())),
    );
    expect(await refusal(lost, ':v1')).toBe(
      'REGISTRY/octo/api:v1: the connection to REGISTRY was lost (4 attempts)',
    );
    const limited = await start(usual, {
      instead: (_, response) => {
        response.setHeader('retry-after', '3600');
        fail(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.');
        return true;
      },
    });
    expect(await refusal(limited, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY limits the rate of requests (429 TOOMANYREQUESTS: You have reached your pull rate limit.); log in, or try again later',
    );
    expect(limited.requests).toHaveLength(1);
    const gone = await startRegistry(usual);
    await gone.stop();
    expect(await refusal(gone, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY refuses the connection (4 attempts)',
    );
  });

  test('what an error says is one line, without what was sent', async () => {
    const instead: RegistrySettings['instead'] = ({ headers }, response) => {
      fail(
        response,
        400,
        'X',
        `\n::error::\u001b[31mno ${headers.authorization ?? 'Basic b2N0bzpzM2NyZXQ='}`,
      );
      return true;
    };
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY answered 400 X: ::error:: [31mno Basic ***',
    );
  });

  test('a cancelled run asks no more', async () => {
    const abort = new AbortController();
    world = testWorld({ env: { DOCKER_CONFIG: home }, signal: abort.signal });
    const registry = await start(usual, {
      instead: () => {
        abort.abort();
        return true;
      },
    });
    expect(await refusal(registry, ':v1')).toBe('REGISTRY/octo/api:v1: stopped, since the run was cancelled');
    expect(registry.requests).toHaveLength(1);
  });
});

describe('a hostile registry', () => {
  test.each<[string, NonNullable<RegistrySettings['instead']>]>([
    ['does not answer', () => true],
    [
      'sends a body that drips without an end',
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 5);
        response.once('close', () => clearInterval(timer));
        return true;
      },
    ],
  ])('%s', async (_, instead) => {
    const registry = await start(usual, { instead });
    const source = new RegistrySource(registry.host, 'octo/api', world, { timeoutMs: 100, attempts: 2 });
    await expect(source.manifest('v1')).rejects.toThrow(
      `${registry.host}/octo/api:v1: ${registry.host} did not answer in time (2 attempts)`,
    );
  });

  test('sends a body without an end', async () => {
    const instead: RegistrySettings['instead'] = (_, response) => {
      const block = Buffer.alloc(256 * 1024, 32);
      const more = (): void => {
        if (!response.destroyed) response.write(block, more);
      };
      more();
      return true;
    };
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(
      'REGISTRY/octo/api:v1: the answer has more than 4194304 bytes',
    );
  });

  test('leads to another host: the image comes from there, credentials do not go there', async () => {
    const store = await other((_, response) => response.end(amdImage.config.bytes));
    const registry = await start(usual, {
      auth: 'basic',
      login: 'octo:s3cret',
      instead: ({ url }, response) => {
        const isBlob = url?.includes('/blobs/') === true;
        if (isBlob) response.writeHead(307, { location: `http://${store.host}/blob?signature=s3cret` }).end();
        return isBlob;
      },
    });
    await logIn(octo(registry.host));
    expect((await resolve(registry, ':single', [amd64])).platforms).toEqual([amd64]);
    expect(registry.requests.at(-1)).toMatchObject({ authorization: basic('octo:s3cret') });
    expect(store.seen).toMatchObject([{ url: '/blob?signature=s3cret', authorization: null }]);
  });

  test('leads through another host back to itself: the credentials stay away', async () => {
    let back = '';
    const between = await other((_, response) => response.writeHead(302, { location: back }).end());
    const registry = await start(usual, {
      instead: ({ url, headers }, response) => {
        if (url === '/v2/octo/api/manifests/v1' && headers.authorization !== undefined)
          response.writeHead(302, { location: `http://${between.host}/` }).end();
        else if (url === '/back') fail(response, 400, 'X', String(headers.authorization));
        else {
          response.setHeader('www-authenticate', 'Basic realm="x"');
          fail(response, 401, 'UNAUTHORIZED', 'log in');
        }
        return true;
      },
    });
    back = `http://${registry.host}/back`;
    await logIn(octo(registry.host));
    expect(await refusal(registry, ':v1')).toBe('REGISTRY/octo/api:v1: REGISTRY answered 400 X: undefined');
  });

  test('leads in a circle', async () => {
    const instead: RegistrySettings['instead'] = ({ url }, response) =>
      Boolean(response.writeHead(302, { location: url }).end());
    const registry = await start(usual, { instead });
    expect(await refusal(registry, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY leads from one address to the next without an end',
    );
    expect(registry.requests).toHaveLength(6);
  });

  test.each([
    [
      'http://169.254.169.254/latest/meta-data?x=1',
      'REGISTRY leads to http://169.254.169.254/latest/meta-data, which is not encrypted; only https is asked',
    ],
    ['file:///etc/passwd', 'REGISTRY leads to file:///etc/passwd, which is no address of HTTP'],
    ['http://', 'REGISTRY leads to http://, which is no address of HTTP'],
  ])('leads to %s', async (location, message) => {
    const instead: RegistrySettings['instead'] = (_, response) =>
      Boolean(response.writeHead(302, { location }).end());
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(`REGISTRY/octo/api:v1: ${message}`);
  });

  test('gives a token that no header can hold', async () => {
    const tokens = await other((_, response) => response.end(JSON.stringify({ token: 'a\r\nx: s3cret' })));
    const registry = await start(usual, { auth: 'bearer', realm: `http://${tokens.host}/token` });
    expect(await refusal(registry, ':v1')).toBe(
      'REGISTRY/octo/api:v1: the token for the registry holds characters that no token has',
    );
  });

  test('leads the pages of its tags elsewhere', async () => {
    const elsewhere = await other((_, response) => response.end('{"tags":["v2"]}'));
    const registry = await start(usual, {
      instead: ({ url }, response) => {
        const isList = url?.includes('/tags/') === true;
        if (isList) {
          response.setHeader('link', `<http://${elsewhere.host}/v2/octo/other/tags/list>; rel="next"`);
          response.end('{"tags":["zz","::error::",7]}');
        }
        return isList;
      },
    });
    expect(await refusal(registry, ':v2')).toBe(
      'REGISTRY/octo/api has no image with the tag v2; it has the tags zz',
    );
    expect(elsewhere.seen).toEqual([]);
  });
});
