/** Brings a finished report to GitHub. Whatever goes wrong here is a notice; the verdict stands. */

import type { Verdict } from '../gate/types.ts';
import type { Log } from '../report/log.ts';
import { type ArtifactUploader, describeUploadFailure, uploadArtifact } from './artifact.ts';
import { type CheckAnnotation, writeCheckRun } from './check-run.ts';
import type { GitHubClient } from './client.ts';
import type { EventContext } from './context.ts';
import { describeFailure, type Failure } from './failure.ts';
import { type CommentMode, writeStickyComment } from './sticky-comment.ts';

/** What a text may link to; it is rendered once the artifact has, or has not, been uploaded. */
export interface ReportLinks {
  readonly reportUrl: string | null;
  readonly runUrl: string | null;
}

export interface PublishRequest {
  /** Without the `action-` prefix: `validate-model`. */
  readonly action: string;
  /** The `id` input; empty when not given. */
  readonly id: string;
  readonly verdict: Verdict;
  readonly enforce: boolean;
  readonly onInconclusive: 'fail' | 'warn';
  readonly comment: { readonly mode: CommentMode; readonly body: (links: ReportLinks) => string };
  /** Null: no check run wanted. */
  readonly checkRun: {
    /** One line. */
    readonly title: string;
    readonly summary: (links: ReportLinks) => string;
    readonly annotations: readonly CheckAnnotation[];
  } | null;
  /** Null: no artifact wanted. */
  readonly artifact: {
    readonly name: string;
    /** Absolute paths inside `root`. */
    readonly files: readonly string[];
    readonly root: string;
  } | null;
}

export interface PublishDeps {
  readonly context: EventContext;
  /** Null without a token. */
  readonly client: GitHubClient | null;
  readonly upload: ArtifactUploader;
  /** Every notice is written here, once. */
  readonly log: Log;
  /** Texts that no notice may hold: the token. */
  readonly secrets: readonly string[];
  /** A few random characters for an artifact whose name is taken. */
  readonly suffix: () => string;
  /** For one upload. Default 120,000. */
  readonly uploadTimeoutMs?: number;
}

export interface Published {
  readonly reportUrl: string | null;
  /** The name under which the artifact was uploaded. */
  readonly artifactName: string | null;
  readonly commentUrl: string | null;
  readonly checkRunUrl: string | null;
  /** What was not written and why, one sentence each. */
  readonly notices: readonly string[];
}

/** Artifact, then comment and check run, which link to it. Never throws. */
export async function publish(request: PublishRequest, deps: PublishDeps): Promise<Published> {
  const notices: string[] = [];
  const notice = (text: string): void => {
    notices.push(text);
    deps.log.notice(text);
  };
  if (request.comment.mode !== 'never') deps.context.notices.forEach(notice);
  const artifact = await publishArtifact(request, deps, notice);
  const links = { reportUrl: artifact?.url ?? null, runUrl: deps.context.run?.url ?? null };
  const written = await publishToPullRequest(request, deps, links, notice);
  return { reportUrl: links.reportUrl, artifactName: artifact?.name ?? null, ...written, notices };
}

type Notice = (text: string) => void;

async function publishArtifact(
  { artifact }: PublishRequest,
  { context, upload, log, suffix, uploadTimeoutMs = 120_000 }: PublishDeps,
  notice: Notice,
): Promise<{ url: string | null; name: string } | null> {
  if (artifact === null || artifact.name === '') return null;
  try {
    const uploaded = await uploadArtifact(upload, artifact, { suffix, timeoutMs: uploadTimeoutMs, log });
    if (uploaded.name !== artifact.name) {
      notice(
        `The run has an artifact ${artifact.name} already; this report was uploaded as ${uploaded.name}. ` +
          'Set `id` or `report-artifact` to choose the name.',
      );
    }
    const { repo, run, serverUrl } = context;
    const url =
      repo === null || run === null
        ? null
        : `${serverUrl}/${repo.owner}/${repo.name}/actions/runs/${run.id}/artifacts/${uploaded.id}`;
    return { url, name: uploaded.name };
  } catch (error) {
    notice(`The report artifact ${artifact.name} was not uploaded: ${describeUploadFailure(error)}.`);
    return null;
  }
}

interface Written {
  readonly commentUrl: string | null;
  readonly checkRunUrl: string | null;
}

