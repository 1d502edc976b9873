/**
 * Whether a request is allowed: an explicit deny is before everything, then each kind of policy that sets a limit must allow it,
 * and somebody must grant it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

import { accountIn, accountOf, contextOf, type Grant } from './caller.ts';
import type { Policy } from './policy.ts';
import { judgeStatement, type Outcome, type Request } from './statement.ts';
import { allowedText, deniedText, missingText } from './words.ts';

export interface Policies {
  /** Of the user and its groups, or of the role. */
  readonly identity?: readonly Policy[];
  /** Of the resource, or the trust policy of a role. */
  readonly resource?: readonly Policy[];
  /** Permissions boundary of the user or the role; none: no limit. */
  readonly boundary?: readonly Policy[];
  /** Handed over when the session was made; none: no limit. */
  readonly session?: readonly Policy[];
  /** Of the organisation, from the root down to the account: each level must allow. */
  readonly serviceControl?: readonly (readonly Policy[])[];
  /** Of the organisation, for the resource: each level must allow. */
  readonly resourceControl?: readonly (readonly Policy[])[];
  /** Account of a resource whose ARN names none, as a bucket; left out: that of the caller. */
  readonly resourceAccount?: string;
}

/** Kinds of policies, as sentences name them. */
export type Role =
  | 'policies of the caller'
  | 'policy of the resource'
  | 'trust policy'
  | 'permissions boundary'
  | 'session policy'
  | 'service control policies'
  | 'resource control policies';

export type Applied = Extract<Outcome, { applies: true }>;
export type Missed = Extract<Outcome, { applies: false }>;

export type Decision =
  | { readonly allowed: true; readonly by: Applied | null; readonly because: string }
  | { readonly allowed: false; readonly kind: 'explicit'; readonly by: Applied; readonly because: string }
  | {
      readonly allowed: false;
      readonly kind: 'implicit';
      /** Who would have had to allow it. */
      readonly missing: Role;
      /** Statements that would have allowed it, nearest first. */
      readonly near: readonly Missed[];
      readonly because: string;
    };

interface Judged {
  readonly role: Role;
  readonly outcomes: readonly Outcome[];
}

/** @throws RunError for a condition that cannot be judged. */
export function decide(request: Request, policies: Policies): Decision {
  const {
    identity = [],
    resource = [],
    boundary,
    session,
    serviceControl = [],
    resourceControl = [],
  } = policies;
  const full = { ...request, context: { ...contextOf(request.caller), ...request.context } };
  const judged = (role: Role, list: readonly Policy[]): Judged => ({
    role,
    outcomes: list.flatMap((policy) => policy.statements.map((one) => judgeStatement(one, policy, full))),
  });
  const isTrust = resource.some(({ kind }) => kind === 'trust');
  const ofCaller = judged('policies of the caller', identity);
  const ofResource = judged(isTrust ? 'trust policy' : 'policy of the resource', resource);
  // What sets limits to the caller alone, and to everybody in the account.
  const limits = [
    ...(boundary === undefined ? [] : [judged('permissions boundary', boundary)]),
    ...(session === undefined ? [] : [judged('session policy', session)]),
  ];
  const account = accountOf(request.caller);
  const organisation = [
    ...(account === null ? [] : serviceControl.map((level) => judged('service control policies', level))),
    ...resourceControl.map((level) => judged('resource control policies', level)),
  ];
  const deny = [ofCaller, ofResource, ...limits, ...organisation]
    .flatMap(({ role, outcomes }) => outcomes.map((outcome) => ({ role, outcome })))
    .find(({ outcome }) => outcome.applies && outcome.statement.effect === 'Deny');
  if (deny?.outcome.applies) {
    const { role, outcome } = deny;
    return { allowed: false, kind: 'explicit', by: outcome, because: deniedText(outcome, role) };
  }
  const missing = (one: Judged): Decision => {
    const near = nearMisses(one.outcomes);
    const because = missingText(full, one.role, near);
    return { allowed: false, kind: 'implicit', missing: one.role, near, because };
  };
  const allowed = (by: Applied | null, role: Role): Decision => ({
    allowed: true,
    by,
    because: allowedText(by, role),
  });
  const closed = organisation.find(({ outcomes }) => allowsIn(outcomes) === null);
  if (closed !== undefined) return missing(closed);

  const grants = ofResource.outcomes.filter(isAllow);
  const grant = strongest(grants);
  if (account === null) {
    return grant === null ? missing(ofResource) : allowed(grant, ofResource.role);
  }
  const resourceAccount = accountIn(request.resource) ?? policies.resourceAccount ?? account;
  const isSameAccount = resourceAccount === account;
  if (request.caller.is === 'root' && isSameAccount && !isTrust)
    return allowed(null, 'policies of the caller');
  if (isSameAccount && grant?.grant === 'direct') return allowed(grant, ofResource.role);
  // Roles and keys open to nobody whom their own policy does not name; neither does anything of another account.
  const needsGrant = !isSameAccount || isTrust || /^kms:/i.test(request.action);
  if (needsGrant && grant === null) return missing(ofResource);
  const own = allowsIn(ofCaller.outcomes);
  const isGranted =
    (isSameAccount && grant?.grant === 'role') || own !== null || request.caller.is === 'root';
  if (!isGranted) return missing(ofCaller);
  const limit = limits.find(({ outcomes }) => allowsIn(outcomes) === null);
  if (limit !== undefined) return missing(limit);
  return own === null ? allowed(grant, ofResource.role) : allowed(own, ofCaller.role);
}

function isAllow(outcome: Outcome): outcome is Applied {
  return outcome.applies && outcome.statement.effect === 'Allow';
}

function allowsIn(outcomes: readonly Outcome[]): Applied | null {
  return outcomes.find(isAllow) ?? null;
}

function strongest(grants: readonly Applied[]): Applied | null {
  const order: readonly (Grant | null)[] = ['direct', 'role', 'account'];
  return grants.toSorted((a, b) => order.indexOf(a.grant) - order.indexOf(b.grant))[0] ?? null;
}

/** Those that came furthest, of what would have allowed it. */
function nearMisses(outcomes: readonly Outcome[]): Missed[] {
  const order = ['condition', 'principal', 'resource', 'action'];
  return outcomes
    .filter((one): one is Missed => !one.applies && one.statement.effect === 'Allow')
    .toSorted(
      (a, b) => order.indexOf(a.part) - order.indexOf(b.part) || a.conditions.length - b.conditions.length,
    );
}
