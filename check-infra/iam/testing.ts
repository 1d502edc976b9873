/** Policies and callers for tests. */

import type { JsonObject } from '../../core/kubernetes/index.ts';
import { type Caller, type Policy, type PolicyKind, parsePolicy } from './index.ts';

/** One that is known to be right. */
export function policyOf(value: JsonObject, kind?: PolicyKind): Policy {
  const read = parsePolicy(value, '', kind);
  if (read.is === 'wrong') throw new Error(read.problems.join('\n'));
  return read.policy;
}

/** Of statements that leave out what does not matter: they allow, everything, everywhere. */
export function statements(...list: readonly JsonObject[]): Policy {
  const full = list.map((one) => ({
    Effect: 'Allow',
    ...('NotAction' in one ? {} : { Action: '*' }),
    ...('NotResource' in one ? {} : { Resource: '*' }),
    ...one,
  }));
  return policyOf({ Version: '2012-10-17', Statement: full });
}

export const account = '123456789012';

export const user = (name: string, of = account): Caller => ({
  is: 'user',
  arn: `arn:aws:iam::${of}:user/${name}`,
});

export const session = (role: string, name = 'run', of = account): Caller => ({
  is: 'session',
  role: `arn:aws:iam::${of}:role/${role}`,
  session: `arn:aws:sts::${of}:assumed-role/${role}/${name}`,
});
