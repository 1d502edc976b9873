import { afterEach, describe, expect, test } from 'vitest';
import { RunError } from '../../../../core/inputs/index.ts';
import { createAws } from '../../aws/index.ts';
import {
  type Answer,
  answers,
  exampleKeys,
  fails,
  type ScriptedServer,
  startScripted,
} from '../../aws/testing.ts';
import type { ScanSeverity } from '../../config.ts';
import type { Checked, Platform, ResolvedImage, ScanFindings } from '../../types.ts';
import { makeImage, makeIndex, type Stored } from '../registry/testing.ts';
import { type TestWorld, testWorld } from '../testing.ts';
import { scanImage } from './index.ts';

const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
const amdImage = makeImage(amd64);
const armImage = makeImage(arm64);
const index = makeIndex([
  { manifest: amdImage.manifest, platform: amd64 },
  { manifest: armImage.manifest, platform: arm64 },
]);

let server: ScriptedServer | null = null;
let world: TestWorld = testWorld();

afterEach(async () => {
  await server?.stop();
  server = null;
});

interface Scans {
  readonly what?: Stored;
  readonly max?: ScanSeverity | null;
  readonly wanted?: readonly Platform[] | null;
  /** In place of ECR. */
  readonly registry?: string;
}

/** The answers to DescribeImageScanFindings in turn, for every image the same; the last one for ever. */
async function scan(
  given: readonly Answer[],
  { what = amdImage.manifest, max = 'high', wanted = null, registry = host }: Scans = {},
): Promise<Checked<ScanFindings | null>> {
  let at = 0;
  server = await startScripted((response, asked) => {
    if (!asked.target.endsWith('.BatchGetImage')) {
      given[Math.min(at, given.length - 1)]?.(response, asked);
      at += 1;
      return;
    }
    const imageManifest = Buffer.from(what.bytes).toString();
    const image = {
      imageId: { imageDigest: what.digest },
      imageManifest,
      imageManifestMediaType: what.mediaType,
    };
    answers({ images: [image], failures: [] })(response, asked);
  });
  const env = { ...exampleKeys, AWS_ENDPOINT_URL_ECR: server.url };
  world = testWorld({ env });
  const image: ResolvedImage = {
    given: `${registry}/team/api:v1`,
    repository: `${registry}/team/api`,
    tag: 'v1',
    digest: what.digest,
    reference: `${registry}/team/api@${what.digest}`,
    platforms: [amd64],
    scan: null,
  };
  const aws = createAws(env, { attempts: 1 });
  try {
    return await scanImage(image, max, wanted, world, { aws });
  } finally {
    aws.close();
  }
}

function status(name: string, description = ''): Answer {
  return answers({ imageScanStatus: { status: name, description } });
}

/** As a basic scan tells it. */
function basic(counts: Readonly<Record<string, number>>, findings: readonly object[] = []): Answer {
  return answers({
    imageScanStatus: { status: 'COMPLETE', description: 'The scan was completed successfully.' },
    imageScanFindings: { imageScanCompletedAt: 1_795_000_000, findingSeverityCounts: counts, findings },
  });
}

const openssl = {
  name: 'CVE-2026-1111',
  severity: 'CRITICAL',
  uri: 'https://security.example.com/CVE-2026-1111',
  attributes: [
    { key: 'package_version', value: '3.0.1' },
    { key: 'package_name', value: 'openssl' },
  ],
};
const zlib = { name: 'CVE-2026-2222', severity: 'HIGH', uri: 'javascript:alert(1)' };

