/**
 * Each operator, with keys that are there, missing, and of several values. What is expected is what the page says:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are policy variables.

import { describe, expect, test } from 'vitest';
import type { Json } from '../../core/kubernetes/index.ts';
import { decide, type RequestContext } from './index.ts';
import { policyOf, statements, user } from './testing.ts';

function holds(operator: string, wanted: Json, context: RequestContext): boolean {
  const identity = [statements({ Condition: { [operator]: { 'test:Key': wanted } } })];
  return decide({ action: 's3:GetObject', resource: '*', caller: user('a'), context }, { identity }).allowed;
}

const has = (value: string | readonly string[]): RequestContext => ({ 'test:key': value });

test.each<[operator: string, wanted: Json, value: string, holds: boolean]>([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', ['a', 'b'], 'c', true],
  ['StringEqualsIgnoreCase', 'Main', 'mAIN', true],
  ['StringNotEqualsIgnoreCase', 'Main', 'mAIN', false],
  ['StringLike', 'repo:o/r:*', 'repo:o/r:ref:refs/heads/main', true],
  ['StringLike', 'repo:o/r:*', 'repo:o/rr:x', false],
  ['StringLike', 'a?c', 'abc', true],
  ['StringLike', 'a?c', 'ac', false],
  ['StringLike', 'a.c', 'abc', false],
  ['StringNotLike', 'a*', 'abc', false],
  ['NumericEquals', 10, '10.0', true],
  ['NumericNotEquals', '10', '11', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '10', false],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['NumericEquals', '10', 'ten', false],
  ['DateEquals', '2020-01-01T00:00:01Z', '1577836801', true],
  ['DateNotEquals', '2020-01-01T00:00:01Z', '2020-01-01T00:00:01Z', false],
  ['DateGreaterThan', '2020-01-01T00:00:01Z', '2020-01-01T01:00:00+00:00', true],
  ['DateGreaterThan', '2020-01-01T00:00:01Z', '2020-01-01T01:00:00+02:00', false],
  ['DateGreaterThanEquals', '2020-01-01', '2020-01-01T00:00:00Z', true],
  ['DateLessThan', '2020-01-01T00:00:01Z', '2019-12-31T23:59:59Z', true],
  ['DateLessThanEquals', '2020-01-01T00:00:01Z', '2020-01-01T00:00:02Z', false],
  ['Bool', 'true', 'true', true],
  ['Bool', true, 'True', true],
  ['Bool', 'false', 'true', false],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWU=', false],
  ['IpAddress', '203.0.113.0/24', '203.0.113.255', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.0', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '203.0.113.7', '203.0.113.8', false],
  ['IpAddress', ['203.0.113.0/24', '2001:DB8:1234:5678::/64'], '2001:db8:1234:5678::1', true],
  ['IpAddress', '2001:DB8:1234:5678::/64', '203.0.113.7', false],
  ['NotIpAddress', '203.0.113.0/24', '203.0.113.9', false],
  ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', true],
  ['ArnEquals', 'arn:aws:sns:*:123456789012:topic', 'arn:aws:sns:eu-west-1:123456789012:topic', true],
  ['ArnLike', 'arn:aws:iam::123456789012:role/*', 'arn:aws:iam::123456789012:role/a/b', true],
  ['ArnNotLike', 'arn:aws:iam::123456789012:role/*', 'arn:aws:iam::123456789012:role/a', false],
  ['ArnNotEquals', 'arn:aws:iam::123456789012:role/*', 'arn:aws:iam::123456789012:user/a', true],
])('%s %j of %j is %s', (operator, wanted, value, expected) => {
  expect(holds(operator, wanted, has(value))).toBe(expected);
});

test('the example of the page: StringLike goes over colons, ArnLike does not', () => {
  const pattern = 'arn:aws:someservice:*:111122223333:finance/*';
  const value = 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt';
  expect(holds('StringLike', pattern, has(value))).toBe(true);
  expect(holds('ArnLike', pattern, has(value))).toBe(false);
});

describe('a missing key', () => {
  test.each([
    ['StringEquals', 'a', false],
    ['StringLike', '*', false],
    ['StringNotEquals', 'a', true],
    ['StringNotLike', '*', true],
    ['NumericLessThan', '10', false],
    ['NumericNotEquals', '10', true],
    ['DateNotEquals', '2020-01-01', true],
    ['Bool', 'false', false],
    ['NotIpAddress', '203.0.113.0/24', true],
    ['ArnNotEquals', 'arn:aws:iam::123456789012:role/a', true],
    ['StringEqualsIfExists', 'a', true],
    ['BoolIfExists', 'true', true],
    ['StringNotEqualsIfExists', 'a', true],
    ['Null', 'true', true],
    ['Null', 'false', false],
    // "ForAllValues returns true if there are no context keys in the request": the trap in an Allow.
    ['ForAllValues:StringEquals', 'a', true],
    ['ForAllValues:StringNotEquals', 'a', true],
    // "ForAnyValue returns false if there are no matching context keys", negated or not.
    ['ForAnyValue:StringEquals', 'a', false],
    ['ForAnyValue:StringNotEquals', 'a', false],
    // As seen on AWS: https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w
    ['ForAnyValue:StringEqualsIfExists', 'a', false],
  ])('%s %j is %s', (operator, wanted, expected) => {
    expect(holds(operator, wanted, {})).toBe(expected);
    expect(holds(operator, wanted, has([]))).toBe(expected);
  });

  test('an empty text is none to the operators of sets', () => {
    expect(holds('ForAllValues:StringEquals', 'a', has(''))).toBe(true);
    expect(holds('ForAnyValue:StringLike', '*', has(''))).toBe(false);
    expect(holds('StringLike', '*', has(''))).toBe(true);
  });

  test('IfExists asks where the key is there', () => {
    expect(holds('StringEqualsIfExists', 'a', has('b'))).toBe(false);
    expect(holds('Null', 'false', has('b'))).toBe(true);
    expect(holds('Null', 'true', has('b'))).toBe(false);
  });
});

describe('a key of several values', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  const allowed = ['PostDateTime', 'Message', 'Tags'];
  test.each([
    ['ForAllValues:StringLike', allowed, ['PostDateTime', 'Message'], true],
    ['ForAllValues:StringLike', allowed, ['PostDateTime', 'UserName'], false],
    ['ForAnyValue:StringLike', ['ID', 'PostDateTime'], ['UserName', 'Message', 'PostDateTime'], true],
    ['ForAnyValue:StringLike', ['ID', 'PostDateTime'], ['UserName'], false],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['a', 'd'], false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'd'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAnyValue:Bool', 'true', ['false', 'true'], true],
    [
      'ForAllValues:ArnLike',
      'arn:aws:iam::*:role/a',
      ['arn:aws:iam::1:role/a', 'arn:aws:iam::2:role/b'],
      false,
    ],
  ])('%s %j of %j is %s', (operator, wanted, value, expected) => {
    expect(holds(operator, wanted, has(value))).toBe(expected);
  });

  test('under an operator for one is refused, with what to write', () => {
    expect(() => holds('StringEquals', 'a', has(['a', 'b']))).toThrow(
      '"test:Key" has 2 values in the request, and StringEquals compares one; write ForAnyValue:StringEquals or ForAllValues:StringEquals',
    );
  });
});

describe('policy variables', () => {
  const context = { 'aws:username': 'ann*', 'aws:PrincipalTag/team': 'red', 'test:many': ['a', 'b'] };
  const like = (wanted: string, value: string, version = '2012-10-17'): boolean => {
    const Condition = { StringLike: { 'test:Key': wanted } };
    const Statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition };
    const identity = [policyOf({ Version: version, Statement })];
    const full = { ...context, 'test:Key': value };
    return decide({ action: 'a:B', resource: '*', caller: user('ann'), context: full }, { identity }).allowed;
  };
  test.each([
    ['home/${aws:username}/*', 'home/ann*/x', true],
    // Its value is no pattern.
    ['home/${aws:username}/*', 'home/anna/x', false],
    ['${AWS:UserName}', 'ann*', true],
    ['${aws:PrincipalTag/team}', 'red', true],
    ["${aws:PrincipalTag/colour, 'none'}", 'none', true],
    ["${aws:PrincipalTag/team, 'none'}", 'none', false],
    ['${aws:PrincipalTag/colour}', '', false],
    ['${test:many}', 'a', false],
    ['a${*}c', 'a*c', true],
    ['a${*}c', 'abc', false],
    ['a${?}${$}', 'a?$', true],
  ])('%s and %s: %s', (wanted, value, expected) => {
    expect(like(wanted, value)).toBe(expected);
  });

  test('are plain text in the older version', () => {
    expect(like('home/${aws:username}', 'home/${aws:username}', '2008-10-17')).toBe(true);
    expect(like('home/${aws:username}', 'home/ann*', '2008-10-17')).toBe(false);
  });

  test('without a value are like nothing, so that what is negated holds', () => {
    expect(holds('StringNotEquals', '${aws:PrincipalTag/colour}', has('red'))).toBe(true);
    expect(
      holds('ArnNotLike', 'arn:aws:iam::*:role/${aws:PrincipalTag/colour}', has('arn:aws:iam::1:role/')),
    ).toBe(true);
  });
});
