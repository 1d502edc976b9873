import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serializeResult } from '../../../core/gate/index.ts';
import type { GateResult } from '../../../core/gate/types.ts';
import { fewColumns, nothingDrifted, tenRows } from '../../../test/support/drift-samples.ts';
import {
  check,
  classification,
  failingBinary,
  inconclusive,
  passingBinary,
  sampleResult,
} from '../../../test/support/gate-samples.ts';
import { addRun } from '../../../test/support/github-runs.ts';
import type { GitHubServer } from '../../../test/support/github-server.ts';
import { serverForTests, testClient } from '../../../test/support/github-setup.ts';
import { scratchFolder } from '../../../test/support/scratch-folder.ts';
import { main } from './command.ts';

const startServer = serverForTests();
/** The samples were finished on 2026-05-04 at 09:00:02. */
const now = new Date('2026-05-04T10:00:00Z');
const daily = ['--workflow', 'retrain.yml', '--every', '30d'];

async function gitHub(inputs: readonly string[] = ['reason', 'dataset', 'baseline']): Promise<GitHubServer> {
  const server = await startServer();
  server.state.workflows = [
    { file: 'retrain.yml', inputs },
    { file: 'ci.yml', inputs: null },
  ];
  server.state.now = () => now;
  return server;
}

interface Given {
  readonly server?: GitHubServer;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly at?: Date;
  readonly folder?: string;
}

async function trigger(
  args: readonly string[],
  { server, env = {}, at = now, folder = scratchFolder() }: Given = {},
) {
  const given = server ?? (await gitHub());
  let [out, err] = ['', ''];
  const outputs = join(folder, 'outputs');
  writeFileSync(outputs, '');
  const code = await main(args, {
    env: {
      GITHUB_TOKEN: 'test-token',
      GITHUB_REPOSITORY: 'octo/models',
      GITHUB_API_URL: given.url,
      GITHUB_OUTPUT: outputs,
      ...env,
    },
    folder,
    out: (text) => (out += text),
    err: (text) => (err += text),
    append: (path, text) => writeFileSync(path, text),
    now: () => at,
    sleep: async () => {},
    client: (options) => testClient(given, { token: options.token }),
  });
  const written = readFileSync(outputs, 'utf8').replaceAll(/ghadelimiter_\S+/g, '|');
  return { code, out, err, outputs: written, server: given, dispatches: given.state.dispatches };
}

/** Options that name a result document, which is written to the folder. */
function resultArgs(folder: string, kind: 'drift' | 'model', result: GateResult<unknown>): string[] {
  const text = serializeResult(asWritten(result)).text;
  writeFileSync(join(folder, `${kind}.json`), text);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return ['--workflow', 'retrain.yml', `--${kind}-result`, `${kind}.json`, `--${kind}-digest`, digest];
}

/** As a gate writes it: samples for reports leave out why a metric is null, and lists of checks that only warn. */
function asWritten({ predicate, ...rest }: GateResult<unknown>): GateResult<unknown> {
  const { checks, metrics } = predicate.gate;
  const missing = Object.entries(metrics).filter(([, value]) => value === null);
  const undefinedMetrics = Object.fromEntries(missing.map(([name]) => [name, 'not known']));
  const others = (wanted: 'warn' | 'fail'): string[] =>
    checks.filter(({ severity, verdict }) => severity === wanted && verdict !== 'pass').map(({ id }) => id);
  const lists = { warnedTests: others('warn'), failedTests: others('fail') };
  const warned = lists.failedTests.length === 0 && lists.warnedTests.length > 0;
  const result = warned ? 'WARNED' : predicate.result;
  const gate = { ...predicate.gate, undefinedMetrics };
  return { ...rest, predicate: { ...predicate, ...lists, result, gate } };
}

/** As a drift check with `mode: profile` says of itself. */
function profile(): GateResult<unknown> {
  const { predicate, ...rest } = nothingDrifted();
  const { gate } = predicate;
  return {
    ...rest,
    predicate: { ...predicate, gate: { ...gate, details: { ...gate.details, mode: 'profile' } } },
  };
}

async function triggerBy(kind: 'drift' | 'model', result: GateResult<unknown>, ...more: string[]) {
  const folder = scratchFolder();
  return await trigger([...resultArgs(folder, kind, result), ...more], { folder });
}

