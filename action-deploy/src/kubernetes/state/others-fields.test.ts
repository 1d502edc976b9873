import { expect, test } from 'vitest';
import type { JsonObject, KubeObject } from '../../../../core/kubernetes/index.ts';
import { differences, pathText } from './difference.ts';
import { withoutOthers } from './others-fields.ts';

/** What would be put back of `now`, where `fields` are somebody else's. */
function putBack(from: JsonObject, to: JsonObject, fields: JsonObject, subresource = ''): string[] {
  const managedFields = [
    { manager: 'ml-gates-deploy', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:ours': {} } } },
    {
      manager: 'other',
      operation: 'Update',
      fieldsV1: fields,
      ...(subresource === '' ? {} : { subresource }),
    },
  ];
  const now = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', managedFields },
    ...to,
  } as unknown as KubeObject;
  return withoutOthers(differences(from, to, 'whole'), now).map(
    (one) => `${pathText(one.path)}: ${JSON.stringify(one.from)} <- ${JSON.stringify(one.to)}`,
  );
}

const container = (name: string, more: JsonObject = {}): JsonObject => ({ name, ...more });

test.each<[string, JsonObject, JsonObject, JsonObject, string[]]>([
  ['nobody else has it', { spec: { a: 1 } }, { spec: { a: 2 } }, {}, ['spec.a: 1 <- 2']],
  ['theirs', { spec: { a: 1 } }, { spec: { a: 2 } }, { 'f:spec': { 'f:a': {} } }, []],
  [
    'theirs as a whole',
    { spec: { a: { b: 1 } } },
    { spec: { a: { b: 2 } } },
    { 'f:spec': { 'f:a': {} } },
    [],
  ],
  [
    'added by both',
    { spec: {} },
    { spec: { labels: { mine: 'x', theirs: 'y' } } },
    { 'f:spec': { 'f:labels': { '.': {}, 'f:theirs': {} } } },
    ['spec.labels.mine: undefined <- "x"'],
  ],
  [
    'an element that is not theirs',
    { spec: { list: [container('app', { policy: 'Always' }), container('side', { env: 'x' })] } },
    { spec: { list: [container('app', { policy: 'Never' }), container('side', { env: 'y' })] } },
    { 'f:spec': { 'f:list': { 'k:{"name":"side"}': { '.': {}, 'f:env': {} } } } },
    ['spec.list[app].policy: "Always" <- "Never"'],
  ],
  [
    'a list in which theirs is as before',
    { spec: { list: [container('app', { policy: 'Always' }), container('side', { env: 'x' })] } },
    { spec: { list: [container('app', { policy: 'Never' }), container('side', { env: 'x' })] } },
    { 'f:spec': { 'f:list': { 'k:{"name":"side"}': { '.': {}, 'f:env': {} } } } },
    [
      'spec.list: [{"name":"app","policy":"Always"},{"name":"side","env":"x"}] <- [{"name":"app","policy":"Never"},{"name":"side","env":"x"}]',
    ],
  ],
  [
    'an element that they have added stays, one that nobody has goes',
    { spec: { list: [container('app')] } },
    { spec: { list: [container('app'), container('theirs', { a: 1 }), container('nobodys')] } },
    { 'f:spec': { 'f:list': { 'k:{"name":"theirs"}': { '.': {}, 'f:a': {}, 'f:name': {} } } } },
    ['spec.list[nobodys]: undefined <- {"name":"nobodys"}'],
  ],
  [
    'what is not there any more is nobody\u2019s',
    { spec: { a: 1 } },
    { spec: {} },
    { 'f:spec': { 'f:b': {} } },
    ['spec.a: 1 <- undefined'],
  ],
])('%s', (_name, from, to, fields, expected) => {
  expect(putBack(from, to, fields)).toEqual(expected);
});

test('what a controller tells in the status is no claim', () => {
  expect(putBack({ spec: { a: 1 } }, { spec: { a: 2 } }, { 'f:spec': { 'f:a': {} } }, 'status')).toHaveLength(
    1,
  );
});
