import { join } from 'node:path';
import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureDebianPackage } from './debian-package.ts';

export interface Pushgateway extends InstalledTool {
  readonly program: string;
}

/** Prometheus' gateway for metrics of jobs that end; some 11 MB. */
export async function ensurePushgateway(options?: CacheOptions): Promise<Pushgateway> {
  const installed = await ensureDebianPackage('prometheus-pushgateway', options);
  return { ...installed, program: join(installed.directory, 'usr/bin/prometheus-pushgateway') };
}
