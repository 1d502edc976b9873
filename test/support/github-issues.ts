/** Issues, and the starting of workflows, of the GitHub of the tests. */

import { addRun } from './github-runs.ts';
import {
  type Answer,
  apiTime,
  type Call,
  GONE,
  type Handler,
  type Issue,
  NOT_FOUND,
  page,
  refuseLong,
  type State,
} from './github-state.ts';
import type { ApiDescription, Json } from './openapi.ts';

const DISABLED: Answer = {
  status: 410,
  body: { message: 'Issues are disabled for this repo', status: '410' },
};

export const issueHandlers: Readonly<Record<string, Handler>> = {
  'issues/list-for-repo': (call, state, api) => {
    const { query } = call;
    const labels = (query.labels ?? '').split(',').filter((label) => label !== '');
    const wanted = query.state ?? 'open';
    const all = state.issues
      .filter((issue) => wanted === 'all' || (wanted === 'open') === issue.open)
      .filter((issue) => labels.every((label) => hasLabel(issue, label)))
      .filter((issue) => query.creator === undefined || issue.author.login === query.creator)
      .filter((issue) => !state.issuesDisabled || issue.isPullRequest === true)
      .sort((a, b) =>
        query.sort === 'updated' ? b.updatedAt.getTime() - a.updatedAt.getTime() : b.number - a.number,
      );
    const { items, headers } = page(all, call);
    return { status: 200, body: items.map((issue) => issueBody(issue, state, api)), headers };
  },

  'issues/create': (call, state, api) => {
    if (state.issuesDisabled) return DISABLED;
    const tooLong = refuseLong(call, 'Issue');
    if (tooLong !== null) return tooLong;
    const assignees = (call.body.assignees ?? []) as string[];
    const unknown = assignees.find((login) => !state.assignable.includes(login));
    if (unknown !== undefined) return invalid('assignees', unknown);
    const issue: Issue = {
      number: state.nextNumber++,
      author: call.author,
      title: String(call.body.title),
      body: String(call.body.body ?? ''),
      open: true,
      reason: null,
      labels: [...((call.body.labels ?? []) as string[])],
      assignees,
      createdAt: state.now(),
      updatedAt: state.now(),
    };
    state.issues.push(issue);
    return { status: 201, body: issueBody(issue, state, api) };
  },

  'issues/update': (call, state, api) => {
    const issue = find(call, state);
    if (issue === null) return missing(call, state);
    const tooLong = refuseLong(call, 'Issue');
    if (tooLong !== null) return tooLong;
    const { body } = call;
    if (typeof body.title === 'string') issue.title = body.title;
    if (typeof body.body === 'string') issue.body = body.body;
    const open = body.state === undefined ? issue.open : body.state === 'open';
    // "Ignored unless `state` is changed."
    if (open !== issue.open) issue.reason = String(body.state_reason ?? (open ? 'reopened' : 'completed'));
    issue.open = open;
    issue.updatedAt = state.now();
    return { status: 200, body: issueBody(issue, state, api) };
  },

  'issues/add-assignees': (call, state, api) => {
    const issue = find(call, state);
    if (issue === null) return missing(call, state);
    const wanted = (call.body.assignees ?? []) as string[];
    issue.assignees = [
      ...new Set([...issue.assignees, ...wanted.filter((login) => state.assignable.includes(login))]),
    ];
    return { status: 201, body: issueBody(issue, state, api) };
  },

  'actions/create-workflow-dispatch': (call, state) => {
    const workflow = state.workflows.find(({ file }) => file === call.parameters.workflow_id);
    if (workflow === undefined) return NOT_FOUND;
    if (workflow.inputs === null) return refused("Workflow does not have 'workflow_dispatch' trigger");
    const inputs = (call.body.inputs ?? {}) as Json;
    const declared = workflow.inputs;
    const unexpected = Object.keys(inputs).filter((name) => !declared.includes(name));
    if (unexpected.length > 0) return refused(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
    if (JSON.stringify(inputs).length > 65_535) return refused('inputs are too large.');
    const ref = String(call.body.ref);
    state.dispatches.push({ workflow: workflow.file, ref, inputs });
    addRun(state, { workflow: workflow.file, branch: ref, hiddenFor: state.hideRunsFor });
    return { status: 204 };
  },

  'repos/create-dispatch-event': (call, state) => {
    const payload = (call.body.client_payload ?? {}) as Json;
    if (JSON.stringify(payload).length >= 65_536) return refused('client_payload is too large.');
    state.dispatches.push({ event: String(call.body.event_type), payload });
    return { status: 204 };
  },

  'repos/get': (_call, state, api) => {
    // GitHub's own example lacks properties that its schema requires.
    const { source, ...example } = api.example('full-repository-default-response');
    const body = { ...example, language: null, full_name: state.repository, default_branch: 'main' };
    return { status: 200, body };
  },
};

/** GitHub compares labels without case. */
function hasLabel(issue: Issue, label: string): boolean {
  return issue.labels.some((each) => each.toLowerCase() === label.toLowerCase());
}

function find(call: Call, state: State): Issue | null {
  return state.issues.find(({ number }) => number === Number(call.parameters.issue_number)) ?? null;
}

function missing(call: Call, state: State): Answer {
  return state.deleted.includes(Number(call.parameters.issue_number)) ? GONE : NOT_FOUND;
}

function refused(message: string): Answer {
  return { status: 422, body: { message, documentation_url: 'https://docs.github.com/rest', status: '422' } };
}

function invalid(field: string, value: string): Answer {
  return {
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [{ resource: 'Issue', field, code: 'invalid', value }],
      documentation_url: 'https://docs.github.com/rest',
    },
  };
}

function issueBody(issue: Issue, state: State, api: ApiDescription): Json {
  const { pull_request, ...example } = api.example('issue');
  const user = example.user as Json;
  return {
    ...example,
    id: issue.number,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.open ? 'open' : 'closed',
    state_reason: issue.reason,
    locked: state.locked.includes(issue.number),
    html_url: `https://github.com/${state.repository}/issues/${issue.number}`,
    user: { ...user, login: issue.author.login, type: issue.author.type },
    labels: issue.labels.map((name) => ({ ...((example.labels as Json[])[0] ?? {}), name })),
    assignees: issue.assignees.map((login) => ({ ...user, login })),
    created_at: apiTime(issue.createdAt),
    updated_at: apiTime(issue.updatedAt),
    ...(issue.isPullRequest === true ? { pull_request } : {}),
  };
}

/** Removes the issue and all that was said in it, as an administrator can. */
export function deleteIssue(state: State, number: number): void {
  state.issues = state.issues.filter((issue) => issue.number !== number);
  state.comments = state.comments.filter((comment) => comment.issue !== number);
  state.deleted.push(number);
}
