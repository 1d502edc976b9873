/** Deployments of the GitHub of the tests. It does not know: protection rules, merging of branches, checks of commits. */

import {
  type Answer,
  apiTime,
  type Call,
  type Deployment,
  type DeploymentStatus,
  type Handler,
  NOT_FOUND,
  page,
  type State,
} from './github-state.ts';
import type { ApiDescription, Json } from './openapi.ts';

export const deploymentHandlers: Readonly<Record<string, Handler>> = {
  'repos/list-deployments': (call, state, api) => {
    const { sha, environment, task } = call.query;
    const all = state.deployments
      .filter((each) => sha === undefined || each.sha === sha)
      .filter((each) => environment === undefined || each.environment === environment)
      .filter((each) => task === undefined || each.task === task)
      .sort((a, b) => b.id - a.id);
    const { items, headers } = page(all, call);
    return { status: 200, body: items.map((each) => deploymentBody(each, state, api)), headers };
  },

  'repos/create-deployment': (call, state, api) => {
    const body = call.body as CreateBody;
    if (state.commits.length > 0 && !state.commits.includes(body.ref)) {
      return invalid(`No ref found for: ${body.ref}`);
    }
    // All commits of this server have checks that did not pass, as the commit under deployment may have.
    if (body.required_contexts === undefined || body.required_contexts.length > 0) {
      return { status: 409, body: { message: 'Conflict: Commit status checks failed for this ref.' } };
    }
    const environment = body.environment ?? 'production';
    const deployment: Deployment = {
      id: state.nextId++,
      sha: body.ref,
      environment,
      task: body.task ?? 'deploy',
      payload: body.payload ?? '',
      description: body.description ?? '',
      production: body.production_environment ?? environment === 'production',
      transient: body.transient_environment ?? false,
      author: call.author,
      statuses: [],
    };
    state.deployments.push(deployment);
    return { status: 201, body: deploymentBody(deployment, state, api) };
  },

  'repos/list-deployment-statuses': (call, state, api) => {
    const deployment = find(call, state);
    if (deployment === null) return NOT_FOUND;
    const { items, headers } = page([...deployment.statuses].reverse(), call);
    return { status: 200, body: items.map((each) => statusBody(each, deployment, state, api)), headers };
  },

  'repos/create-deployment-status': (call, state, api) => {
    const deployment = find(call, state);
    if (deployment === null) return NOT_FOUND;
    const body = call.body as StatusBody;
    if ((body.description ?? '').length > 140)
      return invalid('description is too long (maximum is 140 characters)');
    for (const url of [body.log_url, body.environment_url]) {
      if (url !== undefined && !/^https?:\/\//.test(url)) return invalid('url must use http(s) scheme');
    }
    const status: DeploymentStatus = {
      id: state.nextId++,
      state: body.state,
      description: body.description ?? '',
      logUrl: body.log_url ?? '',
      environmentUrl: body.environment_url ?? '',
    };
    deployment.statuses.push(status);
    return { status: 201, body: statusBody(status, deployment, state, api) };
  },
};

type CreateBody = {
  readonly ref: string;
  readonly environment?: string;
  readonly task?: string;
  readonly payload?: Json | string;
  readonly description?: string | null;
  readonly required_contexts?: readonly string[];
  readonly production_environment?: boolean;
  readonly transient_environment?: boolean;
};

type StatusBody = {
  readonly state: string;
  readonly description?: string;
  readonly log_url?: string;
  readonly environment_url?: string;
};

function find(call: Call, state: State): Deployment | null {
  return state.deployments.find(({ id }) => id === Number(call.parameters.deployment_id)) ?? null;
}

function invalid(message: string): Answer {
  return { status: 422, body: { message, documentation_url: 'https://docs.github.com/rest', status: '422' } };
}

function deploymentBody(deployment: Deployment, state: State, api: ApiDescription): Json {
  const example = api.example('deployment');
  const url = `https://api.github.com/repos/${state.repository}/deployments/${deployment.id}`;
  return {
    ...example,
    id: deployment.id,
    url,
    statuses_url: `${url}/statuses`,
    sha: deployment.sha,
    ref: deployment.sha,
    task: deployment.task,
    payload: deployment.payload,
    environment: deployment.environment,
    original_environment: deployment.environment,
    description: deployment.description,
    creator: { ...(example.creator as Json), ...deployment.author },
    created_at: apiTime(state.now()),
    updated_at: apiTime(state.now()),
    production_environment: deployment.production,
    transient_environment: deployment.transient,
  };
}

function statusBody(
  status: DeploymentStatus,
  deployment: Deployment,
  state: State,
  api: ApiDescription,
): Json {
  return {
    ...api.example('deployment-status'),
    id: status.id,
    url: `https://api.github.com/repos/${state.repository}/deployments/${deployment.id}/statuses/${status.id}`,
    state: status.state,
    description: status.description,
    environment: deployment.environment,
    log_url: status.logUrl,
    target_url: status.logUrl,
    environment_url: status.environmentUrl,
  };
}
