/** Metrics as a file, as the textfile collector of node_exporter reads it. */

import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isInside, RunError } from '../inputs/index.ts';
import { writeWhole } from '../report/index.ts';

/**
 * Writes the text beside the target and renames it, so that a collector never reads half of it; a symbolic link at the
 * target is replaced. Makes the folder where it is missing.
 * @param path absolute
 * @param shown relative to the workspace: for messages
 * @throws RunError when the folder lies outside the workspace behind a symbolic link, or cannot be written.
 */
export async function writeMetricsFile(
  text: string,
  { path, shown }: { readonly path: string; readonly shown: string },
  workspace: string,
): Promise<void> {
  try {
    await requireInside(path, shown, workspace);
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, [text]);
  } catch (error) {
    if (error instanceof RunError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new RunError(`${shown} cannot be written (${code})`, { cause: error });
  }
}

/** The folder, as far as it exists, must lie in the workspace with its links followed: a checkout may hold links. */
async function requireInside(path: string, shown: string, workspace: string): Promise<void> {
  const root = await realpath(workspace);
  let folder = dirname(path);
  while (!(await stands(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  const real = await realpath(folder);
  if (real === root || isInside(root, real)) return;
  throw new RunError(`${shown} leads outside the workspace: a symbolic link points to ${real}`);
}

/** Also a link that leads nowhere. */
async function stands(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
