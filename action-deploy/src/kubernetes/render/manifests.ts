/** Files, folders and patterns of the input `manifests`. */

import { glob, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { nearest } from '../../../../core/gate/index.ts';
import { isInside, quote, RunError } from '../../../../core/inputs/index.ts';
import { type Manifest, parseManifests } from '../../../../core/kubernetes/index.ts';

const endings = /\.(?:ya?ml|json)$/i;
const mostFiles = 1000;
const mostBytes = 32 * 1024 * 1024;

/**
 * All objects, file by file in the order of their names. A folder stands for the YAML and JSON files in it and below, but for
 * hidden ones.
 * @throws RunError naming the line of the input that stands for nothing, or what is wrong with a file.
 */
export async function readManifests(lines: readonly string[], workspace: string): Promise<Manifest[]> {
  const files = new Set<string>();
  for (const line of lines) {
    const found = await filesOf(line, workspace);
    if (found.length === 0) throw new RunError(`manifests: no file matches ${quote(line)}`);
    for (const file of found) files.add(file);
    if (files.size > mostFiles) throw new RunError(`manifests: more than ${mostFiles} files; name fewer`);
  }
  const all: Manifest[] = [];
  let size = 0;
  for (const file of files) {
    const shown = shownIn(workspace, file);
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new RunError(`${shown} cannot be read: ${codeOf(error)}`);
    });
    size += text.length;
    if (size > mostBytes) throw new RunError(`manifests: more than ${mostBytes / 1024 / 1024} MiB`);
    all.push(...parseManifests(text, (line) => `${shown}:${line}`));
  }
  if (all.length === 0) throw new RunError(`manifests: ${lines.join(', ')} hold no object`);
  return all;
}

async function filesOf(line: string, workspace: string): Promise<string[]> {
  const path = resolve(workspace, line);
  const stats = await stat(path).catch(() => null);
  if (stats !== null) {
    await within(path, line, workspace);
    if (stats.isDirectory()) return (await below(path, workspace)).sort();
    return [path];
  }
  if (!/[*?[{]/.test(line)) throw await missing(line, path, workspace);
  const found: string[] = [];
  for await (const match of glob(line, { cwd: workspace })) {
    const file = resolve(workspace, match);
    if ((await stat(file).catch(() => null))?.isFile() !== true) continue;
    await within(file, line, workspace);
    found.push(file);
  }
  return found.sort();
}

async function below(folder: string, workspace: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return below(path, workspace);
        if (!endings.test(entry.name)) return [];
        await within(path, shownIn(workspace, path), workspace);
        return [path];
      }),
  );
  return found.flat();
}

/** Also by way of links. */
export async function within(path: string, shown: string, workspace: string): Promise<void> {
  const real = await realpath(path).catch(() => path);
  const root = await realpath(workspace).catch(() => workspace);
  if (real !== root && !isInside(root, real))
    throw new RunError(`${quote(shown)} leads outside the workspace`);
}

async function missing(line: string, path: string, workspace: string): Promise<RunError> {
  const folder = resolve(path, '..');
  const names = await readdir(folder).catch(() => []);
  const near = nearest(relative(folder, path), names);
  const hint = near === undefined ? '' : `; did you mean ${shownIn(workspace, join(folder, near))}?`;
  return new RunError(`manifests: ${quote(line)} does not exist${hint}`);
}

export function shownIn(workspace: string, path: string): string {
  return relative(workspace, path).split(sep).join('/') || '.';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
