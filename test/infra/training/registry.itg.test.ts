/** Training and a real MLflow: what it logs, which aliases it moves, and what it says of a server that it cannot use. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../../core/stats/index.ts';
import { setAlias } from '../../support/mlflow-registry.ts';
import { type MlflowServer, startMlflowServer } from '../../support/mlflow-server.ts';
import { runModelGate } from '../../support/run-model-gate.ts';
import { readReport, runTraining } from './support.ts';

let server: MlflowServer;
let folder: string;
const at = (name: string): string => join(folder, name);
const flags = (out: string, ...more: readonly string[]): string[] => [
  ...['--data', at('data.csv'), '--out', at(out), '--features', 'a,b', ...more],
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'training-registry-'));
  const random = new Random(9);
  const rows = Array.from({ length: 600 }, (_, i) => {
    const label = random.uniform() < 0.5 ? 'late' : 'in time';
    const shift = label === 'late' ? 1.5 : 0;
    return `k${i},${(shift + random.normal()).toFixed(3)},${random.normal().toFixed(3)},${label}`;
  });
  writeFileSync(at('data.csv'), `${['id,a,b,label', ...rows].join('\n')}\n`);
  server = await startMlflowServer({ serveArtifacts: true, basicAuth: true });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(path: string): Promise<string> {
  const { username = '', password = '' } = server.credentials ?? {};
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const response = await fetch(`${server.url}/api/2.0/mlflow/${path}`, {
    headers: { authorization: `Basic ${login}` },
  });
  return await response.text();
}

const versionOf = async (alias: string): Promise<string | undefined> =>
  /"version": "(\d+)"/.exec(await ask(`registered-models/alias?name=parcels&alias=${alias}`))?.[1];

test('the run has parameters, metrics, digests and the model; candidate moves on, champion stays', async () => {
  const commit = 'c'.repeat(40);
  const env = { ...server.clientEnv, GITHUB_SHA: commit };
  const first = await runTraining(flags('one', '--register', 'parcels'), env);
  expect(first.stderr).toBe('');
  expect(first.stdout).toMatch(/, logged as run [0-9a-f]{32} and as parcels version 1 \(candidate\)\n$/);
  expect(await versionOf('candidate')).toBe('1');
  expect(await versionOf('champion')).toBeUndefined();
  await setAlias(server, 'parcels', 'champion', '1');
  const second = await runTraining(flags('two', '--register', 'parcels', '--seed', '7'), env);
  expect(second.stdout).toContain('parcels version 2 (candidate)');
  expect([await versionOf('candidate'), await versionOf('champion')]).toEqual(['2', '1']);

  const report = readReport(at('two'));
  expect(report.mlflow?.version).toBe('2');
  const { run } = JSON.parse(await ask(`runs/get?run_id=${report.mlflow?.runId}`)) as Run;
  const params = Object.fromEntries(run.data.params.map(({ key, value }) => [key, value]));
  expect(params).toMatchObject({ seed: '7', features: 'a,b', label: 'label', key: 'id', c: '1.0' });
  const rows = Object.values(report.rows.train).reduce((sum, each) => sum + each, 0);
  expect(params.rows_train).toBe(String(rows));
  const metrics = Object.fromEntries(run.data.metrics.map(({ key, value }) => [key, value]));
  expect(metrics).toEqual(report.metrics);
  const tags = Object.fromEntries(run.data.tags.map(({ key, value }) => [key, value]));
  expect(tags).toMatchObject({
    git_commit: commit,
    data_digest: report.data.digest,
    model_digest: report.model.digest,
  });
  const sha = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
  expect(report.model.digest).toBe(`sha256:${sha(at('two/model/model.onnx'))}`);
  const listed = createHash('sha256')
    .update(`${sha(at('data.csv'))}  data.csv\n`)
    .digest('hex');
  expect(report.data.digest).toBe(`sha256:${listed}`);
  expect(report.commit).toBe(commit);
  // Two trainings, for a machine that does other things beside them.
}, 900_000);

test('the gate takes the candidate by its alias, and judges the bytes that training wrote', async () => {
  const env = { ...server.clientEnv };
  const given = { 'data-path': at('two/holdout.csv'), thresholds: 'accuracy >= 0.6' };
  const judged = await runModelGate({ 'model-path': 'models:/parcels@candidate', ...given }, env);
  expect(judged.verdict).toBe('pass');
  const { model, metrics } = readReport(at('two'));
  expect(judged.subject.map(({ digest }) => `sha256:${digest.sha256}`)).toContain(model.digest);
  expect(judged.metrics.accuracy).toBeCloseTo(metrics.accuracy ?? Number.NaN, 9);
});

test('a wrong password and a server that is not there are said; the folder stays empty, and nothing is given away', async () => {
  const password = 'not-the-password';
  const env = { ...server.clientEnv, MLFLOW_TRACKING_PASSWORD: password };
  const refused = await runTraining(flags('three', '--register', 'parcels'), env);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^train: MLflow at http:\/\/127\.0\.0\.1:\d+ did not take the run: .*401/);
  expect(refused.stderr).not.toContain(password);
  expect(refused.stderr).not.toContain('Traceback');
  const gone = await runTraining(flags('three', '--mlflow-tracking-uri', 'http://me:secret@127.0.0.1:1'), {
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
  });
  expect(gone.code).toBe(1);
  expect(gone.stderr).toMatch(/^train: MLflow at http:\/\/127\.0\.0\.1:1 /);
  expect(gone.stderr).not.toContain('secret');
  expect(gone.stderr.split('\n')).toHaveLength(2);
  expect(existsSync(at('three'))).toBe(false);
  expect(await versionOf('candidate')).toBe('2');
});

interface Run {
  readonly run: {
    readonly data: Readonly<
      Record<'params' | 'tags', readonly { readonly key: string; readonly value: string }[]>
    > & { readonly metrics: readonly { readonly key: string; readonly value: number }[] };
  };
}
