import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'reference-infra/ml-api');
/** In node_modules: gone with it, and it says which lock it was made from. */
const marker = join(folder, 'node_modules/.installed-from');

/**
 * The packages of the inference service, which has a lock file of its own: `npm ci`, unless they are those of the lock
 * already. Then the service's types are checked, which need them.
 */
export async function ensureMlApi(
  options: {
    readonly log?: (line: string) => void;
    /** False: to run it, which needs no check of its types. */
    readonly types?: boolean;
  } = {},
): Promise<InstalledTool> {
  const started = performance.now();
  const lock = ['package-lock.json', 'package.json', '.npmrc'].map((name) =>
    readFileSync(join(folder, name)),
  );
  const digest = createHash('sha256').update(Buffer.concat(lock)).digest('hex');
  const installed = existsSync(marker) && readFileSync(marker, 'utf8').trim() === digest;
  if (!installed) {
    options.log?.('installing the packages of reference-infra/ml-api');
    await mustRun('npm', ['ci', '--no-audit', '--no-fund'], folder);
    writeFileSync(marker, `${digest}\n`);
  }
  if (options.types !== false) {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await mustRun(process.execPath, [tsc, '-p', 'reference-infra/ml-api'], root);
  }
  return {
    name: 'ml-api',
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
