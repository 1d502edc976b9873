/** The files that a run leaves. What stands there afterwards is of this run or is not there at all. */

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type CommonConfig, type InputSource, isInside, RunError } from '../inputs/index.ts';

type Target = Pick<CommonConfig, 'resultPath' | 'resultPathShown'>;

/** Where the HTML page stands: beside the document. */
export function reportPathOf(target: Target): string {
  return besidePathOf(target, '.html');
}

/** A file beside the document, named as it but for the ending. */
export function besidePathOf({ resultPath }: Pick<Target, 'resultPath'>, ending: string): string {
  return `${resultPath.replace(/\.json$/i, '')}${ending}`;
}

/** The same, with its folder made, so that it can be written. @throws RunError */
export async function prepareBeside(target: Target, workspace: string, ending: string): Promise<string> {
  await guarded(target, async () => {
    await requireInside(target, workspace);
    await mkdir(dirname(target.resultPath), { recursive: true });
  });
  return besidePathOf(target, ending);
}

/**
 * Removes what an earlier run left, before any work: a PASSED of yesterday must not be found when this run is
 * killed or cannot be done. What is read as an input stays: a document as baseline, the schema that a run before wrote.
 * @throws RunError when it cannot be removed, or lies outside the workspace behind a symbolic link.
 */
export async function removeEarlier(
  target: Target,
  source: InputSource,
  { inputs, besides = [] }: { readonly inputs: readonly string[]; readonly besides?: readonly string[] },
): Promise<void> {
  await guarded(target, async () => {
    await requireInside(target, source.workspace);
    const read = filesRead(source, inputs);
    if (read.has(target.resultPath)) return;
    await rm(target.resultPath, { force: true });
    for (const ending of ['.html', ...besides]) {
      const path = besidePathOf(target, ending);
      if (!read.has(path)) await rm(path, { force: true });
    }
  });
}

/** What inputs name as files, absolute; most of them are none, which does no harm. */
function filesRead(source: InputSource, inputs: readonly string[]): ReadonlySet<string> {
  const lines = inputs
    .filter((name) => name !== 'result-path')
    .flatMap((name) => source.get(name).split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.includes('\0'));
  return new Set(lines.map((line) => resolve(source.workspace, line)));
}

/** Writes both, whole or not at all: a reader never sees half of a document. @throws RunError */
export async function writeResultFiles(
  target: Target,
  workspace: string,
  texts: { readonly result: string; readonly report: string },
): Promise<void> {
  await guarded(target, async () => {
    await requireInside(target, workspace);
    await mkdir(dirname(target.resultPath), { recursive: true });
    // The page first: whoever finds the document finds its page.
    await replaceFile(reportPathOf(target), texts.report);
    await replaceFile(target.resultPath, texts.result);
  });
}

/** A rename replaces a symbolic link; writing would follow it. */
async function replaceFile(path: string, text: string): Promise<void> {
  const part = join(dirname(path), `.${randomUUID()}.part`);
  try {
    await writeFile(part, text, { flag: 'wx' });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** The folder, as far as it exists, must lie in the workspace with its links followed: a checkout may hold links. */
async function requireInside({ resultPath, resultPathShown }: Target, workspace: string): Promise<void> {
  const root = await realpath(workspace);
  let folder = dirname(resultPath);
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  const real = await realpath(folder);
  if (real !== root && !isInside(root, real)) {
    throw new RunError(
      `result-path: ${resultPathShown} leads outside the workspace: a symbolic link points to ${real}`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

async function guarded({ resultPathShown }: Target, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RunError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new RunError(`result-path: ${resultPathShown} cannot be written (${reason})`, { cause: error });
  }
}
