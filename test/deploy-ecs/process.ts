/** The action as a process, from its sources: with the inputs that a runner gives, against servers of the test. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { DeployDetails } from '../../action-deploy/src/types.ts';
import type { GateResult } from '../../core/gate/types.ts';

const project = resolve(import.meta.dirname, '../..');
export const commit = 'a'.repeat(40);

export interface Ended {
  readonly code: number | null;
  readonly log: string;
  /** Null: none was written. */
  readonly result: GateResult<DeployDetails> | null;
}

export interface Running {
  readonly process: ChildProcess;
  /** So far. */
  log(): string;
  readonly ended: Promise<Ended>;
}

/** @param given inputs; others have the defaults of action.yml */
export function startDeploy(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Running {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-process-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const payload = join(folder, 'event.json');
  writeFileSync(payload, '{}');
  const child = spawn(process.execPath, [join(project, 'action-deploy/src/index.ts')], {
    cwd: workspace,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_NAME: 'push',
      GITHUB_EVENT_PATH: payload,
      GITHUB_REPOSITORY: 'octo/iris',
      GITHUB_SHA: commit,
      GITHUB_REF: 'refs/heads/main',
      GITHUB_RUN_ID: '99',
      ...inputsOf(given),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const hear = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code) => {
      const result = resultIn(workspace);
      rmSync(folder, { recursive: true, force: true });
      done({ code, log, result });
    });
  });
  return { process: child, log: () => log, ended };
}

function inputsOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const { inputs } = parse(readFileSync(join(project, 'action-deploy/action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  const usual: Readonly<Record<string, string>> = { 'github-token': '', 'report-artifact': '' };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: value }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ?? usual[name] ?? value ?? '',
    ]),
  );
}

function resultIn(workspace: string): GateResult<DeployDetails> | null {
  try {
    const text = readFileSync(join(workspace, 'gate-results/deploy.json'), 'utf8');
    return JSON.parse(text) as GateResult<DeployDetails>;
  } catch {
    return null;
  }
}
