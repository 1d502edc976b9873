import type { CacheOptions } from './cache.ts';
import { ensureGoTool, type GoTool } from './go-tool.ts';

/** Runs GitHub workflows locally. */
export const actTool: GoTool = { name: 'act', version: 'v0.2.89', package: 'github.com/nektos/act' };

/** The path of the `act` program; the first build takes some four minutes. */
export async function ensureAct(options?: CacheOptions): Promise<string> {
  return (await ensureGoTool(actTool, options)).program;
}
