/** What is no policy, told with its place and with what was meant; and all the ways in which one may be written. */

import { expect, test } from 'vitest';
import type { Json } from '../../core/kubernetes/index.ts';
import { type PolicyKind, parsePolicyText } from './index.ts';

function problems(statement: Json, kind?: PolicyKind): readonly string[] {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  const read = parsePolicyText(text, 'a.json', kind);
  return read.is === 'wrong' ? read.problems : [];
}
const right = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

test.each<[Json, PolicyKind, readonly string[]]>([
  [[], 'identity', ['Statement is missing']],
  [['x'], 'identity', ['statement 1: it is an object']],
  [{ ...right, Sid: 1 }, 'identity', ['statement 1: Sid is a text']],
  [
    [
      { ...right, Sid: 'A' },
      { ...right, Sid: 'A' },
    ],
    'identity',
    ['the Sid "A" is there twice'],
  ],
  [{ Action: 's3:GetObject', Resource: '*' }, 'identity', ['statement 1: Effect is missing']],
  [{ ...right, NotAction: 's3:*' }, 'identity', ['statement 1: Action and NotAction exclude each other']],
  [
    { ...right, Action: ['s3:GetObject', 7] },
    'identity',
    ['statement 1: Action is a text or a list of texts'],
  ],
  [{ ...right, Action: [] }, 'identity', ['statement 1: Action is a text or a list of texts']],
  [
    { ...right, Action: 'GetObject' },
    'identity',
    ['statement 1: "GetObject" is no action; one is written `service:Name`'],
  ],
  [
    { ...right, Principal: '*' },
    'identity',
    ['statement 1: a policy of a user or a role names no principal: it is whoever has the policy'],
  ],
  [{ ...right }, 'resource', ['statement 1: Principal is missing']],
  [
    { ...right, Principal: '*' },
    'trust',
    ['statement 1: Resource does not belong into a trust policy: the resource is the role itself'],
  ],
  [
    { ...right, Principal: { Aws: 'x' } },
    'resource',
    ['statement 1: "Aws" is no element; did you mean AWS?'],
  ],
  [
    { ...right, Principal: { AWS: 'arn:aws:iam::123456789012:role/*' } },
    'resource',
    [
      'statement 1: the principal "arn:aws:iam::123456789012:role/*" holds a wildcard; it is named whole, or `*` with a condition',
    ],
  ],
  [
    { ...right, Principal: { AWS: '12345' } },
    'resource',
    [
      'statement 1: "12345" is no principal; it is an account of twelve digits, or the ARN of a user or a role',
    ],
  ],
  [
    { ...right, Condition: { StringEquals: { 'a:b': {} } } },
    'identity',
    ['statement 1: Condition, StringEquals, a:b is a text or a list of texts'],
  ],
  [
    { ...right, Condition: { 'ForEach:StringEquals': { 'a:b': 'c' } } },
    'identity',
    ['statement 1: Condition, "ForEach:StringEquals": before the colon stands ForAllValues or ForAnyValue'],
  ],
  [
    { ...right, Condition: { NullIfExists: { 'a:b': 'true' } } },
    'identity',
    ['statement 1: Condition, NullIfExists: Null asks whether a key is there, and is written alone'],
  ],
  [
    { ...right, Condition: { Bool: { 'a:b': 'yes' } } },
    'identity',
    ['statement 1: Condition, Bool, a:b: "yes" is neither true nor false'],
  ],
  [
    { ...right, Condition: { NumericLessThan: { 'a:b': 'ten' } } },
    'identity',
    ['statement 1: Condition, NumericLessThan, a:b: "ten" is no number'],
  ],
  [
    { ...right, Condition: { DateLessThan: { 'a:b': '1.1.2026' } } },
    'identity',
    [
      'statement 1: Condition, DateLessThan, a:b: "1.1.2026" is no time; it is written as 2026-01-31T12:00:00Z, or in seconds since 1970',
    ],
  ],
  [
    { ...right, Condition: { IpAddress: { 'a:b': '10.0.0.0/33' } } },
    'identity',
    ['statement 1: Condition, IpAddress, a:b: "10.0.0.0/33" is no address and no range, as 203.0.113.0/24'],
  ],
  [
    { ...right, Condition: { ArnLike: { 'a:b': 'role/x' } } },
    'identity',
    ['statement 1: Condition, ArnLike, a:b: "role/x" is no ARN'],
  ],
])('%j', (statement, kind, expected) => {
  expect(problems(statement, kind)).toEqual(expected);
});

test('several problems are told at once', () => {
  expect(
    problems([
      { ...right, Effekt: 'Allow' },
      { Effect: 'Allow', Action: 'x' },
    ]),
  ).toEqual([
    'statement 1: "Effekt" is no element; did you mean Effect?',
    'statement 2: "x" is no action; one is written `service:Name`',
    'statement 2: Resource is missing',
  ]);
});

test.each([
  ['nothing', 'no JSON: '],
  ['[]', 'a policy is an object'],
  [
    '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}}',
    'an element is there twice: ',
  ],
])('%s', (text, problem) => {
  const read = parsePolicyText(text, 'a.json');
  expect(read.is === 'wrong' && read.problems[0]?.startsWith(problem)).toBe(true);
});

test('a single value is a list of one, numbers and booleans are texts, and the older version is the default', () => {
  const text = JSON.stringify({
    Statement: { ...right, Condition: { NumericEquals: { 'a:b': 1 }, Bool: { 'a:c': [true] } } },
  });
  const read = parsePolicyText(text, 'a.json');
  expect(read).toMatchObject({
    is: 'policy',
    policy: {
      kind: 'identity',
      version: '2008-10-17',
      statements: [
        {
          actions: { not: false, patterns: ['s3:GetObject'] },
          conditions: [{ values: ['1'] }, { values: ['true'] }],
        },
      ],
    },
  });
});
