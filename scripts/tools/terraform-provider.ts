/**
 * A stand-in for AWS's Terraform provider, which is in no package registry: its schema, and a program that serves it. What it
 * knows and what not stands in terraform-provider/main.go.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { ensureGoModule } from './go-module.ts';
import { lastLines, runProcess } from './process.ts';
import { type Block, readClass } from './terraform-schema.ts';

const packageName = '@cdktf/provider-aws';
const packageVersion = '21.22.1';
const integrity =
  'sha512-BuSHeaQFUL9l33pBzIMRT7cTQ69AM2mLtijjteCPhVQRmvuhuj9Lvfymf7knAMhYqAT6+Lrls9jiGVW/Us3zrQ==';
/** The release of the provider that the package was generated from. */
export const providerVersion = '6.25.0';

const here = import.meta.dirname;
const platforms: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface TerraformProvider extends InstalledTool {
  /** For `TF_CLI_CONFIG_FILE`: providers come from the mirror in the cache, and from nowhere else. */
  readonly cliConfig: string;
}

/** Some 40 s: 37 MB from the npm registry, half a minute of reading, a small Go program. */
export async function ensureTerraformProvider(options: CacheOptions = {}): Promise<TerraformProvider> {
  const program = await ensureGoModule(
    { name: 'terraform-provider', version: providerVersion, folder: join(here, 'terraform-provider') },
    options,
  );
  const digest = createHash('sha256').update(integrity).update(program.version);
  for (const file of ['terraform-schema.ts', 'terraform-provider.ts'])
    digest.update(await readFile(join(here, file)));
  const installed = await ensureTool(
    {
      name: 'terraform-mirror',
      version: `${providerVersion}-${digest.digest('hex').slice(0, 12)}`,
      requires: { npm: 'Node.js, https://nodejs.org', tar: 'GNU tar' },
      install: (directory) => install(program.program, directory),
    },
    options,
  );
  return { ...installed, cliConfig: join(installed.directory, 'terraform.rc') };
}

async function install(program: string, directory: string): Promise<void> {
  const schema = JSON.stringify(await readSchema(directory));
  const system = `${process.platform}_${platforms[process.arch] ?? process.arch}`;
  const mirror = join(directory, 'mirror');
  const place = join(mirror, 'registry.terraform.io/hashicorp/aws', providerVersion, system);
  await mkdir(place, { recursive: true });
  const provider = join(place, `terraform-provider-aws_v${providerVersion}`);
  await copyFile(program, provider);
  await writeFile(`${provider}.schema.json`, schema);
  const lines = [
    'provider_installation {',
    '  filesystem_mirror {',
    `    path = ${JSON.stringify(mirror)}`,
    '  }',
    '}',
  ];
  await writeFile(join(directory, 'terraform.rc'), `${lines.join('\n')}\n`);
}

interface Schema {
  provider: Block;
  readonly resources: Record<string, Block>;
  readonly dataSources: Record<string, Block>;
}

async function readSchema(directory: string): Promise<Schema> {
  await mustRun('npm', ['pack', '--silent', `${packageName}@${packageVersion}`], directory);
  const archive = `cdktf-provider-aws-${packageVersion}.tgz`;
  const digest = createHash('sha512').update(await readFile(join(directory, archive)));
  const found = `sha512-${digest.digest('base64')}`;
  if (found !== integrity) throw new Error(`${archive} has the integrity ${found}, not ${integrity}`);
  const only = ['--wildcards', 'package/lib/*.js', 'package/lib/*.d.ts'];
  await mustRun('tar', ['xzf', archive, '--exclude=package/.jsii', ...only], directory);
  const schema: Schema = { provider: { attributes: {}, blocks: {} }, resources: {}, dataSources: {} };
  const lib = join(directory, 'package', 'lib');
  for (const name of (await readdir(lib)).sort()) {
    const folder = join(lib, name);
    if (!existsSync(join(folder, 'index.d.ts'))) continue;
    const one = readClass(await textsOf(folder, '.js'), await textsOf(folder, '.d.ts'));
    if (one === null) continue;
    if (one.providerVersion !== providerVersion)
      throw new Error(`${packageName} ${packageVersion} has ${one.name} of ${one.providerVersion}`);
    if (one.kind === 'provider') schema.provider = one.block;
    else if (one.kind === 'resource') schema.resources[one.name] = one.block;
    else schema.dataSources[one.name] = one.block;
  }
  await rm(join(directory, 'package'), { recursive: true });
  await rm(join(directory, archive));
  return schema;
}

/** Very large classes have what is nested within them in files of their own. */
async function textsOf(folder: string, ending: '.js' | '.d.ts'): Promise<string> {
  const structs = join(folder, 'index-structs');
  const names = existsSync(structs) ? (await readdir(structs)).sort() : [];
  const files = names.filter((name) => /^structs\d+\./.test(name) && name.endsWith(ending));
  const paths = [...files.map((name) => join(structs, name)), join(folder, `index${ending}`)];
  return (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).join('\n');
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeoutMs: 10 * 60_000 });
  if (code === 0) return;
  const tail = lastLines(`${stdout}\n${stderr}`, 15);
  throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
}
