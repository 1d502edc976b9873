/**
 * What the runner says about this run: environment variables and the event file, typed once.
 *
 * `@actions/github` has a context, too, but it reads `process.env` while it is imported and throws there
 * when the event file is damaged; a gate must give its verdict all the same.
 */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface PullRequest {
  readonly number: number;
  /** Head of the pull request; null for comments, whose event does not name it. */
  readonly headSha: string | null;
  /** From another repository (or one deleted since); null when the event does not say. */
  readonly fork: boolean | null;
}

export interface EventContext {
  /** `pull_request`, `push`, …; empty outside GitHub. */
  readonly eventName: string;
  readonly repo: { readonly owner: string; readonly name: string } | null;
  /**
   * The commit that was judged: the head of the pull request, not the merge commit that GITHUB_SHA names
   * there, because checks and people look at the head. Null when unknown.
   */
  readonly sha: string | null;
  /** Branch or tag that the run is on, without `refs/heads/`; null on pull requests and when unknown. */
  readonly ref: string | null;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string } | null;
  readonly pullRequest: PullRequest | null;
  /** True when GitHub gives this event a token that cannot write, so that asking would be in vain. */
  readonly readOnlyToken: boolean;
  readonly actor: string | null;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Folder of the checkout; paths of annotations are relative to it. */
  readonly workspace: string | null;
  /** What could not be read, in words. */
  readonly notices: readonly string[];
}

/** Never throws: what is missing is null, what is damaged is a notice. */
export function readContext(env: Environment, readFile: (path: string) => string): EventContext {
  const event = readEvent(env, readFile);
  const eventName = env.GITHUB_EVENT_NAME ?? '';
  const serverUrl = url(env.GITHUB_SERVER_URL, 'https://github.com');
  const repo = readRepo(env, event.payload);
  const { pullRequest, notices } = readPullRequest(eventName, event.payload);
  return {
    eventName,
    repo,
    sha: readSha(eventName, event.payload, pullRequest, env),
    ref: /^refs\/(?:heads|tags)\/(.+)$/.exec(env.GITHUB_REF ?? '')?.[1] ?? null,
    run: readRun(env, serverUrl, repo),
    pullRequest,
    readOnlyToken: isReadOnly(eventName, event.payload, pullRequest),
    actor: text(env.GITHUB_ACTOR),
    apiUrl: url(env.GITHUB_API_URL, 'https://api.github.com'),
    serverUrl,
    workspace: text(env.GITHUB_WORKSPACE),
    notices: [...event.notices, ...notices],
  };
}

function readEvent(
  env: Environment,
  readFile: (path: string) => string,
): { payload: Json; notices: readonly string[] } {
  const path = text(env.GITHUB_EVENT_PATH);
  if (path === null) return { payload: {}, notices: [] };
  const consequence = 'pull request comments are not possible in this run';
  let content: string;
  try {
    content = readFile(path);
  } catch {
    return { payload: {}, notices: [`The event file ${path} cannot be read; ${consequence}.`] };
  }
  try {
    const payload: unknown = JSON.parse(content.replace(/^\uFEFF/, ''));
    if (isObject(payload)) return { payload, notices: [] };
  } catch {
    // Falls through to the notice: the parser's words would not help the user.
  }
  return { payload: {}, notices: [`The event file ${path} is not a JSON object; ${consequence}.`] };
}

function readRepo(env: Environment, payload: Json): EventContext['repo'] {
  const fullName = text(env.GITHUB_REPOSITORY) ?? text(object(payload.repository).full_name);
  const match = /^([^/\s]+)\/([^/\s]+)$/.exec(fullName ?? '');
  return match === null ? null : { owner: match[1] as string, name: match[2] as string };
}

function readRun(env: Environment, serverUrl: string, repo: EventContext['repo']): EventContext['run'] {
  const id = positiveInteger(env.GITHUB_RUN_ID);
  if (id === null || repo === null) return null;
  const attempt = positiveInteger(env.GITHUB_RUN_ATTEMPT) ?? 1;
  const base = `${serverUrl}/${repo.owner}/${repo.name}/actions/runs/${id}`;
  return { id, attempt, url: attempt === 1 ? base : `${base}/attempts/${attempt}` };
}

interface Found {
  readonly pullRequest: PullRequest | null;
  readonly notices: readonly string[];
}

function readPullRequest(eventName: string, payload: Json): Found {
  // `pull_request`, `pull_request_target`, `pull_request_review`, `pull_request_review_comment`
  if (isObject(payload.pull_request)) return { pullRequest: ofPayload(payload.pull_request), notices: [] };
  if (eventName === 'issue_comment' || eventName === 'issues') {
    const issue = object(payload.issue);
    const number = positiveInteger(issue.number);
    const isPullRequest = number !== null && isObject(issue.pull_request);
    return { pullRequest: isPullRequest ? { number, headSha: null, fork: null } : null, notices: [] };
  }
  if (eventName === 'workflow_run') return ofWorkflowRun(object(payload.workflow_run), repositoryId(payload));
  return { pullRequest: null, notices: [] };
}

function ofPayload(pull: Json): PullRequest | null {
  const number = positiveInteger(pull.number);
  if (number === null) return null;
  const head = object(pull.head);
  const headRepo = text(object(head.repo).full_name);
  const baseRepo = text(object(object(pull.base).repo).full_name);
  // `head.repo` is null once the fork was deleted.
  const fork = headRepo === null || baseRepo === null ? true : headRepo !== baseRepo;
  return { number, headSha: text(head.sha), fork };
}

/**
 * `workflow_run.pull_requests` also lists pull requests of forks that contain the commit, whose numbers mean
 * another conversation here; and it is empty when the run itself came from a fork.
 */
function ofWorkflowRun(run: Json, repositoryId: number | null): Found {
  const headSha = text(run.head_sha);
  const here = list(run.pull_requests).filter((pull) => {
    const base = positiveInteger(object(object(pull.base).repo).id);
    return repositoryId === null || base === null || base === repositoryId;
  });
  const atHead = here.filter((pull) => text(object(pull.head).sha) === headSha);
  const chosen = atHead[0] ?? here[0];
  const number = chosen === undefined ? null : positiveInteger(chosen.number);
  if (number === null) return { pullRequest: null, notices: [] };
  const notices =
    here.length > 1
      ? [`The workflow run belongs to ${here.length} pull requests; the report goes to #${number}.`]
      : [];
  return { pullRequest: { number, headSha, fork: false }, notices };
}

function repositoryId(payload: Json): number | null {
  return positiveInteger(object(payload.repository).id);
}

function readSha(
  eventName: string,
  payload: Json,
  pullRequest: PullRequest | null,
  env: Environment,
): string | null {
  if (eventName === 'workflow_run') return text(object(payload.workflow_run).head_sha);
  // GITHUB_SHA of a comment is the default branch: not what was judged.
  if (pullRequest !== null) return pullRequest.headSha;
  return text(env.GITHUB_SHA);
}

/**
 * Runs of public forks get a read-only token whatever `permissions` say. Private repositories can be set to
 * send write tokens to forks, so there the answer of the API decides.
 * https://docs.github.com/actions/security-for-github-actions/security-guides/automatic-token-authentication
 */
function isReadOnly(eventName: string, payload: Json, pullRequest: PullRequest | null): boolean {
  if (pullRequest?.fork !== true || eventName === 'pull_request_target') return false;
  return object(payload.repository).private !== true;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function positiveInteger(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
}

function url(value: string | undefined, otherwise: string): string {
  const given = text(value);
  return given !== null && URL.canParse(given) ? given.replace(/\/+$/, '') : otherwise;
}
