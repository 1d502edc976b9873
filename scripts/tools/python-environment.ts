import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type CacheOptions, ensureTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

/** A virtual environment with the packages of a lock. */
export interface PythonEnvironment {
  /** The interpreter. */
  readonly python: string;
  /** The folder with the programs of the packages: `mlflow`, … */
  readonly bin: string;
  /** `cached` or `built`, for the log. */
  readonly origin: 'cached' | 'built';
  readonly seconds: number;
}

/** The first one found is taken; the wheels of the locks exist for all of them, and the fixtures come from the first. */
const versions = ['3.11', '3.12', '3.13'] as const;
const installTimeoutMs = 20 * 60_000;

/**
 * An environment with just the packages of `lockFile`, made now if the cache does not hold it. `name` is its folder in
 * the cache. Throws when no fitting Python is on PATH, or a package cannot be had.
 */
export async function ensurePythonEnvironment(
  name: string,
  lockFile: string,
  options: CacheOptions = {},
): Promise<PythonEnvironment> {
  const interpreter = await findPython();
  const digest = createHash('sha256')
    .update(await readFile(lockFile))
    .digest('hex');
  const tool = await ensureTool(
    {
      name,
      version: `${interpreter.version}-${digest.slice(0, 16)}`,
      install: (directory) => install(interpreter.path, lockFile, directory),
    },
    options,
  );
  const bin = join(tool.directory, 'bin');
  return { python: join(bin, 'python'), bin, origin: tool.origin, seconds: tool.seconds };
}

async function install(interpreter: string, lockFile: string, directory: string): Promise<void> {
  await mustRun(interpreter, ['-m', 'venv', directory]);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet'];
  // The lock is complete: resolving again could only bring in what it does not name.
  await mustRun(join(directory, 'bin/python'), [...pip, '--no-deps', '--only-binary=:all:', '-r', lockFile]);
}

async function mustRun(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args, { timeoutMs: installTimeoutMs });
  if (code !== 0) {
    const tail = lastLines(`${stdout}\n${stderr}`, 15);
    throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
  }
}

/** Names on PATH and pyenv's own folders are tried by running them: a shim may exist and refuse to work. */
async function findPython(): Promise<{ path: string; version: string }> {
  const pyenv = process.env.PYENV_ROOT ?? join(homedir(), '.pyenv');
  const tell = ['-c', 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])'];
  for (const version of versions) {
    const attempts = [
      { name: `python${version}`, env: process.env },
      { name: 'python3', env: process.env },
      { name: join(pyenv, 'shims', `python${version}`), env: { ...process.env, PYENV_VERSION: version } },
    ];
    for (const { name, env } of attempts) {
      const said = await runProcess(name, tell, { env, timeoutMs: 30_000 }).catch(() => undefined);
      const [path, found] = said?.code === 0 ? said.stdout.trim().split('\n') : [];
      if (path !== undefined && found === version) return { path, version };
    }
  }
  throw new Error(`no Python ${versions.join(', ')} found on PATH; the tests' tools need one of them`);
}
