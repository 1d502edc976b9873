import type { CacheOptions } from './cache.ts';
import { ensureGoTool, type GoTool } from './go-tool.ts';

/** A lint of Terraform; its own rules, since those for AWS are a plugin that no registry of packages has. */
export const tflintTool: GoTool = {
  name: 'tflint',
  version: 'v0.64.0',
  package: 'github.com/terraform-linters/tflint',
};

/** The path of the `tflint` program; the first build takes one to three minutes. */
export async function ensureTflint(options?: CacheOptions): Promise<string> {
  return (await ensureGoTool(tflintTool, options)).program;
}
