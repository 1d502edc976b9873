import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { lastLines, type ProcessResult, runProcess } from '../tools/process.ts';

/** `.ci/run` in a project of the same shape whose scripts do nothing but succeed or fail. */

const root = resolve(import.meta.dirname, '../..');
const projects: string[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) rmSync(project, { recursive: true, force: true });
});

const readme = 'Start:\n\n<!-- ci -->\n```sh\nnpm run demo\nnpm test\n```\n';
const goodScripts = {
  demo: 'true',
  test: 'npm run lint && npm run types && npm run test:unit && npm run dist:check',
  lint: 'true',
  types: 'true',
  'test:unit': 'cp unit.json "$ML_GATES_TEST_REPORT"',
  'dist:check': 'true',
  'test:integration': 'cp integration.json "$ML_GATES_INTEGRATION_REPORT"',
};

function report(...statuses: string[]): string {
  const assertionResults = statuses.map((status, index) => ({ status, fullName: `test ${index}` }));
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  return JSON.stringify({
    success: status === 'passed',
    testResults: [{ name: 'a.test.ts', status, assertionResults }],
  });
}

function createProject(overrides: Record<string, string>, files: Record<string, string>): string {
  const project = mkdtempSync(join(tmpdir(), 'ci-run-'));
  projects.push(project);
  mkdirSync(join(project, '.ci'));
  cpSync(join(root, '.ci/run'), join(project, '.ci/run'));
  cpSync(join(root, 'scripts/ci'), join(project, 'scripts/ci'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  const manifest = {
    name: 'ml-gates',
    version: '1.0.0',
    type: 'module',
    scripts: { ...goodScripts, ...overrides },
  };
  const contents = {
    'package.json': JSON.stringify(manifest),
    'README.md': readme,
    'unit.json': report('passed', 'passed'),
    'integration.json': report('passed'),
    ...files,
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(project, name), content);
  return project;
}

async function runCi(
  overrides: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<ProcessResult & { lastLine: string | undefined }> {
  const project = createProject(overrides, files);
  const result = await runProcess(join(project, '.ci/run'), [], { timeoutMs: 50_000 });
  return { ...result, lastLine: lastLines(result.stdout, 1) };
}

test('the commands of the README and the integration tests are run and summed', async () => {
  const run = await runCi();
  // demo, lint, types, dist:check, two unit tests and one integration test.
  expect(run.lastLine).toBe('7 passed, 0 failed');
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('=== npm run demo\n');
  expect(run.stdout).toContain('=== npm test\n');
});

test('a script that fails counts once, what follows it in its chain does not run, later commands do', async () => {
  const run = await runCi({ types: 'echo the types are wrong; exit 2' });
  expect(run.lastLine).toBe('3 passed, 1 failed');
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('the types are wrong');
  expect(run.stdout).toContain('FAILED: npm run types (exit code 2)');
});

test('failed and skipped tests are counted one by one', async () => {
  const scripts = { 'test:unit': `${goodScripts['test:unit']}; exit 1` };
  const run = await runCi(scripts, { 'unit.json': report('passed', 'failed', 'pending') });
  expect(run.lastLine).toBe('5 passed, 2 failed');
  expect(run.code).toBe(1);
});

test('a runner without a test or without a report is a failure', async () => {
  const empty = await runCi({}, { 'integration.json': report() });
  expect([empty.lastLine, empty.code]).toEqual(['6 passed, 1 failed', 1]);
  const none = await runCi({ 'test:unit': 'true' });
  expect([none.lastLine, none.code]).toEqual(['5 passed, 1 failed', 1]);
});

test('a runner that fails though its tests passed is a failure', async () => {
  const run = await runCi({ 'test:integration': `${goodScripts['test:integration']}; exit 1` });
  expect([run.lastLine, run.code]).toEqual(['7 passed, 1 failed', 1]);
});

test('a README without the two commands is a failure', async () => {
  const run = await runCi({}, { 'README.md': 'nothing to run' });
  expect([run.lastLine, run.code]).toEqual(['1 passed, 1 failed', 1]);
});

test('the last line comes also when the run is ended by a signal, and nothing runs on', async () => {
  const project = createProject({ lint: 'echo $$ > pid; exec sleep 600' }, {});
  const pidFile = join(project, 'pid');
  const run = spawn(join(project, '.ci/run'), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => run.once('close', done));
  let stdout = '';
  run.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(20);
  run.kill('SIGTERM');
  expect(await ended).toBe(1);
  expect(lastLines(stdout, 1)).toBe('1 passed, 1 failed');
  const commandLine = `/proc/${readFileSync(pidFile, 'utf8').trim()}/cmdline`;
  expect(existsSync(commandLine) ? readFileSync(commandLine, 'utf8') : '').not.toContain('sleep');
});
