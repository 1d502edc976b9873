import type { InstalledTool } from './cache.ts';
import { ensureOwnPackage, type PackageOptions } from './own-package.ts';

/** The packages of the inference service. */
export function ensureMlApi(options: PackageOptions = {}): Promise<InstalledTool> {
  return ensureOwnPackage('ml-api', 'reference-infra/ml-api', options);
}
