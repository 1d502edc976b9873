import { describe, expect, test } from 'vitest';
import { deleteIssue } from '../../test/support/github-issues.ts';
import { serverForTests, testClient } from '../../test/support/github-setup.ts';
import type { State } from '../../test/support/github-state.ts';
import { type RollingIssueKey, rollingIssues } from './rolling-issue.ts';
import { commentMarker } from './sticky-comment.ts';

const start = serverForTests();
const PLACE = { owner: 'octo', repo: 'models' };
const BOT = { login: 'github-actions[bot]', type: 'Bot' } as const;
const PERSON = { login: 'mallory', type: 'User' } as const;
const MARKER = commentMarker('drift-check', '');

const key = (changes: Partial<RollingIssueKey> = {}): RollingIssueKey => ({
  action: 'drift-check',
  id: '',
  title: 'Data drift',
  labels: ['data-drift', 'ml'],
  ...changes,
});
const text = (count = 1) => ({ body: 'Drift.', memory: { count } });

function add(state: State, issue: Partial<State['issues'][number]>): number {
  const number = state.nextNumber++;
  state.issues.push({
    number,
    author: BOT,
    title: 'Something',
    body: `${MARKER}\n\nDrift.`,
    open: true,
    reason: null,
    labels: ['data-drift'],
    assignees: [],
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...issue,
  });
  return number;
}

test('is created with labels, and found again with what it remembers', async () => {
  const server = await start();
  const issues = rollingIssues(testClient(server), PLACE, key());
  expect(await issues.find()).toEqual({ issue: null, duplicates: [] });
  await issues.create(text());
  const { issue } = await issues.find();
  expect(issue).toEqual({
    number: 1,
    url: 'https://github.com/octo/models/issues/1',
    open: true,
    memory: { kept: true, value: { count: 1 } },
  });
  expect(server.state.issues[0]).toMatchObject({ title: 'Data drift', labels: ['data-drift', 'ml'] });
  expect(server.state.issues[0]?.body).toMatch(/^<!-- ml-gates: drift-check -->\n<!-- .* -->\n\nDrift\.$/);
});

test('is updated, closed and reopened; its title is left to people', async () => {
  const server = await start();
  const issues = rollingIssues(testClient(server), PLACE, key());
  const issue = await issues.create(text());
  const [stored] = server.state.issues;
  if (stored !== undefined) stored.title = 'Renamed';
  expect(await issues.update(issue, text(2), 'closed')).toBe(true);
  expect(server.state.issues[0]).toMatchObject({ title: 'Renamed', open: false, reason: 'completed' });
  expect((await issues.find()).issue?.memory).toEqual({ kept: true, value: { count: 2 } });
  await issues.update(issue, text(3));
  expect(server.state.issues[0]?.open).toBe(false);
  await issues.update(issue, text(3), 'open');
  expect(server.state.issues[0]).toMatchObject({ open: true, reason: 'reopened' });
});

describe('is found', () => {
  test('behind 250 other issues of the label', async () => {
    const server = await start();
    const number = add(server.state, { open: false });
    for (let i = 0; i < 250; i++) add(server.state, { author: PERSON, body: `issue ${i}` });
    expect((await rollingIssues(testClient(server), PLACE, key()).find()).issue?.number).toBe(number);
  });

  test.each([
    ['without its label', { labels: [] }],
    ['under another label than the one that is configured now', { labels: ['drift'] }],
    ['when its text was replaced and its title kept', { body: 'Never mind', title: 'Data drift' }],
    ['when its text is empty', { body: '', title: 'Data drift' }],
  ])('%s', async (_, changes) => {
    const server = await start();
    const number = add(server.state, changes);
    expect((await rollingIssues(testClient(server), PLACE, key()).find()).issue?.number).toBe(number);
  });

  test('by a user’s token as that user’s', async () => {
    const token = 'ghp_0123456789';
    const server = await start({ tokens: { [token]: { login: 'ada', type: 'User' } } });
    add(server.state, {});
    const issues = rollingIssues(testClient(server, { token }), PLACE, key());
    expect((await issues.find()).issue).toBeNull();
    const created = await issues.create(text());
    expect((await issues.find()).issue?.number).toBe(created.number);
  });
});

describe('is not taken for', () => {
  test.each([
    ['a person’s issue with our marker', { author: PERSON }],
    ['a person’s issue with our title', { author: PERSON, title: 'Data drift', body: '' }],
    ['a bot’s issue that quotes the marker', { body: `See\n${MARKER}` }],
    ['a pull request', { isPullRequest: true }],
    ['the issue of another id', { body: commentMarker('drift-check', 'eu'), title: 'Data drift' }],
    ['the issue of another action', { body: commentMarker('perf-gate', '') }],
  ])('%s', async (_, changes) => {
    const server = await start();
    add(server.state, changes);
    expect((await rollingIssues(testClient(server), PLACE, key()).find()).issue).toBeNull();
  });
});

test('of several the oldest counts; the others that are open are duplicates, and are none once closed', async () => {
  const server = await start();
  for (const open of [false, true, true, false]) add(server.state, { open });
  const issues = rollingIssues(testClient(server), PLACE, key());
  const { issue, duplicates } = await issues.find();
  expect([issue?.number, duplicates.map(({ number }) => number).sort()]).toEqual([1, [2, 3]]);
  for (const duplicate of duplicates) if (issue !== null) await issues.closeDuplicate(duplicate, issue);
  expect(server.state.issues[1]).toMatchObject({ open: false, reason: 'not_planned' });
  expect(server.state.comments.map((comment) => comment.body)).toContain(
    'Duplicate of #1: two runs opened an issue at the same time.',
  );
  deleteIssue(server.state, 1);
  expect((await issues.find()).issue?.number).toBe(4);
});

test('an issue deleted since it was found is told', async () => {
  const server = await start();
  const issues = rollingIssues(testClient(server), PLACE, key());
  const issue = await issues.create(text());
  deleteIssue(server.state, issue.number);
  expect(await issues.update(issue, text())).toBe(false);
  expect(await issues.find()).toEqual({ issue: null, duplicates: [] });
});

test('who cannot be assigned is named, the others are assigned', async () => {
  const server = await start();
  server.state.assignable = ['ada'];
  const issues = rollingIssues(testClient(server), PLACE, key());
  const issue = await issues.create(text());
  expect(await issues.assign(issue, ['Ada', 'ada', 'nobody'])).toEqual(['nobody']);
  expect(server.state.issues[0]?.assignees).toEqual(['ada']);
  expect(await issues.assign(issue, [])).toEqual([]);
});

test('a text above the limit is cut and says so; the memory stays whole', async () => {
  const server = await start();
  const issues = rollingIssues(testClient(server), PLACE, key());
  const issue = await issues.create({ body: 'line 🙂\n'.repeat(20_000), memory: { big: 'x'.repeat(5000) } });
  const body = server.state.issues[0]?.body ?? '';
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toMatch(/_Shortened to what GitHub takes/);
  expect(issue.memory).toEqual({ kept: true, value: { big: 'x'.repeat(5000) } });
});
