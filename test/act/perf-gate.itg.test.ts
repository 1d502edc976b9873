import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ActRun, runAct, stepOf } from '../support/act.ts';
import { copyReleasedAction } from '../support/action-folder.ts';
import { type GitHubServer, startGitHubServer } from '../support/github-server.ts';
import { type ResultsServer, startResultsServer } from '../support/results-server.ts';

/** The bundle as a pull request runs it: `uses: org/action-perf-gate@v1` starts the service of the checkout and gates it. */

let action: string;
beforeAll(() => {
  action = mkdtempSync(join(tmpdir(), 'action-perf-gate-'));
  copyReleasedAction('action-perf-gate', action, []);
});
afterAll(() => rmSync(action, { recursive: true, force: true }));

let github: GitHubServer;
let results: ResultsServer;
beforeEach(async () => {
  github = await startGitHubServer({ repository: 'octo/iris' });
  results = await startResultsServer();
});
afterEach(async () => {
  await github.close();
  await results.close();
});

const server = `
import { createServer } from 'node:http';
const delay = Number(process.argv[2]);
createServer((request, response) => {
  request.resume();
  if (request.url === '/ready') return response.end('ready');
  if (delay < 0) { console.error('the model is gone'); process.exit(1); }
  if (request.headers['x-api-key'] !== 'key-of-the-service') return response.writeHead(401).end();
  setTimeout(() => response.end('{"label": "setosa"}'), delay);
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
`;

const corpus = [
  { name: 'single', path: '/predict', body: { inputs: [[5.1, 3.5, 1.4, 0.2]] }, weight: 3 },
  {
    name: 'batch',
    path: '/predict',
    body: {
      inputs: [
        [5.1, 3.5, 1.4, 0.2],
        [6.2, 2.9, 4.3, 1.3],
      ],
    },
  },
]
  .map((request) => JSON.stringify(request))
  .join('\n');

/** \`delay\` of the candidate, in ms. On a busy machine the run may be void: then it warns. */
const workflow = (delay: number, thresholds: readonly string[]) => `
name: Speed
on: pull_request
permissions:
  contents: read
  pull-requests: write
jobs:
  speed:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: perf
        uses: org/action-perf-gate@v1
        with:
          id: predict
          url: http://127.0.0.1:{port}
          start-command: node server.mjs ${delay}
          ready-url: /ready
          headers: |
            x-api-key: \${{ secrets.API_KEY }}
          requests-path: requests.jsonl
          expect: |
            status == 200
            json($.label) == 'setosa'
          rate: 100/s
          duration: 3s
          warmup: 1s
          on-inconclusive: warn
          thresholds: |
${thresholds.map((line) => `            ${line}`).join('\n')}
      - if: always()
        run: |
          cp gate-results/perf-gate.json gate-results/perf-gate.html gate-results/perf-gate.hlog gate-results/perf-gate.service.log "$ACT_OUTBOX"
          if pgrep -f "server.mjs ${delay}$"; then echo "the service still runs"; exit 1; fi
`;

async function run(text: string): Promise<ActRun> {
  return await runAct({
    workflow: text,
    event: 'pull_request',
    payload: {
      action: 'opened',
      number: 12,
      repository: { full_name: 'octo/iris', private: false },
      pull_request: {
        number: 12,
        head: { sha: 'a'.repeat(40), ref: 'slower', repo: { full_name: 'octo/iris', fork: false } },
        base: { ref: 'main', repo: { full_name: 'octo/iris' } },
      },
    },
    repository: 'octo/iris',
    files: { 'server.mjs': server, 'requests.jsonl': corpus },
    actions: { 'org/action-perf-gate@v1': action },
    env: { GITHUB_API_URL: github.url, ...results.env },
    secrets: { GITHUB_TOKEN: 'test-token', API_KEY: 'key-of-the-service' },
  });
}

test('a service that is fast enough: a green job, numbers as outputs, everything in the artifact', async () => {
  const passed = await run(workflow(5, ['p95 < 900ms', 'p50(batch) < 900ms', 'cpu_per_request < 500ms']));
  github.expectNoViolations();
  results.expectNoViolations();
  expect(passed.exitCode).toBe(0);
  const { outputs, summary } = stepOf(passed, 'speed', 'perf');
  expect(outputs.verdict).toMatch(/^(pass|inconclusive)$/);
  expect(Number(outputs.p50)).toBeGreaterThan(5);
  expect(Number(outputs['error-rate'])).toBe(0);
  expect(Number(outputs.throughput)).toBeGreaterThan(60);
  expect(outputs).toMatchObject({ capacity: '', 'histogram-path': 'gate-results/perf-gate.hlog' });
  expect(summary.split('\n')[0]).toMatch(/Performance gate \(predict\) (passed|inconclusive)/);
  expect(passed.outbox.get('perf-gate.hlog')?.toString()).toContain('#[Histogram log format version 1.3]');
  expect(passed.outbox.get('perf-gate.service.log')?.toString()).toBe('listening\n');
  const [artifact] = results.artifacts;
  expect(artifact?.name).toBe('perf-gate-report-predict');
  expect([...(artifact?.files.keys() ?? [])].sort()).toEqual([
    'perf-gate.hlog',
    'perf-gate.html',
    'perf-gate.json',
    'perf-gate.service.log',
  ]);
  const everything = [...passed.outbox.values()].map((content) => content.toString()).join('\n');
  expect(everything + summary).not.toContain('key-of-the-service');
});

test('a service that is too slow: a red job, and a comment that says why', async () => {
  const failed = await run(workflow(120, ['p50 < 100ms']));
  github.expectNoViolations();
  const { outputs, outcome } = stepOf(failed, 'speed', 'perf');
  const [comment] = github.state.comments;
  if (outputs.verdict === 'inconclusive') {
    expect(comment?.body).toContain('the run is void');
    return;
  }
  expect(outcome).toBe('failure');
  expect(outputs).toMatchObject({ verdict: 'fail', 'failed-checks': '["p50 < 100ms"]' });
  expect(comment?.body).toMatch(
    /p50 &#60; 100ms: 12\d[\d.]* ms is not below 100 ms|12\d[\d.]* ms is not below 100 ms/,
  );
});

test('a service that ends under load: no verdict, its last lines as the reason, its log in the artifact', async () => {
  const broken = await run(
    workflow(-1, ['p95 < 1s']).replace('cp gate-results/perf-gate.json', 'true; : cp'),
  );
  github.expectNoViolations();
  results.expectNoViolations();
  const { outputs, outcome, annotations } = stepOf(broken, 'speed', 'perf');
  expect([outcome, outputs.verdict]).toEqual(['failure', undefined]);
  expect(annotations.map(({ message }) => message).join()).toMatch(/the model is gone/);
  const [artifact] = results.artifacts;
  expect([...(artifact?.files.keys() ?? [])]).toEqual(['perf-gate.service.log']);
});
