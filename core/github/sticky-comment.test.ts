import { describe, expect, test } from 'vitest';
import { serverForTests, testClient } from '../../test/support/github-setup.ts';
import type { State } from '../../test/support/github-state.ts';
import { commentMarker, type StickyComment, writeStickyComment } from './sticky-comment.ts';

const start = serverForTests();
const PLACE = { owner: 'octo', repo: 'models', pullRequest: 7 };
const BOT = { login: 'github-actions[bot]', type: 'Bot' } as const;
const PERSON = { login: 'mallory', type: 'User' } as const;
const MARKER = commentMarker('validate-model', '');

function comment(changes: Partial<StickyComment> = {}): StickyComment {
  return { action: 'validate-model', id: '', mode: 'auto', verdict: 'pass', body: 'All good.', ...changes };
}

function add(state: State, author: typeof BOT | typeof PERSON, body: string, issue = 7): number {
  const id = state.nextId++;
  state.comments.push({ id, issue, author, body });
  return id;
}

test('is created once, then updated, then left alone', async () => {
  const server = await start();
  const client = testClient(server);
  expect(await writeStickyComment(client, PLACE, comment())).toMatchObject({ done: 'created' });
  expect(await writeStickyComment(client, PLACE, comment({ body: 'Worse.' }))).toMatchObject({
    done: 'updated',
  });
  expect(await writeStickyComment(client, PLACE, comment({ body: 'Worse.' }))).toMatchObject({
    done: 'unchanged',
    url: 'https://github.com/octo/models/pull/7#issuecomment-1001',
  });
  expect(server.state.comments.map(({ body }) => body)).toEqual([`${MARKER}\nWorse.`]);
  expect(server.count('issues/update-comment')).toBe(1);
});

test('actions and ids do not share a comment', async () => {
  const server = await start();
  const client = testClient(server);
  await writeStickyComment(client, PLACE, comment());
  await writeStickyComment(client, PLACE, comment({ id: 'eu' }));
  await writeStickyComment(client, PLACE, comment({ id: 'eu-2' }));
  await writeStickyComment(client, PLACE, comment({ action: 'perf-gate' }));
  expect(server.state.comments).toHaveLength(4);
});

test('a body that bears its marker already gets no second one', async () => {
  const server = await start();
  await writeStickyComment(testClient(server), PLACE, comment({ body: `${MARKER}\n### Passed` }));
  expect(server.state.comments.map(({ body }) => body)).toEqual([`${MARKER}\n### Passed`]);
});

test('an id that tries to end the marker is found again', async () => {
  const server = await start();
  const client = testClient(server);
  await writeStickyComment(client, PLACE, comment({ id: '--> <b>!' }));
  expect(await writeStickyComment(client, PLACE, comment({ id: '--> <b>!' }))).toMatchObject({
    done: 'unchanged',
  });
  expect(server.state.comments[0]?.body.split('\n')[0]).toMatch(/^<!-- [^<>]* -->$/);
});

test('is found behind 250 other comments', async () => {
  const server = await start();
  for (let i = 0; i < 250; i++) add(server.state, PERSON, `comment ${i}`);
  const own = add(server.state, BOT, `${MARKER}\nold`);
  const outcome = await writeStickyComment(testClient(server), PLACE, comment());
  expect(outcome.done).toBe('updated');
  expect(server.count('issues/list-comments')).toBe(3);
  expect(server.state.comments.find(({ id }) => id === own)?.body).toContain('All good.');
});

describe('what others wrote is not touched', () => {
  test('a person who pastes the marker', async () => {
    const server = await start();
    const foreign = add(server.state, PERSON, `${MARKER}\nhijacked`);
    expect(await writeStickyComment(testClient(server), PLACE, comment())).toMatchObject({ done: 'created' });
    expect(server.state.comments.find(({ id }) => id === foreign)?.body).toBe(`${MARKER}\nhijacked`);
  });

  test('a bot that quotes the marker inside its text', async () => {
    const server = await start();
    add(server.state, BOT, `See:\n${MARKER}\nquoted`);
    add(server.state, BOT, `> ${MARKER}`);
    expect(await writeStickyComment(testClient(server), PLACE, comment())).toMatchObject({ done: 'created' });
    expect(server.state.comments).toHaveLength(3);
  });

  test('with a user token, everybody else, bots included', async () => {
    const token = 'ghp_0123456789';
    const server = await start({ tokens: { [token]: { login: 'ada', type: 'User' } } });
    add(server.state, BOT, `${MARKER}\nbot`);
    add(server.state, PERSON, `${MARKER}\nperson`);
    const client = testClient(server, { token });
    expect(await writeStickyComment(client, PLACE, comment())).toMatchObject({ done: 'created' });
    const again = await writeStickyComment(client, PLACE, comment({ body: 'Again.' }));
    expect(again.done).toBe('updated');
    expect(server.state.comments.filter(({ author }) => author.login === 'ada')).toHaveLength(1);
  });

  test('other pull requests', async () => {
    const server = await start();
    add(server.state, BOT, `${MARKER}\nother`, 8);
    expect(await writeStickyComment(testClient(server), PLACE, comment())).toMatchObject({ done: 'created' });
  });
});

