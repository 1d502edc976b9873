import { describe, expect, test } from 'vitest';
import { driftRuns } from '../../../test/support/drift-runs.ts';
import { deleteIssue } from '../../../test/support/github-issues.ts';
import type { GitHubServer } from '../../../test/support/github-server.ts';
import { serverForTests } from '../../../test/support/github-setup.ts';
import { columnDrift, digest, issueConfig, retrainConfig } from '../issue/testing.ts';
import { type Evidence, inputsOf, payloadOf } from './evidence.ts';

const startServer = serverForTests();
const DECLARED = ['result-digest', 'drifted-columns', 'issue-number', 'run-url'];
const HOUR = 3600 * 1000;

async function start(inputs: readonly string[] | null = DECLARED): Promise<GitHubServer> {
  const server = await startServer();
  server.state.workflows = [{ file: 'retrain.yml', inputs }];
  return server;
}

const config = (changes: Parameters<typeof retrainConfig>[0] = {}) =>
  issueConfig({ retrain: retrainConfig(changes) });

const triggered = (all: readonly { outputs: Readonly<Record<string, string>> }[]): string =>
  all.map(({ outputs }) => (outputs['retrain-triggered'] === 'true' ? 'R' : '.')).join('');

describe('a retraining is requested', () => {
  test('after two drifted runs in a row, with the evidence', async () => {
    const server = await start();
    const runs = driftRuns(server, config());
    await runs.days('f');
    expect(server.state.dispatches).toEqual([]);
    const { outputs, lines } = await runs.run({
      verdict: 'fail',
      run: 7,
      columns: [columnDrift('age'), columnDrift('in,"come')],
    });
    expect(outputs).toEqual({ 'issue-number': '1', 'retrain-triggered': 'true' });
    expect(server.state.dispatches).toEqual([
      {
        workflow: 'retrain.yml',
        ref: 'main',
        inputs: {
          'result-digest': digest,
          'drifted-columns': '["age","in,\\"come"]',
          'issue-number': '1',
          'run-url': 'https://github.com/octo/models/actions/runs/7',
        },
      },
    ]);
    expect(lines.at(-1)).toBe('info: Retraining requested: `workflow_dispatch` of `retrain.yml`.');
    expect(runs.comments[0]).toMatch(
      /^\*\*Retraining requested\*\* after 2 drifted runs in a row: `workflow_dispatch` of `retrain\.yml`\. Drifted: `age`, `in,"come`\./,
    );
    expect(runs.text()).toContain('Retraining was last requested on 2026-07-02 06:00 UTC.');
  });

  test('as an event', async () => {
    const server = await start();
    const target = { kind: 'event', type: 'retrain' } as const;
    const runs = driftRuns(server, config({ target, after: 1 }));
    await runs.run({ verdict: 'fail', run: 7, id: 'eu' });
    expect(server.state.dispatches).toEqual([
      {
        event: 'retrain',
        payload: {
          'result-digest': digest,
          'drifted-columns': ['age'],
          'issue-number': 1,
          'run-url': 'https://github.com/octo/models/actions/runs/7',
          'report-url': 'https://github.com/octo/models/actions/runs/1/artifacts/2',
          'drift-score': 4.8,
          id: 'eu',
        },
      },
    ]);
  });

  test.each([
    // The count starts anew with each retraining.
    { days: 'ffffffff', after: 2, cooldown: 24, expected: '.R.R.R.R' },
    { days: 'ffffffff', after: 1, cooldown: 24, expected: 'RRRRRRRR' },
    { days: 'ffffffff', after: 1, cooldown: 72, expected: 'R..R..R.' },
    { days: 'ffffffff', after: 3, cooldown: 0, expected: '..R..R..' },
    { days: 'fpfpfpff', after: 2, cooldown: 24, expected: '.......R' },
    { days: 'fififfii', after: 3, cooldown: 24, expected: '....R...' },
    { days: 'ffpffpff', after: 2, cooldown: 96, expected: '.R.....R' },
    // A month of daily runs: drift for ten days, a quiet week, an inconclusive day within the second drift.
    {
      days: 'pppffffffffffpppppppffiffppppp',
      after: 2,
      cooldown: 24,
      expected: '....R.R.R.R.R........R..R.....',
    },
    {
      days: 'pppffffffffffpppppppffiffppppp',
      after: 2,
      cooldown: 7 * 24,
      expected: '....R......R.........R........',
    },
  ])('$days, after $after, cooldown $cooldown h: $expected', async ({ days, after, cooldown, expected }) => {
    const server = await start();
    const runs = driftRuns(server, config({ after, cooldown: cooldown * 3600 }));
    const all = await runs.days(days);
    expect(triggered(all)).toBe(expected);
    expect(server.state.dispatches).toHaveLength(expected.replaceAll('.', '').length);
    expect(runs.issues).toHaveLength(1);
  });

  test('without an issue by every drifted run, where nothing is to be counted', async () => {
    const server = await start();
    const own = { ...config({ after: 1, cooldown: 0 }), issue: 'never' } as const;
    expect(triggered(await driftRuns(server, own).days('fpif'))).toBe('R..R');
    expect(server.state.issues).toEqual([]);
    expect(server.state.dispatches).toMatchObject([{ inputs: { 'issue-number': '' } }, {}]);
  });
});

