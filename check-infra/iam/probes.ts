/**
 * Whom a trust policy lets in beside those that it means: it is asked about workflows that nobody had in mind. So it does not matter
 * how a condition is written (StringLike, IfExists, ForAllValues, negated), but what comes of it.
 */

import { decide } from './decide.ts';
import { awsAudience, claimsReadByAws } from './github.ts';
import type { Policy } from './policy.ts';
import type { RequestContext } from './variables.ts';

/** From the widest. */
export type Stranger = 'any-repository' | 'any-repository-of-owner' | 'any-ref' | 'pull-request';

export interface Probed {
  /** Host of the identity provider. */
  readonly issuer: string;
  readonly strangers: ReadonlySet<Stranger>;
  /** A token that was made for somebody else than AWS is taken. */
  readonly takesOtherAudiences: boolean;
  /** A subject that is let in, and not meant. */
  readonly example: string | null;
}

const issuers =
  /^(?:arn:[^:]*:iam::[^:]*:oidc-provider\/)?(token\.actions\.[a-z0-9.-]+(?:\/[A-Za-z0-9._-]+)?)$/;

/** One for each provider of GitHub that the policy names. @throws RunError for a condition that cannot be judged. */
export function probeTrust(trust: Policy): Probed[] {
  const providers = trust.statements
    .flatMap(({ principals }) => principals?.list ?? [])
    .flatMap((one) => (one.is === 'federated' ? [one.provider] : []));
  return [...new Set(providers)].flatMap((provider) => {
    const issuer = issuers.exec(provider)?.[1] ?? (isPlaceholder(provider, trust) ? defaultIssuer : null);
    return issuer === null ? [] : [probe(trust, provider, issuer)];
  });
}

const defaultIssuer = 'token.actions.githubusercontent.com';

/** What a template fills in later is GitHub's where the conditions are. */
function isPlaceholder(provider: string, { statements }: Policy): boolean {
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase()));
  return provider.includes('${') && keys.some((key) => key.startsWith(`${defaultIssuer}:`));
}

function probe(trust: Policy, provider: string, issuer: string): Probed {
  const isLetIn = (claims: Readonly<Record<string, string>>, audience = awsAudience): boolean =>
    decide(
      {
        action: 'sts:AssumeRoleWithWebIdentity',
        resource: '*',
        caller: { is: 'web-identity', provider },
        context: contextOf(issuer, { aud: audience, ...claims }),
      },
      { resource: [trust] },
    ).allowed;
  const meant = meantClaims(trust, issuer);
  const strangers = new Set<Stranger>();
  let example: string | null = null;
  const tell = (stranger: Stranger, all: readonly Readonly<Record<string, string>>[]): void => {
    const found = all.find((claims) => isLetIn(claims));
    if (found === undefined) return;
    strangers.add(stranger);
    example ??= found.sub ?? null;
  };
  tell('any-repository', strangerTokens());
  tell(
    'any-repository-of-owner',
    meant.flatMap((one) => neighbourTokens(one)),
  );
  tell(
    'any-ref',
    meant.flatMap((one) => refTokens(one)),
  );
  tell(
    'pull-request',
    meant.map((one) => ({ ...one.claims, ...tokenOf(one, 'pull_request') })),
  );
  const known = [
    ...meant.flatMap((one) => [one.claims, ...refTokens(one), ...contextTokens(one)]),
    ...strangerTokens(),
  ];
  const takesOtherAudiences = known.some((claims) => isLetIn(claims, 'https://github.com/somebody-else'));
  return { issuer, strangers, takesOtherAudiences, example };
}

function contextOf(issuer: string, claims: Readonly<Record<string, string>>): RequestContext {
  const read = [...claimsReadByAws, 'aud', 'sub'];
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([name]) => read.includes(name))
      .map(([name, value]) => [`${issuer}:${name}`, value]),
  );
}

/** A repository that the policy means, and what else it wants of the token. */
interface Meant {
  /** `octo-org`, or `octo-org@123456` */
  readonly owner: string;
  readonly name: string;
  /** Values that the policy wants of other claims, so that only the subject differs. */
  readonly claims: Readonly<Record<string, string>>;
  /** The subject as it is written, with stars filled in. */
  readonly subject: string;
}

function meantClaims({ statements }: Policy, issuer: string): Meant[] {
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ conditions }) => {
      const wanted = (claim: string): readonly string[] =>
        conditions
          .filter(
            ({ key, operator }) => key.toLowerCase() === `${issuer}:${claim}` && !operator.includes('Not'),
          )
          .flatMap(({ values }) => values)
          .map((value) => value.replaceAll(/[*?]/g, 'x'));
      const claims = Object.fromEntries(
        claimsReadByAws.flatMap((name) => {
          const [first] = wanted(name);
          return first === undefined ? [] : [[name, first] as const];
        }),
      );
      return wanted('sub').flatMap((subject): Meant[] => {
        const [, owner = '', name = ''] = /^repo:([^/:]+)\/([^:]+)/.exec(subject) ?? [];
        return owner === '' ? [] : [{ owner, name, subject, claims: { ...claims, sub: subject } }];
      });
    });
}

function tokenOf({ owner, name }: Meant, context: string): Readonly<Record<string, string>> {
  return { sub: `repo:${owner}/${name}:${context}` };
}

const contexts = ['ref:refs/heads/main', 'pull_request', 'environment:production', 'ref:refs/heads/zz-any'];

/** Everything about them is another's: subjects of all forms that GitHub makes. */
function strangerTokens(): Readonly<Record<string, string>>[] {
  const claims = {
    ...{ actor: 'mallory', actor_id: '999999991', enterprise_id: '999999992', environment: 'production' },
    ...{
      job_workflow_ref: 'mallory/evil/.github/workflows/deploy.yml@refs/heads/main',
      ref: 'refs/heads/main',
    },
    ...{ repository: 'mallory/evil', repository_id: '999999993', repository_owner_id: '999999994' },
    workflow: 'deploy',
  };
  const repositories = ['repo:mallory/evil', 'repo:mallory@999999994/evil@999999993'];
  return [
    ...repositories.flatMap((repository) => contexts.map((context) => `${repository}:${context}`)),
    ...['repository_owner:mallory', 'repository_id:999999993', `job_workflow_ref:${claims.job_workflow_ref}`],
  ].map((sub) => ({ ...claims, sub }));
}

/** Another repository of the same owner; what names the repository is another's, too. */
function neighbourTokens({ owner, name, claims }: Meant): Readonly<Record<string, string>>[] {
  const own = Object.fromEntries(
    Object.entries(claims).filter(([key]) => !['repository', 'repository_id'].includes(key)),
  );
  const [bareName = '', id] = name.split('@');
  return ['zz-other', `${bareName}-zz`].flatMap((other) => {
    const written = id === undefined ? other : `${other}@999999995`;
    const foreign = { repository: `${owner.split('@')[0] ?? ''}/${other}`, repository_id: '999999995' };
    return contexts.map((context) => ({ ...own, ...foreign, sub: `repo:${owner}/${written}:${context}` }));
  });
}

/** A branch and a tag that nobody named. */
function refTokens(one: Meant): Readonly<Record<string, string>>[] {
  return ['ref:refs/heads/zz-any', 'ref:refs/tags/zz-any', 'environment:zz-any'].map((context) => ({
    ...one.claims,
    ...tokenOf(one, context),
  }));
}

function contextTokens(one: Meant): Readonly<Record<string, string>>[] {
  return contexts.map((context) => ({ ...one.claims, ...tokenOf(one, context) }));
}
