/** Waits until ECR has looked at an image. */

import {
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsResponse,
  type EnhancedImageScanFinding,
  type ImageScanFinding,
} from '@aws-sdk/client-ecr';
import { RunError } from '../../../../core/inputs/index.ts';
import { type Aws, classify, explain } from '../../aws/index.ts';
import type { ScanFindings, World } from '../../types.ts';
import { type EcrPlace, repositoryArn } from '../ecr-place.ts';
import { summarize } from './findings.ts';

export interface ScannedImage {
  readonly place: EcrPlace;
  readonly repository: string;
  readonly digest: string;
}

export interface Patience {
  readonly pollMs: number;
  /** For a scan that is under way. */
  readonly waitMs: number;
  /** For a scan of which nothing is known: a push starts it, but not at once. */
  readonly startMs: number;
}

export const usualPatience: Patience = { pollMs: 5_000, waitMs: 600_000, startMs: 30_000 };

export type ScanReading =
  | { readonly ended: true; readonly findings: ScanFindings }
  /** In words, for a reason. */
  | { readonly ended: false; readonly why: string };

/** Findings are sorted by nothing that is promised; these many are looked at for the gravest. */
const mostPages = 20;
const pageSize = 1000;

/** @throws RunError when the findings may not be read, or AWS does not answer. */
export async function awaitFindings(
  image: ScannedImage,
  aws: Aws,
  world: World,
  patience: Patience = usualPatience,
): Promise<ScanReading> {
  const reader = new Reader(image, aws, world);
  for (let waited = 0; ; waited += patience.pollMs) {
    const seen = await reader.look();
    if (seen.state === 'ended') return { ended: true, findings: seen.findings };
    if (seen.state === 'never') return { ended: false, why: seen.why };
    if (waited >= (seen.state === 'unknown' ? patience.startMs : patience.waitMs))
      return { ended: false, why: seen.why };
    if (waited === 0) world.log.info(`${image.repository}: waiting for the scan of ECR (${seen.why})`);
    await world.sleep(patience.pollMs, world.signal);
    if (world.signal.aborted) throw new RunError('the scan of ECR was not waited for: the run was cancelled');
  }
}

type Seen =
  | { readonly state: 'ended'; readonly findings: ScanFindings }
  | { readonly state: 'pending' | 'unknown' | 'never'; readonly why: string };

class Reader {
  private readonly image: ScannedImage;
  private readonly aws: Aws;
  private readonly world: World;

  constructor(image: ScannedImage, aws: Aws, world: World) {
    this.image = image;
    this.aws = aws.inRegion(image.place.region);
    this.world = world;
  }

  async look(): Promise<Seen> {
    const page = await this.page(undefined);
    if (page === null) {
      return {
        state: 'unknown',
        why: 'ECR has no scan of the image: turn on scanning for the repository, or push it again',
      };
    }
    const { status = 'none', description = '' } = page.imageScanStatus ?? {};
    const told = description === '' ? status : `${status}: ${oneLine(description)}`;
    switch (status) {
      case 'COMPLETE':
      case 'ACTIVE':
        // Enhanced scanning calls an image active before it has looked at it.
        if (page.imageScanFindings === undefined)
          return { state: 'pending', why: `the scan of ECR tells no findings yet (${told})` };
        return { state: 'ended', findings: await this.allOf(page, status === 'ACTIVE') };
      case 'IN_PROGRESS':
      case 'PENDING':
        return { state: 'pending', why: `the scan of ECR has not ended (${told})` };
      default:
        return { state: 'never', why: `ECR could not scan the image (${told})` };
    }
  }

  private async allOf(first: DescribeImageScanFindingsResponse, isActive: boolean): Promise<ScanFindings> {
    const basic: ImageScanFinding[] = [];
    const enhanced: EnhancedImageScanFinding[] = [];
    let page: DescribeImageScanFindingsResponse | null = first;
    for (let pages = 1; page !== null; pages++) {
      basic.push(...(page.imageScanFindings?.findings ?? []));
      enhanced.push(...(page.imageScanFindings?.enhancedFindings ?? []));
      const nextToken: string | undefined = page.nextToken;
      page = nextToken === undefined || pages >= mostPages ? null : await this.page(nextToken);
    }
    return summarize({
      isEnhanced: isActive || enhanced.length > 0,
      counts: first.imageScanFindings?.findingSeverityCounts ?? {},
      basic,
      enhanced,
      finishedAt: first.imageScanFindings?.imageScanCompletedAt ?? null,
    });
  }

  /** Null: there is no scan. */
  private async page(nextToken: string | undefined): Promise<DescribeImageScanFindingsResponse | null> {
    const { place, repository, digest } = this.image;
    try {
      const client = await this.aws.ecr();
      return await client.send(
        new DescribeImageScanFindingsCommand({
          registryId: place.account,
          repositoryName: repository,
          imageId: { imageDigest: digest },
          maxResults: pageSize,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
        { abortSignal: this.world.signal },
      );
    } catch (error) {
      if (classify(error).code === 'ScanNotFoundException') return null;
      throw explain(error, {
        doing: `reading the scan findings of ${place.host}/${repository}`,
        action: 'ecr:DescribeImageScanFindings',
        resource: repositoryArn(place, repository),
      });
    }
  }
}

function oneLine(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
