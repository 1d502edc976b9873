import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ActRun, runAct, stepOf } from '../support/act.ts';
import { copyReleasedAction } from '../support/action-folder.ts';
import { type GitHubServer, startGitHubServer } from '../support/github-server.ts';
import { type ResultsServer, startResultsServer } from '../support/results-server.ts';

/** The bundle as a scheduled workflow runs it: `uses: org/action-drift-check@v1`, and the issue that it keeps. */

const parcels = resolve(import.meta.dirname, '../fixtures/drift');

let action: string;
beforeAll(() => {
  action = mkdtempSync(join(tmpdir(), 'action-drift-check-'));
  copyReleasedAction('action-drift-check', action, ['duckdb']);
});
afterAll(() => rmSync(action, { recursive: true, force: true }));

let github: GitHubServer;
let results: ResultsServer;
beforeEach(async () => {
  github = await startGitHubServer({ repository: 'octo/parcels' });
  results = await startResultsServer();
});
afterEach(async () => {
  await github.close();
  await results.close();
});

const workflow = `
name: Drift
on:
  schedule:
    - cron: 17 5 * * *
permissions:
  contents: read
  issues: write
jobs:
  drift:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: drift
        uses: org/action-drift-check@v1
        with:
          id: parcels
          reference-path: data/reference.csv
          current-path: data/today.csv
          label-column: label
          prediction-column: prediction
          positive-class: late
          metrics-path: out/drift.prom
      - if: always()
        run: cp out/drift.prom "\${{ steps.drift.outputs.result-path }}" "\${{ steps.drift.outputs.report-path }}" "$ACT_OUTBOX"
`;

async function run(current: string): Promise<ActRun> {
  return await runAct({
    workflow,
    event: 'schedule',
    payload: { schedule: '17 5 * * *', repository: { full_name: 'octo/parcels', default_branch: 'main' } },
    repository: 'octo/parcels',
    files: {
      'data/reference.csv': { copyOf: join(parcels, 'parcels.csv') },
      'data/today.csv': { copyOf: join(parcels, current) },
    },
    actions: { 'org/action-drift-check@v1': action },
    env: { GITHUB_API_URL: github.url, ...results.env },
    secrets: { GITHUB_TOKEN: 'test-token' },
  });
}

test('drift on a schedule: a failed job, an issue in words, closed when the drift has ended', async () => {
  const drifted = await run('parcels-drifted.csv');
  github.expectNoViolations();
  results.expectNoViolations();
  const step = stepOf(drifted, 'drift', 'drift');
  expect(step.outcome).toBe('failure');
  const [issue, ...others] = github.state.issues;
  expect(others).toEqual([]);
  expect(step.outputs).toMatchObject({
    verdict: 'fail',
    'issue-number': String(issue?.number),
    'retrain-triggered': 'false',
    'metrics-path': 'out/drift.prom',
  });
  expect(JSON.parse(step.outputs['drifted-columns'] ?? '')).toEqual(
    expect.arrayContaining(['carrier', 'distance_km', 'weight_kg', 'prediction']),
  );
  expect(Number(step.outputs['drift-score'])).toBeGreaterThan(1);
  expect(step.summary.split('\n')[0]).toMatch(/^## ❌ Drift check \(parcels\) failed: \d+ of \d+ checks$/);
  expect(step.summary).toContain('Northline');
  expect(issue).toMatchObject({ open: true, title: 'Data drift (parcels)', labels: ['data-drift'] });
  expect(issue?.body).toContain('Northline');
  expect(drifted.outbox.get('drift.prom')?.toString()).toMatch(
    /^ml_data_drift_score\{.*column="carrier".*\} \d+/m,
  );
  expect(drifted.outbox.get('drift-check.html')?.toString()).toContain('<svg');

  const quiet = await run('parcels-today.csv');
  expect(quiet.exitCode).toBe(0);
  expect(stepOf(quiet, 'drift', 'drift').outputs).toMatchObject({ verdict: 'pass', 'drift-score': '0' });
  expect(github.state.issues.map(({ open, reason }) => [open, reason])).toEqual([[false, 'completed']]);
  github.expectNoViolations();
});
