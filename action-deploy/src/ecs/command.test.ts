import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EcsApi } from './api.ts';
import { isFailure } from './call-failure.ts';
import { Calls } from './calls.ts';

interface Seen {
  readonly operation: string;
  readonly length: string | undefined;
  readonly body: unknown;
}

let server: Server;
let seen: Seen[];
let answers: ((response: import('node:http').ServerResponse) => void)[];
let client: ECSClient;

beforeEach(async () => {
  seen = [];
  answers = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    seen.push({ operation, length: request.headers['content-length'], body: JSON.parse(text.toString()) });
    expect(Number(request.headers['content-length'])).toBe(text.length);
    answers.shift()?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new ECSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 5,
  });
});

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

let now = 0;
const waited: number[] = [];
const timing = {
  clock: () => new Date(now),
  sleep: async (ms: number) => {
    waited.push(ms);
    now += ms;
  },
};
const scope = () => ({ signal: new AbortController().signal, until: new Date(now + 600_000) });
const api = () => new EcsApi(client, new Calls(timing));

const json =
  (value: unknown, status = 200) =>
  (response: import('node:http').ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(value));
  };
const reset = (response: import('node:http').ServerResponse) => response.socket?.destroy();

test('fields that the SDK does not know come through both ways', async () => {
  const definition = {
    family: 'web',
    novelty: { größe: [1, { a: null }] },
    containerDefinitions: [{ odd: true }],
  };
  answers.push(
    json({ taskDefinition: definition, tags: [] }),
    json({ taskDefinition: { taskDefinitionArn: 'web:2' } }),
  );
  const read = await api().taskDefinition('web', scope());
  expect(read?.definition).toEqual(definition);
  expect(await api().register(definition, scope())).toBe('web:2');
  expect(seen.map(({ body }) => body)).toEqual([{ taskDefinition: 'web', include: ['TAGS'] }, definition]);
});

test('a change that nobody answered is sent once', async () => {
  answers.push(reset);
  const failure = await api()
    .register({ family: 'web' }, scope())
    .catch((error: unknown) => error);
  expect(isFailure(failure, 'lost')).toBe(true);
  expect(seen).toHaveLength(1);
});

test('so is one that was answered with 500; one that was throttled is sent again', async () => {
  answers.push(json({ __type: 'ServerException' }, 500));
  const failure = await api()
    .register({ family: 'web' }, scope())
    .catch((error: unknown) => error);
  expect(isFailure(failure, 'server')).toBe(true);
  expect(seen).toHaveLength(1);

  answers.push(
    json({ __type: 'ThrottlingException', message: 'Rate exceeded' }, 400),
    json(
      {
        __type: 'ClientException',
        message: 'Too many concurrent attempts to create a new revision of the specified family.',
      },
      400,
    ),
    json({ taskDefinition: { taskDefinitionArn: 'web:2' } }),
  );
  expect(await api().register({ family: 'web' }, scope())).toBe('web:2');
  expect(seen).toHaveLength(4);
});

test('reads are sent again, with growing pauses, until there is no time', async () => {
  answers.push(reset, json({ __type: 'ServerException' }, 500), json({ services: [] }));
  waited.length = 0;
  expect(await api().service('prod', 'web', scope())).toBeNull();
  expect(waited).toEqual([500, 1_000]);

  answers.push(reset, reset);
  const until = new Date(now + 600);
  const failure = await api()
    .service('prod', 'web', { ...scope(), until })
    .catch((error: unknown) => error);
  expect(isFailure(failure, 'lost')).toBe(true);
});

test('nothing is sent after the job was cancelled', async () => {
  const failure = await api()
    .service('prod', 'web', { ...scope(), signal: AbortSignal.abort() })
    .catch((error: unknown) => error);
  expect(isFailure(failure, 'ended')).toBe(true);
  expect(seen).toEqual([]);
});