describe('a retraining is started', () => {
  test('by a drift, with reason, dataset and baseline, on the default branch', async () => {
    const given = ['--dataset', 's3://rows/2026-05', '--baseline', 'models:/churn@champion'];
    const { code, out, err, outputs, dispatches } = await triggerBy('drift', fewColumns(), ...given);
    expect([code, err]).toEqual([0, '']);
    const reason = 'drift check: fail: 2 of 3 columns drifted: income, country';
    expect(dispatches).toEqual([
      {
        workflow: 'retrain.yml',
        ref: 'main',
        inputs: { reason, dataset: 's3://rows/2026-05', baseline: 'models:/churn@champion' },
      },
    ]);
    expect(out).toMatch(
      /^\[reason\] drift check: fail: .*\nretraining: started retrain\.yml on main with .*: https:\/\/github\.com\/octo\/models\/actions\/runs\/30001\n$/,
    );
    expect(outputs).toBe(
      `triggered<<|\ntrue\n|\nreason<<|\n${reason}\n|\nrun-url<<|\nhttps://github.com/octo/models/actions/runs/30001\n|\n`,
    );
  });

  test('by a model that is no longer good enough', async () => {
    const { code, err, dispatches } = await triggerBy('model', failingBinary());
    expect([code, err]).toEqual([0, '']);
    expect(dispatches).toMatchObject([
      {
        inputs: {
          reason: expect.stringContaining(
            'model gate: fail: recall(malignant) >= 0.85: 0.84996 is below 0.85; accuracy >= baseline - 0.01: ',
          ),
        },
      },
    ]);
  });

  test('on the branch of the run, with all reasons that hold', async () => {
    const args = [...daily, '--new-rows', '7000', '--min-new-rows', '5000'];
    const { dispatches } = await trigger(args, { env: { GITHUB_REF: 'refs/heads/release' } });
    const reason =
      'new rows: 7,000 by --new-rows; --min-new-rows is 5,000; calendar: no retraining has succeeded yet; --every is 30 days';
    expect(dispatches).toEqual([{ workflow: 'retrain.yml', ref: 'release', inputs: { reason } }]);
  });

  test('without the inputs that the workflow does not declare, which is said', async () => {
    const server = await gitHub(['reason']);
    const { out, dispatches } = await trigger([...daily, '--dataset', 'd'], { server });
    expect(dispatches).toMatchObject([{ inputs: { reason: expect.any(String) } }]);
    expect(out).toContain('note: retrain.yml has no input dataset, and was started without');
  });

  test('and looked for until the list of runs shows it', async () => {
    const server = await gitHub();
    server.state.hideRunsFor = 5;
    const { out } = await trigger(daily, { server });
    expect(out).toContain('actions/runs/30001');
    // Two before it was started, five that did not show it, one that did, and one for others.
    expect(server.count('actions/list-workflow-runs')).toBe(9);
  });

  test('and said to be, when the list does not show it for a minute', async () => {
    const server = await gitHub();
    server.state.hideRunsFor = 100;
    const { code, out } = await trigger(daily, { server });
    expect([code, out]).toEqual([0, expect.stringContaining('note: the list of runs does not show it yet')]);
  });

  test('when the answer to the request is lost, but the run is there', async () => {
    const server = await gitHub();
    server.fail({ operation: 'actions/create-workflow-dispatch', fault: { kind: 'reset', done: true } });
    const { code, out, dispatches } = await trigger(daily, { server });
    expect([code, dispatches.length]).toEqual([0, 1]);
    expect(out).toContain('retraining: started');
  });
});

