/** Where native files may already lie: beside the bundle, in an installed package, in the cache. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { NativePart, Platform } from './platform.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Search {
  /** Path of the module whose neighbourhood is searched: the bundle, or this folder when run from sources. */
  readonly from: string;
  readonly environment: Environment;
}

export interface SearchResult {
  /** Absolute path of the entry file; null: nowhere. */
  readonly found: string | null;
  /** Every place looked at, in order, for messages. */
  readonly looked: readonly string[];
}

/** Looks for the part's entry file; of an installed package only the pinned version counts. */
export function findPart(part: NativePart, platform: Platform, search: Search): SearchResult {
  const looked: string[] = [];
  const beside = resolve(dirname(search.from), '..', 'bin', part.vendored, part.entry);
  looked.push(beside);
  if (existsSync(beside)) return { found: beside, looked };

  const installed = installedPackage(part, search.from);
  looked.push(
    installed === null || installed.version === part.version
      ? `the installed package ${part.package}@${part.version}`
      : `the installed package ${part.package} (is ${installed.version}, must be ${part.version})`,
  );
  if (installed !== null && installed.version === part.version) {
    const file = join(installed.folder, part.folder, part.entry);
    if (existsSync(file)) return { found: file, looked };
  }

  const cached = join(cacheFolder(part, platform, search.environment), part.entry);
  looked.push(cached);
  return { found: existsSync(cached) ? cached : null, looked };
}

/** The folder of the cache that holds exactly this package, version and platform. */
export function cacheFolder(part: NativePart, platform: Platform, environment: Environment): string {
  const runner = environment.RUNNER_TOOL_CACHE;
  const root =
    runner === undefined || runner === '' ? join(homedir(), '.cache', 'ml-gates') : join(runner, 'ml-gates');
  const suffix = `${platform.os}-${platform.arch}${platform.musl ? '-musl' : ''}`;
  return join(root, part.package.replace('/', '-').replace('@', ''), part.version, suffix);
}

function installedPackage(part: NativePart, from: string): { folder: string; version: string } | null {
  // The packages have no `exports`, so that their package.json can be asked for by name.
  const lookup = createRequire(from);
  for (const folder of lookup.resolve.paths(part.package) ?? []) {
    const candidate = join(folder, part.package);
    const version = readVersion(join(candidate, 'package.json'));
    if (version !== null) return { folder: candidate, version };
  }
  return null;
}

function readVersion(manifest: string): string | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('version' in parsed)) return null;
    return typeof parsed.version === 'string' ? parsed.version : null;
  } catch {
    return null;
  }
}
