/**
 * The token of a workflow of GitHub as AWS sees it.
 * https://docs.github.com/en/actions/reference/security/oidc,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */

import { RunError } from '../../core/inputs/index.ts';
import type { RequestContext } from './variables.ts';

export const githubIssuer = 'token.actions.githubusercontent.com';

/** What aws-actions/configure-aws-credentials asks for, where it is not told otherwise. */
export const awsAudience = 'sts.amazonaws.com';

/** What set a run off, and so the context in its subject. */
export type Trigger =
  | { readonly is: 'branch'; readonly name: string }
  | { readonly is: 'tag'; readonly name: string }
  | { readonly is: 'pull-request' }
  /** Not said: enough where the job has an environment, which is all that the subject then names. */
  | { readonly is: 'unknown' };

/**
 * How subjects are made. `names`: `repo:octo-org/octo-repo:…`. `ids`: with numbers that are never given anew,
 * `repo:octo-org@123456/octo-repo@456789:…`, as repositories have it that were made or renamed since July 2026. `keys`: the
 * claims of `include_claim_keys`, where an organisation has chosen its own.
 */
export interface SubjectForm {
  readonly ids: boolean;
  readonly keys: readonly string[] | null;
}

export interface Workflow {
  /** `octo-org/octo-repo` */
  readonly repository: string;
  readonly trigger: Trigger;
  /** Of the job; null: it has none. */
  readonly environment: string | null;
  readonly subject: SubjectForm;
  readonly audience: string;
  /** Claims that are not said by the above: `repository_id`, `repository_owner_id`, `job_workflow_ref`, `actor`, `workflow`, … */
  readonly claims: Readonly<Record<string, string>>;
}

/**
 * The claims of GitHub's tokens that AWS reads, beside `aud` and `sub`; conditions on others meet a key that is never there.
 * https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/
 */
export const claimsReadByAws: readonly string[] = [
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref'],
  ...['ref', 'repository', 'repository_id', 'repository_owner_id', 'workflow'],
];

/** @throws RunError for a repository that is no `owner/name`, and a subject of claims that were not said. */
export function subjectOf(workflow: Workflow): string {
  const { keys } = workflow.subject;
  if (keys === null) return `${repositoryPart(workflow)}:${contextPart(workflow)}`;
  return keys.map((key) => keyPart(workflow, key)).join(':');
}

function keyPart(workflow: Workflow, key: string): string {
  // https://docs.github.com/en/actions/reference/security/oidc#customizing-the-subject-claims-for-an-organization-or-repository
  if (key === 'repo') return repositoryPart(workflow);
  if (key === 'context') return contextPart(workflow);
  return `${key}:${escaped(claimOf(workflow, key))}`;
}

function repositoryPart(workflow: Workflow): string {
  const { repository, subject } = workflow;
  const [owner, name, ...rest] = repository.split('/');
  if (!owner || !name || rest.length > 0)
    throw new RunError(`repository ${JSON.stringify(repository)} is no \`owner/name\``);
  if (!subject.ids) return `repo:${owner}/${name}`;
  const [ownerId, id] = [claimOf(workflow, 'repository_owner_id'), claimOf(workflow, 'repository_id')];
  return `repo:${owner}@${ownerId}/${name}@${id}`;
}

function contextPart({ trigger, environment }: Workflow): string {
  if (environment !== null) return `environment:${escaped(environment)}`;
  if (trigger.is === 'pull-request') return 'pull_request';
  const ref = refOf(trigger);
  if (ref === null)
    throw new RunError('say the branch, the tag, the environment or that it is a pull request');
  return `ref:${escaped(ref)}`;
}

/** Null: it is not said, or, for pull requests, holds their number. */
function refOf(trigger: Trigger): string | null {
  if (trigger.is === 'branch') return `refs/heads/${trigger.name}`;
  return trigger.is === 'tag' ? `refs/tags/${trigger.name}` : null;
}

/** A colon within a value would look like the end of it. */
function escaped(text: string): string {
  return text.replaceAll(':', '%3A');
}

function claimOf(workflow: Workflow, name: string): string {
  const said = claimsOf(workflow)[name];
  if (said === undefined) throw new RunError(`the subject holds the claim ${name}: say it`);
  return said;
}

/** All that is known of the token. */
function claimsOf({ repository, trigger, environment, claims }: Workflow): Readonly<Record<string, string>> {
  const ref = refOf(trigger);
  return {
    repository,
    repository_owner: repository.split('/')[0] ?? '',
    ...(ref === null ? {} : { ref }),
    ...(environment === null ? {} : { environment }),
    ...claims,
  };
}

/** The keys that a trust policy can ask for. @throws RunError as `subjectOf`. */
export function contextOfToken(workflow: Workflow, issuer = githubIssuer): RequestContext {
  const claims = claimsOf(workflow);
  const read = claimsReadByAws.flatMap((name) => {
    const value = claims[name];
    return value === undefined ? [] : [[`${issuer}:${name}`, value] as const];
  });
  return {
    [`${issuer}:aud`]: workflow.audience,
    [`${issuer}:sub`]: subjectOf(workflow),
    ...Object.fromEntries(read),
  };
}

/** Claims that every token has, or may have, and that the question leaves open: what asks for them cannot be answered. */
export function openClaims(workflow: Workflow): readonly string[] {
  const claims = claimsOf(workflow);
  // A job without an environment has no such claim; that is known.
  return claimsReadByAws.filter((name) => name !== 'environment' && claims[name] === undefined);
}
