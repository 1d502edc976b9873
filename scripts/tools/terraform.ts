/** Terraform itself is not built here: parts of its source are modules that no proxy serves. It comes from PATH. */

import { type CacheOptions, findProgram } from './cache.ts';
import { runProcess } from './process.ts';
import { ensureTerraformProvider, type TerraformProvider } from './terraform-provider.ts';

/** The first release with locks in S3 alone (`use_lockfile`) that are no experiment, and with values that are only written. */
const least = [1, 11] as const;
const hint =
  'install it from https://developer.hashicorp.com/terraform/install (on GitHub Actions: hashicorp/setup-terraform)';

export interface Terraform {
  readonly program: string;
  readonly version: string;
  readonly provider: TerraformProvider;
}

/** @throws Error when PATH has no Terraform, or one that is too old. */
export async function ensureTerraform(options: CacheOptions = {}): Promise<Terraform> {
  const program = await findProgram('terraform');
  if (program === undefined) throw new Error(`terraform is not on PATH: ${hint}`);
  const version = await versionOf(program);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < least[0] || (major === least[0] && minor < least[1]))
    throw new Error(`${program} is ${version}, and ${least.join('.')} is the least: ${hint}`);
  return { program, version, provider: await ensureTerraformProvider(options) };
}

async function versionOf(program: string): Promise<string> {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
  const { stdout, stderr } = await runProcess(program, ['version', '-json'], { env, timeoutMs: 60_000 });
  try {
    const said: unknown = JSON.parse(stdout);
    if (typeof said === 'object' && said !== null && 'terraform_version' in said)
      return String(said.terraform_version);
  } catch {
    // Told below.
  }
  throw new Error(`\`${program} version -json\` said no version: ${stdout}${stderr}`);
}
