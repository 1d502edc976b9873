/** Where images are read from. */

/** A document of a registry, under a tag or a digest. */
export interface Fetched {
  readonly bytes: Uint8Array;
  /** Empty: not told. */
  readonly mediaType: string;
  /** As the registry names it; null: it does not. */
  readonly digest: string | null;
}

export interface ImageSource {
  /**
   * @param name a tag or a digest
   * @throws RunError when there is none, with the nearest names where the registry tells them.
   */
  manifest(name: string): Promise<Fetched>;
  /** @throws RunError */
  blob(digest: string): Promise<Uint8Array>;
}

/** Of a manifest, which the specification lets registries bound so. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
export const mostBytes = 4 * 1024 * 1024;

/** Tags that are looked at for a hint. */
export const mostTags = 10_000;
