import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

const root = resolve(import.meta.dirname, '../..');

export interface PackageOptions {
  readonly log?: (line: string) => void;
  /** False: to run it, which needs no check of its types. */
  readonly types?: boolean;
}

/**
 * The packages of a part of the repository that has a lock file of its own: `npm ci`, unless they are those of the lock
 * already. Then the part's types are checked, which need them.
 */
export async function ensureOwnPackage(
  name: string,
  path: string,
  options: PackageOptions = {},
): Promise<InstalledTool> {
  const started = performance.now();
  const folder = join(root, path);
  /** In node_modules: gone with it, and it says which lock it was made from. */
  const marker = join(folder, 'node_modules/.installed-from');
  const lock = ['package-lock.json', 'package.json', '.npmrc'].map((file) =>
    readFileSync(join(folder, file)),
  );
  const digest = createHash('sha256').update(Buffer.concat(lock)).digest('hex');
  const installed = existsSync(marker) && readFileSync(marker, 'utf8').trim() === digest;
  if (!installed) {
    options.log?.(`installing the packages of ${path}`);
    await mustRun('npm', ['ci', '--no-audit', '--no-fund'], folder);
    writeFileSync(marker, `${digest}\n`);
  }
  if (options.types !== false) {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await mustRun(process.execPath, [tsc, '-p', path], root);
  }
  return {
    name,
    version: digest.slice(0, 12),
    directory: folder,
    origin: installed ? 'cached' : 'built',
    seconds: (performance.now() - started) / 1000,
  };
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeoutMs: 10 * 60_000 });
  if (code === 0) return;
  const tail = lastLines(`${stdout}\n${stderr}`, 15);
  throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
}
