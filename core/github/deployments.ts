/**
 * GitHub's own record of a deployment: where what was brought, by which run, and how it went. It never decides anything:
 * what GitHub refuses is a notice, and the rollout goes on.
 * https://docs.github.com/rest/deployments/deployments
 */

import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../report/log.ts';
import type { GitHubClient } from './client.ts';
import type { EventContext } from './context.ts';
import { wasRefused } from './dispatch.ts';
import { describeFailure, statusOf } from './failure.ts';

export interface DeploymentRequest {
  /** Full id of the commit; null: not known, and there is no deployment. */
  readonly sha: string | null;
  readonly environment: string;
  /** Of the environment, where a visitor finds it; http or https. */
  readonly environmentUrl: string | null;
  /** People use it. Null: as GitHub has it, for the environment `production` only. */
  readonly production: boolean | null;
  /** It will not exist for ever, as one of a pull request. */
  readonly transient: boolean;
  readonly description: string;
  /** What is brought where, in a few plain values: with commit and environment it tells the deployment from others. */
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
}

/** `inactive`: another deployment took its place. */
export type DeploymentState = 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

export interface DeploymentDeps {
  readonly context: EventContext;
  /** Null without a token. */
  readonly client: GitHubClient | null;
  /** Every notice is written here, once. */
  readonly log: Log;
  /** Texts that no notice may hold: the token. */
  readonly secrets: readonly string[];
}

/** All methods are safe to call whatever happened before; none throws. */
export interface Deployment {
  /** Null: GitHub has none. */
  readonly record: {
    readonly id: number;
    readonly environment: string;
    /** The page of the environment's deployments. */
    readonly url: string | null;
    /** An earlier run made it, and no status has ended it. */
    readonly takenUp: boolean;
  } | null;
  /** What was not written and why, one sentence each. */
  readonly notices: readonly string[];
  /** Tells GitHub how it goes; the description is cut to what it takes. */
  tell(state: DeploymentState, description: string): Promise<void>;
}

/** https://docs.github.com/rest/deployments/statuses#create-a-deployment-status */
const descriptionLimit = 140;
const permission = 'deployments: write';
/** Not repeated by the client: an answer may get lost after it was made. */
const ONCE = { retries: 0 };
const attempts = 3;

/**
 * Finds the deployment of the same commit, environment and payload that is in progress, or makes one. GitHub is asked
 * neither to merge the default branch into the commit nor to wait for other checks: what is deployed was decided before.
 */
export async function openDeployment(request: DeploymentRequest, deps: DeploymentDeps): Promise<Deployment> {
  const { context, client, log, secrets } = deps;
  const { repo, serverUrl } = context;
  const notices: string[] = [];
  const notice = (text: string): void => {
    if (notices.includes(text)) return;
    notices.push(text);
    log.notice(text);
  };
  const none = (why: string): Deployment => {
    notice(`No GitHub deployment is recorded: ${why}. The rollout goes on without.`);
    return { record: null, notices, tell: async () => {} };
  };
  if (repo === null) return none('the repository is not known (GITHUB_REPOSITORY)');
  if (request.sha === null) return none('the commit is not known');
  if (context.readOnlyToken) return none('pull requests from forks get a read-only token');
  if (client === null) return none('`github-token` is empty');
  const reasonOf = (error: unknown): string =>
    describeFailure(error, { context, permission, secrets }).reason;

  const place = { owner: repo.owner, repo: repo.name };
  let found: Found;
  try {
    found = await findOrCreate(client, place, { ...request, sha: request.sha });
  } catch (error) {
    return none(reasonOf(error));
  }
  const { environment, environmentUrl } = request;
  return {
    record: {
      ...found,
      environment,
      url: `${serverUrl}/${place.owner}/${place.repo}/deployments/${encodeURIComponent(environment)}`,
    },
    notices,
    async tell(state, description) {
      try {
        await client.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...place,
          deployment_id: found.id,
          state,
          description: cut(description),
          ...(context.run === null ? {} : { log_url: context.run.url }),
          ...(environmentUrl === null ? {} : { environment_url: environmentUrl }),
        });
      } catch (error) {
        notice(`The GitHub deployment was not told that it is \`${state}\`: ${reasonOf(error)}.`);
      }
    },
  };
}

interface Place {
  readonly owner: string;
  readonly repo: string;
}

type Wanted = DeploymentRequest & { readonly sha: string };

interface Found {
  readonly id: number;
  readonly takenUp: boolean;
}

/** Looks again after an answer that got lost: what was asked for may be there, and there must not be two. */
async function findOrCreate(client: GitHubClient, place: Place, wanted: Wanted): Promise<Found> {
  for (let attempt = 1; ; attempt++) {
    const id = await findInProgress(client, place, wanted);
    if (id !== null) return { id, takenUp: attempt === 1 };
    try {
      return { id: await create(client, place, wanted), takenUp: false };
    } catch (error) {
      if (wasRefused(error) || statusOf(error) === null || attempt >= attempts) throw error;
    }
  }
}

async function findInProgress(client: GitHubClient, place: Place, wanted: Wanted): Promise<number | null> {
  const { sha, environment, payload } = wanted;
  const deployments = await client.paginate('GET /repos/{owner}/{repo}/deployments', {
    ...place,
    sha,
    environment,
    per_page: 100,
  });
  const same = deployments
    .filter((each) => each.sha === sha && isDeepStrictEqual(payloadOf(each.payload), { ...payload }))
    .sort((a, b) => b.id - a.id);
  for (const { id } of same) if (await isInProgress(client, place, id)) return id;
  return null;
}

/** The newest status decides; one that has none yet was made a moment ago, or by a run that died then. */
async function isInProgress(client: GitHubClient, place: Place, id: number): Promise<boolean> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...place,
    deployment_id: id,
    per_page: 100,
  });
  const newest = data.reduce<(typeof data)[number] | null>(
    (latest, status) => (latest === null || status.id > latest.id ? status : latest),
    null,
  );
  return newest === null || ['in_progress', 'queued', 'pending'].includes(newest.state);
}

async function create(client: GitHubClient, place: Place, wanted: Wanted): Promise<number> {
  const { data } = await client.request('POST /repos/{owner}/{repo}/deployments', {
    ...place,
    ref: wanted.sha,
    auto_merge: false,
    required_contexts: [],
    environment: wanted.environment,
    description: cut(wanted.description),
    payload: { ...wanted.payload },
    transient_environment: wanted.transient,
    ...(wanted.production === null ? {} : { production_environment: wanted.production }),
    request: ONCE,
  });
  // 202 has no deployment: the answer to a merge, which was not asked for.
  if (!('id' in data)) throw new Error(`GitHub made no deployment: ${data.message ?? ''}`);
  return Number(data.id);
}

/** An object or, from some clients, its JSON. */
function payloadOf(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

function cut(description: string): string {
  const line = description.toWellFormed().replaceAll(/\s+/g, ' ').trim();
  return line.length <= descriptionLimit
    ? line
    : `${line
        .slice(0, descriptionLimit - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}