describe('no second retraining', () => {
  test('within the cooldown, and the log says until when', async () => {
    const runs = driftRuns(await start(), config({ after: 1 }));
    await runs.run({ verdict: 'fail' });
    runs.now = new Date(runs.now.getTime() + 23 * HOUR);
    const { outputs, lines } = await runs.run({ verdict: 'fail' });
    expect(outputs['retrain-triggered']).toBe('false');
    expect(lines.at(-1)).toBe(
      'info: No retraining: the last request was on 2026-07-01 06:00 UTC, and `retrain-cooldown` lasts until 2026-07-02 06:00 UTC.',
    );
  });

  test('when the run that requested it is attempted again, whatever the cooldown', async () => {
    const server = await start();
    const runs = driftRuns(server, config({ after: 1, cooldown: 0 }));
    await runs.run({ verdict: 'fail', run: 7 });
    runs.now = new Date(runs.now.getTime() + HOUR);
    const { lines } = await runs.run({ verdict: 'fail', run: 7, attempt: 2 });
    expect(server.state.dispatches).toHaveLength(1);
    expect(lines.at(-1)).toContain('0 of 1 drifted runs in a row since the last retraining');
  });

  test.each([[24], [0]])('by two runs at once, with a cooldown of %d h', async (hours) => {
    const server = await start();
    const runs = driftRuns(server, config({ cooldown: hours * 3600 }));
    await runs.days('f');
    const both = await Promise.all([runs.run({ verdict: 'fail' }), runs.run({ verdict: 'fail' })]);
    expect([...triggered(both)].sort().join('')).toBe('.R');
    expect(server.state.dispatches).toHaveLength(1);
    expect(runs.comments.filter((text) => text.startsWith('**Retraining requested**'))).toHaveLength(1);
  });

  test('when another run was first by a moment: it is said, and remembered', async () => {
    const server = await start();
    const runs = driftRuns(server, config({ after: 1 }));
    server.meanwhile('issues/create-comment', (state) => {
      state.comments.push({
        id: state.nextId++,
        issue: 1,
        author: { login: 'github-actions[bot]', type: 'Bot' },
        body: '<!-- ml-gates: drift-check retrain -->\nRetraining requested.',
        createdAt: runs.now,
      });
    });
    const { outputs, lines } = await runs.run({ verdict: 'fail' });
    expect(outputs['retrain-triggered']).toBe('false');
    expect(lines.at(-1)).toMatch(
      /^info: No retraining: another run requested one on 2026-07-01 06:00 UTC: https:/,
    );
    expect(server.state.dispatches).toEqual([]);
    runs.now = new Date(runs.now.getTime() + HOUR);
    const again = await runs.run({ verdict: 'fail' });
    expect(again.lines.at(-1)).toContain('`retrain-cooldown` lasts until 2026-07-02 06:00 UTC');
  });

  test('when the text of the issue was edited: a cooldown is taken to have begun', async () => {
    const server = await start();
    const runs = driftRuns(server, config());
    await runs.days('ff');
    const edit = () => {
      for (const issue of runs.issues) issue.body = 'We know.';
    };
    edit();
    const { lines } = await runs.run({ verdict: 'fail' });
    expect(lines.at(-1)).toContain('the last request is not known and taken for 2026-07-03 06:00 UTC');
    for (let hour = 0; hour < 20; hour++) {
      runs.now = new Date(runs.now.getTime() + HOUR);
      edit();
      await runs.run({ verdict: 'fail' });
    }
    expect(server.state.dispatches).toHaveLength(1);
  });

  test('when the memory was set back: the comment of the last one still stands', async () => {
    const server = await start();
    const runs = driftRuns(server, config());
    await runs.days('f');
    const [issue] = runs.issues;
    const early = issue?.body ?? '';
    await runs.run({ verdict: 'fail' });
    if (issue !== undefined) issue.body = early;
    runs.now = new Date(runs.now.getTime() + HOUR);
    await runs.run({ verdict: 'fail' });
    expect(server.state.dispatches).toHaveLength(1);
  });

  test('when the issue was deleted, before drift was found so often again', async () => {
    const server = await start();
    const runs = driftRuns(server, config());
    await runs.days('ff');
    deleteIssue(server.state, 1);
    expect(triggered(await runs.days('ff'))).toBe('.R');
  });

  test('while somebody has closed the issue by hand', async () => {
    const server = await start();
    const runs = driftRuns(server, config());
    await runs.days('f');
    for (const issue of runs.issues) issue.open = false;
    const { lines } = await runs.run({ verdict: 'fail' });
    expect(lines.at(-1)).toBe(
      'info: No retraining: somebody closed the issue, which holds back retraining until this drift has ended.',
    );
    await runs.days('fp');
    expect(triggered(await runs.days('ff'))).toBe('.R');
  });
});

