import { describe, expect, test } from 'vitest';
import { driftRuns } from '../../../test/support/drift-runs.ts';
import { deleteIssue } from '../../../test/support/github-issues.ts';
import { recordingLog, serverForTests } from '../../../test/support/github-setup.ts';
import { followDrift } from './follow.ts';
import { finishedRun, issueConfig, retrainConfig } from './testing.ts';

const start = serverForTests();
const outputs = (number: string) => ({ 'issue-number': number, 'retrain-triggered': 'false' });

describe('one issue', () => {
  test('is opened by a drifted run, with its label, for the people named', async () => {
    const server = await start();
    server.state.assignable = ['ada'];
    const config = issueConfig({ labels: ['drift', 'ml'], assignees: ['ada'] });
    const runs = driftRuns(server, config);
    const { outputs: given, lines } = await runs.run({ verdict: 'fail' });
    expect(given).toEqual(outputs('1'));
    expect(runs.issues).toMatchObject([
      { title: 'Data drift', labels: ['drift', 'ml'], assignees: ['ada'], open: true },
    ]);
    expect(lines).toEqual(['info: Issue #1 opened: https://github.com/octo/models/issues/1']);
    expect(runs.comments).toEqual([]);
  });

  test.each([['pass'], ['inconclusive']] as const)('is not opened by a run that is %s', async (verdict) => {
    const server = await start();
    const runs = driftRuns(server);
    expect((await runs.run({ verdict })).outputs).toEqual(outputs(''));
    expect(runs.issues).toEqual([]);
  });

  test('is updated while drift lasts, in silence', async () => {
    const runs = driftRuns(await start());
    await runs.days('fif');
    expect(runs.issues).toHaveLength(1);
    expect(runs.text()).toContain('Found by 2 runs in a row, since 2026-07-01 06:00 UTC.');
    expect(runs.comments).toEqual([]);
  });

  test('is closed with a comment that says how long it lasted, and what ended', async () => {
    const runs = driftRuns(await start());
    const all = await runs.days('fffp');
    expect(all.at(-1)?.outputs).toEqual(outputs('1'));
    expect(runs.issues).toMatchObject([{ open: false, reason: 'completed' }]);
    expect(runs.text()).toMatch(/^### ✅ The drift has ended\n/);
    expect(runs.comments).toEqual([
      '**The drift has ended.** It lasted 3 runs, from 2026-07-01 06:00 UTC to 2026-07-04 06:00 UTC. ' +
        'Had drifted: `age`.\n\n[Report](https://github.com/octo/models/actions/runs/1/artifacts/2) · ' +
        '[Run of 2026-07-04 06:00 UTC](https://github.com/octo/models/actions/runs/103)',
    ]);
  });

  test('is reopened, not repeated, when drift comes back', async () => {
    const runs = driftRuns(await start());
    await runs.days('fppf');
    expect(runs.issues).toMatchObject([{ number: 1, open: true, reason: 'reopened' }]);
    expect(runs.comments[1]).toMatch(/^\*\*Drift is back:\*\* 1 of 2 columns has drifted\. `age`\./);
    expect(runs.text()).toContain('Found by one run, since 2026-07-04 06:00 UTC.');
  });

  test('is left alone by passing and inconclusive runs once it is closed', async () => {
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('fp');
    const before = runs.issues[0]?.body;
    const all = await runs.days('pip');
    expect(runs.issues[0]?.body).toBe(before);
    expect(all.map((each) => each.outputs['issue-number'])).toEqual(['', '', '']);
    expect(runs.comments).toHaveLength(1);
  });

  test('of each id', async () => {
    const runs = driftRuns(await start());
    await runs.run({ verdict: 'fail' });
    await runs.run({ verdict: 'fail', id: 'eu' });
    await runs.run({ verdict: 'fail', id: 'eu' });
    expect(runs.issues.map(({ title }) => title)).toEqual(['Data drift', 'Data drift (eu)']);
  });

  test('counts a run once that is attempted again', async () => {
    const runs = driftRuns(await start());
    await runs.run({ verdict: 'fail', run: 7 });
    await runs.run({ verdict: 'fail', run: 7, attempt: 2 });
    expect(runs.text()).toContain('Found by one run,');
    await runs.run({ verdict: 'pass', run: 7, attempt: 3 });
    expect(runs.issues).toMatchObject([{ open: false }]);
  });

  test('over a month of daily runs', async () => {
    const runs = driftRuns(await start());
    await runs.days('ppppffffffppppppppfipppppffppp');
    expect(runs.issues).toHaveLength(1);
    expect(runs.comments.map((text) => text.slice(0, 14))).toEqual([
      '**The drift ha',
      '**Drift is bac',
      '**The drift ha',
      '**Drift is bac',
      '**The drift ha',
    ]);
  });
});

describe('what people do with it', () => {
  test('closed by hand it stays closed for this drift, kept up to date, and comes back with the next', async () => {
    const runs = driftRuns(await start());
    await runs.days('f');
    const [issue] = runs.issues;
    if (issue === undefined) throw new Error('no issue');
    issue.open = false;
    await runs.days('ff');
    expect(issue.open).toBe(false);
    expect(runs.text()).toContain('Found by 3 runs in a row');
    await runs.days('p');
    expect(issue.open).toBe(false);
    expect(runs.comments).toEqual([]);
    await runs.days('f');
    expect(issue.open).toBe(true);
  });

  test('reopened by hand after drift ended it stays open', async () => {
    const runs = driftRuns(await start());
    await runs.days('fp');
    const [issue] = runs.issues;
    if (issue !== undefined) issue.open = true;
    await runs.days('pp');
    expect(issue?.open).toBe(true);
    expect(runs.comments).toHaveLength(1);
  });

  test('deleted, a new one is opened at the next drifted run', async () => {
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('ff');
    deleteIssue(server.state, 1);
    await runs.days('pf');
    expect(runs.issues.map(({ number }) => number)).toEqual([2]);
    expect(runs.text(2)).toContain('Found by one run,');
  });

  test.each([
    ['changed in the part that is not seen', (body: string) => body.replace('"count":0', '"count":9')],
    ['replaced', () => 'We know.'],
    ['emptied', () => ''],
  ])('the text %s: a notice, the same issue, and counts that start anew', async (_, edit) => {
    const runs = driftRuns(await start());
    await runs.days('ff');
    const [issue] = runs.issues;
    if (issue === undefined) throw new Error('no issue');
    issue.body = edit(issue.body);
    const { notices } = await runs.run({ verdict: 'fail' });
    expect(notices).toEqual([
      'The text of issue #1 was edited and what it remembered is lost: drifted runs are counted anew, ' +
        'and a retraining is taken to have been requested just now.',
    ]);
    expect(runs.issues).toHaveLength(1);
    expect(runs.text()).toContain('the record of earlier runs was lost when this text was edited.');
    await runs.days('p');
    expect(issue.open).toBe(false);
  });
});

describe('two runs at once', () => {
  test('that both find none leave one open issue that knows both', async () => {
    const server = await start();
    const runs = driftRuns(server);
    const both = await Promise.all([runs.run({ verdict: 'fail' }), runs.run({ verdict: 'fail' })]);
    const open = runs.issues.filter((issue) => issue.open);
    expect(open).toHaveLength(1);
    expect(both.map((each) => each.outputs['issue-number'])).toEqual(['1', '1']);
    expect(runs.text(open[0]?.number)).toContain('Found by 2 runs in a row');
  });

  test('the other was quicker: its issue takes this run, ours is closed as a duplicate', async () => {
    const elsewhere = driftRuns(await start());
    await elsewhere.run({ verdict: 'fail', run: 50 });
    const [others] = elsewhere.issues;
    const server = await start();
    const runs = driftRuns(server);
    server.meanwhile('issues/create', (state) => {
      if (others !== undefined) state.issues.push({ ...others, number: state.nextNumber++ });
    });
    await runs.run({ verdict: 'fail', run: 51 });
    expect(runs.issues).toMatchObject([
      { number: 1, open: true },
      { number: 2, open: false, reason: 'not_planned' },
    ]);
    expect(runs.comments).toEqual(['Duplicate of #1: two runs opened an issue at the same time.']);
    expect(runs.text(1)).toContain('Found by 2 runs in a row');
  });

  test('the other overwrites what this one wrote: both stand there in the end', async () => {
    const elsewhere = driftRuns(await start());
    await elsewhere.days('f');
    await elsewhere.run({ verdict: 'fail', run: 50 });
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('f');
    server.meanwhile('issues/update', () => {
      server.meanwhile('issues/list-for-repo', ({ issues: [issue] }) => {
        if (issue !== undefined) issue.body = elsewhere.issues[0]?.body ?? '';
      });
    });
    await runs.run({ verdict: 'fail', run: 51 });
    expect(runs.text()).toContain('Found by 3 runs in a row');
    expect(runs.text()).toContain('actions/runs/50');
  });

  test('that both see the end say so once', async () => {
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('ff');
    await Promise.all([runs.run({ verdict: 'pass' }), runs.run({ verdict: 'pass' })]);
    expect(runs.issues).toMatchObject([{ open: false }]);
    expect(runs.comments).toHaveLength(1);
  });

  test('of which the later drifts and the earlier does not, leave it open', async () => {
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('f');
    const earlier = runs.run({ verdict: 'pass', at: new Date('2026-07-02T06:00:00Z') });
    const later = runs.run({ verdict: 'fail', at: new Date('2026-07-02T06:00:10Z') });
    await Promise.all([earlier, later]);
    await runs.days('f');
    expect(runs.issues).toMatchObject([{ open: true }]);
  });

  test('an issue deleted between finding and writing is opened anew', async () => {
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('f');
    server.meanwhile('issues/update', (state) => deleteIssue(state, 1));
    expect((await runs.run({ verdict: 'fail' })).outputs['issue-number']).toBe('2');
    expect(runs.issues).toHaveLength(1);
  });

  test('a creation whose answer got lost leaves one open issue', async () => {
    const server = await start();
    server.fail({ operation: 'issues/create', times: 1, fault: { kind: 'reset', done: true } });
    const runs = driftRuns(server);
    await runs.days('ff');
    expect(runs.issues.filter(({ open }) => open)).toMatchObject([{ number: 1 }]);
    expect(runs.text()).toContain('Found by 2 runs in a row');
  });
});

describe('when it cannot be written, one warning says why', () => {
  const denied = { kind: 'status', status: 403, message: 'Resource not accessible by integration' } as const;

  test.each([
    ['the list cannot be read', 'issues/list-for-repo'],
    ['it cannot be created', 'issues/create'],
  ])('%s: the permission is named', async (_, operation) => {
    const server = await start();
    server.fail({ operation, fault: denied });
    const { notices, outputs: given, lines } = await driftRuns(server).run({ verdict: 'fail' });
    expect(notices).toEqual([
      'The drift issue was not written: the token lacks the permission `issues: write` ' +
        '(403 Resource not accessible by integration).',
    ]);
    expect(lines[0]).toMatch(/^warning: /);
    expect(given).toEqual(outputs(''));
  });

  test('issues are switched off', async () => {
    const server = await start();
    server.state.issuesDisabled = true;
    const { notices } = await driftRuns(server).run({ verdict: 'fail' });
    expect(notices).toEqual([
      'The drift issue was not written: GitHub refused it (410): Issues are disabled for this repo.',
    ]);
  });

  test('there is no token', async () => {
    const { notices } = await driftRuns(await start()).run({ verdict: 'fail', client: null });
    expect(notices).toEqual(['No issue: `github-token` is empty.']);
  });

  test('the comment is refused: the issue is closed all the same', async () => {
    const server = await start();
    const runs = driftRuns(server);
    await runs.days('f');
    server.state.locked.push(1);
    const { notices } = await runs.run({ verdict: 'pass' });
    expect(notices).toEqual(['Issue #1 was closed, but not commented on: the conversation is locked (403).']);
    expect(runs.issues).toMatchObject([{ open: false }]);
  });

  test.each([
    ['people who cannot be assigned are named', undefined, 'GitHub assigns only people with access'],
    ['assigning is refused', denied, 'the token lacks the permission `issues: write`'],
  ])('%s', async (_, fault, said) => {
    const server = await start();
    if (fault !== undefined) server.fail({ operation: 'issues/add-assignees', fault });
    const runs = driftRuns(server, issueConfig({ assignees: ['nobody'] }));
    const { notices, outputs: given } = await runs.run({ verdict: 'fail' });
    expect(notices).toEqual([expect.stringContaining('Issue #1 was not assigned to nobody: ')]);
    expect(notices[0]).toContain(said);
    expect(given).toEqual(outputs('1'));
  });
});

describe('nothing is asked of GitHub', () => {
  test.each([
    ['on a push', { event: 'push' }],
    ['on a pull request', { event: 'pull_request' }],
    ['with `issue: never`', { config: issueConfig({ issue: 'never' }) }],
    ['when a profile is written', { details: { mode: 'profile' } as const }],
  ])('%s', async (_, changes) => {
    const server = await start();
    const { outputs: given, lines } = await driftRuns(server).run({ verdict: 'fail', ...changes });
    expect(given).toEqual(outputs(''));
    expect(server.received).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('on another event, which is told to who asked for retraining', async () => {
    const config = issueConfig({ retrain: retrainConfig() });
    const { lines } = await driftRuns(await start(), config).run({ verdict: 'fail', event: 'push' });
    expect(lines).toEqual([
      'info: Issue and retraining follow `schedule` and `workflow_dispatch`; this is `push`.',
    ]);
  });

  test.each([
    [null, []],
    [retrainConfig(), ['info: Issue and retraining belong to runs under GitHub; nothing was done.']],
  ])('at the command line', async (retrain, lines) => {
    const log = recordingLog();
    const run = finishedRun({ verdict: 'fail', at: new Date() });
    const context = { log, clock: () => new Date(), reportUrl: null, github: null };
    const followed = await followDrift(run, issueConfig({ retrain }), context);
    expect(followed.outputs).toEqual(outputs(''));
    expect(log.lines).toEqual(lines);
  });
});

test('workflow_dispatch is followed as a schedule is', async () => {
  const runs = driftRuns(await start());
  expect((await runs.run({ verdict: 'fail', event: 'workflow_dispatch' })).outputs).toEqual(outputs('1'));
});
