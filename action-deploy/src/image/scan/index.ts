/** What the registry found in an image, and whether it may be deployed with it. */

import { type Aws, createAws } from '../../aws/index.ts';
import type { ScanSeverity } from '../../config.ts';
import type { Checked, Platform, ResolvedImage, ScanFindings, World } from '../../types.ts';
import { ecrPlace } from '../ecr-place.ts';
import { parseManifest } from '../manifest.ts';
import { imagesOf, isSame, type PlatformImage, platformName, verifyDigest } from '../platforms.ts';
import { openSource } from '../resolve.ts';
import type { Patience } from './await-findings.ts';
import { join } from './findings.ts';
import { judgeScans, type Scanned, withoutScan } from './judge.ts';

export interface ScanOptions {
  readonly aws?: Aws;
  readonly patience?: Patience;
}

/**
 * @param max null: findings are not asked for, and nothing is judged
 * @param wanted the platforms that count; null: all that the image was built for
 * @throws RunError when the findings may not be read, or AWS does not answer.
 */
export async function scanImage(
  image: ResolvedImage,
  max: ScanSeverity | null,
  wanted: readonly Platform[] | null,
  world: World,
  options: ScanOptions = {},
): Promise<Checked<ScanFindings | null>> {
  if (max === null) return { record: null, judged: [] };
  const slash = image.repository.indexOf('/');
  const registry = image.repository.slice(0, slash);
  const repository = image.repository.slice(slash + 1);
  const place = ecrPlace(registry);
  if (place === null) return { record: null, judged: [withoutScan(registry)] };
  const aws = options.aws ?? createAws(world.env, { log: world.log });
  const { awaitFindings } = await import('./await-findings.ts');
  const images = await scannedImages(image, { registry, path: repository }, wanted, world, aws);
  const scans = await Promise.all(
    images.map(async ({ digest, platform }): Promise<Scanned> => {
      const reading = await awaitFindings({ place, repository, digest }, aws, world, options.patience);
      return { platform: images.length > 1 && platform !== null ? platformName(platform) : null, reading };
    }),
  );
  const findings = scans.flatMap(({ reading }) => (reading.ended ? [reading.findings] : []));
  return { record: join(findings), judged: [judgeScans(scans, max)] };
}

/** ECR scans images, and not the index that holds them. */
async function scannedImages(
  image: ResolvedImage,
  place: { readonly registry: string; readonly path: string },
  wanted: readonly Platform[] | null,
  world: World,
  aws: Aws,
): Promise<readonly PlatformImage[]> {
  const source = await openSource(place, world, aws);
  const fetched = await source.manifest(image.digest);
  verifyDigest(fetched, image.digest, image.reference);
  const manifest = parseManifest(fetched.bytes, fetched.mediaType, image.reference);
  if (manifest.kind === 'image') return [{ digest: image.digest, platform: null }];
  const images = await imagesOf(image.digest, manifest, source, image.reference);
  if (wanted === null) return images;
  return images.filter(({ platform }) => platform !== null && wanted.some((each) => isSame(each, platform)));
}
