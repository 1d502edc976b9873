/** The commands that a team runs, as processes of their own: pipeline, training, model gate, drift check. */

import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import type { GateResult } from '../../core/gate/types.ts';
import { lastLines } from '../tools/process.ts';
import { features } from './patients.ts';
import { quietMlflow } from './servers.ts';
import { commit, modelName, repository, retrainWorkflow, type World } from './world.ts';

export interface PipelineRun {
  readonly manifest: string;
  readonly read: number;
  readonly rejected: number;
  /** In the dataset after the run. */
  readonly total: number;
}

/** @throws Error with what the pipeline said, when it did not finish. */
export async function runPipeline(world: World, folder: string, runId: string): Promise<PipelineRun> {
  const script = join(world.root, 'reference-infra/data-pipeline/etl/run-pipeline.ts');
  const args = [script, folder, '--run-id', runId, '--quiet'];
  const said = await mustRun(world, 'the pipeline', process.execPath, args, {});
  const manifest = resolve(world.out, /^manifest: (.+)$/m.exec(said)?.[1] ?? '');
  const { sources, steps, output } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  const sum = (all: readonly { readonly rows: Readonly<Record<string, number>> }[], name: string): number =>
    all.reduce((total, { rows }) => total + (rows[name] ?? 0), 0);
  const rejected = sum(sources, 'rejected') + sum(steps, 'rejected');
  return { manifest, read: sum(sources, 'read'), rejected, total: output.totalRows };
}

interface Manifest {
  readonly sources: readonly { readonly rows: Readonly<Record<string, number>> }[];
  readonly steps: readonly { readonly rows: Readonly<Record<string, number>> }[];
  readonly output: { readonly totalRows: number };
}

export interface Trained {
  /** Folder of the training. */
  readonly folder: string;
  /** Version in the registry, which has the alias `candidate`. */
  readonly version: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly rows: { readonly train: number; readonly holdout: number };
}

/** @throws Error with what the training said, when there is no model. */
export async function train(
  world: World,
  name: string,
  data: string,
  manifest: string | null,
): Promise<Trained> {
  const folder = join(world.out, 'models', name);
  const script = join(world.root, 'reference-infra/data-pipeline/training/train.py');
  const args = [script, '--data', data, '--out', folder, '--features', features.join(','), '--seed', '1'];
  if (manifest !== null) args.push('--manifest', manifest);
  args.push('--register', modelName, '--experiment', modelName);
  await mustRun(world, 'training', world.python, args, { MLFLOW_TRACKING_URI: world.mlflow, ...quietMlflow });
  const report = JSON.parse(readFileSync(join(folder, 'training-report.json'), 'utf8')) as TrainingReport;
  const count = (part: 'train' | 'holdout'): number =>
    Object.values(report.rows[part]).reduce((sum, rows) => sum + rows, 0);
  return {
    folder,
    version: report.mlflow.version,
    digest: report.model.digest,
    rows: { train: count('train'), holdout: count('holdout') },
  };
}

interface TrainingReport {
  readonly model: { readonly digest: string };
  readonly rows: Readonly<Record<'train' | 'holdout', Readonly<Record<string, number>>>>;
  readonly mlflow: { readonly version: string };
}

export interface Judged {
  readonly passed: boolean;
  readonly result: GateResult<unknown>;
  /** The HTML page. */
  readonly report: string;
}

export interface Question {
  readonly name: string;
  readonly version: string;
  readonly data: string;
  readonly thresholds: readonly string[];
  /** Judge against what the alias `champion` names. */
  readonly againstChampion: boolean;
}

/** The model gate, as `ml-gates validate-model`. @throws Error when it came to no verdict. */
export async function judgeModel(world: World, question: Question): Promise<Judged> {
  const { name, version, data, thresholds, againstChampion } = question;
  const script = join(world.root, 'cli/ml-gates.ts');
  const flags: Record<string, string> = {
    'model-path': `models:/${modelName}/${version}`,
    'data-path': relative(world.out, data),
    thresholds: thresholds.join('\n'),
    'result-path': `results/${name}.json`,
    id: name,
  };
  if (againstChampion) flags['baseline-path'] = `models:/${modelName}@champion`;
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  const env = { MLFLOW_TRACKING_URI: world.mlflow, NO_COLOR: '1' };
  const task = { name: 'the model gate', command: process.execPath, env, cwd: world.out };
  const { code, stdout, stderr } = await world.programs.run({
    ...task,
    args: [script, 'validate-model', ...args],
  });
  return judgedOf(world, name, code, `${stdout}\n${stderr}`);
}

/** The drift check, as a scheduled workflow starts it: with an issue, and a retraining at the first drifted run. */
export async function checkDrift(
  world: World,
  name: string,
  runId: number,
  paths: { readonly reference: string; readonly current: string },
): Promise<Judged> {
  const folder = join(world.root, 'action-drift-check');
  const action = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as ActionFile;
  const inputs: Record<string, string> = {};
  for (const [input, { default: value }] of Object.entries(action.inputs)) inputs[input] = value ?? '';
  Object.assign(inputs, {
    'reference-path': relative(world.out, paths.reference),
    'current-path': relative(world.out, paths.current),
    columns: features.join('\n'),
    'result-path': `results/${name}.json`,
    'report-artifact': '',
    'github-token': 'test-token',
    'retrain-workflow': retrainWorkflow,
    'retrain-after': '1',
    id: modelName,
  });
  const variables = Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value]);
  const { code, stdout, stderr } = await world.programs.run({
    name: 'the drift check',
    command: process.execPath,
    args: [join(folder, 'src/index.ts')],
    env: {
      ...Object.fromEntries(variables),
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: world.github.url,
      GITHUB_EVENT_NAME: 'schedule',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REPOSITORY: repository,
      GITHUB_RUN_ID: String(runId),
      GITHUB_SHA: commit,
      GITHUB_WORKSPACE: world.out,
      GITHUB_OUTPUT: join(world.programs.folder, `${name}.outputs`),
      GITHUB_STEP_SUMMARY: join(world.programs.folder, `${name}.md`),
    },
    cwd: world.out,
  });
  return judgedOf(world, name, code, `${stdout}\n${stderr}`);
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
}

/** The document decides, and the exit code must agree with it. */
function judgedOf({ out }: World, name: string, code: number, said: string): Judged {
  const path = join(out, 'results', `${name}.json`);
  let result: GateResult<unknown>;
  try {
    result = JSON.parse(readFileSync(path, 'utf8')) as GateResult<unknown>;
  } catch {
    throw new Error(`${name} came to no verdict (exit code ${code}):\n${lastLines(said, 15)}`);
  }
  const passed = result.predicate.gate.verdict === 'pass';
  if (passed !== (code === 0))
    throw new Error(`${name}: the document says ${result.predicate.gate.verdict}, the exit code is ${code}`);
  return { passed, result, report: path.replace(/\.json$/, '.html') };
}

/** @returns what it wrote to standard output */
async function mustRun(
  world: World,
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await world.programs.run({ name, command, args, env, cwd: world.out });
  if (code !== 0)
    throw new Error(`${name} ended with exit code ${code}:\n${lastLines(`${stdout}\n${stderr}`, 15)}`);
  return stdout;
}
