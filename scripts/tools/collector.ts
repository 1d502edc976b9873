/** The OpenTelemetry Collector of the Compose file's release, with the components that its configuration names. */

import { join } from 'node:path';
import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureGoModule } from './go-module.ts';

/** Also the tag of the image. */
export const collectorVersion = '0.132.0';

/** Some 60 s to build, 29 MB. */
export async function ensureCollector(
  options?: CacheOptions,
): Promise<InstalledTool & { readonly program: string }> {
  const folder = join(import.meta.dirname, 'collector-build');
  return await ensureGoModule({ name: 'collector', version: collectorVersion, folder }, options);
}