async function publishToPullRequest(
  request: PublishRequest,
  deps: PublishDeps,
  links: ReportLinks,
  notice: Notice,
): Promise<Written> {
  const { context, client } = deps;
  const nothing = { commentUrl: null, checkRunUrl: null };
  const wantsComment = request.comment.mode !== 'never' && context.pullRequest !== null;
  if (!wantsComment && request.checkRun === null) return nothing;
  // Nobody misses the comment of a passing gate that comments on failures only.
  const quiet = request.comment.mode === 'on-failure' && request.verdict === 'pass';
  const missed = [
    ...(wantsComment && !quiet ? ['pull request comment'] : []),
    ...(request.checkRun === null ? [] : ['check run']),
  ];
  const writeNothing = (why: string): Written => {
    if (missed.length > 0) notice(`No ${missed.join(' and no ')} written: ${why}`);
    return nothing;
  };
  if (context.repo === null) return writeNothing('the repository is not known (GITHUB_REPOSITORY).');
  if (context.readOnlyToken) {
    return writeNothing('pull requests from forks get a read-only token. The report is in the job summary.');
  }
  if (client === null) return writeNothing('`github-token` is empty. The report is in the job summary.');
  const comment = wantsComment
    ? await attempt('The pull request comment', 'pull-requests: write', deps, notice, () =>
        publishComment(request, deps, client, links),
      )
    : NOTHING_DONE;
  if (comment.failure?.kind === 'unreachable' && request.checkRun !== null) {
    notice('The check run was not attempted for the same reason.');
    return nothing;
  }
  const checkRun =
    request.checkRun === null
      ? NOTHING_DONE
      : await attempt('The check run', 'checks: write', deps, notice, () =>
          publishCheckRun(request, deps, client, links, notice),
        );
  return { commentUrl: comment.value, checkRunUrl: checkRun.value };
}

interface Attempt {
  readonly value: string | null;
  readonly failure: Failure | null;
}

const NOTHING_DONE: Attempt = { value: null, failure: null };

async function attempt(
  what: string,
  permission: string,
  { context, secrets }: PublishDeps,
  notice: Notice,
  work: () => Promise<string | null>,
): Promise<Attempt> {
  try {
    return { value: await work(), failure: null };
  } catch (error) {
    const failure = describeFailure(error, { context, permission, secrets });
    notice(`${what} was not written: ${failure.reason}. The report is in the job summary.`);
    return { value: null, failure };
  }
}

async function publishComment(
  request: PublishRequest,
  { context, log }: PublishDeps,
  client: GitHubClient,
  links: ReportLinks,
): Promise<string | null> {
  const { repo, pullRequest } = context;
  if (repo === null || pullRequest === null) return null;
  const outcome = await writeStickyComment(
    client,
    { owner: repo.owner, repo: repo.name, pullRequest: pullRequest.number },
    {
      action: request.action,
      id: request.id,
      mode: request.comment.mode,
      verdict: request.verdict,
      body: request.comment.body(links),
    },
  );
  if (outcome.done !== 'nothing') log.info(`Pull request comment ${outcome.done}: ${outcome.url ?? ''}`);
  return outcome.url;
}

async function publishCheckRun(
  request: PublishRequest,
  deps: PublishDeps,
  client: GitHubClient,
  links: ReportLinks,
  notice: Notice,
): Promise<string | null> {
  const { context, secrets } = deps;
  const { checkRun } = request;
  const { repo, run } = context;
  if (repo === null || checkRun === null) return null;
  const sha = context.sha ?? (await headOfPullRequest(client, context));
  if (sha === null) throw new Error('the commit is not known');
  const outcome = await writeCheckRun(
    client,
    {
      owner: repo.owner,
      repo: repo.name,
      sha,
      detailsUrl: links.reportUrl ?? links.runUrl,
      externalId: run === null ? null : `${run.id}/${run.attempt}`,
      workspace: context.workspace,
    },
    {
      action: request.action,
      id: request.id,
      verdict: request.verdict,
      enforce: request.enforce,
      onInconclusive: request.onInconclusive,
      title: checkRun.title,
      summary: checkRun.summary(links),
      annotations: checkRun.annotations,
    },
  );
  if (outcome.error !== null) {
    const { written, wanted } = outcome.annotations;
    const { reason } = describeFailure(outcome.error, { context, permission: 'checks: write', secrets });
    notice(`The check run shows ${written} of ${wanted} annotations: ${reason}.`);
  }
  return outcome.url;
}

/** A comment's event does not name the commit. */
async function headOfPullRequest(client: GitHubClient, context: EventContext): Promise<string | null> {
  const { repo, pullRequest } = context;
  if (repo === null || pullRequest === null) return null;
  const { data } = await client.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    owner: repo.owner,
    repo: repo.name,
    pull_number: pullRequest.number,
  });
  return data.head.sha;
}