describe('no retraining is started', () => {
  test.each([
    ['by a drift check that passed', 'drift', nothingDrifted(), '[no] drift check: pass'],
    ['by one that was inconclusive', 'drift', tenRows(), '[unsure] drift check: inconclusive: '],
    ['by a model that is good enough', 'model', passingBinary(), '[no] model gate: pass'],
    ['by a model gate that was inconclusive', 'model', inconclusive(), '[unsure] model gate: inconclusive: '],
    [
      'by a check that only warns',
      'model',
      sampleResult(
        [
          check({ id: 'accuracy >= 0.85', value: 0.912, reason: '0.912 is at least 0.85' }),
          check({
            id: 'warn: f1 >= 0.9',
            metric: 'f1',
            severity: 'warn',
            value: 0.5,
            verdict: 'fail',
            reason: '0.5 is below 0.9',
          }),
        ],
        classification(['no', 'yes']),
      ),
      '[no] model gate: pass',
    ],
    [
      'by a model that is only slow',
      'model',
      sampleResult(
        [
          check({ id: 'accuracy >= 0.85', value: 0.912, reason: '0.912 is at least 0.85' }),
          check({
            id: 'latency_p95 < 2ms',
            metric: 'latency_p95',
            value: 5,
            verdict: 'fail',
            reason: '5 is not below 2',
          }),
        ],
        classification(['no', 'yes']),
      ),
      '[no] model gate: fail: only speed or size is not as wanted, which no retraining mends',
    ],
  ] as const)('%s', async (_title, kind, result, told) => {
    const { code, out, outputs, dispatches } = await triggerBy(kind, result);
    expect([code, dispatches]).toEqual([0, []]);
    expect(out).toContain(told);
    expect(out).toMatch(/\nno retraining: there is no reason for one\n$/);
    expect(outputs).toContain('triggered<<|\nfalse\n');
  });

  test('within the cool-down, which GitHub knows and no file', async () => {
    const server = await gitHub();
    const first = await trigger(daily, { server });
    expect(first.dispatches).toHaveLength(1);
    for (const run of server.state.runs) [run.status, run.conclusion] = ['completed', 'failure'];
    const at = (hours: number): Date => new Date(now.getTime() + hours * 3600_000);
    const second = await trigger(daily, { server, at: at(23) });
    expect(second.out).toContain(
      'no retraining: the last one began on 2026-05-04 10:00 UTC (failure), and --cooldown lasts until 2026-05-05 10:00 UTC',
    );
    expect(second.dispatches).toHaveLength(1);
    await trigger(daily, { server, at: at(24) });
    expect(server.state.dispatches).toHaveLength(2);
  });

  test('while one runs, also one that was started by hand', async () => {
    const server = await gitHub();
    addRun(server.state, { status: 'in_progress', createdAt: new Date('2026-04-01T00:00:00Z') });
    const { out, dispatches } = await trigger(daily, { server });
    expect(dispatches).toEqual([]);
    expect(out).toContain('no retraining: one that began on 2026-04-01 00:00 UTC is in progress: https://');
  });

  test('a run on another branch, or of a fork whose branch has the same name, holds nothing back', async () => {
    const server = await gitHub();
    addRun(server.state, { branch: 'experiment' });
    addRun(server.state, { event: 'pull_request' });
    expect((await trigger(daily, { server })).dispatches).toHaveLength(1);
  });

  test('by a dry run, which says what it would do and needs no right to write', async () => {
    const server = await gitHub();
    const { code, out, outputs, dispatches } = await trigger([...daily, '--dry-run'], { server });
    expect([code, dispatches]).toEqual([0, []]);
    expect(out).toContain('dry run: this would start retrain.yml on main with {"reason":"calendar: ');
    expect(outputs).toContain('triggered<<|\nfalse\n|\nreason<<|\ncalendar: no retraining');
    expect(server.received.map(({ method }) => method)).not.toContain('POST');
  });
});

