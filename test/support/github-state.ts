/** What the GitHub of the tests remembers, and how each operation reads and changes it. */

import type { ApiDescription, Json } from './openapi.ts';

export interface Author {
  readonly login: string;
  readonly type: 'Bot' | 'User';
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: Author;
  body: string;
  /** Default: the epoch. */
  readonly createdAt?: Date;
}

export interface Issue {
  readonly number: number;
  readonly author: Author;
  title: string;
  body: string;
  open: boolean;
  reason: string | null;
  labels: string[];
  assignees: string[];
  readonly createdAt: Date;
  updatedAt: Date;
  readonly isPullRequest?: boolean;
}

/** A file in .github/workflows; `inputs` null: it has no `workflow_dispatch`. */
export interface Workflow {
  readonly file: string;
  readonly inputs: readonly string[] | null;
}

/** Of a workflow; `test/support/github-runs.ts`. */
export interface WorkflowRun {
  readonly id: number;
  readonly workflow: string;
  readonly branch: string;
  readonly event: string;
  status: string;
  conclusion: string | null;
  readonly createdAt: Date;
  /** How many lists do not show it yet. */
  hiddenFor: number;
}

/** What started, or would start, a workflow. */
export type Dispatch =
  | { readonly workflow: string; readonly ref: string; readonly inputs: Json }
  | { readonly event: string; readonly payload: Json };

export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  name: string;
  conclusion: string | null;
  detailsUrl: string | null;
  externalId: string | null;
  output: { title: string; summary: string; text: string | null };
  readonly annotations: Json[];
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly environment: string;
  readonly task: string;
  readonly payload: Json | string;
  readonly description: string | null;
  readonly production: boolean;
  readonly transient: boolean;
  readonly author: Author;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
}

export interface State {
  readonly repository: string;
  comments: Comment[];
  checkRuns: CheckRun[];
  pulls: { readonly number: number; readonly headSha: string }[];
  /** Numbers of issues whose conversation is locked. */
  locked: number[];
  nextId: number;
  issues: Issue[];
  /** Switched off in the settings of the repository. */
  issuesDisabled: boolean;
  /** Numbers of issues that are there no more. */
  deleted: number[];
  /** Who can be assigned, by login. */
  assignable: string[];
  workflows: Workflow[];
  dispatches: Dispatch[];
  /** A dispatch of a workflow adds one. */
  runs: WorkflowRun[];
  /** How many lists do not show a run that is added. */
  hideRunsFor: number;
  nextNumber: number;
  deployments: Deployment[];
  /** Ids of commits that can be deployed; empty: any. */
  commits: string[];
  /** The server's clock. */
  now: () => Date;
}

export function emptyState(repository: string): State {
  return {
    repository,
    comments: [],
    checkRuns: [],
    pulls: [],
    locked: [],
    nextId: 1001,
    issues: [],
    issuesDisabled: false,
    deleted: [],
    assignable: [],
    workflows: [],
    dispatches: [],
    runs: [],
    hideRunsFor: 0,
    nextNumber: 1,
    deployments: [],
    commits: [],
    now: () => new Date(),
  };
}

