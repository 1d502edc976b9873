/** The schema of `mode: infer`, written where no file stands. */

import { lstat, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isInside, RunError } from '../../../core/inputs/index.ts';
import type { ShownFile } from '../../../core/tables/index.ts';

/** Makes the folder where it is missing. @throws RunError */
export async function writeSchema(
  { path, shown }: ShownFile,
  text: string,
  workspace: string,
): Promise<void> {
  try {
    await requireInside(path, workspace, shown);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof RunError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const what = code === 'EEXIST' && (await stands(path)) ? 'exists already' : `cannot be written (${code})`;
    throw new RunError(`schema-path: ${shown} ${what}`, { cause: error });
  }
}

/** Also a link that leads nowhere. */
async function stands(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

/** The folder, as far as it exists, lies in the workspace with its links followed: a checkout may hold links. */
async function requireInside(path: string, workspace: string, shown: string): Promise<void> {
  const root = await realpath(workspace);
  let folder = dirname(path);
  let real = await realOf(folder);
  while (real === null && dirname(folder) !== folder) {
    folder = dirname(folder);
    real = await realOf(folder);
  }
  if (real !== null && (real === root || isInside(root, real))) return;
  throw new RunError(
    `schema-path: ${shown} leads outside the workspace: a symbolic link points to ${real ?? folder}`,
  );
}

/** Null: nothing stands there. */
async function realOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
