/**
 * Workflows of GitHub and roles of AWS. Subjects are those of
 * https://docs.github.com/en/actions/reference/security/oidc, its examples among them.
 */

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { mayAssume, type Policy, subjectOf, type Workflow } from './index.ts';
import { policyOf } from './testing.ts';

const issuer = 'token.actions.githubusercontent.com';
const provider = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;

const workflow = (more: Partial<Workflow> = {}): Workflow => ({
  repository: 'octo-org/octo-repo',
  trigger: { is: 'branch', name: 'main' },
  environment: null,
  subject: { ids: false, keys: null },
  audience: 'sts.amazonaws.com',
  claims: {},
  ...more,
});
const ids = { repository_owner_id: '123456', repository_id: '456789' };
const immutable = { ids: true, keys: null };

function trust(...conditions: readonly JsonObject[]): Policy {
  return policyOf({
    Version: '2012-10-17',
    Statement: conditions.map((Condition) => ({
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition,
    })),
  });
}
const equals = (claims: Readonly<Record<string, string | readonly string[]>>): JsonObject => ({
  StringEquals: Object.fromEntries(
    Object.entries({ aud: 'sts.amazonaws.com', ...claims }).map(([name, value]) => [
      `${issuer}:${name}`,
      value,
    ]),
  ),
});
const subject = (value: string): Policy => trust(equals({ sub: value }));

describe('the subject', () => {
  const keys = (...list: readonly string[]) => ({ ids: false, keys: list });
  const reusable = 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main';
  test.each<[Partial<Workflow>, string]>([
    [{ environment: 'Production' }, 'repo:octo-org/octo-repo:environment:Production'],
    [{ environment: 'Production:V1' }, 'repo:octo-org/octo-repo:environment:Production%3AV1'],
    [{ trigger: { is: 'pull-request' } }, 'repo:octo-org/octo-repo:pull_request'],
    [
      { trigger: { is: 'branch', name: 'demo-branch' } },
      'repo:octo-org/octo-repo:ref:refs/heads/demo-branch',
    ],
    [{ trigger: { is: 'tag', name: 'demo-tag' } }, 'repo:octo-org/octo-repo:ref:refs/tags/demo-tag'],
    [
      { trigger: { is: 'pull-request' }, environment: 'staging' },
      'repo:octo-org/octo-repo:environment:staging',
    ],
    [{ subject: immutable, claims: ids }, 'repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main'],
    [
      {
        subject: keys('repository_owner', 'repository_visibility'),
        claims: { repository_visibility: 'private' },
      },
      'repository_owner:octo-org:repository_visibility:private',
    ],
    [
      { subject: keys('job_workflow_ref'), claims: { job_workflow_ref: reusable } },
      `job_workflow_ref:${reusable}`,
    ],
    [
      {
        subject: keys('repo', 'context', 'job_workflow_ref'),
        environment: 'prod',
        claims: { job_workflow_ref: reusable },
      },
      `repo:octo-org/octo-repo:environment:prod:job_workflow_ref:${reusable}`,
    ],
    [{ subject: keys('repo') }, 'repo:octo-org/octo-repo'],
    [
      { subject: { ids: true, keys: ['repo', 'context'] }, claims: ids },
      'repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main',
    ],
    [{ subject: keys('repository_id'), claims: ids }, 'repository_id:456789'],
  ])('%j is %s', (more, expected) => {
    expect(subjectOf(workflow(more))).toBe(expected);
  });

  test.each<[Partial<Workflow>, string]>([
    [{ repository: 'octo-repo' }, 'repository "octo-repo" is no `owner/name`'],
    [{ repository: 'a/b/c' }, 'repository "a/b/c" is no `owner/name`'],
    [{ subject: immutable }, 'the subject holds the claim repository_owner_id: say it'],
    [{ subject: { ids: false, keys: ['actor'] } }, 'the subject holds the claim actor: say it'],
    [{ trigger: { is: 'unknown' } }, 'say the branch, the tag, the environment or that it is a pull request'],
  ])('%j is refused', (more, message) => {
    expect(() => subjectOf(workflow(more))).toThrow(message);
  });
});

