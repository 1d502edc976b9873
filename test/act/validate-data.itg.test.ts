import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ActRun, runAct, stepOf } from '../support/act.ts';
import type { ActAnnotation } from '../support/act-log.ts';
import { copyReleasedAction } from '../support/action-folder.ts';
import { type GitHubServer, startGitHubServer } from '../support/github-server.ts';
import { type ResultsServer, startResultsServer } from '../support/results-server.ts';
import { readXml } from '../support/strict-xml.ts';
import {
  broken,
  fixtures,
  good,
  headSha,
  lineOf,
  outboxText,
  outputsOf,
  pullRequest,
  violationsOf,
  wrong,
} from './validate-data-shop.ts';
import { validateDataWorkflow } from './validate-data-workflow.ts';

/**
 * The bundle as a workflow runs it: `uses: org/action-validate-data@v1`, inputs from `with`, outputs read by the next
 * step, comments, check run and artifacts sent to servers that check every call.
 */

const failedRules = [
  'unique(order_id)',
  'exists(customer in data/customers.csv:id)',
  'holds(shipped_at >= ordered_at)',
];

let action: string;
beforeAll(() => {
  action = mkdtempSync(join(tmpdir(), 'action-validate-data-'));
  copyReleasedAction('action-validate-data', action, ['duckdb']);
});
afterAll(() => rmSync(action, { recursive: true, force: true }));

let github: GitHubServer;
let results: ResultsServer;
beforeEach(async () => {
  github = await startGitHubServer({ repository: 'octo/shop' });
  results = await startResultsServer();
});
afterEach(async () => {
  await github.close();
  await results.close();
});

interface RunOptions {
  readonly workflow?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly payload?: unknown;
}

/** `files` stand beside, or in the place of, those of the shop. */
async function run({ workflow, files, payload }: RunOptions = {}): Promise<ActRun> {
  return await runAct({
    workflow: workflow ?? validateDataWorkflow,
    event: 'pull_request',
    payload: payload ?? pullRequest(),
    repository: 'octo/shop',
    files: {
      'data/orders.csv': good,
      'data/export.csv': broken,
      'data/customers.csv': { copyOf: `${fixtures}/customers.csv` },
      'schemas/order.schema.json': { copyOf: `${fixtures}/order.schema.json` },
      ...files,
    },
    actions: { 'org/action-validate-data@v1': action },
    env: { GITHUB_API_URL: github.url, ...results.env },
    secrets: { GITHUB_TOKEN: 'test-token' },
  });
}

function errorsOf(annotations: readonly ActAnnotation[]): ActAnnotation[] {
  return annotations.filter(({ level }) => level === 'error');
}

function commentOf(id: string): string {
  const first = `<!-- ml-gates: validate-data/${id} -->`;
  const [comment, ...rest] = github.state.comments.filter(({ body }) => body.startsWith(first));
  expect(rest).toEqual([]);
  return comment?.body ?? '';
}

test('a pull request: verdicts, outputs, annotations, summary, comment, check run and artifact', async () => {
  const result = await run();
  expect([...result.jobs.values()].map(({ id, result: outcome }) => [id, outcome]).sort()).toEqual([
    ['failing', 'failure'],
    ['inferring', 'success'],
    ['mistaken', 'success'],
    ['passing', 'success'],
  ]);
  github.expectNoViolations();
  results.expectNoViolations();
  assertPassing(result);
  assertFailing(result);
  assertMistaken(result);
  assertInferring(result);
  assertComments();
  assertCheckRun();
  assertArtifacts(result);
});

