import { describe, expect, test } from 'vitest';
import type { Json, KubeObject } from '../../../../core/kubernetes/index.ts';
import { comparable } from './comparable.ts';
import { differences, pathText, pointer } from './difference.ts';
import { changesOf } from './show.ts';

const found = (from: Json, to: Json): string[] =>
  differences(from, to).map(
    ({ path, from: a, to: b }) => `${pathText(path)}: ${JSON.stringify(a)} -> ${JSON.stringify(b)}`,
  );

test.each<[string, Json, Json, string[]]>([
  ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: 1 -> 2']],
  ['what is added', {}, { a: { b: 1 } }, ['a: undefined -> {"b":1}']],
  ['what is taken away', { a: 1 }, {}, ['a: 1 -> undefined']],
  ['a key with dots', { 'a.b/c': 1 }, { 'a.b/c': 2 }, ['[a.b/c]: 1 -> 2']],
  [
    'elements by their name',
    {
      c: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
    },
    {
      c: [
        { name: 'b', image: 'z' },
        { name: 'd', image: 'y' },
      ],
    },
    [
      'c[a]: {"name":"a","image":"x"} -> undefined',
      'c[b].image: "y" -> "z"',
      'c[d]: undefined -> {"name":"d","image":"y"}',
    ],
  ],
  [
    'their order',
    { c: [{ name: 'a' }, { name: 'b' }] },
    { c: [{ name: 'b' }, { name: 'a' }] },
    ['c: ["a","b"] -> ["b","a"]'],
  ],
  [
    'ports without names',
    { p: [{ containerPort: 80 }, { containerPort: 81, protocol: 'TCP' }] },
    { p: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }] },
    ['p[81].protocol: "TCP" -> "UDP"'],
  ],
  [
    'arguments by their place',
    { a: ['x', 'y'] },
    { a: ['x', 'z', 'w'] },
    ['a[1]: "y" -> "z"', 'a[2]: undefined -> "w"'],
  ],
  [
    'names that are there twice',
    {
      a: [
        { name: 'x', v: 1 },
        { name: 'x', v: 2 },
      ],
    },
    {
      a: [
        { name: 'x', v: 1 },
        { name: 'x', v: 3 },
      ],
    },
    ['a[1].v: 2 -> 3'],
  ],
])('%s', (_name, from, to, expected) => {
  expect(found(from, to)).toEqual(expected);
});

test('pointers', () => {
  expect(pointer(['metadata', 'annotations', 'a/b~c'])).toBe('/metadata/annotations/a~1b~0c');
});

describe('objects', () => {
  const object = (more: object): KubeObject =>
    ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'ml' },
      ...more,
    }) as KubeObject;

  test('what the cluster keeps of itself is no difference', () => {
    const kept = {
      metadata: {
        name: 'web',
        namespace: 'ml',
        uid: 'u',
        resourceVersion: '1',
        generation: 2,
        creationTimestamp: 't',
        managedFields: [],
        annotations: {
          'deployment.kubernetes.io/revision': '7',
          'ml-gates.dev/deployment': 'd',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
      },
      status: { replicas: 1 },
    };
    expect(comparable(object(kept))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'ml' },
    });
  });

  test('a new one, with what it runs', () => {
    const pod = { containers: [{ name: 'app', image: 'a@sha256:1' }] };
    expect(changesOf(null, object({ spec: { template: { spec: pod } } }), 'ml')).toEqual([
      { place: 'Deployment/web', from: null, to: 'is made' },
      { place: 'Deployment/web containers[app].image', from: null, to: '"a@sha256:1"' },
    ]);
  });

  test('variables that sound secret, within what is added, too', () => {
    const container = (env: object[]): object => ({ spec: { containers: [{ name: 'app', env }] } });
    const changes = changesOf(
      object(container([{ name: 'A', value: '1' }])),
      object({
        spec: {
          containers: [
            {
              name: 'app',
              env: [
                { name: 'A', value: '1' },
                { name: 'API_TOKEN', value: 'swordfish' },
              ],
            },
            { name: 'b', env: [{ name: 'PASSWORD', value: 'swordfish' }] },
          ],
        },
      }),
      'ml',
    );
    expect(JSON.stringify(changes)).not.toContain('swordfish');
    expect(changes).toHaveLength(2);
  });

  test('keys of a ConfigMap that sound secret, also where it had no data before', () => {
    const map = (more: object): KubeObject => ({ ...object(more), kind: 'ConfigMap' }) as KubeObject;
    const data = { level: 'debug', DB_PASSWORD: 'swordfish' };
    for (const [before, after] of [
      [map({}), map({ data })],
      [map({ data }), map({})],
      [map({ data: { level: 'info', DB_PASSWORD: 'rosebud' } }), map({ data })],
    ] as const) {
      const text = JSON.stringify(changesOf(before, after, 'ml'));
      expect(text).not.toMatch(/swordfish|rosebud/);
      expect(text).toContain('debug');
    }
  });

  test('annotations that sound secret, alone and within what is added', () => {
    const pod = (annotations: object): object => ({ spec: { template: { metadata: { annotations } } } });
    const annotations = { level: 'debug', 'example.com/api-token': 'swordfish' };
    for (const [before, after] of [
      [object({ spec: {} }), object(pod(annotations))],
      [object(pod({})), object(pod(annotations))],
      [object(pod({ ...annotations, 'example.com/api-token': 'rosebud' })), object(pod(annotations))],
    ] as const)
      expect(JSON.stringify(changesOf(before, after, 'ml'))).not.toMatch(/swordfish|rosebud/);
  });

  test('values with credentials in an address lose them', () => {
    const [change] = changesOf(
      object({ spec: { url: 'a' } }),
      object({ spec: { url: 'postgres://me:pw@db/x' } }),
      'ml',
    );
    expect(change?.to).toBe('"postgres://db/x"');
  });

  test('many fields are counted', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, index]));
    const changes = changesOf(object({ spec: {} }), object({ spec: many }), 'ml');
    expect(changes).toHaveLength(51);
    expect(changes.at(-1)).toEqual({ place: 'Deployment/web', from: null, to: 'and 10 further fields' });
  });
});
