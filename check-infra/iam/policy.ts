/**
 * Policies of AWS as they are decided on: lists are lists, elements that may be left out are filled in. The words are those of
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */

import type { OperatorName } from './operators.ts';

/** Policy variables are read in the latter only; in the former they are plain text. */
export type PolicyVersion = '2008-10-17' | '2012-10-17';

/**
 * `identity`: of users and roles, boundaries, sessions, organisations: no principals. `resource`: of a bucket or a repository.
 * `trust`: who may assume a role; the resource is the role itself, and is not named.
 */
export type PolicyKind = 'identity' | 'resource' | 'trust';

export interface Policy {
  readonly kind: PolicyKind;
  /** As messages name it: `trust policy`, `deploy-ecs.json`. */
  readonly place: string;
  readonly version: PolicyVersion;
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** `statement 2 (Deploy)` */
  readonly name: string;
  readonly effect: 'Allow' | 'Deny';
  /** Null in policies of the kind `identity`. */
  readonly principals: Principals | null;
  readonly actions: Patterns;
  /** Null in policies of the kind `trust`. */
  readonly resources: Patterns | null;
  readonly conditions: readonly Condition[];
}

/** `not`: all but these, as `NotAction` and `NotResource` say. */
export interface Patterns {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

export interface Principals {
  readonly not: boolean;
  readonly list: readonly Principal[];
}

export type Principal =
  /** `*`, and `{"AWS": "*"}` */
  | { readonly is: 'everybody' }
  /** `123456789012`, `arn:aws:iam::123456789012:root`: whoever that account allows it. */
  | { readonly is: 'account'; readonly account: string }
  /** A user, a role, a session, by its ARN or its unique id. */
  | { readonly is: 'aws'; readonly arn: string }
  | { readonly is: 'service'; readonly name: string }
  /** An identity provider by its ARN, or `cognito-identity.amazonaws.com` and the like. */
  | { readonly is: 'federated'; readonly provider: string }
  | { readonly is: 'canonical'; readonly id: string };

/** One key of one operator; several of them must all hold. */
export interface Condition {
  /** As it was written: `ForAnyValue:StringLikeIfExists`. */
  readonly written: string;
  readonly operator: OperatorName;
  /** Whether all values of the request, or any of them, must match; null: the key has one value. */
  readonly set: 'all' | 'any' | null;
  readonly ifExists: boolean;
  /** As it was written; names of keys know no case. */
  readonly key: string;
  /** One of them must match, or none where the operator is negated. */
  readonly values: readonly string[];
}
