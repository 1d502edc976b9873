import { expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { logPlaceOf } from './logs.ts';

const definition = (logConfiguration: JsonObject): JsonObject => ({
  containerDefinitions: [{ name: 'app', image: 'api', logConfiguration }],
});
const options = { 'awslogs-group': '/ecs/web', 'awslogs-stream-prefix': 'ecs' };

test('prefix, container and task name the stream', () => {
  expect(logPlaceOf(definition({ logDriver: 'awslogs', options }), 'app', '1f3c')).toEqual({
    group: '/ecs/web',
    stream: 'ecs/app/1f3c',
    region: null,
  });
  const abroad = { ...options, 'awslogs-region': 'us-east-1' };
  expect(logPlaceOf(definition({ logDriver: 'awslogs', options: abroad }), 'app', '1f3c')?.region).toBe(
    'us-east-1',
  );
});

test.each<[string, JsonObject, string]>([
  ['another driver', definition({ logDriver: 'splunk', options }), 'app'],
  ['no prefix', definition({ logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/web' } }), 'app'],
  ['no log', { containerDefinitions: [{ name: 'app' }] }, 'app'],
  ['no such container', definition({ logDriver: 'awslogs', options }), 'proxy'],
])('%s: nothing is known', (_what, given, container) => {
  expect(logPlaceOf(given, container, '1f3c')).toBeNull();
});
