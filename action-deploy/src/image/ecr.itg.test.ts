/**
 * Against moto's ECR. It does not do as AWS does: digests are those that the push names, blobs cannot be read, and the
 * findings of a scan are fixed or set by the test.
 */

import { CreateRepositoryCommand, PutImageCommand, StartImageScanCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MotoServer, startMotoServer } from '../../../test/support/moto-server.ts';
import { type Aws, createAws, unlistedActions } from '../aws/index.ts';
import type { ResolvedImage } from '../types.ts';
import { parseImageReference, resolveImage, scanImage } from './index.ts';
import { makeImage, makeIndex, type Stored } from './registry/testing.ts';
import { testWorld } from './testing.ts';

const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
const amdImage = makeImage(amd64);
const armImage = makeImage(arm64);
const index = makeIndex([
  { manifest: amdImage.manifest, platform: amd64 },
  { manifest: armImage.manifest, platform: arm64 },
]);

let moto: MotoServer;
let aws: Aws;

beforeAll(async () => {
  moto = await startMotoServer();
});

beforeEach(async () => {
  await moto.reset();
  aws?.close();
  aws = createAws(moto.clientEnv);
  const client = await pusher.ecr();
  for (const repositoryName of ['team/api', 'team/web'])
    await client.send(new CreateRepositoryCommand({ repositoryName }));
  await push(amdImage.manifest, 'v1-amd64');
  await push(armImage.manifest, 'v1-arm64');
  await push(index, 'v1.2.3');
});

afterAll(async () => {
  aws?.close();
  pusher.close();
  await moto.stop();
});

/** Who builds images has a record of its own. */
const pusher = {
  made: null as Aws | null,
  ecr() {
    this.made ??= createAws(moto.clientEnv);
    return this.made.ecr();
  },
  close() {
    this.made?.close();
  },
};

async function push({ bytes, mediaType, digest }: Stored, imageTag: string): Promise<void> {
  const client = await pusher.ecr();
  await client.send(
    new PutImageCommand({
      repositoryName: 'team/api',
      imageManifest: Buffer.from(bytes).toString(),
      imageManifestMediaType: mediaType,
      imageDigest: digest,
      imageTag,
    }),
  );
}

async function scanned(digest: string): Promise<void> {
  const client = await pusher.ecr();
  await client.send(
    new StartImageScanCommand({ repositoryName: 'team/api', imageId: { imageDigest: digest } }),
  );
}

async function resolve(rest: string): Promise<ResolvedImage> {
  const reading = parseImageReference(`${host}/${rest}`);
  if (!reading.ok) throw new Error(reading.message);
  return resolveImage(reading.value, [arm64], testWorld({ env: moto.clientEnv }), aws);
}

test('a tag becomes the digest of its index, with its platforms', async () => {
  expect(await resolve('team/api:v1.2.3')).toMatchObject({
    digest: index.digest,
    reference: `${host}/team/api@${index.digest}`,
    platforms: [amd64, arm64],
  });
  expect(await resolve(`team/api@${index.digest}`)).toMatchObject({ tag: null, digest: index.digest });
  expect(aws.record.actions).toEqual(['ecr:BatchGetImage']);
});

test.each([
  ['team/api:v1.2.4', `${host}/team/api has no image with the tag v1.2.4; did you mean v1.2.3?`],
  [
    'team/ap:v1.2.3',
    'there is no repository team/ap in ECR of account 123456789012 in eu-west-1; did you mean team/api?',
  ],
  [
    `team/api@sha256:${'0'.repeat(64)}`,
    `${host}/team/api has no image with the digest sha256:${'0'.repeat(64)}`,
  ],
])('%s is not there', async (rest, message) => {
  await expect(resolve(rest)).rejects.toThrow(message);
  expect(unlistedActions(aws.record)).toEqual([]);
});

test.each([
  ['medium', 'fail', 'findings above medium: 1 high: CVE-9999-9999 (moto_fake 9.9.9)'],
  ['high', 'pass', 'no findings above high; 1 high'],
] as const)('findings of the wanted platform are judged against %s', async (max, verdict, reason) => {
  await scanned(armImage.manifest.digest);
  const image = await resolve('team/api:v1.2.3');
  const { record, judged } = await scanImage(image, max, [arm64], testWorld({ env: moto.clientEnv }), {
    aws,
  });
  expect(judged).toMatchObject([{ verdict, reason }]);
  expect(record).toMatchObject({
    kind: 'basic',
    counts: { high: 1 },
    gravest: [{ package: 'moto_fake 9.9.9' }],
  });
  expect(unlistedActions(aws.record)).toEqual([]);
});

test('findings of Amazon Inspector are read as well', async () => {
  const repositoryName = 'team/api';
  await scanned(amdImage.manifest.digest);
  const details = { vulnerabilityId: 'CVE-2026-1', vulnerablePackages: [{ name: 'glibc', version: '2.38' }] };
  const result = {
    registryId: '123456789012',
    repositoryName,
    imageId: { imageDigest: amdImage.manifest.digest },
    imageScanStatus: { status: 'ACTIVE', description: 'Continuous scan is selected for image.' },
    imageScanFindings: {
      enhancedFindings: [{ severity: 'CRITICAL', status: 'ACTIVE', packageVulnerabilityDetails: details }],
      findingSeverityCounts: { CRITICAL: 1 },
    },
  };
  const response = await fetch(`${moto.url}/moto-api/static/ecr/scan-finding-results`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results: [result], region: 'eu-west-1' }),
  });
  expect(response.status).toBe(201);
  const image = await resolve('team/api:v1.2.3');
  const { record, judged } = await scanImage(image, 'high', [amd64], testWorld({ env: moto.clientEnv }), {
    aws,
  });
  expect(record).toMatchObject({ kind: 'enhanced', counts: { critical: 1 } });
  expect(judged).toMatchObject([
    { verdict: 'fail', reason: 'findings above high: 1 critical: CVE-2026-1 (glibc 2.38)' },
  ]);
});

test('an image that nobody scanned does not pass', async () => {
  const image = await resolve('team/api:v1.2.3');
  const { record, judged } = await scanImage(image, 'critical', null, testWorld({ env: moto.clientEnv }), {
    aws,
  });
  expect(record).toBeNull();
  expect(judged).toMatchObject([{ verdict: 'inconclusive' }]);
  expect(judged[0]?.reason).toContain('linux/arm64: ECR has no scan of the image');
});
