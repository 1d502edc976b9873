/**
 * Who asks, and whether a policy's principals mean them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */

import type { Principal, Principals } from './policy.ts';
import type { RequestContext } from './variables.ts';

export type Caller =
  | { readonly is: 'user'; readonly arn: string }
  /** `role`: `arn:aws:iam::…:role/name`; `session`: `arn:aws:sts::…:assumed-role/name/session`. */
  | { readonly is: 'session'; readonly role: string; readonly session: string }
  /** Who shows the token of an identity provider. */
  | { readonly is: 'web-identity'; readonly provider: string }
  | { readonly is: 'service'; readonly name: string }
  | { readonly is: 'root'; readonly account: string }
  | { readonly is: 'anonymous' };

/**
 * How a policy means the caller. `direct`: the one who asks, and nothing else has to allow it. `role`: the role behind the session,
 * whose boundary still counts. `account`: the account, which has to allow it in turn.
 */
export type Grant = 'direct' | 'role' | 'account';

/** Null: it means somebody else. */
export function grantTo(caller: Caller, { not, list }: Principals, effect: 'Allow' | 'Deny'): Grant | null {
  const grants = list.map((principal) => grantOf(caller, principal));
  if (!not) return (['direct', 'role', 'account'] as const).find((grant) => grants.includes(grant)) ?? null;
  // Only who is left out as a session, a role and an account is left out of a Deny.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
  const needed: readonly Grant[] =
    caller.is === 'session'
      ? ['direct', 'role', 'account']
      : caller.is === 'user'
        ? ['direct', 'account']
        : ['direct'];
  const isLeftOut =
    effect === 'Deny'
      ? needed.every((grant) => grants.includes(grant)) || list.some(({ is }) => is === 'everybody')
      : grants.some((grant) => grant !== null);
  return isLeftOut ? null : 'direct';
}

function grantOf(caller: Caller, principal: Principal): Grant | null {
  switch (principal.is) {
    case 'everybody':
      return 'direct';
    case 'account': {
      if (principal.account !== accountOf(caller)) return null;
      return caller.is === 'root' ? 'direct' : 'account';
    }
    case 'aws':
      if (caller.is === 'user') return caller.arn === principal.arn ? 'direct' : null;
      if (caller.is !== 'session') return null;
      if (caller.session === principal.arn) return 'direct';
      return caller.role === principal.arn ? 'role' : null;
    case 'service':
      return caller.is === 'service' && caller.name === principal.name ? 'direct' : null;
    case 'federated':
      return caller.is === 'web-identity' && caller.provider === principal.provider ? 'direct' : null;
    case 'canonical':
      return null;
  }
}

/** Null: it has none, as a service. */
export function accountOf(caller: Caller): string | null {
  switch (caller.is) {
    case 'user':
      return accountIn(caller.arn);
    case 'session':
      return accountIn(caller.role);
    case 'root':
      return caller.account;
    case 'web-identity':
    case 'service':
    case 'anonymous':
      return null;
  }
}

/** Of an ARN; null where it names none, as that of a bucket. */
export function accountIn(arn: string): string | null {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? null;
}

/** Keys that a request has by who makes it. */
export function contextOf(caller: Caller): RequestContext {
  const account = accountOf(caller);
  if (account === null) return {};
  const own = { 'aws:PrincipalAccount': account };
  if (caller.is === 'user') {
    const name = caller.arn.split('/').at(-1) ?? '';
    return { ...own, 'aws:PrincipalArn': caller.arn, 'aws:PrincipalType': 'User', 'aws:username': name };
  }
  if (caller.is === 'session')
    return { ...own, 'aws:PrincipalArn': caller.role, 'aws:PrincipalType': 'AssumedRole' };
  return { ...own, 'aws:PrincipalArn': `arn:aws:iam::${account}:root`, 'aws:PrincipalType': 'Account' };
}
