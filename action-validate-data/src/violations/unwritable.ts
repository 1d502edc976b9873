/** A file beside the result document that the disk does not take. */

import { RunError } from '../../../core/inputs/index.ts';

/** The error for the user; one that is not of the file system is a defect, and stays as it is. */
export function unwritable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  return new RunError(`${file} cannot be written beside result-path (${error.code})`, { cause: error });
}
