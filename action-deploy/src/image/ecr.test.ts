import { afterEach, describe, expect, test } from 'vitest';
import { RunError } from '../../../core/inputs/index.ts';
import { type CallRecord, createAws, unlistedActions } from '../aws/index.ts';
import {
  type Answer,
  type Asked,
  answers,
  exampleKeys,
  fails,
  type ScriptedServer,
  startScripted,
} from '../aws/testing.ts';
import type { Platform, ResolvedImage } from '../types.ts';
import { ecrPlace, repositoryArn } from './ecr-place.ts';
import { parseImageReference } from './reference.ts';
import { makeImage, makeIndex, type Stored } from './registry/testing.ts';
import { resolveImage } from './resolve.ts';
import { testWorld } from './testing.ts';

const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const arn = 'arn:aws:ecr:eu-west-1:123456789012:repository/team/api';
const amd64 = { os: 'linux', architecture: 'amd64' };
const image = makeImage(amd64);
const index = makeIndex([{ manifest: image.manifest, platform: amd64 }]);

let server: ScriptedServer | null = null;

afterEach(async () => {
  await server?.stop();
  server = null;
});

/** Answers by operation: `BatchGetImage`. */
async function start(
  operations: Readonly<Record<string, Answer>>,
): Promise<{ env: Record<string, string>; asked: readonly Asked[] }> {
  server = await startScripted((response, asked) => {
    const operation = asked.target.split('.')[1] ?? '';
    const answer =
      operations[operation] ?? operations[asked.url] ?? fails('UnknownOperationException', operation);
    answer(response, asked);
  });
  return { env: { ...exampleKeys, AWS_ENDPOINT_URL_ECR: server.url }, asked: server.asked };
}

function gives({ bytes, mediaType, digest }: Stored): Answer {
  const imageId = { imageDigest: digest, imageTag: 'v1' };
  return answers({
    images: [{ imageId, imageManifest: Buffer.from(bytes).toString(), imageManifestMediaType: mediaType }],
    failures: [],
  });
}

const notFound = answers({
  images: [],
  failures: [{ failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }],
});

async function resolve(
  env: Record<string, string>,
  rest = ':v1',
  wanted: readonly Platform[] | null = null,
): Promise<{ image: ResolvedImage; record: CallRecord }> {
  const reading = parseImageReference(`${host}/team/api${rest}`);
  if (!reading.ok) throw new Error(reading.message);
  const aws = createAws(env, { attempts: 1 });
  try {
    return { image: await resolveImage(reading.value, wanted, testWorld({ env }), aws), record: aws.record };
  } finally {
    aws.close();
  }
}

