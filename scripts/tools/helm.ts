import type { CacheOptions } from './cache.ts';
import { ensureGoTool, type GoTool } from './go-tool.ts';

/** Renders and installs charts. */
export const helmTool: GoTool = {
  name: 'helm',
  version: 'v3.22.0',
  package: 'helm.sh/helm/v3/cmd/helm',
};

/** The path of the `helm` program; the first build takes some two minutes. */
export async function ensureHelm(options?: CacheOptions): Promise<string> {
  return (await ensureGoTool(helmTool, options)).program;
}