describe('when GitHub refuses', () => {
  test.each([
    [
      'the workflow has no trigger',
      null,
      "The retraining was not started (`workflow_dispatch` of `retrain.yml`): GitHub refused it (422): Workflow does not have 'workflow_dispatch' trigger.",
    ],
    [
      'there is no such workflow',
      undefined,
      'The retraining was not started (`workflow_dispatch` of `retrain.yml`): GitHub answered 404: it is gone, or the token cannot see it; ' +
        'the job needs `actions: write`. Is there a .github/workflows/retrain.yml on main?',
    ],
  ])('%s: a warning, and the next run tries again', async (_, inputs, warning) => {
    const server = inputs === undefined ? await startServer() : await start(inputs);
    const runs = driftRuns(server, config({ after: 1 }));
    expect((await runs.run({ verdict: 'fail' })).notices).toEqual([warning]);
    expect(runs.comments).toEqual([]);
    server.state.workflows = [{ file: 'retrain.yml', inputs: DECLARED }];
    expect((await runs.run({ verdict: 'fail' })).outputs['retrain-triggered']).toBe('true');
  });

  test.each([
    [{ kind: 'workflow', file: 'retrain.yml' }, 'actions/create-workflow-dispatch', 'actions: write'],
    [{ kind: 'event', type: 'retrain' }, 'repos/create-dispatch-event', 'contents: write'],
  ] as const)('%j: the permission is named', async (target, operation, permission) => {
    const server = await start();
    server.fail({
      operation,
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    const { notices, outputs } = await driftRuns(server, config({ target, after: 1 })).run({
      verdict: 'fail',
    });
    expect(notices).toEqual([expect.stringContaining(`the token lacks the permission \`${permission}\``)]);
    expect(outputs).toEqual({ 'issue-number': '1', 'retrain-triggered': 'false' });
  });

  test('inputs that the workflow does not declare: started without them, and told', async () => {
    const server = await start(['result-digest']);
    const { notices, outputs } = await driftRuns(server, config({ after: 1 })).run({ verdict: 'fail' });
    expect(outputs['retrain-triggered']).toBe('true');
    expect(server.state.dispatches).toMatchObject([{ inputs: { 'result-digest': digest } }]);
    expect(notices).toEqual([
      'Retraining was requested without a part of its evidence: declare `drifted-columns`, `issue-number`, `run-url` ' +
        'under `on: workflow_dispatch: inputs:` of `retrain.yml` to receive it.',
    ]);
  });

  test('the issue cannot be written: nothing is counted, so nothing is started', async () => {
    const server = await start();
    server.fail({
      operation: 'issues/create',
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    const { notices } = await driftRuns(server, config({ after: 1 })).run({ verdict: 'fail' });
    expect(notices).toEqual([
      expect.stringMatching(/`issues: write` .*\. Retraining counts on it, so none was requested\.$/),
    ]);
    expect(server.state.dispatches).toEqual([]);
  });

  test('the comment that announces it cannot be written: nothing is started', async () => {
    const server = await start();
    server.state.locked.push(1);
    const { notices } = await driftRuns(server, config({ after: 1 })).run({ verdict: 'fail' });
    expect(notices).toEqual([
      'No retraining was requested: the comment that announces it was not written: the conversation is locked (403).',
    ]);
    expect(server.state.dispatches).toEqual([]);
  });
});

test('an answer that got lost counts as requested: one retraining, not two', async () => {
  const server = await start();
  server.fail({
    operation: 'actions/create-workflow-dispatch',
    times: 1,
    fault: { kind: 'reset', done: true },
  });
  const runs = driftRuns(server, config({ after: 1 }));
  const { notices, outputs } = await runs.run({ verdict: 'fail' });
  expect(outputs['retrain-triggered']).toBe('false');
  expect(notices).toEqual([expect.stringMatching(/^Whether a retraining was started is not known: /)]);
  runs.now = new Date(runs.now.getTime() + HOUR);
  await runs.run({ verdict: 'fail' });
  expect(server.state.dispatches).toHaveLength(1);
});

describe('the evidence', () => {
  const evidence = (columns: readonly string[]): Evidence => ({
    resultDigest: digest,
    columns,
    score: 3,
    issue: 1,
    runUrl: 'https://github.com/o/r/actions/runs/1',
    reportUrl: null,
    id: '',
  });

  test('stays within what GitHub takes, in whole names', () => {
    const columns = ['x'.repeat(100_000), ...Array.from({ length: 5000 }, (_, i) => `Größe "${i}"`)];
    const inputs = inputsOf(evidence(columns));
    expect(JSON.stringify(inputs).length).toBeLessThan(65_535);
    const names = JSON.parse(inputs['drifted-columns'] ?? '') as string[];
    expect(names).toEqual(columns.slice(1, names.length + 1));
    expect(names.length).toBeGreaterThan(1000);
    const payload = payloadOf(evidence(columns));
    expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(64_000);
    expect(Object.keys(payload).length).toBeLessThanOrEqual(10);
  });
});
