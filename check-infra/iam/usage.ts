/** Calls that were made, against policies: is each allowed, and is anything allowed that is never used? */

import type { Caller } from './caller.ts';
import { decide, type Policies } from './decide.ts';
import { matchesAction } from './pattern.ts';
import type { RequestContext } from './variables.ts';

export interface Call {
  readonly action: string;
  /** `*` for actions that know no resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

export interface Usage {
  readonly denied: readonly { readonly call: Call; readonly because: string }[];
  /** Actions of Allow statements that no call needed, each with its statement. */
  readonly unused: readonly { readonly statement: string; readonly action: string }[];
}

/** @throws RunError for a condition that cannot be judged. */
export function usageOf(policies: Policies, caller: Caller, calls: readonly Call[]): Usage {
  const denied = calls.flatMap((call) => {
    const { action, resource, context = {} } = call;
    const decision = decide({ action, resource, caller, context }, policies);
    return decision.allowed ? [] : [{ call, because: decision.because }];
  });
  const unused = (policies.identity ?? [])
    .flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ name, actions }) =>
      // Of all but some, nobody can say what it is for.
      (actions.not ? actions.patterns.map((one) => `all but ${one}`) : actions.patterns)
        .filter((pattern) => actions.not || !calls.some(({ action }) => matchesAction(pattern, action)))
        .map((action) => ({ statement: name, action })),
    );
  return { denied, unused };
}
