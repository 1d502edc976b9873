import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { acquireLock, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

const root = resolve(import.meta.dirname, '../..');
const npmMs = 10 * 60_000;

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
  const isInstalled = (): boolean => existsSync(marker) && readFileSync(marker, 'utf8').trim() === digest;
  const installed = isInstalled();
  if (!isInstalled()) {
    // `npm ci` removes what is there: two at a time would take it from under each other.
    const unlock = await acquireLock(
      join(tmpdir(), `ml-gates-npm-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.lock`),
      npmMs,
    );
    try {
      if (!isInstalled()) {
        options.log?.(`installing the packages of ${path}`);
        await mustRun('npm', ['ci', '--no-audit', '--no-fund'], folder);
        writeFileSync(marker, `${digest}\n`);
      }
    } finally {
      await unlock();
    }
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
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeoutMs: npmMs });
  if (code === 0) return;
  const tail = lastLines(`${stdout}\n${stderr}`, 15);
  throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
}
