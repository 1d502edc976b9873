import { expect, test } from 'vitest';
import { serverForTests, testClient } from '../../test/support/github-setup.ts';
import { commentOnce, type OnceComment, removeComment } from './comment-once.ts';
import { commentMarker } from './sticky-comment.ts';

const start = serverForTests();
const PLACE = { owner: 'octo', repo: 'models' };
const NOON = new Date('2026-07-01T12:00:00Z');
const BOT = { login: 'github-actions[bot]', type: 'Bot' } as const;
const MARKER = commentMarker('drift-check retrain', '');

const wanted = (changes: Partial<OnceComment> = {}): OnceComment => ({
  place: PLACE,
  issue: 1,
  action: 'drift-check',
  purpose: 'retrain',
  id: '',
  body: 'Retraining.',
  seconds: 3600,
  holder: 'a',
  now: NOON,
  ...changes,
});

async function at(time: Date = NOON) {
  const server = await start();
  server.state.now = () => time;
  return server;
}

test('is written, and a second time only after the time', async () => {
  const server = await at();
  const client = testClient(server);
  expect(await commentOnce(client, wanted())).toMatchObject({ first: true, commentId: 1001, at: NOON });
  const later = new Date('2026-07-01T12:59:59Z');
  server.state.now = () => later;
  expect(await commentOnce(client, wanted({ holder: 'b', now: later }))).toEqual({
    first: false,
    url: 'https://github.com/octo/models/pull/1#issuecomment-1001',
    at: NOON,
  });
  expect(server.state.comments).toHaveLength(1);
  const after = new Date('2026-07-01T13:00:00Z');
  server.state.now = () => after;
  expect(await commentOnce(client, wanted({ holder: 'c', now: after }))).toMatchObject({ first: true });
});

test('of many at once, exactly one is first, and one comment stands there', async () => {
  const server = await at();
  const all = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (holder) => await commentOnce(testClient(server), wanted({ holder }))),
  );
  expect(all.filter(({ first }) => first)).toHaveLength(1);
  expect(server.state.comments).toHaveLength(1);
});

test('the one that was written in between goes before ours', async () => {
  const server = await at();
  server.meanwhile('issues/create-comment', (state) => {
    state.comments.push({ id: state.nextId++, issue: 1, author: BOT, body: MARKER, createdAt: NOON });
  });
  expect(await commentOnce(testClient(server), wanted())).toMatchObject({ first: false });
  expect(server.state.comments.map(({ id }) => id)).toEqual([1001]);
});

test('a comment whose answer got lost and that was written twice is ours, once', async () => {
  const server = await at();
  server.fail({ operation: 'issues/create-comment', times: 1, fault: { kind: 'reset', done: true } });
  expect(await commentOnce(testClient(server), wanted())).toMatchObject({ first: true, commentId: 1001 });
  expect(server.state.comments.map(({ id }) => id)).toEqual([1001]);
});

test.each([
  ['of a person', { author: { login: 'mallory', type: 'User' as const } }],
  ['that quotes the marker', { body: `> ${MARKER}` }],
  ['of another purpose', { body: commentMarker('drift-check ended', '') }],
  ['of another id', { body: commentMarker('drift-check retrain', 'eu') }],
  ['on another issue', { issue: 2 }],
])('a comment %s does not count', async (_, changes) => {
  const server = await at();
  server.state.comments.push({ id: 1, issue: 1, author: BOT, body: MARKER, createdAt: NOON, ...changes });
  expect(await commentOnce(testClient(server), wanted())).toMatchObject({ first: true });
});

test('can be taken back, also when it is gone already', async () => {
  const server = await at();
  const once = await commentOnce(testClient(server), wanted());
  const id = once.first ? once.commentId : 0;
  expect(await removeComment(testClient(server), PLACE, id)).toBe(true);
  expect(await removeComment(testClient(server), PLACE, id)).toBe(false);
  expect(server.state.comments).toEqual([]);
});
