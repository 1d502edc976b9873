/** Whether a path names a readable file, and if not, what is there instead. */

import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../gate/index.ts';
import { RunError } from '../inputs/errors.ts';

/** Throws a RunError unless the path is a readable, regular file. */
export async function checkFile(path: string): Promise<void> {
  if (path === '' || path.includes('\0'))
    throw new RunError('the path of the data file is empty or holds a NUL character');
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) throw await missing(path, found);
  if (found.isDirectory()) throw new RunError(`${path} is a directory; name one data file in it`);
  if (!found.isFile()) throw new RunError(`${path} is not a regular file`);
  try {
    await access(path, constants.R_OK);
  } catch {
    throw new RunError(`${path} cannot be read: permission denied`);
  }
}

async function missing(path: string, error: NodeJS.ErrnoException): Promise<RunError> {
  if (error.code === 'EACCES') return new RunError(`${path} cannot be read: permission denied`);
  if (error.code === 'ENOTDIR')
    return new RunError(`${path} does not exist: a part of the path is a file, not a folder`);
  if (error.code !== 'ENOENT') return new RunError(`${path} cannot be read: ${error.code ?? error.message}`);
  if (/[*?[\]{}]/.test(path))
    return new RunError(`${path} does not exist; patterns are not allowed here, name one file`);
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return new RunError(`${path} does not exist: there is no folder ${folder}`);
  const near = nearest(basename(path), names);
  const hint = near === undefined ? '' : `; did you mean ${path.includes('/') ? join(folder, near) : near}?`;
  return new RunError(`${path} does not exist${hint}`);
}
