/** Who may assume a role by a token of GitHub. */

import { claimsReadByAws, mayChange, type Probed, probeTrust, type Statement } from '../iam/index.ts';
import type { Check, Infra } from '../infra.ts';
import { awsPolicies, type ReadPolicy } from './aws-policies.ts';
import { named, type Problem } from './objects.ts';

interface Trust extends ReadPolicy {
  readonly probed: readonly Probed[];
}

function trustsOf(infra: Infra): Trust[] {
  return awsPolicies(infra)
    .read.filter(({ policy }) => policy.kind === 'trust')
    .map((one) => ({ ...one, probed: probeTrust(one.policy) }));
}

const subject =
  'say whose token it is: {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:environment:production"}}; repositories made or renamed since July 2026 have numbers in it, `repo:octo-org@123456/octo-repo@456789:…`';

export const anyRepository: Check = {
  name: 'trust-policy-any-repository',
  refuses: 'a role that a workflow of any repository of GitHub may assume',
  run: (infra) =>
    named(
      'trust-policy-any-repository',
      probes(infra, ({ strangers, example }) =>
        strangers.has('any-repository')
          ? [
              {
                message: `a workflow of any repository of GitHub may assume the role, with the subject "${example}" too`,
                mend: subject,
              },
            ]
          : [],
      ),
    ),
};

export const wildcardSubject: Check = {
  name: 'trust-policy-wildcard-subject',
  refuses:
    'a role whose subject is a wildcard: other repositories, any branch and every pull request may assume it',
  run: (infra) =>
    named(
      'trust-policy-wildcard-subject',
      probes(infra, ({ strangers, example }) => {
        // Told by the check above.
        if (strangers.has('any-repository')) return [];
        const isOwner = strangers.has('any-repository-of-owner');
        if (!isOwner && !strangers.has('any-ref')) return [];
        const who = isOwner
          ? 'other repositories of the owner'
          : 'any branch, tag or environment of the repository';
        const pulls = strangers.has('pull-request') ? ', and every pull request,' : '';
        return [{ message: `${who}${pulls} may assume the role, as "${example}"`, mend: subject }];
      }),
    ),
};

export const missingAudience: Check = {
  name: 'trust-policy-without-audience',
  refuses: 'a role that takes a token which was made for somebody else than AWS',
  run: (infra) =>
    named(
      'trust-policy-without-audience',
      probes(infra, ({ takesOtherAudiences, issuer }) =>
        takesOtherAudiences
          ? [
              {
                message:
                  'a token for any audience is taken: whoever is shown one, as another cloud, can assume the role with it',
                mend: `add {"StringEquals": {"${issuer}:aud": "sts.amazonaws.com"}}`,
              },
            ]
          : [],
      ),
    ),
};

export const unreadClaim: Check = {
  name: 'trust-policy-unread-claim',
  refuses: 'a condition on a claim of GitHub that AWS does not read: the key is never there',
  run: (infra) => named('trust-policy-unread-claim', trustConditions(infra, unreadIn)),
};

function unreadIn({ name, conditions }: Statement): Omit<Problem, 'place'>[] {
  return conditions.flatMap(({ key }) => {
    const claim = /^token\.actions\.[^:]+:(.+)$/.exec(key)?.[1];
    if (claim === undefined || ['aud', 'sub', ...claimsReadByAws].includes(claim.toLowerCase())) return [];
    return [
      {
        message: `${name} asks for ${key}, which AWS does not read from tokens: the condition holds always or never`,
        mend: `ask for one of aud, sub, ${claimsReadByAws.join(', ')}, or have the claim put into the subject (include_claim_keys)`,
      },
    ];
  });
}

export const literalWildcard: Check = {
  name: 'trust-policy-literal-wildcard',
  refuses: '`StringEquals` with a star, which is compared as a star: nobody may assume the role',
  run: (infra) => named('trust-policy-literal-wildcard', trustConditions(infra, literalIn)),
};

function literalIn({ name, conditions }: Statement): Omit<Problem, 'place'>[] {
  return conditions
    .filter(({ operator, key }) => /^StringEquals/.test(operator) && /^token\.actions\./.test(key))
    .flatMap(({ operator, values }) =>
      values
        .filter((value) => /[*?]/.test(value))
        .map((value) => ({
          message: `${name} wants the text "${value}" itself: ${operator} knows no wildcard, and no token has it`,
          mend: 'write the value out; a list of several is one condition',
        })),
    );
}

export const pullRequestWrites: Check = {
  name: 'trust-policy-pull-request-writes',
  refuses: 'a role that pull requests may assume, and that may do more than read (in a plan of Terraform)',
  run: (infra) => {
    const { read } = awsPolicies(infra);
    return named(
      'trust-policy-pull-request-writes',
      trustsOf(infra).flatMap(({ file, probed }) => {
        const isOpen = probed.some(({ strangers }) => strangers.has('pull-request'));
        if (!isOpen || file.role === null) return [];
        const writes = read
          .filter(
            ({ file: { role, isLimit }, policy }) =>
              role === file.role && !isLimit && policy.kind === 'identity',
          )
          .flatMap(({ policy }) => policy.statements)
          .filter(
            ({ effect, actions }) => effect === 'Allow' && (actions.not || actions.patterns.some(mayChange)),
          );
        const [first] = writes;
        if (first === undefined) return [];
        const action = first.actions.not
          ? 'more than it names'
          : (first.actions.patterns.find(mayChange) ?? '');
        return [
          {
            place: file.place,
            message: `every pull request may assume the role ${file.role}, and ${first.name} of its policies allows ${action}: whoever may open one changes it without a review`,
            mend: 'give pull requests a role of their own that only reads',
          },
        ];
      }),
    );
  },
};

function probes(infra: Infra, problemsIn: (probed: Probed) => Omit<Problem, 'place'>[]): Problem[] {
  return trustsOf(infra).flatMap(({ file, probed }) =>
    probed.flatMap(problemsIn).map((problem) => ({ place: file.place, ...problem })),
  );
}

function trustConditions(
  infra: Infra,
  problemsIn: (statement: Statement) => Omit<Problem, 'place'>[],
): Problem[] {
  return awsPolicies(infra)
    .read.filter(({ policy }) => policy.kind === 'trust')
    .flatMap(({ file, policy }) =>
      policy.statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(problemsIn)
        .map((problem) => ({ place: file.place, ...problem })),
    );
}
