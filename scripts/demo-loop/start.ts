/** The world of a loop: what must be installed, the servers that everything needs, and an empty folder. */

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type GitHubServer, startGitHubServer } from '../../test/support/github-server.ts';
import { toolsRoot } from '../tools/cache.ts';
import { ensureDataPipeline } from '../tools/data-pipeline.ts';
import { ensureMlApi } from '../tools/ml-api.ts';
import { ensurePython } from '../tools/python.ts';
import { startMlflow } from './servers.ts';
import { repository, retrainWorkflow, type World } from './world.ts';

/** Says that the folder is ours to empty. */
const marker = '.made-by-demo-loop';

/** @throws Error for a folder that holds other things. */
export function emptyFolder(out: string): void {
  const names = existsSync(out) ? readdirSync(out) : [];
  if (names.length > 0 && !names.includes(marker))
    throw new Error(
      `${out} holds other things; allowed for --out: an empty folder, or one of an earlier loop`,
    );
  for (const name of names) rmSync(join(out, name), { recursive: true, force: true });
  mkdirSync(join(out, marker), { recursive: true });
}

/** Installs what is missing, in words. */
export async function installAll(say: (line: string) => void): Promise<string> {
  const log = (line: string): void => say(`the first time only: ${line}`);
  await ensureMlApi({ log, types: false });
  await ensureDataPipeline({ log, types: false });
  const { python, origin } = await ensurePython({ log });
  if (origin === 'built') say(`MLflow and scikit-learn are in ${toolsRoot()} now`);
  return python;
}

export async function startWorld(
  { out, root, programs, python }: Pick<World, 'out' | 'root' | 'programs' | 'python'>,
  github: GitHubServer,
): Promise<World> {
  const mlflow = await startMlflow(programs, python);
  return { out, root, programs, python, github, mlflow };
}

/** GitHub's API as the tests have it, with a workflow that retrains. */
export async function startGitHub(): Promise<GitHubServer> {
  const github = await startGitHubServer({ repository });
  const inputs = ['result-digest', 'drifted-columns', 'issue-number', 'run-url'];
  github.state.workflows = [{ file: retrainWorkflow, inputs }];
  return github;
}
