/**
 * What a registry has under a name: an index with an image for each platform, or an image.
 * https://github.com/opencontainers/image-spec/blob/main/image-index.md
 * https://distribution.github.io/distribution/spec/manifest-v2-2/
 */

import { RunError } from '../../../core/inputs/index.ts';
import type { Platform } from '../types.ts';

export const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
export const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const configTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

export type Manifest =
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[] }
  | { readonly kind: 'image'; readonly config: { readonly digest: string } };

export interface IndexEntry {
  readonly digest: string;
  /** Null: the index does not tell. */
  readonly platform: Platform | null;
}

const mostEntries = 1000;

/**
 * @param bytes of the document @param mediaType as the registry tells it; empty: it does not
 * @param where for messages: `ghcr.io/octo/api:v1`
 * @throws RunError when it is no image of a container.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string, where: string): Manifest {
  const document = parseRecord(bytes, `the manifest of ${where}`);
  const type =
    typeof document.mediaType === 'string' ? document.mediaType : (mediaType.split(';')[0] ?? '').trim();
  if (document.schemaVersion === 1 || /docker\.distribution\.manifest\.v1\+/.test(type)) {
    throw new RunError(
      `${where} is in the first version of Docker's format, which is no longer used: push it again`,
    );
  }
  if (indexTypes.includes(type) || (!imageTypes.includes(type) && Array.isArray(document.manifests))) {
    return { kind: 'index', entries: readEntries(document.manifests, where) };
  }
  return { kind: 'image', config: readConfig(document, where) };
}

function readEntries(manifests: unknown, where: string): IndexEntry[] {
  if (!Array.isArray(manifests)) throw new RunError(`the index of ${where} lists no manifests`);
  if (manifests.length > mostEntries)
    throw new RunError(
      `the index of ${where} lists ${manifests.length} manifests; at most ${mostEntries} are read`,
    );
  return manifests.flatMap((entry: unknown) => {
    if (!isRecord(entry) || !isDigest(entry.digest))
      throw new RunError(`the index of ${where} has an entry without a digest`);
    const { digest, mediaType } = entry;
    // An index in an index belongs to no platform.
    if (typeof mediaType === 'string' && mediaType !== '' && !imageTypes.includes(mediaType)) return [];
    if (isAttestation(entry)) return [];
    return [{ digest, platform: readPlatform(entry.platform) }];
  });
}

/** Provenance and lists of contents, which BuildKit puts beside the images. https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
function isAttestation({ platform, annotations }: Readonly<Record<string, unknown>>): boolean {
  if (isRecord(annotations) && annotations['vnd.docker.reference.type'] === 'attestation-manifest')
    return true;
  return isRecord(platform) && platform.os === 'unknown' && platform.architecture === 'unknown';
}

function readConfig({ config }: Readonly<Record<string, unknown>>, where: string): { digest: string } {
  if (!isRecord(config) || !isDigest(config.digest))
    throw new RunError(`the manifest of ${where} names no configuration: it is no image of a container`);
  const { digest, mediaType } = config;
  if (typeof mediaType === 'string' && !configTypes.includes(mediaType)) {
    const what = /^[\w.+/-]{1,100}$/.test(mediaType) ? mediaType : 'something else';
    throw new RunError(`${where} is no image of a container, but ${what}`);
  }
  return { digest };
}

/** What an image was built for, from its configuration. Null: it does not tell. */
export function platformOfConfig(bytes: Uint8Array, where: string): Platform | null {
  return readPlatform(parseRecord(bytes, `the configuration of ${where}`));
}

function readPlatform(platform: unknown): Platform | null {
  if (!isRecord(platform)) return null;
  const { os, architecture } = platform;
  const isName = (value: unknown): value is string =>
    typeof value === 'string' && /^[a-z0-9_.-]{1,40}$/.test(value);
  return isName(os) && isName(architecture) ? { os, architecture } : null;
}

function parseRecord(bytes: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new RunError(`${what} is not a JSON object`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
