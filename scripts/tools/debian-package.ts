import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheOptions, ensureTool, findProgram, type InstalledTool } from './cache.ts';
import { lastLines, runProcess } from './process.ts';

const timeoutMs = 5 * 60_000;

/**
 * The files of a package of this Debian or Ubuntu, unpacked into the cache and not installed: no root is needed, and
 * nothing is started. Programs lie in `usr/bin` of the folder. The version is the one that apt would install.
 */
export async function ensureDebianPackage(name: string, options: CacheOptions = {}): Promise<InstalledTool> {
  if ((await findProgram('apt-get')) === undefined) {
    throw new Error(
      `the package ${name} comes from the mirrors of Debian or Ubuntu; this system has no apt-get`,
    );
  }
  try {
    return await ensureCandidate(name, options);
  } catch {
    // The lists are missing, as in a fresh container, or name a version that the mirror has replaced.
    options.log?.(`updating the lists of apt for ${name}`);
    const update = await runProcess('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=300'], {
      timeoutMs,
    }).catch((error: unknown) => ({ code: -1, stderr: String(error) }));
    try {
      return await ensureCandidate(name, options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const hint = update.code === 0 ? '' : `\napt-get update had failed:\n${lastLines(update.stderr, 5)}`;
      throw new Error(`${why}${hint}`);
    }
  }
}

async function ensureCandidate(name: string, options: CacheOptions): Promise<InstalledTool> {
  const version = await candidateOf(name);
  const install = (directory: string): Promise<void> => unpack(name, version, directory);
  return await ensureTool({ name, version: version.replaceAll(/[^\w.+~-]/g, '_'), install }, options);
}

async function candidateOf(name: string): Promise<string> {
  const { stdout } = await runProcess('apt-cache', ['policy', name], {
    env: { ...process.env, LC_ALL: 'C' },
    timeoutMs,
  });
  const version = /^\s*Candidate: (\S+)$/m.exec(stdout)?.[1];
  if (version === undefined || version === '(none)') throw new Error(`apt knows no package ${name}`);
  return version;
}

async function unpack(name: string, version: string, directory: string): Promise<void> {
  await mustRun('apt-get', ['download', `${name}=${version}`], directory);
  for (const file of await readdir(directory)) {
    if (!file.endsWith('.deb')) continue;
    await mustRun('dpkg', ['-x', file, '.'], directory);
    await rm(join(directory, file));
  }
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeoutMs });
  if (code === 0) return;
  const tail = lastLines(`${stdout}\n${stderr}`, 10);
  throw new Error(`\`${command} ${args.join(' ')}\` ended with exit code ${code}\n${tail}`);
}
