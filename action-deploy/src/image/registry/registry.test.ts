import { describe, expect, test } from 'vitest';
import {
  amd64,
  amdImage,
  arm64,
  armImage,
  attestation,
  index,
  refusal,
  resolve,
  start,
  usual,
} from './harness.ts';
import { fail, makeIndex, type RegistrySettings, type Stored, stored } from './testing.ts';

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
