/** Training: the same bytes from the same data, whatever their order, and numbers that other programs agree with. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../../core/stats/index.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { ensurePython } from '../../../scripts/tools/python.ts';
import { runModelGate } from '../../support/run-model-gate.ts';
import { readReport, runTraining, training } from './support.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
let said: string;
/** The rows as two files in one folder, and as one file in another order. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'training-'));
  const random = new Random(5);
  const rows = Array.from({ length: 1_200 }, (_, i) => {
    const label = random.uniform() < 0.4 ? 1 : 0;
    const near = (mean: number): string => (mean + random.normal()).toFixed(4);
    return `k${i},${near(label * 1.5)},${near(-label)},${near(0)},${label}`;
  });
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(at(name), `${['id,a,b,c,label', ...lines].join('\n')}\n`);
  mkdirSync(at('parts/day=2'), { recursive: true });
  write('parts/first.csv', rows.slice(0, 500));
  write('parts/day=2/second.csv', rows.slice(500));
  write('whole.csv', [...rows].reverse());
  said = await train('parts', 'one', '--seed', '3');
  await train('whole.csv', 'two', '--seed', '3');
  await train('parts', 'other', '--seed', '4');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function train(data: string, out: string, ...more: readonly string[]): Promise<string> {
  const args = ['--data', at(data), '--out', at(out), '--features', 'a,b,c', ...more];
  const { code, stdout, stderr } = await runTraining(args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

const model = (out: string): string => readFileSync(at(`${out}/model/model.onnx`), 'base64');

test('its own tests pass', async () => {
  const { python } = await ensurePython();
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', MLFLOW_DISABLE_TELEMETRY: 'true' };
  const args = [
    '-W',
    'ignore',
    '-m',
    'unittest',
    'discover',
    '--top-level-directory',
    '.',
    '--start-directory',
    'tests',
  ];
  const { code, stderr } = await runProcess(python, args, { cwd: training, env, timeoutMs: 240_000 });
  expect(stderr).toMatch(/^Ran \d{2} tests in [\s\S]*\n\nOK\n$/m);
  expect(code).toBe(0);
});

test('the same seed and rows give the same bytes, in whatever files and order the rows come; another seed others', () => {
  expect(said).toMatch(
    /^trained on \d+ rows; on \d+ held-out rows: accuracy 0\.\d{4}, .*\nwrote .*; nothing was logged/,
  );
  expect(model('two')).toBe(model('one'));
  expect(model('other')).not.toBe(model('one'));
  const text = (out: string, file: string): string => readFileSync(at(`${out}/${file}`), 'utf8');
  expect(text('two', 'model/MLmodel')).toBe(text('one', 'model/MLmodel'));
  // The seed has no say in what is held out, so that the models of two seeds can be compared.
  expect(text('two', 'holdout.csv')).toBe(text('one', 'holdout.csv'));
  expect(text('other', 'holdout.csv')).toBe(text('one', 'holdout.csv'));
  const { model: digests, onnxDifference } = readReport(at('one'));
  expect(digests.digest).toBe(readReport(at('two')).model.digest);
  expect(onnxDifference).toBeLessThanOrEqual(1e-6);
});

test('the gate, in another language and on another runtime, measures what the report says', async () => {
  const { metrics, rows } = readReport(at('two'));
  const judged = await runModelGate({
    'model-path': at('two/model'),
    'data-path': at('two/holdout.csv'),
    thresholds: 'accuracy >= 0.8\nroc_auc >= 0.8\nlog_loss <= 1',
  });
  expect(judged.verdict).toBe('pass');
  for (const [mine, its] of [
    ['accuracy', 'accuracy'],
    ['f1_macro', 'f1(macro)'],
    ['roc_auc', 'roc_auc'],
    ['log_loss', 'log_loss'],
  ] as const)
    expect(judged.metrics[its], its).toBeCloseTo(metrics[mine] ?? Number.NaN, 6);
  const heldOut = Object.values(rows.holdout).reduce((sum, n) => sum + n, 0);
  expect(judged.judged[0]?.measurement.estimate).toMatchObject({ n: heldOut });
});

test('another solver, on the rows that the report trained on, finds the same probabilities', async () => {
  const script = [
    'import sys, numpy as np, onnxruntime, pandas as pd',
    'from sklearn.linear_model import LogisticRegression',
    'rows, held = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])',
    'rows = rows[~rows.id.isin(held.id)]; x = rows[["a", "b", "c"]]; mean, scale = x.mean(), x.std(ddof=0)',
    'fitted = LogisticRegression(solver="lbfgs", tol=1e-10).fit(((x - mean) / scale).to_numpy(), rows.label)',
    'wanted = fitted.predict_proba(((held[["a", "b", "c"]] - mean) / scale).to_numpy())',
    'said = onnxruntime.InferenceSession(sys.argv[3]).run(["probabilities"], {"X": held[["a", "b", "c"]].to_numpy("float32")})[0]',
    'print(np.abs(said - wanted).max())',
  ].join('\n');
  const { python } = await ensurePython();
  const paths = ['whole.csv', 'two/holdout.csv', 'two/model/model.onnx'].map(at);
  const { stdout, stderr } = await runProcess(python, ['-c', script, ...paths], { timeoutMs: 120_000 });
  expect(stderr).toBe('');
  // SAGA stops at a tolerance of 1e-4 in the coefficients.
  expect(Number(stdout)).toBeLessThan(5e-4);
});

test('help and mistakes are texts, not traces', async () => {
  const help = await runTraining(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('--features');
  const wrong = await runTraining(['--data', at('gone'), '--out', at('x'), '--features', 'a', '--sed', '1']);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toBe('train: unrecognized arguments: --sed 1; did you mean `--seed`?\n');
});
