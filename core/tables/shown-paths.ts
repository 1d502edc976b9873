/** Messages of readers name files by the path they were opened with; users know them from the workspace on. */

import { sep } from 'node:path';
import { RunError } from '../inputs/index.ts';

/** The same error, with paths in its message relative to the workspace. */
export function withShownPaths(error: unknown, workspace: string): unknown {
  const folder = workspace.endsWith(sep) ? workspace : `${workspace}${sep}`;
  if (!(error instanceof RunError) || folder === sep || !error.message.includes(folder)) return error;
  return new RunError(error.message.replaceAll(folder, ''), { cause: error });
}