describe('two triggers at once', () => {
  test('leave one retraining: the first', async () => {
    const server = await gitHub();
    const both = await Promise.all([trigger(daily, { server }), trigger(daily, { server })]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const left = server.state.runs.filter(({ conclusion }) => conclusion !== 'cancelled');
    expect(left.map(({ id }) => id)).toEqual([30_001]);
  });

  test('the other was first by a moment: its run stays, and ours is cancelled', async () => {
    const server = await gitHub();
    server.meanwhile('actions/create-workflow-dispatch', (state) => void addRun(state));
    const { out } = await trigger(daily, { server });
    expect(server.state.runs).toMatchObject([
      { id: 30_001, status: 'queued' },
      { id: 30_002, conclusion: 'cancelled' },
    ]);
    expect(out).toContain('note: another trigger started it as well; cancelled: 1');
    expect(out).toContain('actions/runs/30001\n');
  });

  test('a second one that cannot be cancelled is an error', async () => {
    const server = await gitHub();
    server.meanwhile('actions/create-workflow-dispatch', (state) => void addRun(state));
    server.fail({
      operation: 'actions/cancel-workflow-run',
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    const { code, err } = await trigger(daily, { server });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('a second retraining runs, and cannot be cancelled: https://'),
    ]);
  });

  test('and when nobody can say whether there is a second one, that is an error', async () => {
    const server = await gitHub();
    const fault = { kind: 'status', status: 404, message: 'Not Found' } as const;
    server.fail({ operation: 'actions/list-workflow-runs', after: 3, fault });
    const { code, err } = await trigger(daily, { server });
    const told = 'retrain.yml was started; whether another trigger started it as well is not known: ';
    expect([code, err]).toEqual([1, expect.stringContaining(told)]);
  });
});

describe('what cannot be judged starts nothing, and says why', () => {
  test('a result that was edited', async () => {
    const folder = scratchFolder();
    const args = resultArgs(folder, 'drift', fewColumns());
    writeFileSync(join(folder, 'drift.json'), JSON.stringify(nothingDrifted()));
    const { code, out, err, dispatches } = await trigger(args, { folder });
    expect([code, out, dispatches]).toEqual([1, '', []]);
    expect(err).toMatch(
      /^--drift-result: drift\.json is not the document that the gate wrote: its digest is sha256:/,
    );
  });

  test.each([
    ['2026-05-06T09:00:01Z', null],
    [
      '2026-05-06T09:00:03Z',
      '--drift-result: drift.json was finished on 2026-05-04 09:00 UTC: that is too old to decide on; --max-age allows 48 hours',
    ],
    ['2026-05-04T08:55:03Z', null],
    [
      '2026-05-04T08:50:00Z',
      '--drift-result: drift.json was finished on 2026-05-04 09:00 UTC, which is in the future',
    ],
  ])('a result that is too old or of the future: at %s', async (at, error) => {
    const folder = scratchFolder();
    const given = { folder, at: new Date(at) };
    const { code, err, dispatches } = await trigger(resultArgs(folder, 'drift', fewColumns()), given);
    expect([code, err, dispatches.length]).toEqual(error === null ? [0, '', 1] : [1, `${error}\n`, 0]);
  });

  test('several at once are all told', async () => {
    const folder = scratchFolder();
    const args = resultArgs(folder, 'model', fewColumns());
    const more = [
      '--drift-result',
      'none.json',
      '--drift-digest',
      `sha256:${'0'.repeat(64)}`,
      '--runs',
      'runs',
      '--min-new-rows',
      '1',
    ];
    const { code, err, dispatches } = await trigger([...args, ...more], { folder });
    expect([code, err.trim().split('\n'), dispatches]).toEqual([
      1,
      [
        '--drift-result: none.json does not exist',
        '--model-result: model.json is of drift-check; a result of validate-model is expected',
        '--runs: runs does not exist',
      ],
      [],
    ]);
  });

  test.each([
    [
      'drift',
      profile(),
      '--drift-result: drift.json has compared nothing: it is of a run with mode: profile',
    ],
    [
      'model',
      sampleResult(
        [check({ id: 'model_size < 1MB', metric: 'model_size', value: 5, reason: 'small' })],
        classification(['a', 'b']),
      ),
      '--model-result: model.json says nothing of how good the model is: it has no check, such as accuracy >= 0.85, that can fail',
    ],
  ] as const)('a result of the %s that says nothing of it', async (kind, result, error) => {
    const { code, err } = await triggerBy(kind, result);
    expect([code, err]).toEqual([1, `${error}\n`]);
  });

  test('a file that is no result', async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'd.json'), '{}');
    const digest = `sha256:${createHash('sha256').update('{}').digest('hex')}`;
    const args = ['--workflow', 'retrain.yml', '--drift-result', 'd.json', '--drift-digest', digest];
    const { code, err } = await trigger(args, { folder });
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^--drift-result: d\.json: not a gate result document: the document lacks/),
    ]);
  });
});