function assertPassing(result: ActRun): void {
  const outputs = outputsOf(result, 'passing');
  const { outputs: ofStep, summary, annotations } = stepOf(result, 'passing', 'gate');
  expect(ofStep).toEqual(outputs);
  expect(outputs).toMatchObject({
    verdict: 'pass',
    'failed-checks': '[]',
    rows: '400',
    'invalid-rows': '0',
    'schema-path': '',
    'result-path': 'gate-results/validate-data.json',
    'violations-path': 'gate-results/validate-data.violations.jsonl',
    'sarif-path': 'gate-results/validate-data.sarif',
    'junit-path': 'gate-results/validate-data.junit.xml',
  });
  const document = outboxText(result, 'passing.json');
  expect(outputs['result-digest']).toBe(`sha256:${createHash('sha256').update(document).digest('hex')}`);
  expect(JSON.parse(document)).toMatchObject({
    subject: [
      { name: 'data/orders.csv', digest: { sha256: createHash('sha256').update(good).digest('hex') } },
    ],
    predicate: { result: 'WARNED', gate: { action: 'validate-data', verdict: 'pass', commit: headSha } },
  });
  expect(outputs['report-url']).toMatch(
    /^https:\/\/github\.com\/octo\/shop\/actions\/runs\/1\/artifacts\/\d+$/,
  );
  expect(outboxText(result, 'passing.html')).toMatch(/^<!doctype html>/i);
  expect(outboxText(result, 'passing.violations.jsonl')).toBe('');
  expect(summary.split('\n')[0]).toBe('## ✅ Data gate (orders) passed: 6 checks, 1 warning');
  expect(summary).toContain('all 400 rows are valid');
  expect(annotations).toEqual([
    expect.objectContaining({ level: 'warning', title: expect.stringContaining('null_fraction(note)') }),
  ]);
}

function assertFailing(result: ActRun): void {
  const bad = wrong.flatMap(([, orders]) => orders);
  const outputs = outputsOf(result, 'failing');
  expect(outputs).toMatchObject({
    verdict: 'fail',
    'failed-checks': JSON.stringify(['invalid_rows <= 0', ...failedRules]),
    rows: '400',
    'invalid-rows': String(bad.length),
  });
  expect(JSON.parse(outboxText(result, 'failing.json'))).toMatchObject({ predicate: { result: 'FAILED' } });

  // Every bad row stands in each machine format, at its line.
  const lines = bad.map(lineOf).sort((a, b) => a - b);
  const violations = violationsOf(result, 'failing');
  expect(violations.map(({ line }) => line ?? 0).sort((a, b) => a - b)).toEqual(lines);
  const sarif = JSON.parse(outboxText(result, 'failing.sarif')) as {
    runs: [{ results: { locations: [{ physicalLocation: { region: { startLine: number } } }] }[] }];
  };
  const ofSarif = sarif.runs[0].results.map((each) => each.locations[0].physicalLocation.region.startLine);
  expect(ofSarif.sort((a, b) => a - b)).toEqual(lines);
  const cases = readXml(outboxText(result, 'failing.junit.xml'))
    .elements.filter(({ name, attributes }) => name === 'testcase' && attributes.has('line'))
    .map(({ attributes }) => [attributes.get('name'), Number(attributes.get('line'))]);
  expect(cases).toHaveLength(wrong.length);

  // One annotation a rule, those with most rows first, at the first row; `max-annotations: 5` leaves the rest out.
  const { outcome, summary, annotations, log } = stepOf(result, 'failing', 'gate');
  expect(outcome).toBe('failure');
  const errors = errorsOf(annotations);
  expect(errors).toHaveLength(5);
  expect(errors.slice(0, 3).map(({ title, file, line }) => [title, file, line])).toEqual(
    wrong
      .slice(0, 3)
      .map(([rule, orders]) => [`${rule}: ${orders.length} rows`, 'data/export.csv', lineOf(orders[0] ?? 0)]),
  );
  expect(errors[1]?.message).toContain('"8,97" is text, a number is required');
  expect(log).toContain('more errors not annotated (max-annotations: 5)');

  const first = `data/export&#46;csv&#58;${lineOf(16)}`;
  expect(summary.split('\n')[0]).toBe('## ❌ Data gate (export) failed: 4 of 6 checks, 1 warning');
  expect(summary.split('\n')[2]).toContain(
    `15 of 400 rows are invalid, most by quantity minimum (7 rows, first at ${first})`,
  );
  for (const [rule, orders] of wrong) {
    expect(summary).toContain(`| \`${rule}\` | ${orders.length} | `.replace('| `', '| ❌ `'));
  }
  expect(() => stepOf(result, 'failing', 'not-reached')).toThrow('did not run');
}

