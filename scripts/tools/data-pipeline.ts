import type { InstalledTool } from './cache.ts';
import { ensureOwnPackage, type PackageOptions } from './own-package.ts';

/** The packages of the data pipeline. */
export function ensureDataPipeline(options: PackageOptions = {}): Promise<InstalledTool> {
  return ensureOwnPackage('data-pipeline', 'reference-infra/data-pipeline', options);
}
