import { join } from 'node:path';
import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureDebianPackage } from './debian-package.ts';

export interface Prometheus extends InstalledTool {
  readonly prometheus: string;
  /** Checks configurations, rules and metrics. */
  readonly promtool: string;
}

/** The server with its tool; some 100 MB. */
export async function ensurePrometheus(options?: CacheOptions): Promise<Prometheus> {
  const installed = await ensureDebianPackage('prometheus', options);
  const programs = join(installed.directory, 'usr/bin');
  return { ...installed, prometheus: join(programs, 'prometheus'), promtool: join(programs, 'promtool') };
}
