import { join } from 'node:path';
import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureDebianPackage } from './debian-package.ts';

export interface NodeExporter extends InstalledTool {
  readonly program: string;
}

/** The exporter whose textfile collector reads files of metrics; some 17 MB. */
export async function ensureNodeExporter(options?: CacheOptions): Promise<NodeExporter> {
  const installed = await ensureDebianPackage('prometheus-node-exporter', options);
  return { ...installed, program: join(installed.directory, 'usr/bin/prometheus-node-exporter') };
}
