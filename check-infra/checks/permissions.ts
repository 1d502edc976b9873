/** What policies of AWS allow that nobody meant to allow. */

import { nearest } from '../../core/gate/index.ts';
import { actionsOf, matchesAction, namesBeside, type Statement } from '../iam/index.ts';
import type { Check } from '../infra.ts';
import { awsPolicies, grantingPolicies, type ReadPolicy } from './aws-policies.ts';
import { named, type Problem } from './objects.ts';

export const wrongPolicy: Check = {
  name: 'policy-not-valid',
  refuses: 'a policy of AWS with an element, an operator or a value that there is not',
  run: (infra) =>
    named(
      'policy-not-valid',
      awsPolicies(infra).wrong.map(({ place, problem }) => ({
        place,
        message: problem,
        mend: 'write it as the grammar of policies has it; AWS refuses the policy as it is, or does not read what was meant',
      })),
    ),
};

export const unknownAction: Check = {
  name: 'policy-unknown-action',
  refuses: 'an action that the service does not have: nothing is allowed or denied by it',
  run: (infra) =>
    named(
      'policy-unknown-action',
      awsPolicies(infra).read.flatMap((one) =>
        one.policy.statements.flatMap((statement) =>
          statement.actions.patterns.flatMap((action) => unknownIn(one, statement, action)),
        ),
      ),
    ),
};

function unknownIn({ file }: ReadPolicy, { name }: Statement, action: string): Problem[] {
  if (actionsOf(action)?.length !== 0) return [];
  const near = nearest(action, namesBeside(action));
  return [
    {
      place: file.place,
      message: `${name} names ${action}, which is no action`,
      mend:
        near === undefined
          ? 'look it up in the Service Authorization Reference of AWS'
          : `did you mean ${near}?`,
    },
  ];
}

export const everyAction: Check = {
  name: 'policy-every-action',
  refuses: 'a policy of AWS that allows `*`, or all but some actions',
  run: (infra) => named('policy-every-action', allowing(infra, everyActionIn)),
};

function everyActionIn({ name, actions }: Statement): Omit<Problem, 'place'>[] {
  const isAll = actions.patterns.some((pattern) => /^\*(?::\*)?$/.test(pattern));
  if (!actions.not && !isAll) return [];
  return [
    {
      message: actions.not
        ? `${name} allows all but ${actions.patterns.join(', ')}, and so what AWS will add tomorrow`
        : `${name} allows every action of every service`,
      mend: 'name the actions that are called',
    },
  ];
}

export const everyResource: Check = {
  name: 'policy-every-resource',
  refuses: 'a policy of AWS that allows actions on `*` which can be allowed on one resource',
  run: (infra) => named('policy-every-resource', allowing(infra, everyResourceIn)),
};

/** A condition may say which: it is for whoever reads it. */
function everyResourceIn(statement: Statement): Omit<Problem, 'place'>[] {
  const { name, actions, resources, conditions, principals } = statement;
  // The policy of a resource reaches no further than that: `*` of a key's is the key, and is how AWS wants it written.
  if (principals !== null) return [];
  if (resources === null || actions.not || conditions.length > 0) return [];
  if (!resources.not && !resources.patterns.includes('*')) return [];
  const wide = actions.patterns.filter((pattern) =>
    (actionsOf(pattern) ?? []).some(({ knowsResources }) => knowsResources),
  );
  const [first, ...others] = wide;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return [
    {
      message: `${name} allows ${first}${more} on every resource of the account`,
      mend: 'name the ARNs, or add a condition that says which; keep `*` for actions that know no resource, in a statement of their own',
    },
  ];
}

export const passedRoles: Check = {
  name: 'policy-pass-role',
  refuses: 'iam:PassRole without `iam:PassedToService`: the role can be given to any service',
  run: (infra) => named('policy-pass-role', allowing(infra, passedIn)),
};

function passedIn({ name, actions, resources, conditions }: Statement): Omit<Problem, 'place'>[] {
  // `*` is told by another check.
  const passes = actions.patterns.some(
    (pattern) => pattern.includes(':') && matchesAction(pattern, 'iam:PassRole'),
  );
  if (actions.not || !passes) return [];
  const isLimited = conditions.some(
    ({ key, operator, ifExists, set }) =>
      key.toLowerCase() === 'iam:passedtoservice' &&
      /^String(?:Equals|Like)/.test(operator) &&
      !ifExists &&
      set !== 'all',
  );
  const isEverywhere = resources?.not === true || resources?.patterns.includes('*') === true;
  if (isLimited && !isEverywhere) return [];
  const lacks = [
    ...(isLimited ? [] : ['says not to which service']),
    ...(isEverywhere ? ['is for every role of the account'] : []),
  ];
  return [
    {
      message: `${name} allows iam:PassRole and ${lacks.join(', and ')}: whoever has it can start something with more rights than its own`,
      mend: 'name the roles, with the condition {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}',
    },
  ];
}

export const everybody: Check = {
  name: 'policy-everybody',
  refuses: 'a policy of a bucket, a repository or a role that is open to everybody, without a condition',
  run: (infra) => named('policy-everybody', allowing(infra, everybodyIn)),
};

function everybodyIn({ name, principals, conditions }: Statement): Omit<Problem, 'place'>[] {
  if (principals === null || conditions.length > 0) return [];
  if (!principals.not && !principals.list.some(({ is }) => is === 'everybody')) return [];
  return [
    {
      message: `${name} allows it ${principals.not ? 'to all but those that it names' : 'to everybody'}, in every account of AWS and without one`,
      mend: 'name accounts, roles or services in `Principal`, or say who in a condition',
    },
  ];
}

function allowing(
  infra: Parameters<Check['run']>[0],
  problemsIn: (statement: Statement) => Omit<Problem, 'place'>[],
): Problem[] {
  return grantingPolicies(infra).flatMap(({ file, policy }) =>
    policy.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(problemsIn)
      .map((problem) => ({ place: file.place, ...problem })),
  );
}