describe('GitHub refuses', () => {
  test('a workflow that is not there, with the nearest name', async () => {
    const { code, err } = await trigger(['--workflow', 'retrian.yml', '--every', '30d']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^runs of retrian\.yml cannot be listed: GitHub answered 404: .*; the repository has retrain\.yml, ci\.yml; did you mean retrain\.yml\?\n$/,
    );
  });

  test('a workflow without workflow_dispatch', async () => {
    const { code, err } = await trigger(['--workflow', 'ci.yml', '--every', '30d']);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(
        /^ci\.yml was not started: GitHub refused it \(422\): Workflow does not have 'workflow_dispatch' trigger/,
      ),
    ]);
  });

  test('a token that is none, or may not start workflows', async () => {
    const wrong = await trigger(daily, { env: { GITHUB_TOKEN: 'other-token' } });
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining('the token is not valid or has expired (401)'),
    ]);
    const server = await gitHub();
    server.fail({
      operation: 'actions/create-workflow-dispatch',
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    const { code, err } = await trigger(daily, { server });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('retrain.yml was not started: the token lacks the permission `actions: write`'),
    ]);
  });

  test('and when it is not known whether it was started, that is said', async () => {
    const server = await gitHub();
    server.fail({ operation: 'actions/create-workflow-dispatch', fault: { kind: 'reset' } });
    const { code, err } = await trigger(daily, { server });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('whether retrain.yml was started is not known: '),
    ]);
  });
});

describe('the command line', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  test.each([
    [['--every', '30d'], '--workflow: is missing; allowed: the file whose workflow_dispatch trains'],
    [['--workflow', 'retrain.yml'], 'nothing says when to train again; allowed: --drift-result'],
    [['--workflow', '.github/workflows/retrain.yml', '--every', '1d'], 'did you mean `retrain.yml`?'],
    [[...daily, '--colddown', '1h'], 'unknown option "--colddown"; did you mean --cooldown?'],
    [[...daily, '--cooldown', 'soon'], '--cooldown: "soon" is not a time; allowed: a number with its unit'],
    [[...daily, '--cooldown', '3 dys'], '--cooldown: '],
    [['--workflow', 'retrain.yml', '--every', '0d'], '--every: no time at all'],
    [[...daily, '--max-age', '0h'], '--max-age: no time at all'],
    [[...daily, '--repository', 'models'], '--repository: "models" is no repository; allowed: owner/name'],
    [
      [...daily, '--drift-result', 'd.json'],
      "--drift-digest: is missing; allowed: the gate's output result-digest",
    ],
    [[...daily, '--model-digest', digest], '--model-result: is missing'],
    [
      [...daily, '--drift-result', 'd.json', '--drift-digest', 'abc'],
      '--drift-digest: "abc" is no digest; allowed: sha256: and 64',
    ],
    [[...daily, '--min-accuracy', '0.8'], '--prometheus-url: is missing'],
    [
      [...daily, '--prometheus-url', 'prometheus:9090', '--model', 'm', '--min-accuracy', '80'],
      '--min-accuracy: "80" is out of range; allowed: percentages or fractions from 0% to 100%; did you mean `80%`?',
    ],
    [
      [...daily, '--min-new-rows', '5'],
      '--min-new-rows: what it counts is missing; allowed: with --runs or --new-rows',
    ],
    [
      [...daily, '--runs', 'r', '--new-rows', '5', '--min-new-rows', '5'],
      '--new-rows: --runs counts rows already',
    ],
    [[...daily, '--new-rows', '-5', '--min-new-rows', '5'], '--new-rows'],
    [[...daily, '--new-rows', '5', '--min-new-rows', '0'], '--min-new-rows: "0" is out of range'],
    [[...daily, 'now'], '"now" belongs to no option'],
    [[...daily, '--ref'], '--ref needs a value'],
  ])('%j is refused', async (args, told) => {
    const { code, out, err, dispatches } = await trigger(args);
    expect([code, out, dispatches]).toEqual([1, '', []]);
    expect(err).toContain(told);
    expect(err).not.toMatch(/^ +at /m);
  });

  test('needs a repository and a token', async () => {
    const nowhere = await trigger(daily, { env: { GITHUB_REPOSITORY: undefined } });
    expect([nowhere.code, nowhere.err]).toEqual([
      1,
      '--repository is missing, and GITHUB_REPOSITORY is not set; allowed: owner/name\n',
    ]);
    const unknown = await trigger(daily, { env: { GITHUB_TOKEN: '' } });
    expect([unknown.code, unknown.err]).toEqual([
      1,
      'GITHUB_TOKEN is not set: a token with the permission actions: write is needed\n',
    ]);
  });

  test('has a help text', async () => {
    const { code, out } = await trigger(['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('--drift-result FILE --drift-digest DIGEST')]);
  });
});