function assertMistaken(result: ActRun): void {
  const gate = stepOf(result, 'mistaken', 'gate');
  expect(gate.outputs).toEqual({});
  const [mistakes, ...others] = errorsOf(gate.annotations);
  expect(others).toEqual([]);
  expect(mistakes?.title).toBe('Data gate could not run');
  expect(mistakes?.message).toContain('mode: "check" is not one of its values; allowed: validate, infer');
  expect(mistakes?.message).toContain('max-invalid-rows: "few" is neither');
  expect(gate.log).not.toMatch(/^\s+at /m);

  const misnamed = stepOf(result, 'mistaken', 'misnamed');
  expect(misnamed.outputs).toEqual({});
  expect(errorsOf(misnamed.annotations)[0]?.message).toMatch(/`oder_id` is not a column .* `order_id`\?/);
}

function assertInferring(result: ActRun): void {
  const infer = stepOf(result, 'inferring', 'infer');
  expect(infer.outputs).toMatchObject({ verdict: 'pass', 'schema-path': 'inferred/order.schema.json' });
  expect(infer.summary).toContain('the schema was written to');
  const schema = JSON.parse(outboxText(result, 'inferred.schema.json')) as object;
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { status: { enum: ['open', 'returned', 'shipped'] }, ordered_at: { format: 'date' } },
  });

  const { outcome } = stepOf(result, 'inferring', 'gate');
  expect(outcome).toBe('success');
  const outputs = outputsOf(result, 'inferring');
  const rejected = wrong.slice(0, 4).flatMap(([, orders]) => orders).length;
  expect(outputs).toMatchObject({ verdict: 'fail', 'invalid-rows': String(rejected), 'schema-path': '' });
}

function assertComments(): void {
  expect(github.state.comments.map(({ issue }) => issue)).toEqual([12, 12, 12, 12, 12, 12]);
  expect(commentOf('orders')).toContain('passed: 6 checks');
  expect(commentOf('export')).toContain('15 of 400 rows are invalid');
  expect(commentOf('export')).toContain('customer is not in data/customers&#46;csv&#58;id for 1 row');
  expect(commentOf('mistaken')).toContain('There is no verdict: nothing was judged.');
  expect(commentOf('misnamed')).toContain('did you mean `order_id`?');
}

function assertCheckRun(): void {
  const [check, ...others] = github.state.checkRuns;
  expect(others).toEqual([]);
  expect(check).toMatchObject({ name: 'validate-data (export)', headSha, conclusion: 'failure' });
  const places = check?.annotations.map((annotation) => {
    const { path, start_line, title } = annotation as Record<string, unknown>;
    return `${path}:${start_line} ${title}`;
  });
  for (const [rule, orders] of wrong) {
    const rows = orders.length === 1 ? '1 row' : `${orders.length} rows`;
    expect(places).toContain(`data/export.csv:${lineOf(orders[0] ?? 0)} ${rule}: ${rows}`);
  }
}

function assertArtifacts(result: ActRun): void {
  const endings = ['html', 'json', 'junit.xml', 'sarif', 'violations.jsonl'];
  const expected = new Map([
    ['validate-data-report-by-inferred', endings.map((ending) => `validate-data.${ending}`)],
    ['validate-data-report-export', endings.map((ending) => `validate-data.${ending}`)],
    [
      'validate-data-report-inferred',
      [...endings, 'schema.json'].map((ending) => `inferred.${ending}`).sort(),
    ],
    ['validate-data-report-orders', endings.map((ending) => `validate-data.${ending}`)],
  ]);
  expect(new Map(results.artifacts.map(({ name, files }) => [name, [...files.keys()].sort()]))).toEqual(
    expected,
  );
  const uploaded = (id: string, file: string): string | undefined =>
    results.artifacts
      .find(({ name }) => name === `validate-data-report-${id}`)
      ?.files.get(file)
      ?.toString('utf8');
  for (const ending of endings) {
    expect(uploaded('export', `validate-data.${ending}`), ending).toBe(
      outboxText(result, `failing.${ending}`),
    );
  }
  expect(uploaded('inferred', 'inferred.schema.json')).toBe(outboxText(result, 'inferred.schema.json'));
}

