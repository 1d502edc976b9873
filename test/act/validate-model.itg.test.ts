import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ActRun, runAct, stepOf } from '../support/act.ts';
import { copyReleasedAction } from '../support/action-folder.ts';
import { type GitHubServer, startGitHubServer } from '../support/github-server.ts';
import { type ResultsServer, startResultsServer } from '../support/results-server.ts';
import { validateModelWorkflow } from './validate-model-workflow.ts';

/**
 * The bundle as a workflow runs it: `uses: org/action-validate-model@v1`, inputs from `with`, outputs read by the next
 * step, the comment and the artifact sent to servers that check every call.
 */

const fixture = 'test/fixtures/models/logistic-binary-zipmap';
const data = readFileSync(`${fixture}/data.csv`, 'utf8');
const expected = JSON.parse(readFileSync(`${fixture}/expected.json`, 'utf8')) as {
  n: number;
  metrics: Record<string, number>;
};
const headSha = 'a'.repeat(40);

let action: string;
beforeAll(() => {
  action = mkdtempSync(join(tmpdir(), 'action-validate-model-'));
  copyReleasedAction('action-validate-model', action, ['onnxruntime']);
});
afterAll(() => rmSync(action, { recursive: true, force: true }));

let github: GitHubServer;
let results: ResultsServer;
beforeEach(async () => {
  github = await startGitHubServer();
  results = await startResultsServer();
});
afterEach(async () => {
  await github.close();
  await results.close();
});

function pullRequest(headRepository = 'octo/models'): unknown {
  return {
    action: 'synchronize',
    number: 12,
    repository: { full_name: 'octo/models', private: false },
    pull_request: {
      number: 12,
      head: {
        sha: headSha,
        ref: 'new-model',
        repo: { full_name: headRepository, fork: headRepository !== 'octo/models' },
      },
      base: { ref: 'main', repo: { full_name: 'octo/models' } },
    },
  };
}

function run(options: { csv?: string; payload?: unknown } = {}): Promise<ActRun> {
  return runAct({
    workflow: validateModelWorkflow,
    event: 'pull_request',
    payload: options.payload ?? pullRequest(),
    repository: 'octo/models',
    files: { 'model.onnx': { copyOf: `${fixture}/model.onnx` }, 'data/test.csv': options.csv ?? data },
    actions: { 'org/action-validate-model@v1': action },
    env: { GITHUB_API_URL: github.url, ...results.env },
    secrets: { GITHUB_TOKEN: 'test-token' },
  });
}

function outboxText(result: ActRun, name: string): string {
  const content = result.outbox.get(name);
  if (content === undefined) throw new Error(`no step wrote ${name}`);
  return content.toString('utf8');
}

function outputsOf(result: ActRun, job: string): Record<string, string> {
  return JSON.parse(outboxText(result, `${job}.outputs.json`)) as Record<string, string>;
}

test('a pull request: verdicts, outputs, annotations, summary, comment and artifact', async () => {
  const result = await run();
  expect([...result.jobs.values()].map(({ id, result: outcome }) => [id, outcome]).sort()).toEqual([
    ['failing', 'failure'],
    ['mistaken', 'success'],
    ['passing', 'success'],
  ]);
  github.expectNoViolations();
  results.expectNoViolations();
  assertPassing(result);
  assertFailing(result);
  assertMistaken(result);

  expect(github.state.comments.map((comment) => comment.issue)).toEqual([12, 12, 12]);
  expect(commentOf('release')).toContain('passed');
  expect(commentOf('strict')).toContain('0.9167 is below 0.99');
  expect(commentOf('mistaken')).toContain('modle.onnx does not exist');
  expect(results.artifacts.map((artifact) => artifact.name).sort()).toEqual([
    'validate-model-report-release',
    'validate-model-report-strict',
  ]);
  const uploaded = results.artifacts.find(({ name }) => name === 'validate-model-report-release')?.files;
  const byEnding = (ending: string): string =>
    [...(uploaded ?? [])].find(([path]) => path.endsWith(ending))?.[1].toString('utf8') ?? '';
  expect(byEnding('.json')).toBe(outboxText(result, 'passing.json'));
  expect(byEnding('.html')).toBe(outboxText(result, 'passing.html'));
});

function commentOf(id: string): string {
  const first = `<!-- ml-gates: validate-model/${id} -->`;
  const [comment, ...rest] = github.state.comments.filter(({ body }) => body.startsWith(first));
  expect(rest).toEqual([]);
  return comment?.body ?? '';
}

