/**
 * One issue per action and `id` that is opened, updated, closed and reopened instead of repeated. What it says and
 * when it is opened or closed is the caller's; this knows which issue it is, and what it remembers.
 */

import type { GitHubClient } from './client.ts';
import { statusOf } from './failure.ts';
import { shorten } from './limits.ts';
import { type Memory, readMemory, writeMemory } from './memory.ts';
import { type Author, firstLine, ownAuthor } from './own-author.ts';
import { commentMarker } from './sticky-comment.ts';

export interface RepositoryPlace {
  readonly owner: string;
  readonly repo: string;
}

export interface RollingIssueKey {
  /** Without the `action-` prefix: `drift-check`. */
  readonly action: string;
  readonly id: string;
  /** Given when the issue is created; somebody may rename it later. */
  readonly title: string;
  /** At least one; the issue is looked for under the first. GitHub creates labels that do not exist. */
  readonly labels: readonly [string, ...string[]];
}

export interface RollingIssue {
  readonly number: number;
  readonly url: string;
  readonly open: boolean;
  readonly memory: Memory;
}

export interface FoundIssues {
  /** The one that counts: of several, the oldest. */
  readonly issue: RollingIssue | null;
  /** Others that are open. */
  readonly duplicates: readonly RollingIssue[];
}

export interface IssueText {
  /** Markdown, data escaped; cut to what GitHub takes, where the caller did not see to it. */
  readonly body: string;
  /** A JSON value for the next run to find. */
  readonly memory: unknown;
}

/** All methods throw what Octokit throws. */
export interface RollingIssues {
  /** Open or closed; with all duplicates that are open. */
  find(): Promise<FoundIssues>;
  create(text: IssueText): Promise<RollingIssue>;
  /** `state` is left as it is when not given. False: the issue is gone. */
  update(issue: RollingIssue, text: IssueText, state?: 'open' | 'closed'): Promise<boolean>;
  /** Those of the users who were not assigned. */
  assign(issue: RollingIssue, users: readonly string[]): Promise<readonly string[]>;
  /** Closes an issue that says what another one says. */
  closeDuplicate(duplicate: RollingIssue, of: RollingIssue): Promise<void>;
}

/** Characters of a body; more is answered by 422. */
export const issueBodyLimit = 65_536;
const NOTE = '\n\n_Shortened to what GitHub takes; the report has it all._\n';

/** GitHub's own app, whose token GITHUB_TOKEN is. */
const ACTIONS_BOT = 'github-actions[bot]';

const DUPLICATE = '<!-- ml-gates: duplicate -->';

interface ApiIssue {
  readonly number: number;
  readonly html_url: string;
  readonly state: string;
  readonly title: string;
  readonly body?: string | null;
  readonly user: Author | null;
  readonly pull_request?: unknown;
}

export function rollingIssues(
  client: GitHubClient,
  place: RepositoryPlace,
  key: RollingIssueKey,
): RollingIssues {
  const marker = commentMarker(key.action, key.id);
  const textOf = ({ body, memory }: IssueText): string => {
    const head = `${marker}\n${writeMemory(memory)}\n\n`;
    return head + shorten(body, issueBodyLimit - head.length, NOTE);
  };

  const patch = async (
    number: number,
    changes: { body?: string; state?: 'open' | 'closed' },
    reason?: Reason,
  ) =>
    await client.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...place,
      issue_number: number,
      ...changes,
      ...(reason === undefined ? {} : { state_reason: reason }),
    });

  return {
    async find() {
      const own = await ownAuthor(client);
      const isOurs = (issue: ApiIssue): boolean => own.is(issue.user) && bears(issue, marker, key.title);
      const labelled = (await listByLabel(client, place, key.labels[0])).filter(isOurs);
      const all =
        labelled.length > 0
          ? labelled
          : (await listByCreator(client, place, own.login ?? ACTIONS_BOT)).filter(isOurs);
      const [issue, ...others] = all.map(asRolling).sort((a, b) => a.number - b.number);
      return { issue: issue ?? null, duplicates: others.filter(({ open }) => open) };
    },

    async create(text) {
      const created = await client.request('POST /repos/{owner}/{repo}/issues', {
        ...place,
        title: key.title,
        body: textOf(text),
        labels: [...key.labels],
      });
      return asRolling(created.data);
    },

    async update(issue, text, state) {
      try {
        await patch(
          issue.number,
          { body: textOf(text), ...(state === undefined ? {} : { state }) },
          state === undefined ? undefined : state === 'closed' ? 'completed' : 'reopened',
        );
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },

    async assign(issue, users) {
      if (users.length === 0) return [];
      // Not together with the creation, which fails as a whole when one of the users cannot be assigned.
      const { data } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/assignees', {
        ...place,
        issue_number: issue.number,
        assignees: [...users],
      });
      const assigned = new Set((data.assignees ?? []).map(({ login }) => login.toLowerCase()));
      return users.filter((user) => !assigned.has(user.toLowerCase()));
    },

    async closeDuplicate(duplicate, of) {
      const why = `Duplicate of #${of.number}: two runs opened an issue at the same time.`;
      // Not ours any more, also when the other one is deleted some day: else that would be taken for this one.
      await patch(duplicate.number, { body: `${DUPLICATE}\n${why}`, state: 'closed' }, 'not_planned');
      await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...place,
        issue_number: duplicate.number,
        body: why,
      });
    },
  };
}

type Reason = 'completed' | 'not_planned' | 'reopened';

function asRolling({ number, html_url, state, body }: ApiIssue): RollingIssue {
  return { number, url: html_url, open: state === 'open', memory: readMemory(body) };
}

/**
 * By the marker; and where somebody replaced the whole text, so that no marker of ours is left, by the title, which
 * holds the id. Else the next run would open a second issue beside the first.
 */
function bears(issue: ApiIssue, marker: string, title: string): boolean {
  if (issue.pull_request !== undefined) return false;
  const first = firstLine(issue.body);
  return first === marker || (!first.startsWith('<!-- ml-gates: ') && issue.title === title);
}

async function listByLabel(
  client: GitHubClient,
  place: RepositoryPlace,
  label: string,
): Promise<readonly ApiIssue[]> {
  return await client.paginate('GET /repos/{owner}/{repo}/issues', {
    ...place,
    labels: label,
    state: 'all',
    per_page: 100,
  });
}

/** For an issue that lost its label, or was opened under another one; among the creator's 100 that changed last. */
async function listByCreator(
  client: GitHubClient,
  place: RepositoryPlace,
  creator: string,
): Promise<readonly ApiIssue[]> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/issues', {
    ...place,
    creator,
    state: 'all',
    sort: 'updated',
    per_page: 100,
  });
  return data;
}

function isGone(error: unknown): boolean {
  const status = statusOf(error);
  return status === 404 || status === 410;
}
