/** What an image was built for, against what it is to run on. */

import { RunError } from '../../../core/inputs/index.ts';
import type { Platform } from '../types.ts';
import { digestOf, shortDigest } from './digest.ts';
import { type Manifest, parseManifest, platformOfConfig } from './manifest.ts';
import type { Fetched, ImageSource } from './source.ts';

/** An image of one platform. */
export interface PlatformImage {
  readonly digest: string;
  /** Null: the image does not tell. */
  readonly platform: Platform | null;
}

/** Images of an index that do not tell their platform there, and are looked at one by one. */
const mostUntold = 20;

/** The images under a digest, each with its platform. */
export async function imagesOf(
  digest: string,
  manifest: Manifest,
  source: ImageSource,
  where: string,
): Promise<readonly PlatformImage[]> {
  if (manifest.kind === 'image') {
    return [{ digest, platform: await platformOf(manifest.config.digest, source, where) }];
  }
  const untold = manifest.entries.filter(({ platform }) => platform === null);
  if (untold.length > mostUntold) return manifest.entries;
  return Promise.all(
    manifest.entries.map(async (entry) => {
      if (entry.platform !== null) return entry;
      const name = `${where} (${shortDigest(entry.digest)})`;
      const fetched = await source.manifest(entry.digest);
      verifyDigest(fetched, entry.digest, name);
      const image = parseManifest(fetched.bytes, fetched.mediaType, name);
      if (image.kind === 'index') return entry;
      return { digest: entry.digest, platform: await platformOf(image.config.digest, source, name) };
    }),
  );
}

async function platformOf(config: string, source: ImageSource, where: string): Promise<Platform | null> {
  const bytes = await source.blob(config);
  verifyDigest({ bytes, digest: null }, config, `the configuration of ${where}`);
  return platformOfConfig(bytes, where);
}

/**
 * The digest of what was received, once it is what was asked for and what the registry says that it is.
 * @throws RunError
 */
export function verifyDigest(
  { bytes, digest: named }: Pick<Fetched, 'bytes' | 'digest'>,
  wanted: string | null,
  what: string,
): string {
  const actual = digestOf(bytes);
  for (const expected of [wanted, named]) {
    if (expected !== null && expected !== actual) {
      throw new RunError(
        `${what}: the registry names the digest ${expected}, but what it sends has ${actual}; it was changed on the way, or the registry is broken`,
      );
    }
  }
  return actual;
}

/** @throws RunError when a platform that is wanted has no image. */
export function checkPlatforms(
  wanted: readonly Platform[],
  present: readonly Platform[],
  where: string,
): void {
  const missing = wanted.filter((platform) => !present.some((each) => isSame(each, platform)));
  if (missing.length === 0) return;
  const has =
    present.length === 0
      ? 'it does not tell what it was built for'
      : `it has ${unique(present.map(platformName)).join(', ')}`;
  throw new RunError(
    `${where}: no image for ${missing.map(platformName).join(', ')}: ${has}; build it with \`--platform ${wanted.map(platformName).join(',')}\``,
  );
}

export function isSame(a: Platform, b: Platform): boolean {
  return a.os === b.os && a.architecture === b.architecture;
}

export function platformName({ os, architecture }: Platform): string {
  return `${os}/${architecture}`;
}

/** Each platform once; variants, such as arm/v6 and arm/v7, are one. */
export function distinctPlatforms(images: readonly PlatformImage[]): readonly Platform[] {
  const platforms = images.flatMap(({ platform }) => (platform === null ? [] : [platform]));
  return platforms.filter(
    (platform, index) => platforms.findIndex((each) => isSame(each, platform)) === index,
  );
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
