import { describe, expect, test } from 'vitest';
import { serverForTests, testClient } from '../../test/support/github-setup.ts';
import { dispatchEvent, dispatchWorkflow, wasRefused } from './dispatch.ts';

const start = serverForTests();
const PLACE = { owner: 'octo', repo: 'models' };
const request = { workflow: 'retrain.yml', ref: 'main', inputs: { digest: 'sha256:1', columns: '["age"]' } };

async function withWorkflow(inputs: readonly string[] | null) {
  const server = await start();
  server.state.workflows = [{ file: 'retrain.yml', inputs }];
  return server;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('workflow_dispatch', () => {
  test('carries the inputs', async () => {
    const server = await withWorkflow(['digest', 'columns']);
    expect(await dispatchWorkflow(testClient(server), PLACE, request)).toEqual({
      ref: 'main',
      undeclared: [],
    });
    expect(server.state.dispatches).toEqual([request]);
  });

  test('without a ref goes to the default branch', async () => {
    const server = await withWorkflow(['digest', 'columns']);
    await dispatchWorkflow(testClient(server), PLACE, { ...request, ref: null });
    expect(server.state.dispatches).toMatchObject([{ ref: 'main' }]);
  });

  test.each([
    { declared: ['digest'], undeclared: ['columns'], sent: { digest: 'sha256:1' } },
    { declared: [], undeclared: ['digest', 'columns'], sent: {} },
  ])(
    'inputs that the workflow does not declare are left out: $undeclared',
    async ({ declared, undeclared, sent }) => {
      const server = await withWorkflow(declared);
      expect(await dispatchWorkflow(testClient(server), PLACE, request)).toEqual({ ref: 'main', undeclared });
      expect(server.state.dispatches).toEqual([{ ...request, inputs: sent }]);
    },
  );

  test.each([
    ['has no trigger', null],
    ['does not exist', undefined],
  ])('a workflow that %s is refused', async (_, inputs) => {
    const server = inputs === undefined ? await start() : await withWorkflow(inputs);
    const error = await failureOf(dispatchWorkflow(testClient(server), PLACE, request));
    expect(error).toBeInstanceOf(Error);
    expect(wasRefused(error)).toBe(true);
    expect(server.count('actions/create-workflow-dispatch')).toBe(1);
  });

  test.each([
    ['the answer gets lost', { kind: 'reset', done: true }, 1],
    ['the connection is lost', { kind: 'reset' }, 0],
    ['GitHub answers 502', { kind: 'status', status: 502, message: 'Bad Gateway' }, 0],
  ] as const)('is not repeated when %s: it may have been done', async (_, fault, done) => {
    const server = await withWorkflow(['digest', 'columns']);
    server.fail({ operation: 'actions/create-workflow-dispatch', fault });
    const error = await failureOf(dispatchWorkflow(testClient(server), PLACE, request));
    expect(wasRefused(error)).toBe(false);
    expect(server.count('actions/create-workflow-dispatch')).toBe(1);
    expect(server.state.dispatches).toHaveLength(done);
  });

  test('waits for a secondary rate limit', async () => {
    const server = await withWorkflow(['digest', 'columns']);
    server.fail({
      operation: 'actions/create-workflow-dispatch',
      times: 1,
      fault: {
        kind: 'status',
        status: 403,
        message: 'secondary rate limit',
        headers: { 'retry-after': '1' },
      },
    });
    await dispatchWorkflow(testClient(server), PLACE, request);
    expect(server.state.dispatches).toHaveLength(1);
  });
});

test('repository_dispatch carries the payload, once', async () => {
  const server = await start();
  const event = { type: 'drift', payload: { columns: ['age'], rows: 5 } };
  await dispatchEvent(testClient(server), PLACE, event);
  server.fail({ operation: 'repos/create-dispatch-event', fault: { kind: 'reset', done: true } });
  expect(await failureOf(dispatchEvent(testClient(server), PLACE, event))).not.toBeNull();
  expect(server.count('repos/create-dispatch-event')).toBe(2);
  expect(server.state.dispatches[0]).toEqual({ event: 'drift', payload: { columns: ['age'], rows: 5 } });
});