function assertPassing(result: ActRun): void {
  const outputs = outputsOf(result, 'passing');
  expect(stepOf(result, 'passing', 'gate').outputs).toEqual(outputs);
  expect(outputs).toMatchObject({ verdict: 'pass', 'failed-checks': '[]' });
  expect(Number(outputs.accuracy)).toBeCloseTo(expected.metrics.accuracy ?? Number.NaN, 9);
  const metrics = JSON.parse(outputs.metrics ?? '') as Record<string, number>;
  expect(metrics.roc_auc).toBeCloseTo(expected.metrics.roc_auc ?? Number.NaN, 6);

  const document = outboxText(result, 'passing.json');
  expect(outputs['result-digest']).toBe(`sha256:${createHash('sha256').update(document).digest('hex')}`);
  expect(JSON.parse(document)).toMatchObject({
    subject: [{ name: 'model.onnx' }],
    predicate: { result: 'PASSED', gate: { action: 'validate-model', verdict: 'pass', commit: headSha } },
  });
  expect(outputs['report-url']).toMatch(
    /^https:\/\/github\.com\/octo\/models\/actions\/runs\/1\/artifacts\/\d+$/,
  );
  expect(outboxText(result, 'passing.html')).toMatch(/^<!doctype html>/i);
  const { summary, annotations } = stepOf(result, 'passing', 'gate');
  expect(summary.split('\n')[0]).toMatch(/pass/i);
  expect(annotations.filter(({ level }) => level !== 'notice')).toEqual([]);
}

function assertFailing(result: ActRun): void {
  const outputs = outputsOf(result, 'failing');
  expect(outputs).toMatchObject({ verdict: 'fail', 'failed-checks': '["accuracy >= 0.99"]' });
  expect(JSON.parse(outboxText(result, 'failing.json'))).toMatchObject({ predicate: { result: 'FAILED' } });
  const { outcome, summary, annotations } = stepOf(result, 'failing', 'gate');
  expect(outcome).toBe('failure');
  expect(summary.split('\n')[0]).toMatch(/fail/i);
  const errors = annotations.filter(({ level }) => level === 'error');
  expect(errors[0]?.title).toContain('accuracy >= 0.99');
  expect(errors[0]?.message).toContain('0.9167');
  expect(() => stepOf(result, 'failing', 'not-reached')).toThrow('did not run');
}

function assertMistaken(result: ActRun): void {
  const { outputs, annotations, log } = stepOf(result, 'mistaken', 'gate');
  expect(outputs.verdict).toBeUndefined();
  expect(annotations.filter(({ level }) => level === 'error')).toEqual([
    expect.objectContaining({ message: expect.stringContaining('modle.onnx') }),
  ]);
  expect(log).not.toMatch(/^\s+at .*\.js:\d+/m);
}

test('a second run updates the comments whose text changed, and creates none', async () => {
  await run();
  const ids = github.state.comments.map(({ id }) => id);
  const before = { release: commentOf('release'), mistaken: commentOf('mistaken') };
  const lines = data.trimEnd().split('\n');
  // Artifact names are taken per workflow run.
  await results.close();
  results = await startResultsServer();
  await run({ csv: `${lines.slice(0, 201).join('\n')}\n` });
  github.expectNoViolations();
  expect(github.state.comments.map(({ id }) => id)).toEqual(ids);
  expect(github.count('issues/create-comment')).toBe(3);
  expect(github.count('issues/update-comment')).toBe(2);
  expect(commentOf('release')).not.toBe(before.release);
  expect(commentOf('mistaken')).toBe(before.mistaken);
});

test('a pull request from a fork: the verdicts stand, a notice says where the report is', async () => {
  const result = await run({ payload: pullRequest('stranger/models') });
  expect(outputsOf(result, 'passing').verdict).toBe('pass');
  expect(outputsOf(result, 'failing').verdict).toBe('fail');
  expect(github.received).toEqual([]);
  const { summary, annotations } = stepOf(result, 'passing', 'gate');
  expect(summary).toContain('roc_auc');
  expect(annotations).toContainEqual(
    expect.objectContaining({ level: 'notice', message: expect.stringContaining('read-only token') }),
  );
});

test('a token without the permission: the verdict stands, a notice names the permission', async () => {
  github.fail({
    operation: 'issues/create-comment',
    fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
  });
  const result = await run();
  expect(outputsOf(result, 'passing').verdict).toBe('pass');
  const { annotations, outcome } = stepOf(result, 'passing', 'gate');
  expect(outcome).toBe('success');
  expect(annotations).toContainEqual(
    expect.objectContaining({ level: 'notice', message: expect.stringContaining('pull-requests: write') }),
  );
});