test('the answer names the statement and the value that decided', () => {
  const { allowed, because } = mayAssume({
    trust: trust(
      equals({ sub: 'repo:octo-org/octo-repo:environment:production' }),
      equals({
        sub: ['repo:octo-org/octo-repo:ref:refs/heads/main', 'repo:octo-org/octo-repo:environment:staging'],
      }),
    ),
    workflow: workflow(),
  });
  expect(allowed).toBe(true);
  expect(because).toBe(
    `allowed by statement 2 of trust policy, since ${issuer}:aud is "sts.amazonaws.com", and ${issuer}:sub is "repo:octo-org/octo-repo:ref:refs/heads/main"`,
  );
  const no = mayAssume({
    trust: subject('repo:octo-org/octo-repo:environment:production'),
    workflow: workflow(),
  });
  expect(no).toMatchObject({ allowed: false, subject: 'repo:octo-org/octo-repo:ref:refs/heads/main' });
  expect(no.because).toBe(
    `not allowed: nothing in the trust policy allows sts:AssumeRoleWithWebIdentity on the role; statement 1 of trust policy wants ${issuer}:sub StringEquals "repo:octo-org/octo-repo:environment:production", and it is "repo:octo-org/octo-repo:ref:refs/heads/main"`,
  );
});

describe('who is let in', () => {
  const main = 'repo:octo-org/octo-repo:ref:refs/heads/main';
  test.each<[string, Policy, Partial<Workflow>, boolean]>([
    ['the branch', subject(main), {}, true],
    ['another branch', subject(main), { trigger: { is: 'branch', name: 'dev' } }, false],
    ['a branch whose name goes on', subject(main), { trigger: { is: 'branch', name: 'main2' } }, false],
    ['the branch in an environment has another subject', subject(main), { environment: 'production' }, false],
    ['a pull request', subject(main), { trigger: { is: 'pull-request' } }, false],
    ['another repository', subject(main), { repository: 'octo-org/octo-repo2' }, false],
    ['names where the token has numbers', subject(main), { subject: immutable, claims: ids }, false],
    [
      'numbers',
      subject('repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main'),
      { subject: immutable, claims: ids },
      true,
    ],
    [
      'the numbers of whoever has the names now',
      subject('repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main'),
      { subject: immutable, claims: { ...ids, repository_owner_id: '1' } },
      false,
    ],
    ['a token for another audience', subject(main), { audience: 'https://github.com/octo-org' }, false],
    [
      'the number beside the name',
      trust(equals({ sub: main, repository_id: '456789' })),
      { claims: ids },
      true,
    ],
    [
      'the name with another number',
      trust(equals({ sub: main, repository_id: '456789' })),
      { claims: { repository_id: '1' } },
      false,
    ],
    [
      'another case of the environment',
      subject('repo:octo-org/octo-repo:environment:Production'),
      { environment: 'production' },
      false,
    ],
    [
      'no environment where one is wanted',
      trust({ ...equals({ sub: main }), Null: { [`${issuer}:environment`]: 'false' } }),
      {},
      false,
    ],
  ])('%s: %#', (_, policy, more, expected) => {
    expect(mayAssume({ trust: policy, workflow: workflow(more) }).allowed).toBe(expected);
  });

  test('a claim that AWS does not read is never there', () => {
    const policy = trust({
      ...equals({ sub: main }),
      StringLike: { [`${issuer}:repository_visibility`]: '*' },
    });
    expect(
      mayAssume({ trust: policy, workflow: workflow({ claims: { repository_visibility: 'private' } }) })
        .allowed,
    ).toBe(false);
  });

  test('a claim that the question leaves open is not taken for one that is missing', () => {
    const policy = trust({
      ...equals({ sub: main }),
      StringNotEquals: { [`${issuer}:actor`]: 'dependabot[bot]' },
    });
    expect(() => mayAssume({ trust: policy, workflow: workflow() })).toThrow(
      `statement 1 asks for ${issuer}:actor, which the question does not say`,
    );
    const by = (actor: string): boolean =>
      mayAssume({ trust: policy, workflow: workflow({ claims: { actor } }) }).allowed;
    expect([by('octocat'), by('dependabot[bot]')]).toEqual([true, false]);
  });

  test('the provider of another account is another one', () => {
    const role = (account: string) => `arn:aws:iam::${account}:role/deploy`;
    expect(
      mayAssume({ trust: subject(main), workflow: workflow(), role: role('123456789012') }).allowed,
    ).toBe(true);
    expect(
      mayAssume({ trust: subject(main), workflow: workflow(), role: role('999999999999') }).allowed,
    ).toBe(false);
  });

  test('an enterprise has an issuer of its own', () => {
    const own = 'token.actions.githubusercontent.com/octocat-inc';
    const policy = policyOf({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${own}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${own}:sub`]: main, [`${own}:aud`]: 'sts.amazonaws.com' } },
      },
    });
    expect(mayAssume({ trust: policy, workflow: workflow(), issuer: own }).allowed).toBe(true);
    expect(mayAssume({ trust: policy, workflow: workflow() }).allowed).toBe(false);
  });
});