async function refusal(
  env: Record<string, string>,
  rest = ':v1',
  wanted?: readonly Platform[],
): Promise<string> {
  const error = await resolve(env, rest, wanted).then(
    () => expect.unreachable('the image was found'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RunError);
  return (error as RunError).message;
}

describe('a registry of ECR', () => {
  test.each([
    [host, '123456789012', 'eu-west-1', arn],
    [
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
      '123456789012',
      'cn-north-1',
      'arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/api',
    ],
    [
      '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      '123456789012',
      'us-gov-west-1',
      'arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/team/api',
    ],
    [
      '123456789012.dkr-ecr.eu-west-1.on.aws',
      '123456789012',
      'eu-west-1',
      'arn:aws:ecr:eu-west-1:123456789012:repository/team/api',
    ],
  ])('%s', (name, account, region, resource) => {
    const place = ecrPlace(name);
    expect(place).toEqual({ host: name, account, region });
    if (place !== null) expect(repositoryArn(place, 'team/api')).toBe(resource);
  });

  test.each([
    'public.ecr.aws',
    '12345.dkr.ecr.eu-west-1.amazonaws.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com',
    'x123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com:443',
    'ghcr.io',
  ])('%s is none', (name) => {
    expect(ecrPlace(name)).toBeNull();
  });
});

describe('a tag becomes a digest', () => {
  test('in the account and the region of the name, whatever region the job has', async () => {
    const { env, asked } = await start({ BatchGetImage: gives(index) });
    const { image: found, record } = await resolve({ ...env, AWS_REGION: 'us-east-1' });
    expect(found).toEqual({
      given: `${host}/team/api:v1`,
      repository: `${host}/team/api`,
      tag: 'v1',
      digest: index.digest,
      reference: `${host}/team/api@${index.digest}`,
      platforms: [amd64],
      scan: null,
    });
    expect(asked[0]?.headers.authorization).toContain('/eu-west-1/ecr/');
    expect(record.actions).toEqual(['ecr:BatchGetImage']);
    expect(unlistedActions(record)).toEqual([]);
  });

  test('and an image without an index tells its platform by its configuration', async () => {
    const { env } = await start({
      BatchGetImage: gives(image.manifest),
      GetDownloadUrlForLayer: (response, asked) =>
        answers({ downloadUrl: `http://${asked.headers.host}/layer?X-Amz-Signature=abc` })(response, asked),
      '/layer?X-Amz-Signature=abc': (response) => response.end(image.config.bytes),
    });
    const { image: found, record } = await resolve(env, ':v1', [amd64]);
    expect(found.platforms).toEqual([amd64]);
    expect(record.actions).toEqual(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']);
    expect(unlistedActions(record)).toEqual([]);
  });
});

describe('what goes wrong', () => {
  const may = (action: string): Answer =>
    fails(
      'AccessDeniedException',
      `User: arn:aws:sts::123456789012:assumed-role/deploy/run is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
    );
  const detail = (imageTags: readonly string[], imagePushedAt: number): object => ({
    imageTags,
    imagePushedAt,
  });

  test('the tag is not there: the nearest is named', async () => {
    const { env } = await start({
      BatchGetImage: notFound,
      DescribeImages: answers({ imageDetails: [detail(['v1.2.3'], 1), detail(['main'], 2)] }),
    });
    expect(await refusal(env, ':v1.2.4')).toBe(
      `${host}/team/api has no image with the tag v1.2.4; did you mean v1.2.3?`,
    );
  });

  test('the tag is not there, and like none: the newest are named', async () => {
    const { env } = await start({
      BatchGetImage: notFound,
      DescribeImages: answers({ imageDetails: [detail(['a1', 'a2'], 1), detail(['zz'], 2)] }),
    });
    expect(await refusal(env, ':release')).toBe(
      `${host}/team/api has no image with the tag release; it has the tags zz, a1, a2`,
    );
  });

  test.each([
    ['tags', { BatchGetImage: notFound, DescribeImages: may('ecr:DescribeImages') }],
    ['anything near', { BatchGetImage: notFound, DescribeImages: answers({ imageDetails: [] }) }],
  ])('the tag is not there, and there is no telling of %s', async (_, operations) => {
    const { env } = await start(operations);
    expect(await refusal(env)).toBe(`${host}/team/api has no image with the tag v1`);
  });

  test('the digest is not there', async () => {
    const { env } = await start({ BatchGetImage: notFound });
    expect(await refusal(env, `@${index.digest}`)).toBe(
      `${host}/team/api has no image with the digest ${index.digest}`,
    );
  });

  const noRepository = fails(
    'RepositoryNotFoundException',
    "The repository with name 'team/api' does not exist in the registry with id '123456789012'",
  );

  test.each<[string, Answer, string]>([
    [
      'the nearest is named',
      answers({ repositories: [{ repositoryName: 'team/apis' }] }),
      '; did you mean team/apis?',
    ],
    ['and none may be listed', may('ecr:DescribeRepositories'), ''],
  ])('the repository is not there: %s', async (_, DescribeRepositories, near) => {
    const { env } = await start({ BatchGetImage: noRepository, DescribeRepositories });
    expect(await refusal(env)).toBe(
      `there is no repository team/api in ECR of account 123456789012 in eu-west-1${near}`,
    );
  });

  test('the permission lacks', async () => {
    const { env } = await start({ BatchGetImage: may('ecr:BatchGetImage') });
    expect(await refusal(env)).toBe(
      `reading ${host}/team/api is not allowed: role deploy may not use ecr:BatchGetImage (no identity-based policy allows it); allow it on ${arn}`,
    );
  });

  test('the permission to read the configuration lacks', async () => {
    const { env } = await start({
      BatchGetImage: gives(image.manifest),
      GetDownloadUrlForLayer: may('ecr:GetDownloadUrlForLayer'),
    });
    expect(await refusal(env, ':v1', [amd64])).toContain('allow it on arn:aws:ecr');
    expect((await resolve(env)).image.platforms).toEqual([]);
  });

  test('the image is there, and cannot be given', async () => {
    const failure = {
      failureCode: 'UpstreamUnavailable',
      failureReason: 'The upstream registry is unavailable',
    };
    const { env } = await start({ BatchGetImage: answers({ images: [], failures: [failure] }) });
    expect(await refusal(env)).toBe(
      `${host}/team/api: ECR cannot give v1: UpstreamUnavailable: The upstream registry is unavailable`,
    );
  });

  test('the image is not the one that was named', async () => {
    const { env } = await start({ BatchGetImage: gives({ ...index, bytes: image.manifest.bytes }) });
    expect(await refusal(env)).toContain(`the registry names the digest ${index.digest}`);
  });

  test('the address of the configuration leads to the own network', async () => {
    const { env } = await start({
      BatchGetImage: gives(image.manifest),
      GetDownloadUrlForLayer: answers({ downloadUrl: 'http://169.254.169.254/latest?secret=1' }),
    });
    expect(await refusal(env, ':v1', [amd64])).toBe(
      `the configuration of ${host}/team/api: http://169.254.169.254/latest, which is not encrypted; only https is asked`,
    );
  });
});
