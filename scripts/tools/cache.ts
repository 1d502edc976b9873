import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How one version of one tool comes into the cache. */
export interface ToolRecipe {
  readonly name: string;
  /** With the name, the key: whatever changes the result of `install` must change it. */
  readonly version: string;
  /** Programs that `install` needs on PATH, each with a hint how to get it. */
  readonly requires?: Readonly<Record<string, string>>;
  /** Fills `directory`, which exists and is empty; it stays at this path, as virtual environments need. */
  install(directory: string): Promise<void>;
}

export interface InstalledTool {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
  /** `cached`: it was there; `built`: this call, or another process that it waited for, installed it. */
  readonly origin: 'cached' | 'built';
  readonly seconds: number;
}

export interface CacheOptions {
  readonly root?: string;
  readonly log?: (line: string) => void;
  /** How long to wait for another process that installs the same tool. */
  readonly lockTimeoutMs?: number;
}

const completeMarker = '.complete';
const pollMs = 200;

/** `ML_GATES_TOOLS`, or `~/.cache/ml-gates-tools`: outside the tree, shared by all clones. */
export function toolsRoot(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env.ML_GATES_TOOLS;
  return chosen === undefined || chosen === '' ? join(homedir(), '.cache', 'ml-gates-tools') : chosen;
}

/** The folder of the tool, installed now if it is not there. Throws when a prerequisite is missing. */
export async function ensureTool(recipe: ToolRecipe, options: CacheOptions = {}): Promise<InstalledTool> {
  const started = performance.now();
  const directory = join(options.root ?? toolsRoot(), recipe.name, recipe.version);
  const done = (origin: InstalledTool['origin']): InstalledTool => ({
    name: recipe.name,
    version: recipe.version,
    directory,
    origin,
    seconds: (performance.now() - started) / 1000,
  });
  const marker = join(directory, completeMarker);
  if (existsSync(marker)) return done('cached');

  await requirePrograms(recipe);
  await mkdir(join(directory, '..'), { recursive: true });
  const unlock = await acquireLock(`${directory}.lock`, options.lockTimeoutMs ?? 30 * 60_000);
  try {
    if (existsSync(marker)) return done('built');
    options.log?.(`installing ${recipe.name} ${recipe.version} into ${directory}`);
    // Without the marker, what lies there is an install that was cut short.
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory);
    await recipe.install(directory);
    await writeFile(marker, `${new Date().toISOString()}\n`);
    return done('built');
  } finally {
    await unlock();
  }
}

/** The absolute path of a program on PATH, or undefined. */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

async function requirePrograms(recipe: ToolRecipe): Promise<void> {
  const missing: string[] = [];
  for (const [program, hint] of Object.entries(recipe.requires ?? {})) {
    if ((await findProgram(program)) === undefined) missing.push(`\`${program}\` (${hint})`);
  }
  if (missing.length > 0) {
    throw new Error(
      `${recipe.name} ${recipe.version} cannot be installed: not found on PATH: ${missing.join(', ')}`,
    );
  }
}

/**
 * A lock file that holds its owner's pid. It is written aside and linked into place, so that it is never seen
 * empty; the lock of a process that has died is taken over.
 */
export async function acquireLock(path: string, timeoutMs: number): Promise<() => Promise<void>> {
  const own = `${path}.${randomUUID()}`;
  const deadline = performance.now() + timeoutMs;
  await writeFile(own, String(process.pid));
  try {
    for (;;) {
      if (await tryLink(own, path)) return () => rm(path, { force: true });
      const owner = await lockOwner(path);
      if (owner !== undefined && !isAlive(owner)) {
        await removeStale(path, owner, `${own}.stale`);
      } else if (performance.now() > deadline) {
        throw new Error(
          `process ${owner ?? 'unknown'} has held ${path} for more than ${Math.round(timeoutMs / 1000)} s; if it does not install anything, delete that file`,
        );
      } else {
        await sleep(pollMs);
      }
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Two processes may see the same stale lock; the second must not remove the fresh lock of the first. */
async function removeStale(path: string, owner: number, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await lockOwner(aside)) !== owner) await tryLink(aside, path);
  await rm(aside, { force: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function lockOwner(path: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(path, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
