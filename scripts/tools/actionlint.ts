import type { CacheOptions } from './cache.ts';
import { ensureGoTool, type GoTool } from './go-tool.ts';

/** Checks workflow files, and the inputs of the actions that they use. */
export const actionlintTool: GoTool = {
  name: 'actionlint',
  version: 'v1.7.12',
  package: 'github.com/rhysd/actionlint/cmd/actionlint',
};

/** The path of the `actionlint` program; the first build takes a minute. */
export async function ensureActionlint(options?: CacheOptions): Promise<string> {
  return (await ensureGoTool(actionlintTool, options)).program;
}
