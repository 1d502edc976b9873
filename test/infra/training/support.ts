/** `train.py` as a user runs it, in the environment of the tests. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import { ensurePython } from '../../../scripts/tools/python.ts';
import { mlflowEnv } from '../../support/mlflow-server.ts';

export const training = resolve(import.meta.dirname, '../../../reference-infra/data-pipeline/training');

/** What the tests look at of `training-report.json`. */
export interface TrainingReport {
  readonly model: { readonly path: string; readonly digest: string };
  readonly data: { readonly digest: string };
  readonly commit: string | null;
  readonly rows: Readonly<Record<'train' | 'holdout', Readonly<Record<string, number>>>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly onnxDifference: number;
  readonly mlflow?: { readonly runId: string; readonly version: string | null };
}

export async function runTraining(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  const { python, bin } = await ensurePython();
  return await runProcess(python, [join(training, 'train.py'), ...args], {
    env: { ...mlflowEnv(bin), ...env },
    timeoutMs: 400_000,
  });
}

export function readReport(folder: string): TrainingReport {
  return JSON.parse(readFileSync(join(folder, 'training-report.json'), 'utf8')) as TrainingReport;
}
