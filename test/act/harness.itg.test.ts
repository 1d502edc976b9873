import { afterEach, expect, test, vi } from 'vitest';
import { runAct, stepOf } from '../support/act.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const actions = { 'org/probe@v1': 'test/fixtures/actions/probe' };
const workflow = `
on: pull_request
jobs:
  good:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: probe
        uses: org/probe@v1
      - id: reader
        run: |
          test -f data/rows.csv
          echo "heard \${{ steps.probe.outputs.said }} in pull request \${{ github.event.number }}"
  bad:
    runs-on: ubuntu-latest
    steps:
      - id: probe
        uses: org/probe@v1
        with:
          greeting: fail
      - id: never
        run: echo never
      - id: always
        if: always()
        run: echo "outcome \${{ steps.probe.outcome }}"
`;

test('a run is read as jobs and steps with outcome, outputs, annotations, summary and log', async () => {
  const run = await runAct({
    workflow,
    event: 'pull_request',
    payload: { number: 7, pull_request: { number: 7 } },
    files: {
      'data/rows.csv': 'a,b\n1,2\n',
      'copied/action.yml': { copyOf: 'test/fixtures/actions/probe/action.yml' },
    },
    env: { GITHUB_API_URL: 'http://127.0.0.1:9' },
    actions,
  });
  expect(run.exitCode).toBe(1);
  expect([...run.jobs.values()].map((job) => [job.id, job.result]).sort()).toEqual([
    ['bad', 'failure'],
    ['good', 'success'],
  ]);

  const probe = stepOf(run, 'good', 'probe');
  expect(probe.outcome).toBe('success');
  expect(probe.outputs).toMatchObject({ said: 'hello', lines: 'first\nsecond' });
  expect(probe.outputs.node).toMatch(/^v24\./);
  expect(probe.summary).toBe('# Probe\n\nIt ran.\n');
  expect(probe.log).toBe('api http://127.0.0.1:9, event pull_request\n');
  expect(probe.annotations).toEqual([
    {
      level: 'warning',
      message: 'first\nsecond',
      title: 'Odd: row',
      file: 'data/rows.csv',
      line: 3,
      endLine: 4,
    },
    { level: 'notice', message: 'a note' },
  ]);
  expect(stepOf(run, 'good', 'reader').log).toBe('heard hello in pull request 7\n');

  expect(stepOf(run, 'bad', 'probe').outcome).toBe('failure');
  expect(stepOf(run, 'bad', 'probe').annotations).toContainEqual({
    level: 'error',
    message: 'it was told to fail',
  });
  expect(stepOf(run, 'bad', 'always').log).toBe('outcome failure\n');
  expect(() => stepOf(run, 'bad', 'never')).toThrow(
    'step never of job bad did not run; steps that ran: probe, always',
  );
});

test('a run sees nothing of this machine but PATH', async () => {
  vi.stubEnv('ML_GATES_SECRET_OF_THE_MACHINE', 'leak');
  const run = await runAct({
    workflow: 'on: push\njobs:\n  j: { runs-on: ubuntu-latest, steps: [{ uses: org/probe@v1 }] }',
    event: 'push',
    repository: 'acme/shop',
    secrets: { GITHUB_TOKEN: 'read-only' },
    actions,
  });
  const seen = JSON.parse(run.outbox.get('environment.json')?.toString('utf8') ?? '{}') as Record<
    string,
    string
  >;
  expect(seen.ML_GATES_SECRET_OF_THE_MACHINE).toBeUndefined();
  expect(seen.HOME).not.toBe(process.env.HOME);
  expect(seen.GITHUB_REPOSITORY).toBe('acme/shop');
  expect(seen.GITHUB_SHA).toMatch(/^[0-9a-f]{40}$/);
});

test('a job that act skips in silence, for its runs-on label is not mapped, is an error', async () => {
  const run = runAct({
    workflow: 'on: push\njobs:\n  trap: { runs-on: windows-latest, steps: [{ run: echo }] }',
    event: 'push',
  });
  await expect(run).rejects.toThrow(/jobs did not run: trap\n.*Skipping unsupported platform/s);
});

test('a job that is meant to be skipped must be named, and must not run', async () => {
  const skipping = 'on: push\njobs:\n  off: { if: false, runs-on: ubuntu-latest, steps: [{ run: echo }] }';
  await expect(runAct({ workflow: skipping, event: 'push' })).rejects.toThrow('jobs did not run: off');
  const run = await runAct({ workflow: skipping, event: 'push', skippedJobs: ['off'] });
  expect(run.exitCode).toBe(0);
  const running = skipping.replace('if: false', 'if: true');
  await expect(runAct({ workflow: running, event: 'push', skippedJobs: ['off'] })).rejects.toThrow(
    'jobs that should have been skipped ran: off',
  );
});

test('an event for which the workflow does not run is an error, too', async () => {
  const run = runAct({
    workflow: 'on: push\njobs:\n  j: { runs-on: ubuntu-latest, steps: [{ run: echo }] }',
    event: 'schedule',
  });
  await expect(run).rejects.toThrow('jobs did not run: j');
});

test('a run that takes too long is ended with the processes of its steps', async () => {
  const run = runAct({
    workflow:
      'on: push\njobs:\n  j: { runs-on: ubuntu-latest, steps: [{ run: "echo process $$ sleeps; exec sleep 600" }] }',
    event: 'push',
    timeoutMs: 2_000,
  });
  const message = await run.then(
    () => 'no error',
    (error: Error) => error.message,
  );
  const pid = Number(/"process (\d+) sleeps/.exec(message)?.[1]);
  expect(pid).toBeGreaterThan(1);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
