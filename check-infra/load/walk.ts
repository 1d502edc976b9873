/** The files below a folder, without what was installed, built or hidden. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RunError } from '../../core/inputs/index.ts';

const skipped = new Set(['node_modules', 'dist', 'vendor', '__pycache__']);
const mostFiles = 20_000;
const mostBytes = 4 * 1024 * 1024;
const endings = /\.(?:ya?ml|json)$/i;

export interface Walked {
  /** Absolute, in the order of their names. */
  readonly folders: readonly string[];
  /** YAML and JSON. */
  readonly files: readonly string[];
}

export async function walk(root: string): Promise<Walked> {
  const folders: string[] = [];
  const files: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    folders.push(folder);
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || skipped.has(entry.name)) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && (endings.test(entry.name) || entry.name === 'Kustomization'))
        files.push(path);
      if (files.length > mostFiles) throw new RunError(`more than ${mostFiles} files; name a smaller folder`);
    }
  };
  await visit(root);
  return { folders, files };
}

/** Null: too large to be a configuration. */
export async function readSmall(path: string): Promise<string | null> {
  const { size } = await stat(path);
  return size > mostBytes ? null : await readFile(path, 'utf8');
}

export function shownIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/') || '.';
}