describe('findings are judged', () => {
  const counts = { CRITICAL: 1, HIGH: 2, MEDIUM: 3, LOW: 4 };
  test.each<[ScanSeverity, Readonly<Record<string, number>>, 'pass' | 'fail', number, string]>([
    [
      'medium',
      counts,
      'fail',
      3,
      'findings above medium: 1 critical and 2 high: CVE-2026-1111 (openssl 3.0.1), CVE-2026-2222 and 1 more',
    ],
    ['high', counts, 'fail', 1, 'findings above high: 1 critical: CVE-2026-1111 (openssl 3.0.1)'],
    ['critical', counts, 'pass', 0, 'no findings above critical; 1 critical, 2 high, 3 medium, 4 low'],
  ])('above %s', async (max, found, verdict, value, reason) => {
    const { judged } = await scan([basic(found, [zlib, openssl])], { max });
    expect(judged).toMatchObject([
      {
        check: { id: 'scan <= 0', metric: 'scan', severity: 'fail' },
        measurement: { estimate: { value, n: 1 } },
        verdict,
        reason,
      },
    ]);
  });

  test.each<[Readonly<Record<string, number>>, string]>([
    [{}, 'no findings above high; none at all'],
    [{ HIGH: 0, LOW: 2 }, 'no findings above high; 2 low'],
  ])('%j passes', async (found, reason) => {
    expect((await scan([basic(found)])).judged).toMatchObject([{ verdict: 'pass', reason }]);
  });

  test('findings that no sum counts do count', async () => {
    const { record, judged } = await scan([basic({}, [openssl])]);
    expect(record?.counts).toEqual({ critical: 1 });
    expect(judged).toMatchObject([{ verdict: 'fail' }]);
  });

  test('findings without a severity are told', async () => {
    const { judged } = await scan([basic({ UNDEFINED: 2, LOW: 1 })]);
    expect(judged).toMatchObject([
      { verdict: 'pass', measurement: { notes: ['2 findings have no severity yet'] } },
    ]);
  });

  test('nothing is asked without max-scan-severity', async () => {
    expect(await scan([status('FAILED')], { max: null })).toEqual({ record: null, judged: [] });
    expect(server?.asked).toEqual([]);
  });
});

describe('findings are recorded', () => {
  test('of a basic scan, the gravest first', async () => {
    expect((await scan([basic({ HIGH: 1, CRITICAL: 1 }, [zlib, openssl])])).record).toEqual({
      kind: 'basic',
      counts: { critical: 1, high: 1 },
      gravest: [
        {
          id: 'CVE-2026-1111',
          severity: 'critical',
          package: 'openssl 3.0.1',
          uri: 'https://security.example.com/CVE-2026-1111',
        },
        { id: 'CVE-2026-2222', severity: 'high', package: null, uri: null },
      ],
      finishedAt: '2026-11-18T11:06:40.000Z',
    });
  });

  test('of an enhanced scan, without what was suppressed', async () => {
    const details = {
      vulnerabilityId: 'CVE-2026-3',
      sourceUrl: 'https://nvd.example.com/3',
      vulnerablePackages: [{ name: 'flask', version: '2.0' }],
    };
    const enhancedFindings = [
      { severity: 'UNTRIAGED', title: 'new\u001b[31m\n::error::one' },
      { severity: 'HIGH', status: 'ACTIVE', packageVulnerabilityDetails: details },
      { severity: 'CRITICAL', status: 'SUPPRESSED', title: 'known' },
    ];
    const answer = answers({
      imageScanStatus: { status: 'ACTIVE', description: 'Continuous scan is selected for image.' },
      imageScanFindings: {
        imageScanCompletedAt: 1_795_000_000,
        findingSeverityCounts: { HIGH: 1, UNTRIAGED: 1 },
        enhancedFindings,
      },
    });
    const { record, judged } = await scan([answer]);
    expect(record).toEqual({
      kind: 'enhanced',
      counts: { high: 1, untriaged: 1 },
      gravest: [
        { id: 'CVE-2026-3', severity: 'high', package: 'flask 2.0', uri: 'https://nvd.example.com/3' },
        { id: 'new [31m ::error::one', severity: 'untriaged', package: null, uri: null },
      ],
      finishedAt: '2026-11-18T11:06:40.000Z',
    });
    expect(judged).toMatchObject([{ verdict: 'pass' }]);
  });

  test('at most twenty, from all pages', async () => {
    const many = Array.from({ length: 30 }, (_, number) => ({
      name: `CVE-${100 + number}`,
      severity: 'LOW',
    }));
    const page = (findings: readonly object[], nextToken?: string): Answer =>
      answers({
        imageScanStatus: { status: 'COMPLETE' },
        imageScanFindings: { findingSeverityCounts: { LOW: 30, CRITICAL: 1 }, findings },
        ...(nextToken === undefined ? {} : { nextToken }),
      });
    const { record } = await scan([page(many, 'more'), page([openssl])]);
    expect(record?.gravest).toHaveLength(20);
    expect(record?.gravest[0]?.id).toBe('CVE-2026-1111');
  });
});