export interface Call {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Undefined for an unknown token. */
  readonly author: Author | undefined;
  readonly url: URL;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export type Handler = (call: Call & { author: Author }, state: State, api: ApiDescription) => Answer;

export const NOT_FOUND: Answer = { status: 404, body: { message: 'Not Found', status: '404' } };

export const GONE: Answer = { status: 410, body: { message: 'This issue was deleted', status: '410' } };
const EPOCH = '1970-01-01T00:00:00Z';

/** By operation id. Another operation is one more entry; its calls and answers are checked already. */
export const handlers: Readonly<Record<string, Handler>> = {
  'issues/list-comments': (call, state, api) => {
    if (state.deleted.includes(Number(call.parameters.issue_number))) return GONE;
    const all = state.comments
      .filter((comment) => comment.issue === Number(call.parameters.issue_number))
      .filter((comment) => timeOf(comment).getTime() >= Date.parse(call.query.since ?? EPOCH))
      .sort((a, b) => a.id - b.id);
    const { items, headers } = page(all, call);
    return { status: 200, body: items.map((comment) => commentBody(comment, state, api)), headers };
  },

  'issues/create-comment': (call, state, api) => {
    const issue = Number(call.parameters.issue_number);
    if (state.deleted.includes(issue)) return GONE;
    if (state.locked.includes(issue)) {
      return { status: 403, body: { message: 'Unable to create comment because issue is locked.' } };
    }
    const tooLong = refuseLong(call);
    if (tooLong !== null) return tooLong;
    const comment = {
      id: state.nextId++,
      issue,
      author: call.author,
      body: String(call.body.body),
      createdAt: state.now(),
    };
    state.comments.push(comment);
    return { status: 201, body: commentBody(comment, state, api) };
  },

  'issues/update-comment': (call, state, api) => {
    const comment = state.comments.find(({ id }) => id === Number(call.parameters.comment_id));
    if (comment === undefined) return NOT_FOUND;
    const tooLong = refuseLong(call);
    if (tooLong !== null) return tooLong;
    comment.body = String(call.body.body);
    return { status: 200, body: commentBody(comment, state, api) };
  },

  'issues/delete-comment': (call, state) => {
    const id = Number(call.parameters.comment_id);
    if (!state.comments.some((comment) => comment.id === id)) return NOT_FOUND;
    state.comments = state.comments.filter((comment) => comment.id !== id);
    return { status: 204 };
  },

  'checks/create': (call, state, api) => {
    const body = call.body as unknown as CheckBody;
    const run: CheckRun = {
      id: state.nextId++,
      headSha: body.head_sha,
      name: body.name,
      conclusion: body.conclusion ?? null,
      detailsUrl: body.details_url ?? null,
      externalId: body.external_id ?? null,
      output: { title: '', summary: '', text: null },
      annotations: [],
    };
    state.checkRuns.push(run);
    applyOutput(run, body);
    return { status: 201, body: checkRunBody(run, state, api) };
  },

  'checks/update': (call, state, api) => {
    const run = state.checkRuns.find(({ id }) => id === Number(call.parameters.check_run_id));
    if (run === undefined) return NOT_FOUND;
    const body = call.body as unknown as CheckBody;
    run.conclusion = body.conclusion ?? run.conclusion;
    applyOutput(run, body);
    return { status: 200, body: checkRunBody(run, state, api) };
  },

  'pulls/get': (call, state, api) => {
    const pull = state.pulls.find(({ number }) => number === Number(call.parameters.pull_number));
    if (pull === undefined) return NOT_FOUND;
    const body = api.example('pull-request');
    body.number = pull.number;
    // GitHub's own example of a team lacks properties that its schema requires.
    body.requested_teams = [];
    body.head = { ...(body.head as Json), sha: pull.headSha };
    return { status: 200, body };
  },

  'users/get-authenticated': ({ author }, _state, api) => {
    if (author.type === 'Bot') {
      return { status: 403, body: { message: 'Resource not accessible by integration', status: '403' } };
    }
    const body = api.example('private-user-response-with-public-and-private-profile-information');
    return { status: 200, body: { ...body, login: author.login, user_view_type: 'private' } };
  },
};

interface CheckBody {
  readonly name: string;
  readonly head_sha: string;
  readonly conclusion?: string;
  readonly details_url?: string;
  readonly external_id?: string;
  readonly output?: { title?: string; summary: string; text?: string; annotations?: Json[] };
}

/** Annotations of later requests are appended: https://docs.github.com/rest/checks/runs#update-a-check-run */
function applyOutput(run: CheckRun, { output }: CheckBody): void {
  if (output === undefined) return;
  run.output = {
    title: output.title ?? run.output.title,
    summary: output.summary,
    text: output.text ?? null,
  };
  run.annotations.push(...(output.annotations ?? []));
}

export function refuseLong(call: Call, resource = 'IssueComment'): Answer | null {
  if (String(call.body.body).length <= 65_536) return null;
  const errors = [{ resource, code: 'unprocessable', field: 'data', message: 'Body is too long' }];
  return {
    status: 422,
    body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/rest' },
  };
}

/** Link as GitHub writes it: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export function page<T>(
  all: readonly T[],
  call: Call,
): { items: readonly T[]; headers: Record<string, string> } {
  const size = Math.min(100, Number(call.query.per_page ?? 30));
  const number = Number(call.query.page ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (to: number, rel: string): string => {
    const url = new URL(call.url);
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    items: all.slice((number - 1) * size, number * size),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

function timeOf({ createdAt }: Comment): Date {
  return createdAt ?? new Date(EPOCH);
}

/** Whole seconds, as the API gives them. */
export function apiTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function commentBody(comment: Comment, state: State, api: ApiDescription): Json {
  const example = api.example('issue-comment');
  return {
    ...example,
    id: comment.id,
    body: comment.body,
    created_at: apiTime(timeOf(comment)),
    updated_at: apiTime(timeOf(comment)),
    html_url: `https://github.com/${state.repository}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `https://api.github.com/repos/${state.repository}/issues/${comment.issue}`,
    user: { ...(example.user as Json), login: comment.author.login, type: comment.author.type },
  };
}

function checkRunBody(run: CheckRun, state: State, api: ApiDescription): Json {
  const example = api.example('check-run');
  return {
    ...example,
    id: run.id,
    name: run.name,
    head_sha: run.headSha,
    status: run.conclusion === null ? 'in_progress' : 'completed',
    conclusion: run.conclusion,
    details_url: run.detailsUrl,
    external_id: run.externalId,
    html_url: `https://github.com/${state.repository}/runs/${run.id}`,
    output: { ...(example.output as Json), ...run.output, annotations_count: run.annotations.length },
  };
}
