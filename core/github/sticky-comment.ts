/** One comment per action and `id` on a pull request: updated, not repeated. */

import type { Verdict } from '../gate/types.ts';
import type { GitHubClient } from './client.ts';
import { statusOf } from './failure.ts';
import { shorten } from './limits.ts';
import { firstLine, ownAuthor } from './own-author.ts';

export type CommentMode = 'auto' | 'on-failure' | 'never';

export interface StickyComment {
  /** Without the `action-` prefix: `validate-model`. */
  readonly action: string;
  readonly id: string;
  readonly mode: CommentMode;
  readonly verdict: Verdict;
  /** Markdown; the marker is put first where it is not. */
  readonly body: string;
}

export interface CommentPlace {
  readonly owner: string;
  readonly repo: string;
  readonly pullRequest: number;
}

export interface CommentOutcome {
  readonly done: 'created' | 'updated' | 'unchanged' | 'nothing';
  readonly url: string | null;
}

/** https://github.com/dead-claudia/github-limits#pr-body-and-comments; more is answered by 422. */
const COMMENT_LIMIT = 65_536;

/**
 * Writes the comment as `mode` says. `on-failure` creates one only when the verdict is not a pass, but
 * updates one that is there, so that no red comment outlives its cause. Throws what Octokit throws.
 */
export async function writeStickyComment(
  client: GitHubClient,
  place: CommentPlace,
  comment: StickyComment,
): Promise<CommentOutcome> {
  if (comment.mode === 'never') return { done: 'nothing', url: null };
  const marker = commentMarker(comment.action, comment.id);
  const marked = comment.body.startsWith(`${marker}\n`) ? comment.body : `${marker}\n${comment.body}`;
  const body = shorten(marked, COMMENT_LIMIT);
  const isOwn = await ownComments(client, marker);
  const found = (await listComments(client, place)).filter(isOwn);
  const [first, ...rest] = found;
  if (first !== undefined) {
    const updated = await update(client, place, first, body);
    if (updated !== null) {
      await removeAll(client, place, rest);
      return updated;
    }
  }
  if (first === undefined && comment.mode === 'on-failure' && comment.verdict === 'pass') {
    return { done: 'nothing', url: null };
  }
  return create(client, place, body, isOwn);
}

/**
 * First line of the comment, invisible. The id is encoded because `--` or `>` would end the HTML comment.
 * Reports escape every `<` of data, so nothing else in a body can look like it.
 */
export function commentMarker(action: string, id: string): string {
  const encoded = encodeURIComponent(id.toWellFormed()).replaceAll('-', '%2D').replaceAll('!', '%21');
  return `<!-- ml-gates: ${action}${encoded === '' ? '' : `/${encoded}`} -->`;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly html_url: string;
  readonly user: { readonly login: string; readonly type: string } | null;
}

/** Ascending by id, which is GitHub's order, over all pages. */
async function listComments(client: GitHubClient, place: CommentPlace): Promise<readonly Comment[]> {
  return client.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    owner: place.owner,
    repo: place.repo,
    issue_number: place.pullRequest,
    per_page: 100,
  });
}

/** Those that the token itself wrote and that bear the marker. */
async function ownComments(client: GitHubClient, marker: string): Promise<(comment: Comment) => boolean> {
  const own = await ownAuthor(client);
  return ({ body, user }) => firstLine(body) === marker && own.is(user);
}

/** Null when the comment was deleted since it was listed. */
async function update(
  client: GitHubClient,
  place: CommentPlace,
  comment: Comment,
  body: string,
): Promise<CommentOutcome | null> {
  if (sameText(comment.body ?? '', body)) return { done: 'unchanged', url: comment.html_url };
  try {
    await client.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      owner: place.owner,
      repo: place.repo,
      comment_id: comment.id,
      body,
    });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  return { done: 'updated', url: comment.html_url };
}

/**
 * Two jobs that find no comment both create one, and so does a creation that was repeated because its answer
 * got lost. Whoever looks again afterwards leaves the oldest, so that all end with the same one.
 */
async function create(
  client: GitHubClient,
  place: CommentPlace,
  body: string,
  isOwn: (comment: Comment) => boolean,
): Promise<CommentOutcome> {
  const created = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    owner: place.owner,
    repo: place.repo,
    issue_number: place.pullRequest,
    body,
  });
  const url = created.data.html_url;
  try {
    const [oldest, ...rest] = (await listComments(client, place)).filter(isOwn);
    if (oldest === undefined || oldest.id === created.data.id) {
      await removeAll(client, place, rest);
      return { done: 'created', url };
    }
    const updated = await update(client, place, oldest, body);
    if (updated === null) return { done: 'created', url };
    await removeAll(client, place, rest);
    return { done: 'updated', url: updated.url };
  } catch {
    // The comment is there, which is what was asked for; the next run cleans up.
    return { done: 'created', url };
  }
}

async function removeAll(
  client: GitHubClient,
  place: CommentPlace,
  comments: readonly Comment[],
): Promise<void> {
  for (const comment of comments) {
    try {
      await client.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
        owner: place.owner,
        repo: place.repo,
        comment_id: comment.id,
      });
    } catch {
      // Removed by the other job, or not ours to remove; the report itself is written.
    }
  }
}

function isGone(error: unknown): boolean {
  const status = statusOf(error);
  return status === 404 || status === 410;
}

/** GitHub may give back CRLF and trims the end. */
function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trim();
  return plain(a) === plain(b);
}