describe('modes', () => {
  test('never asks nothing', async () => {
    const server = await start();
    const outcome = await writeStickyComment(testClient(server), PLACE, comment({ mode: 'never' }));
    expect(outcome).toEqual({ done: 'nothing', url: null });
    expect(server.received).toHaveLength(0);
  });

  test.each([
    ['pass', 'nothing'],
    ['fail', 'created'],
    ['inconclusive', 'created'],
  ] as const)('on-failure with %s: %s', async (verdict, done) => {
    const server = await start();
    const outcome = await writeStickyComment(
      testClient(server),
      PLACE,
      comment({ mode: 'on-failure', verdict }),
    );
    expect(outcome.done).toBe(done);
  });

  test('on-failure updates the red comment when the gate turns green', async () => {
    const server = await start();
    const client = testClient(server);
    await writeStickyComment(client, PLACE, comment({ mode: 'on-failure', verdict: 'fail', body: 'Bad.' }));
    const green = await writeStickyComment(client, PLACE, comment({ mode: 'on-failure', verdict: 'pass' }));
    expect(green.done).toBe('updated');
    expect(server.state.comments[0]?.body).toContain('All good.');
  });
});

describe('others at the same time', () => {
  test('two jobs that both find none end with one comment', async () => {
    const server = await start();
    await Promise.all([
      writeStickyComment(testClient(server), PLACE, comment({ body: 'one' })),
      writeStickyComment(testClient(server), PLACE, comment({ body: 'two' })),
    ]);
    expect(server.state.comments).toHaveLength(1);
    expect(server.state.comments[0]?.body).toMatch(/\n(one|two)$/);
  });

  test('the other job was first: its comment takes our text, ours goes', async () => {
    const server = await start();
    server.meanwhile('issues/create-comment', (state) => add(state, BOT, `${MARKER}\nfirst`));
    const outcome = await writeStickyComment(testClient(server), PLACE, comment());
    expect(outcome).toMatchObject({ done: 'updated', url: expect.stringContaining('1001') });
    expect(server.state.comments.map(({ id, body }) => [id, body])).toEqual([[1001, `${MARKER}\nAll good.`]]);
  });

  test('duplicates left by an earlier race go', async () => {
    const server = await start();
    for (const text of ['a', 'b', 'c']) add(server.state, BOT, `${MARKER}\n${text}`);
    await writeStickyComment(testClient(server), PLACE, comment());
    expect(server.state.comments.map(({ body }) => body)).toEqual([`${MARKER}\nAll good.`]);
  });

  test('a comment deleted between finding and updating is created anew', async () => {
    const server = await start();
    add(server.state, BOT, `${MARKER}\nold`);
    server.meanwhile('issues/update-comment', (state) => {
      state.comments = [];
    });
    expect(await writeStickyComment(testClient(server), PLACE, comment())).toMatchObject({ done: 'created' });
    expect(server.state.comments).toHaveLength(1);
  });

  test('a creation whose answer got lost does not leave two', async () => {
    const server = await start();
    server.fail({ operation: 'issues/create-comment', times: 1, fault: { kind: 'reset', done: true } });
    await writeStickyComment(testClient(server), PLACE, comment());
    expect(server.state.comments).toHaveLength(1);
  });
});

test('a text above the limit is cut, and says so', async () => {
  const server = await start();
  await writeStickyComment(testClient(server), PLACE, comment({ body: 'line 🙂\n'.repeat(20_000) }));
  const body = server.state.comments[0]?.body ?? '';
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body.length).toBeGreaterThan(65_000);
  expect(body).toMatch(/line 🙂\n\n_Shortened: the whole report stands in the job summary/);
});
