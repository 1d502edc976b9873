/** The user's own tools, run to render; what they say of a mistake becomes one line. */

import { RunError } from '../inputs/index.ts';
import { oneLine } from './json.ts';
import { runProgram } from './run-program.ts';

export interface ToolWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; where tools run. */
  readonly workspace: string;
  readonly signal: AbortSignal;
}

/** A chart from a registry is fetched within it. */
const timeoutMs = 120_000;
const mostBytes = 32 * 1024 * 1024;

/** Standard output; null: the program is not there. @throws RunError naming what the tool says. */
export async function renderWith(
  command: string,
  args: readonly string[],
  what: string,
  { env, workspace, signal }: ToolWorld,
): Promise<string | null> {
  const end = await runProgram({ command, args, folder: workspace, env, timeoutMs, mostBytes, signal });
  switch (end.is) {
    case 'missing':
      if (end.code === 'ENOENT') return null;
      throw new RunError(`${command} cannot be run: ${end.code}`);
    case 'too-long':
      throw new RunError(`${what} was not rendered within ${timeoutMs / 1000} s by ${command}`);
    case 'too-much':
      throw new RunError(`${what} renders to more than ${mostBytes / 1024 / 1024} MiB`);
    case 'cancelled':
      throw new RunError('the job was cancelled');
    case 'ended':
      if (end.code === 0) return end.output;
      throw new RunError(`${what} cannot be rendered: ${problemOf(end.errors, workspace)}`);
  }
}

/**
 * The sentence that says what is wrong. Tools write warnings and hints around it, Helm begins it with `Error:`, kustomize with
 * `Error:` or `error:`, and both name absolute paths.
 */
function problemOf(errors: string, workspace: string): string {
  const lines = errors
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(withoutLogging);
  const from = lines.findIndex((line) => /^error:/i.test(line));
  const said = (from < 0 ? lines : lines.slice(from))
    .filter((line) => !/^(?:WARNING|W\d{4}|Use --debug flag|walk\.go|level=(?:info|warn))/.test(line))
    .join(' ')
    .replace(/^error:\s*/i, '')
    .replaceAll(`${workspace}/`, '')
    .replaceAll(workspace, '.')
    .replaceAll(/(^|[\s'"`(:])\/(?:[\w.@+-]+\/)+/g, '$1');
  return said === '' ? 'the tool gives no reason' : oneLine(said, 600);
}

/** kubectl logs what it says: `E1130 10:48:10.082968 8137 run.go:72] "command failed" err="…"`. */
function withoutLogging(line: string): string {
  const quoted = /^E\d{4} \S+ +\d+ \S+\] "command failed" err=(".*")$/.exec(line)?.[1];
  if (quoted === undefined) return line;
  try {
    return `error: ${JSON.parse(quoted)}`;
  } catch {
    return `error: ${quoted.slice(1, -1)}`;
  }
}
