/** Whether a statement applies to a request: principal, action, resource and every condition must. */

import { type Caller, type Grant, grantTo } from './caller.ts';
import { type ConditionOutcome, judgeCondition } from './condition.ts';
import { matchesAction, matchesTokens, withinParts } from './pattern.ts';
import type { Patterns, Policy, Statement } from './policy.ts';
import { fill, type RequestContext } from './variables.ts';

export interface Request {
  /** `ecs:UpdateService` */
  readonly action: string;
  /** An ARN; `*` for actions that know no resource. */
  readonly resource: string;
  readonly caller: Caller;
  readonly context: RequestContext;
}

export type Outcome =
  | {
      readonly applies: true;
      readonly statement: Statement;
      readonly policy: Policy;
      /** Null in policies without principals. */
      readonly grant: Grant | null;
      readonly conditions: readonly ConditionOutcome[];
    }
  | {
      readonly applies: false;
      readonly statement: Statement;
      readonly policy: Policy;
      /** What kept it from applying, the first of them. */
      readonly part: 'principal' | 'action' | 'resource' | 'condition';
      /** Of which these do not hold. */
      readonly conditions: readonly ConditionOutcome[];
    };

/** @throws RunError for a condition that cannot be judged. */
export function judgeStatement(statement: Statement, policy: Policy, request: Request): Outcome {
  const { principals, actions, resources } = statement;
  const missed = (
    part: 'principal' | 'action' | 'resource' | 'condition',
    conditions: readonly ConditionOutcome[] = [],
  ): Outcome => ({ applies: false, statement, policy, part, conditions });
  if (!matchesOne(actions, (pattern) => matchesAction(pattern, request.action))) return missed('action');
  if (resources !== null && !matchesOne(resources, (pattern) => isResource(pattern, policy, request)))
    return missed('resource');
  const grant = principals === null ? null : grantTo(request.caller, principals, statement.effect);
  if (principals !== null && grant === null) return missed('principal');
  const conditions = statement.conditions.map((condition) =>
    judgeCondition(condition, policy.version, request.context),
  );
  const failed = conditions.filter(({ holds }) => !holds);
  if (failed.length > 0) return missed('condition', failed);
  return { applies: true, statement, policy, grant, conditions };
}

function matchesOne({ not, patterns }: Patterns, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== not;
}

/** ARNs know case; a variable without a value is like no resource. */
export function isResource(
  pattern: string,
  { version }: Pick<Policy, 'version'>,
  { resource, context }: Pick<Request, 'resource' | 'context'>,
): boolean {
  const tokens = fill(pattern, version, context);
  return tokens !== null && matchesTokens(withinParts(tokens), resource);
}
