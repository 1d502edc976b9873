/** What a run needs: the packages of this folder, Python environments, models and data in the tools' cache. */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTool } from '../scripts/tools/cache.ts';
import { ensureDataPipeline } from '../scripts/tools/data-pipeline.ts';
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

export interface PreparedDrift {
  /** Of the environment with the peers of the drift check. */
  readonly python: string;
  /** Of its packages, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** Makes them when they are asked for the first time; CSV only with 20 columns. 10,000,000 x 5 take 10 s and 600 MB. */
  sides(rows: number, columns: 5 | 20): Promise<Sides>;
}

export interface PreparedPipeline {
  /** Of the tests' environment. */
  readonly python: string;
  /** Folder with the data, by rows. */
  readonly events: ReadonlyMap<number, string>;
}

/** Two sides of one table, of which only some columns differ beyond chance: see `peers/make_drift.py`. */
export interface Sides {
  readonly folder: string;
  file(side: 'reference' | 'current', format: 'parquet' | 'csv'): string;
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

/** For the data pipeline: 1,000,000 and 10,000,000 events, 130 MB. */
export async function preparePipeline(): Promise<PreparedPipeline> {
  await ensureDataPipeline({ log, types: false });
  const { python } = await ensurePython({ log });
  const script = join(folder, 'peers/make_events.py');
  const events = new Map<number, string>();
  for (const rows of [1_000_000, 10_000_000]) {
    const { directory } = await ensureTool(
      {
        name: 'bench-events',
        version: `${rows}-${digest(script)}`,
        install: (target) => mustRun('nice', ['-n', '10', python, script, target, String(rows)], folder),
      },
      { log },
    );
    await readAll([join(directory, 'events.parquet')]);
    events.set(rows, directory);
  }
  return { python, events };
}

/** For those of the data gate. */
export async function prepareRows(): Promise<PreparedRows> {
  await requireBundle('action-validate-data');
  const lock = join(folder, 'peers/requirements.lock');
  const python = await ensurePeers('bench-peers', lock);
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
    await readAll([csv, jsonl]);
    return { csv, jsonl, expected: JSON.parse(readFileSync(join(directory, 'rows.json'), 'utf8')) };
  };
  return { python, versions: versionsOf(lock), schema: join(folder, 'data/row.schema.json'), files };
}

/** For those of the drift check. */
export async function prepareDrift(): Promise<PreparedDrift> {
  await requireBundle('action-drift-check');
  const lock = join(folder, 'peers/drift-requirements.lock');
  const python = await ensurePeers('bench-drift-peers', lock);
  const script = join(folder, 'peers/make_drift.py');
  const sides = async (rows: number, columns: 5 | 20): Promise<Sides> => {
    const formats = columns === 20 ? (['parquet', 'csv'] as const) : (['parquet'] as const);
    const words = [String(rows), String(columns), ...formats.slice(1)];
    const { directory } = await ensureTool(
      {
        name: 'bench-drift',
        // The writer of Parquet is of the lock.
        version: `${rows}x${columns}-${digest(script, lock)}`,
        install: (target) => mustRun('nice', ['-n', '10', python, script, target, ...words], folder),
      },
      { log },
    );
    const file: Sides['file'] = (side, format) => join(directory, `${side}.${format}`);
    await readAll(formats.flatMap((format) => [file('reference', format), file('current', format)]));
    return { folder: directory, file };
  };
  return { python, versions: versionsOf(lock), sides };
}

/** Who comes first would read from the disk, the others from memory. */
async function readAll(files: readonly string[]): Promise<void> {
  for (const file of files) for await (const _ of createReadStream(file));
}

function versionsOf(lock: string): Map<string, string> {
  const pins = readFileSync(lock, 'utf8').matchAll(/^([\w-]+)==(.+)$/gm);
  return new Map(Array.from(pins, ([, name = '', version = '']) => [name, version]));
}

/** The environment of a lock, 1 to 3 GB and one to three minutes. */
async function ensurePeers(name: string, lock: string): Promise<string> {
  const { python } = await ensurePython({ log });
  const { stdout } = await runProcess(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const { directory } = await ensureTool(
    {
      name,
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

function digest(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
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
