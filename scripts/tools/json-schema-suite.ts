import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';
import { ensurePython } from './python.ts';

/** The official test suite of JSON Schema (MIT licence) lies in the source distribution of this package. */
const version = '4.26.0';
const archive = `jsonschema-${version}.tar.gz`;
const sha256 = '0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326';

export interface JsonSchemaSuite extends InstalledTool {
  /** The folder with a folder for each draft: `draft2020-12/`, … */
  readonly tests: string;
}

/** The suite, fetched from PyPI now if the cache does not hold it. */
export async function ensureJsonSchemaSuite(options: CacheOptions = {}): Promise<JsonSchemaSuite> {
  const installed = await ensureTool({ name: 'json-schema-suite', version, install }, options);
  return { ...installed, tests: join(installed.directory, `jsonschema-${version}`, 'json', 'tests') };
}

async function install(directory: string): Promise<void> {
  const { python } = await ensurePython();
  // Only this package from its source: pip asks its build backend for metadata, and that may come as a wheel.
  const download = ['download', '--no-deps', '--no-binary', 'jsonschema', '--dest', directory];
  const quiet = ['--disable-pip-version-check', '--no-input', '--quiet'];
  await mustRun(python, ['-m', 'pip', ...download, ...quiet, `jsonschema==${version}`]);
  const path = join(directory, archive);
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (digest !== sha256) throw new Error(`${archive} has the SHA-256 ${digest}, not ${sha256}`);
  await mustRun(python, ['-m', 'tarfile', '-e', path, directory]);
}

async function mustRun(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args, { timeoutMs: 10 * 60_000 });
  if (code === 0) return;
  const tail = lastLines(`${stdout}\n${stderr}`, 15);
  throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
}
