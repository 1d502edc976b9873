/** From the name of an image to its digest, and to what it was built for. */

import { type Aws, createAws } from '../aws/index.ts';
import type { ImageReference } from '../config.ts';
import type { Platform, ResolvedImage, World } from '../types.ts';
import { ecrPlace } from './ecr-place.ts';
import { parseManifest } from './manifest.ts';
import { checkPlatforms, distinctPlatforms, imagesOf, verifyDigest } from './platforms.ts';
import type { ImageSource } from './source.ts';

/**
 * @param wanted what the image must have been built for; null: not known
 * @throws RunError when there is no such image, or it cannot be read, or a platform lacks.
 */
export async function resolveImage(
  reference: ImageReference,
  wanted: readonly Platform[] | null,
  world: World,
  aws?: Aws,
): Promise<ResolvedImage> {
  const { given, repository, tag } = reference;
  const where = named(reference);
  const source = await openSource(reference, world, aws);
  const fetched = await source.manifest(reference.digest ?? tag ?? '');
  const digest = verifyDigest(fetched, reference.digest, where);
  const manifest = parseManifest(fetched.bytes, fetched.mediaType, where);
  const platforms = await readPlatforms();
  if (wanted !== null) checkPlatforms(wanted, platforms, where);
  return { given, repository, tag, digest, reference: `${repository}@${digest}`, platforms, scan: null };

  async function readPlatforms(): Promise<readonly Platform[]> {
    try {
      return distinctPlatforms(await imagesOf(digest, manifest, source, where));
    } catch (error) {
      // Where nothing depends on it, a permission that lacks for it is no reason to stop.
      if (wanted !== null) throw error;
      world.log.debug(`platforms of ${where}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }
}

/** Only what is used is loaded. */
export async function openSource(
  reference: Pick<ImageReference, 'registry' | 'path'>,
  world: World,
  aws?: Aws,
): Promise<ImageSource> {
  const place = ecrPlace(reference.registry);
  if (place !== null) {
    const { EcrSource } = await import('./ecr.ts');
    return new EcrSource(place, reference.path, aws ?? createAws(world.env, { log: world.log }), world);
  }
  const { RegistrySource } = await import('./registry/index.ts');
  return new RegistrySource(reference.registry, reference.path, world);
}

/** As messages show it: the digest decides where there is one. */
function named({ repository, tag, digest }: ImageReference): string {
  return digest === null ? `${repository}:${tag}` : `${repository}@${digest}`;
}
