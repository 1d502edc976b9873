/** May this workflow, on this branch, in this environment, assume this role? */

import { RunError } from '../../core/inputs/index.ts';
import { type Decision, decide } from './decide.ts';
import { contextOfToken, githubIssuer, openClaims, subjectOf, type Workflow } from './github.ts';
import type { Policy } from './policy.ts';

export interface Answer {
  readonly allowed: boolean;
  /** The subject of the token. */
  readonly subject: string;
  /** A sentence: the statement and the value of the condition that decided. */
  readonly because: string;
  readonly decision: Decision;
}

export interface Assumption {
  /** Of the role. */
  readonly trust: Policy;
  readonly workflow: Workflow;
  /** Of the role. Default: any. */
  readonly role?: string;
  /** Host of the identity provider; of an enterprise it may be its own. */
  readonly issuer?: string;
}

/** @throws RunError for a question that leaves open what the policy asks for. */
export function mayAssume({ trust, workflow, role, issuer = githubIssuer }: Assumption): Answer {
  const account = /:iam::(\d{12}):/.exec(role ?? '')?.[1];
  const provider = providerOf(trust, issuer, account);
  refuseOpenClaims(trust, workflow, issuer);
  const decision = decide(
    {
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: role ?? 'the role',
      caller: { is: 'web-identity', provider },
      context: {
        ...contextOfToken(workflow, issuer),
        'aws:FederatedProvider': provider,
      },
    },
    { resource: [trust] },
  );
  const subject = subjectOf(workflow);
  return { allowed: decision.allowed, subject, because: decision.because, decision };
}

/** The provider that the policy names for the issuer; a token is only ever shown to one of the role's own account. */
function providerOf(trust: Policy, issuer: string, account: string | undefined): string {
  const named = trust.statements
    .flatMap(({ principals }) => principals?.list ?? [])
    .flatMap((one) => (one.is === 'federated' ? [one.provider] : []))
    .find(
      (one) =>
        one.endsWith(`:oidc-provider/${issuer}`) && (account === undefined || one.includes(`::${account}:`)),
    );
  return named ?? `arn:aws:iam::${account ?? '000000000000'}:oidc-provider/${issuer}`;
}

/** A claim that is not said is not one that is missing: negated operators would hold for it. */
function refuseOpenClaims(trust: Policy, workflow: Workflow, issuer: string): void {
  const open = new Set(openClaims(workflow).map((name) => `${issuer}:${name}`));
  const asked = trust.statements
    .flatMap(({ name, conditions }) => conditions.map(({ key }) => ({ name, key })))
    .find(({ key }) => open.has(key.toLowerCase()));
  if (asked !== undefined)
    throw new RunError(`${asked.name} asks for ${asked.key}, which the question does not say`);
}
