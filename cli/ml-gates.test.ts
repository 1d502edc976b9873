import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const models = join(root, 'test/fixtures/models');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-gates-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function mlGates(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/ml-gates.ts'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

const model = ['--model-path', join(models, 'logistic-binary/model.onnx')];
const data = ['--data-path', join(models, 'logistic-binary/data.tsv')];

test('a passing model exits with 0, a failing one with 1, both with a result and a page', () => {
  const good = mlGates('validate-model', ...model, ...data);
  expect(good.stderr).toMatch(/^\S*data\.tsv: [\d,]+ rows, 9 columns \(tsv\)\n$/);
  expect(good.status).toBe(0);
  expect(good.stdout).toMatch(/^Model gate passed: 1 check/);
  expect(good.stdout).toContain('report: gate-results/validate-model.html');
  expect(existsSync(join(folder, 'gate-results/validate-model.html'))).toBe(true);

  const bad = mlGates('validate-model', ...model, ...data, '--min-accuracy', '99%');
  expect(bad.status).toBe(1);
  expect(bad.stdout).toMatch(/^Model gate failed: 1 of 1 check/);
  const result = JSON.parse(readFileSync(join(folder, 'gate-results/validate-model.json'), 'utf8'));
  expect(result.predicate.result).toBe('FAILED');
});

test('--enforce false reports a failure and exits with 0', () => {
  const run = mlGates('validate-model', ...model, ...data, '--min-accuracy', '99%', '--enforce', 'false');
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/^Model gate failed/);
});

test('an inconclusive check is red unless told otherwise', () => {
  const thresholds = ['--thresholds', 'accuracy >= 0.92 at 99%'];
  const strict = mlGates('validate-model', ...model, ...data, ...thresholds);
  expect(strict.stdout).toMatch(/^Model gate inconclusive/);
  expect(strict.stdout).toMatch(/more\) would settle it/);
  expect(strict.status).toBe(1);
  const lenient = mlGates('validate-model', ...model, ...data, ...thresholds, '--on-inconclusive', 'warn');
  expect(lenient.status).toBe(0);
});

test('mistakes are told apart from verdicts, all at once, without a stack trace', () => {
  const run = mlGates('validate-model', ...model, '--confidence', 'high', '--thresholds', 'acuracy >= 0.8');
  expect(run.status).toBe(1);
  expect(run.stdout).toBe('');
  expect(run.stderr).toMatch(/^Model gate could not run\n/);
  expect(run.stderr).toContain('did you mean `accuracy`?');
  expect(run.stderr).toContain('confidence: "high"');
  expect(run.stderr).toContain('data-path: labelled test data are required');
  expect(run.stderr).not.toMatch(/\n\s+at /);
});

test('help lists the gates, and the inputs of a gate', () => {
  expect(mlGates('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('validate-model') });
  const help = mlGates('validate-model', '--help');
  expect(help.stdout).toContain('--min-slice-size (default: 30)');
  expect(help.stdout).not.toContain('github-token');
});

test('an unknown gate is named beside those that exist', () => {
  expect(mlGates('validate-modle', ...model)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(
      'there is no gate `validate-modle`; gates: deploy, drift-check, perf-gate, validate-data, validate-model',
    ),
  });
});

test('a reader that goes away, as `head` does, changes nothing', () => {
  const gate = [process.execPath, join(root, 'cli/ml-gates.ts'), 'validate-model', ...model, ...data];
  const pipe = spawnSync('bash', ['-c', 'set -o pipefail; "$@" | true', 'bash', ...gate], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(pipe.stderr).not.toContain('EPIPE');
  expect(pipe.status).toBe(0);
});
