import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CacheOptions, ensureTool, findProgram } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

/** The programs of a PostgreSQL server. */
export interface Postgres {
  readonly version: string;
  /** Holds `initdb` and `postgres`; their other files are found from here. */
  readonly bin: string;
  /** The root of a tree that was unpacked into the cache; null: installed in the system. */
  readonly directory: string | null;
  /** What `LD_LIBRARY_PATH` must hold; empty when the system has all libraries. */
  readonly libraries: string;
  readonly origin: 'system' | 'cached' | 'built';
  readonly seconds: number;
}

const timeoutMs = 5 * 60_000;
const env = { ...process.env, LC_ALL: 'C' };
/** Where Debian and Ubuntu keep the programs of a server, which are not on PATH. */
const systemRoot = '/usr/lib/postgresql';

/** A server of this system, else the one that apt would install, unpacked into the cache and not installed; some 60 MB. */
export async function ensurePostgres(options: CacheOptions = {}): Promise<Postgres> {
  const onPath = await findProgram('initdb');
  const bin = onPath === undefined ? await newestBin(systemRoot) : dirname(onPath);
  if (bin !== undefined) {
    const said = await mustRun(join(bin, 'postgres'), ['--version']);
    const version = /\d+(\.\d+)?/.exec(said)?.[0] ?? 'unknown';
    return { version, bin, directory: null, libraries: '', origin: 'system', seconds: 0 };
  }
  return await unpacked(options);
}

/** Whatever the system has. */
async function unpacked(options: CacheOptions = {}): Promise<Postgres> {
  if ((await findProgram('apt-get')) === undefined) {
    throw new Error(
      `PostgreSQL is neither on PATH nor below ${systemRoot}, and this system has no apt-get; install it with the package manager of this system`,
    );
  }
  let server = await serverPackage();
  if (server === undefined) {
    options.log?.('updating the lists of apt for postgresql');
    await mustRun('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=300']);
    server = await serverPackage();
  }
  if (server === undefined) throw new Error('apt knows no package postgresql');
  const { name } = server;
  const tool = await ensureTool({ ...server, install: (folder) => unpack(name, folder) }, options);
  const bin = await newestBin(join(tool.directory, systemRoot));
  if (bin === undefined) throw new Error(`the package ${name} holds no server`);
  const library = join(tool.directory, 'usr/lib');
  const folders = (await readdir(library)).filter((name) => name.endsWith('-linux-gnu'));
  const libraries = folders.map((name) => join(library, name)).join(':');
  return { ...tool, bin, libraries };
}

/** `postgresql` depends on the server of one major version. Undefined: the lists are missing, as in a fresh container. */
async function serverPackage(): Promise<{ name: string; version: string } | undefined> {
  const depends = await runProcess('apt-cache', ['depends', 'postgresql'], { env, timeoutMs });
  const name = /postgresql-\d+/.exec(depends.stdout)?.[0];
  if (name === undefined) return undefined;
  const version = /^\s*Candidate: (\S+)$/m.exec(await mustRun('apt-cache', ['policy', name]))?.[1];
  if (version === undefined || version === '(none)') return undefined;
  return { name, version: version.replaceAll(/[^\w.+~-]/g, '_') };
}

/** With the libraries that this system lacks, which apt works out. */
async function unpack(name: string, folder: string): Promise<void> {
  const archives = join(folder, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const aside = ['-o', `Dir::Cache::archives=${archives}`, '-o', 'Debug::NoLocking=1'];
  await mustRun('apt-get', ['-y', '--no-install-recommends', '--download-only', ...aside, 'install', name]);
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await mustRun('dpkg', ['-x', join(archives, file), folder]);
  }
  await rm(archives, { recursive: true });
}

async function newestBin(root: string): Promise<string | undefined> {
  const versions = (await readdir(root).catch(() => [])).map(Number).filter(Number.isInteger);
  for (const version of versions.sort((a, b) => b - a)) {
    const bin = join(root, String(version), 'bin');
    if ((await findProgram('initdb', { PATH: bin })) !== undefined) return bin;
  }
  return undefined;
}

async function mustRun(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, { env, timeoutMs });
  if (code === 0) return stdout;
  const tail = lastLines(`${stdout}\n${stderr}`, 10);
  throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
}
