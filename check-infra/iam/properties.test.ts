/** What holds for all policies and requests, over random ones. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { type Caller, decide, type Policies, type Policy } from './index.ts';
import { matchesTokens, wildcards } from './pattern.ts';
import { account, policyOf, session, user } from './testing.ts';

const patterns = {
  action: ['s3:GetObject', 's3:*', '*', 's3:Get?bject', 'ec2:*'],
  resource: ['*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/k', 'arn:aws:s3:::c/*'],
};
const condition: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom(
      'StringEquals',
      'StringNotLike',
      'StringLikeIfExists',
      'ForAllValues:StringEquals',
      'ForAnyValue:StringLike',
    ),
    fc.subarray(['red', 'b*', 'blue'], { minLength: 1 }),
  )
  .map(([operator, values]) => ({ [operator]: { 'aws:PrincipalTag/team': values } }));
const principals = [
  `arn:aws:iam::${account}:user/a`,
  `arn:aws:iam::${account}:role/r`,
  `arn:aws:sts::${account}:assumed-role/r/run`,
  account,
  '999999999999',
  '*',
];

const statement = (effects: readonly string[], withPrincipal: boolean): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      Effect: fc.constantFrom(...effects),
      Action: fc.subarray(patterns.action, { minLength: 1 }),
      Resource: fc.subarray(patterns.resource, { minLength: 1 }),
      Condition: fc.option(condition, { nil: null }),
      Principal: fc.constantFrom(...principals),
    })
    .map(({ Condition, Principal, ...rest }) => ({
      ...rest,
      ...(Condition === null ? {} : { Condition }),
      ...(withPrincipal ? { Principal: { AWS: Principal } } : {}),
    }));
const policy = (effects: readonly string[], withPrincipal = false): fc.Arbitrary<Policy> =>
  fc
    .array(statement(effects, withPrincipal), { minLength: 1, maxLength: 4 })
    .map((Statement) =>
      policyOf({ Version: '2012-10-17', Statement }, withPrincipal ? 'resource' : 'identity'),
    );
const both = ['Allow', 'Deny'];
const policies: fc.Arbitrary<Policies> = fc.record(
  {
    identity: fc.array(policy(both), { maxLength: 2 }),
    resource: fc.array(policy(both, true), { maxLength: 1 }),
    boundary: fc.array(policy(both), { minLength: 1, maxLength: 1 }),
    session: fc.array(policy(both), { minLength: 1, maxLength: 1 }),
    serviceControl: fc.array(fc.array(policy(both), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const caller: fc.Arbitrary<Caller> = fc.constantFrom(user('a'), session('r'), { is: 'anonymous' as const });
const team = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  { 'aws:PrincipalTag/team': 'red' },
  { 'aws:PrincipalTag/team': 'blue' },
);

function allows(given: Policies, who: Caller, context: Readonly<Record<string, string>>): boolean {
  return decide({ action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', caller: who, context }, given)
    .allowed;
}

test('one more deny allows nothing', () => {
  fc.assert(
    fc.property(policies, policy(['Deny']), caller, team, (given, deny, who, context) => {
      const before = allows(given, who, context);
      for (const part of ['identity', 'boundary', 'session'] as const) {
        // Where there was no limit, a policy of denies alone allows nothing at all.
        const after = allows({ ...given, [part]: [...(given[part] ?? []), deny] }, who, context);
        if (after) expect(before).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
});

test('one more allow among the policies of the caller denies nothing', () => {
  fc.assert(
    fc.property(policies, policy(['Allow']), caller, team, (given, allow, who, context) => {
      if (allows(given, who, context))
        expect(allows({ ...given, identity: [...(given.identity ?? []), allow] }, who, context)).toBe(true);
    }),
    { numRuns: 600 },
  );
});

test('a limit gives nothing', () => {
  fc.assert(
    fc.property(policies, policy(both), caller, team, (given, limit, who, context) => {
      const { boundary: _, session: __, ...free } = given;
      if (allows({ ...free, boundary: [limit] }, who, context)) expect(allows(free, who, context)).toBe(true);
      if (allows({ ...free, session: [limit] }, who, context)) expect(allows(free, who, context)).toBe(true);
      const level = { ...free, serviceControl: [...(free.serviceControl ?? []), [limit]] };
      if (allows(level, who, context)) expect(allows(free, who, context)).toBe(true);
    }),
    { numRuns: 600 },
  );
});

test('the order of policies and statements does not matter', () => {
  fc.assert(
    fc.property(policies, caller, team, (given, who, context) => {
      const turned = (list: readonly Policy[]): Policy[] =>
        list.map((one) => ({ ...one, statements: one.statements.toReversed() })).toReversed();
      const other: Policies = {
        ...given,
        ...(given.identity === undefined ? {} : { identity: turned(given.identity) }),
        ...(given.resource === undefined ? {} : { resource: turned(given.resource) }),
        ...(given.boundary === undefined ? {} : { boundary: turned(given.boundary) }),
        ...(given.serviceControl === undefined
          ? {}
          : { serviceControl: given.serviceControl.map(turned).toReversed() }),
      };
      expect(allows(other, who, context)).toBe(allows(given, who, context));
    }),
    { numRuns: 600 },
  );
});

test('wildcards match as a regular expression does', () => {
  const piece = fc.constantFrom('a', 'b', ':', '*', '?', '/', '.');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.array(fc.constantFrom('a', 'b', ':', '/', '.'), { maxLength: 8 }),
      (pattern, text) => {
        const source = pattern
          .map((one) => (one === '*' ? '[^]*' : one === '?' ? '[^]' : `\\${one}`.replace(/\\([ab])/, '$1')))
          .join('');
        expect(matchesTokens(wildcards(pattern.join('')), text.join(''))).toBe(
          new RegExp(`^${source}$`).test(text.join('')),
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test('a pattern of a thousand stars is matched in a moment', () => {
  // A regular expression of it would never end.
  expect(matchesTokens(wildcards('*a'.repeat(1000)), `${'a'.repeat(1000)}b`)).toBe(false);
});
