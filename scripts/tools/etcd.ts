import { join } from 'node:path';
import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureDebianPackage } from './debian-package.ts';

export interface Etcd extends InstalledTool {
  readonly program: string;
}

/** The store behind a Kubernetes API server; some 20 MB. */
export async function ensureEtcd(options?: CacheOptions): Promise<Etcd> {
  const installed = await ensureDebianPackage('etcd-server', options);
  return { ...installed, program: join(installed.directory, 'usr/bin/etcd') };
}