test('a second run with a mended export updates its comments, and creates none', async () => {
  await run();
  const ids = github.state.comments.map(({ id }) => id);
  const mistaken = commentOf('mistaken');
  // Artifact names are taken per workflow run.
  await results.close();
  results = await startResultsServer();
  const mended = broken.replaceAll('shiped', 'shipped');
  const result = await run({ files: { 'data/export.csv': mended } });
  github.expectNoViolations();
  expect(outputsOf(result, 'failing')).toMatchObject({ verdict: 'fail', 'invalid-rows': '15' });
  expect(github.state.comments.map(({ id }) => id)).toEqual(ids);
  expect(github.count('issues/create-comment')).toBe(6);
  expect(commentOf('export')).toContain('12 of 400 rows are invalid');
  expect(commentOf('mistaken')).toBe(mistaken);
});

test('a pull request from a fork: the verdicts stand, a notice says where the report is', async () => {
  const result = await run({ payload: pullRequest('stranger/shop') });
  expect(outputsOf(result, 'passing').verdict).toBe('pass');
  expect(outputsOf(result, 'failing').verdict).toBe('fail');
  expect(github.received).toEqual([]);
  const { summary, annotations } = stepOf(result, 'failing', 'gate');
  expect(summary).toContain('15 of 400 rows are invalid');
  expect(annotations).toContainEqual(
    expect.objectContaining({ level: 'notice', message: expect.stringContaining('read-only token') }),
  );
});

test('a token without permissions: the verdicts stand, a notice names each permission', async () => {
  for (const operation of ['issues/create-comment', 'checks/create']) {
    github.fail({
      operation,
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
  }
  const result = await run();
  expect(outputsOf(result, 'passing').verdict).toBe('pass');
  expect(outputsOf(result, 'failing').verdict).toBe('fail');
  const notices = stepOf(result, 'failing', 'gate').annotations.filter(({ level }) => level === 'notice');
  expect(notices.map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('pull-requests: write'),
      expect.stringContaining('checks: write'),
    ]),
  );
});

test('what cells, headers and file names hold is shown, and is never a command, an output or a link', async () => {
  const name = 'hostile/%0A::error::name.csv';
  const command = '::error file=README.md::injected';
  const rows = [
    `\n${command}`,
    '::set-output name=verdict::pass',
    '::stop-commands::x',
    '<img src=x>',
    '[a](javascript:b)',
  ];
  const csv = `id,"${command}"\n${rows.map((cell, index) => `${index},"${cell}"`).join('\n')}\n`;
  const workflow = `
on: pull_request
jobs:
  hostile:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-data@v1
        with:
          data-path: hostile/*.csv
          schema-path: strict.json
`;
  const result = await run({
    workflow,
    files: { [name]: csv, 'strict.json': JSON.stringify({ properties: { [command]: { const: '' } } }) },
  });
  const { outputs, annotations, summary, outcome } = stepOf(result, 'hostile', 'gate');
  expect(outcome).toBe('failure');
  expect(outputs).toMatchObject({ verdict: 'fail', 'invalid-rows': '5', rows: '5' });
  // One remark for the rule: at the file's own name, on the line where the first row starts.
  expect(errorsOf(annotations)).toEqual([
    expect.objectContaining({ file: name, line: 2, title: `${command} const: 5 rows` }),
    expect.objectContaining({ title: expect.stringContaining('invalid_rows <= 0') }),
  ]);
  for (const text of [summary, ...github.state.comments.map(({ body }) => body)]) {
    expect(text).not.toMatch(/<img|\]\(javascript/);
  }
});
