/** What a run needs: the packages of this folder, the Python environment, models and data in the tools' cache. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTool } from '../scripts/tools/cache.ts';
import { runProcess } from '../scripts/tools/process.ts';
import { ensurePython } from '../scripts/tools/python.ts';
import { bundle, root } from './gate.ts';

export interface Prepared {
  readonly python: string;
  readonly data: string;
}

const folder = import.meta.dirname;
const log = (line: string): void => console.log(`  ${line}`);

export async function prepare(): Promise<Prepared> {
  console.log('preparing:');
  await installPackages();
  if (!existsSync(bundle)) await mustRun(process.execPath, [join(root, 'scripts/build.ts')], root);
  const { python } = await ensurePython({ log });
  const script = join(folder, 'peers/make_data.py');
  const version = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 16);
  const data = await ensureTool(
    {
      name: 'bench-data',
      version,
      install: (directory) => mustRun(python, [script, directory], folder),
    },
    { log },
  );
  return { python, data: data.directory };
}

/** `npm ci`, when the packages are missing or older than the lock. */
async function installPackages(): Promise<void> {
  const installed = join(folder, 'node_modules/.package-lock.json');
  const lock = join(folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  log('npm ci in bench');
  await mustRun('npm', ['ci', '--no-audit', '--no-fund'], folder);
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeoutMs: 20 * 60_000 });
  if (code !== 0)
    throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${stdout}${stderr}`);
}
