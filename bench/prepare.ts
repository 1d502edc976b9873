/** What a run needs: the packages of this folder, Python environments, models and data in the tools' cache. */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTool } from '../scripts/tools/cache.ts';
import { runProcess } from '../scripts/tools/process.ts';
import { ensurePython } from '../scripts/tools/python.ts';
import { type Action, bundleOf, root } from './gate.ts';

export interface Prepared {
  readonly python: string;
  readonly data: string;
}

export interface PreparedRows {
  /** Of the environment with the peers. */
  readonly python: string;
  /** Of its packages, by name. */
  readonly versions: ReadonlyMap<string, string>;
  readonly schema: string;
  /** Makes them when they are asked for the first time: 10,000,000 take a minute and 2.7 GB. */
  files(rows: number): Promise<RowFiles>;
}

/** The same rows twice, and what is wrong in them. */
export interface RowFiles {
  readonly csv: string;
  readonly jsonl: string;
  readonly expected: Readonly<Record<'rows' | 'invalidRows' | 'invalidCells', number>>;
}

const folder = import.meta.dirname;
const log = (line: string): void => console.log(`  ${line}`);

/** For the comparisons of the model gate. */
export async function prepare(): Promise<Prepared> {
  await installPackages();
  await requireBundle('action-validate-model');
  const { python } = await ensurePython({ log });
  const script = join(folder, 'peers/make_data.py');
  const data = await ensureTool(
    {
      name: 'bench-data',
      version: digest(script),
      install: (directory) => mustRun(python, [script, directory], folder),
    },
    { log },
  );
  return { python, data: data.directory };
}

/** For those of the data gate. */
export async function prepareRows(): Promise<PreparedRows> {
  await requireBundle('action-validate-data');
  const lock = join(folder, 'peers/requirements.lock');
  const python = await ensurePeers(lock);
  const script = join(folder, 'peers/make_rows.py');
  const files = async (rows: number): Promise<RowFiles> => {
    const { directory } = await ensureTool(
      {
        name: 'bench-rows',
        version: `${rows}-${digest(script)}`,
        install: (target) =>
          mustRun('nice', ['-n', '10', python, script, target, 'rows', String(rows)], folder),
      },
      { log },
    );
    const [csv, jsonl] = [join(directory, 'rows.csv'), join(directory, 'rows.jsonl')];
    // Who comes first would read from the disk, the others from memory.
    for (const file of [csv, jsonl]) for await (const _ of createReadStream(file));
    return { csv, jsonl, expected: JSON.parse(readFileSync(join(directory, 'rows.json'), 'utf8')) };
  };
  const pins = readFileSync(lock, 'utf8').matchAll(/^([\w-]+)==(.+)$/gm);
  const versions = new Map(Array.from(pins, ([, name = '', version = '']) => [name, version]));
  return { python, versions, schema: join(folder, 'data/row.schema.json'), files };
}

/** The environment of `peers/requirements.lock`, some 1 GB and one to three minutes. */
async function ensurePeers(lock: string): Promise<string> {
  const { python } = await ensurePython({ log });
  const { stdout } = await runProcess(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const { directory } = await ensureTool(
    {
      name: 'bench-peers',
      version: `${stdout.trim()}-${digest(lock)}`,
      install: async (target) => {
        await mustRun(python, ['-m', 'venv', target], folder);
        const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet'];
        // The lock is complete: resolving again could only bring in what it does not name.
        const install = [...pip, '--no-deps', '--only-binary=:all:', '-r', lock];
        await mustRun('nice', ['-n', '10', join(target, 'bin/python'), ...install], folder);
      },
    },
    { log },
  );
  return join(directory, 'bin/python');
}

async function requireBundle(action: Action): Promise<void> {
  if (!existsSync(bundleOf(action))) await mustRun(process.execPath, [join(root, 'scripts/build.ts')], root);
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
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
