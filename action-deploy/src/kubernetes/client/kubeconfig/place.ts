/** How a file is named in messages: never by an absolute path of the machine. */

import { basename, relative, sep } from 'node:path';
import { isInside } from '../../../../../core/inputs/index.ts';

export interface Places {
  /** Absolute. */
  readonly workspace: string;
  /** Absolute; null: not known. */
  readonly home: string | null;
}

/** Relative to the workspace, or below `~`; else the file's name alone. */
export function shownPath(path: string, { workspace, home }: Places): string {
  if (isInside(workspace, path)) return relative(workspace, path).split(sep).join('/');
  if (home !== null && isInside(home, path)) return `~/${relative(home, path).split(sep).join('/')}`;
  return basename(path);
}