describe('a scan is waited for', () => {
  test('while it is under way', async () => {
    const { judged } = await scan([
      status('PENDING'),
      status('IN_PROGRESS'),
      status('IN_PROGRESS'),
      basic({}),
    ]);
    expect(judged).toMatchObject([{ verdict: 'pass' }]);
    expect(world.slept).toEqual([5000, 5000, 5000]);
    expect(world.lines).toEqual([
      `team/api: waiting for the scan of ECR (the scan of ECR has not ended (PENDING))`,
    ]);
  });

  test('where it begins only after the push', async () => {
    const none = fails('ScanNotFoundException', 'Image scan does not exist');
    expect((await scan([none, none, status('IN_PROGRESS'), basic({})])).judged).toMatchObject([
      { verdict: 'pass' },
    ]);
  });

  test('where it is called active before it was made', async () => {
    expect((await scan([status('ACTIVE'), basic({ CRITICAL: 1 })])).judged).toMatchObject([
      { verdict: 'fail' },
    ]);
  });
});

describe('a scan that did not end is no pass', () => {
  test.each<[string, readonly Answer[], string, number]>([
    [
      'there is none',
      [fails('ScanNotFoundException', 'Image scan does not exist')],
      'ECR has no scan of the image: turn on scanning for the repository, or push it again',
      6,
    ],
    ['it takes too long', [status('IN_PROGRESS')], 'the scan of ECR has not ended (IN_PROGRESS)', 120],
    ['it tells nothing', [status('ACTIVE')], 'the scan of ECR tells no findings yet (ACTIVE)', 120],
    [
      'it failed',
      [status('FAILED', 'The operating system and/or package manager are\nnot supported')],
      'ECR could not scan the image (FAILED: The operating system and/or package manager are not supported)',
      0,
    ],
    [
      'the image cannot be scanned',
      [status('UNSUPPORTED_IMAGE', 'UnsupportedImageError')],
      'ECR could not scan the image (UNSUPPORTED_IMAGE: UnsupportedImageError)',
      0,
    ],
    [
      'it is too old',
      [status('SCAN_ELIGIBILITY_EXPIRED')],
      'ECR could not scan the image (SCAN_ELIGIBILITY_EXPIRED)',
      0,
    ],
    ['a state is new', [status('HALF_DONE')], 'ECR could not scan the image (HALF_DONE)', 0],
    ['there is no state', [answers({})], 'ECR could not scan the image (none)', 0],
  ])('%s', async (_, given, reason, sleeps) => {
    const { record, judged } = await scan(given);
    expect(record).toBeNull();
    expect(judged).toMatchObject([{ verdict: 'inconclusive', reason }]);
    expect(world.slept).toHaveLength(sleeps);
  });

  test('the image is not in ECR', async () => {
    expect(await scan([basic({})], { registry: 'ghcr.io' })).toMatchObject({
      record: null,
      judged: [
        {
          verdict: 'inconclusive',
          reason: 'max-scan-severity asks for the scan findings of ECR, and the image is in ghcr.io',
        },
      ],
    });
  });

  test('the permission lacks: an error that names it', async () => {
    const error = await scan([fails('AccessDeniedException', 'no')]).catch((thrown: unknown) => thrown);
    expect(error).toEqual(
      new RunError(
        `reading the scan findings of ${host}/team/api is not allowed: the credentials of this job may not use ecr:DescribeImageScanFindings; allow it on arn:aws:ecr:eu-west-1:123456789012:repository/team/api`,
      ),
    );
  });
});

describe('an index', () => {
  test('is scanned by its images: those of the platforms that are wanted', async () => {
    const { judged } = await scan([basic({ LOW: 1 })], { what: index, wanted: [arm64] });
    expect(judged).toMatchObject([{ verdict: 'pass', reason: 'no findings above high; 1 low' }]);
    expect(server?.asked).toHaveLength(2);
  });

  test('fails by one of its images', async () => {
    const { record, judged } = await scan([basic({ LOW: 3 }), basic({ CRITICAL: 2, LOW: 1 })], {
      what: index,
    });
    expect(record?.counts).toEqual({ critical: 2, low: 3 });
    expect(judged).toMatchObject([{ verdict: 'fail', measurement: { estimate: { value: 2, n: 2 } } }]);
    expect(judged[0]?.reason).toMatch(/^linux\/a\w+64: findings above high: 2 critical$/);
  });

  test('is inconclusive by one of its images', async () => {
    const { judged } = await scan([basic({}), status('FAILED')], { what: index });
    expect(judged).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(judged[0]?.reason).toMatch(/^linux\/a\w+64: ECR could not scan the image \(FAILED\)$/);
  });

  test('holds nothing that could be scanned', async () => {
    expect((await scan([basic({})], { what: makeIndex([]) })).judged).toMatchObject([
      { verdict: 'inconclusive', reason: 'the index holds no image that could be scanned' },
    ]);
  });
});
