/** Reading a small text file that somebody wrote. */

import { readFileSync } from 'node:fs';
import { RunError } from '../../../../core/inputs/index.ts';

/** @throws RunError that begins with `shown`. */
export function readText(path: string, shown: string, advice = ''): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new RunError(`${shown} ${why}${advice}`);
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
