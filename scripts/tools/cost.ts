import type { InstalledTool } from './cache.ts';
import { ensureOwnPackage, type PackageOptions } from './own-package.ts';

/** The packages of the cost exporter. */
export function ensureCostExporter(options: PackageOptions = {}): Promise<InstalledTool> {
  return ensureOwnPackage('cost-exporter', 'reference-infra/cost/exporter', options);
}
