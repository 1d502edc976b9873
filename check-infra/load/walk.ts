/** The files below a folder, without what was installed, built or hidden. Links are not followed: they may lead anywhere. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RunError } from '../../core/inputs/index.ts';

const skipped = new Set(['node_modules', 'dist', 'vendor', '__pycache__']);
const mostFiles = 20_000;
const mostBytes = 4 * 1024 * 1024;
const endings = /\.(?:ya?ml|json|tf|rules)$/i;

export interface Walked {
  /** YAML, JSON, Terraform's own and rules of Prometheus, absolute, in the order of their names. */
  readonly files: readonly string[];
  /** What would have been one of the files. */
  readonly links: readonly string[];
}

/** @throws RunError for a folder that cannot be read, or that holds too much. */
export async function walk(root: string): Promise<Walked> {
  const files: string[] = [];
  const links: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      throw new RunError(`${shownIn(root, folder)} cannot be read: ${error.code ?? error.message}`);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || skipped.has(entry.name)) continue;
      const isOne = endings.test(entry.name) || entry.name === 'Kustomization';
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && isOne) files.push(path);
      else if (entry.isSymbolicLink() && isOne) links.push(path);
      if (files.length > mostFiles) throw new RunError(`more than ${mostFiles} files; name a smaller folder`);
    }
  };
  await visit(root);
  return { files, links };
}

/** Null: too large to be a configuration. @throws RunError */
export async function readSmall(root: string, path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    return size > mostBytes ? null : await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RunError(`${shownIn(root, path)} cannot be read: ${code ?? String(error)}`);
  }
}

export function shownIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/') || '.';
}
