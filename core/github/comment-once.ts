/**
 * A comment that at most one of several runs writes within a time: an announcement, or the permission to do something.
 *
 * GitHub has no way to change an issue only if nobody else did meanwhile. But comments are only ever added, and their
 * ids grow: of two runs that both wrote theirs and then look, both see the same one first.
 */

import type { GitHubClient } from './client.ts';
import { readMemory, writeMemory } from './memory.ts';
import { firstLine, ownAuthor } from './own-author.ts';
import type { RepositoryPlace } from './rolling-issue.ts';
import { commentMarker } from './sticky-comment.ts';

export interface OnceComment {
  readonly place: RepositoryPlace;
  readonly issue: number;
  /** Without the `action-` prefix, and what is done: `drift-check`, `retrain`. */
  readonly action: string;
  readonly purpose: string;
  readonly id: string;
  /** Markdown, data escaped. */
  readonly body: string;
  /** How far apart two of them are at least. */
  readonly seconds: number;
  /** Random: tells whose comment it is. */
  readonly holder: string;
  readonly now: Date;
}

export type Once =
  | { readonly first: true; readonly commentId: number; readonly url: string; readonly at: Date }
  /** Another one stands there; ours does not. */
  | { readonly first: false; readonly url: string; readonly at: Date };

interface Comment {
  readonly id: number;
  readonly html_url: string;
  readonly created_at: string;
  readonly body?: string;
  readonly user: { readonly login: string; readonly type: string } | null;
}

/** Throws what Octokit throws. */
export async function commentOnce(client: GitHubClient, wanted: OnceComment): Promise<Once> {
  const marker = commentMarker(`${wanted.action} ${wanted.purpose}`, wanted.id);
  const own = await ownAuthor(client);
  const list = async (since: Date): Promise<readonly Comment[]> => {
    const all: readonly Comment[] = await client.paginate(
      'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      { ...wanted.place, issue_number: wanted.issue, since: seconds(since), per_page: 100 },
    );
    return all.filter(
      ({ body, user, created_at }) =>
        own.is(user) && firstLine(body) === marker && Date.parse(created_at) > since.getTime(),
    );
  };

  const [standing] = await list(earlier(wanted.now, wanted.seconds));
  if (standing !== undefined) return asOther(standing);

  const written = await write(client, wanted, marker);
  // By the server's clock alone. A request that was repeated because its answer got lost wrote the comment twice.
  const listed = await list(earlier(new Date(written.created_at), wanted.seconds));
  const first = listed[0] ?? written;
  const mine = [written, ...listed].filter((comment) => isHeldBy(comment, wanted.holder));
  const superfluous = new Set(mine.map(({ id }) => id).filter((id) => id !== first.id));
  for (const id of superfluous) await removeComment(client, wanted.place, id);
  if (!isHeldBy(first, wanted.holder)) return asOther(first);
  return { first: true, commentId: first.id, url: first.html_url, at: new Date(first.created_at) };
}

async function write(client: GitHubClient, wanted: OnceComment, marker: string): Promise<Comment> {
  const body = `${marker}\n${writeMemory({ holder: wanted.holder })}\n${wanted.body}`;
  const { data } = await client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...wanted.place,
    issue_number: wanted.issue,
    body,
  });
  const { html_url, created_at, user } = data;
  return { id: Number(data.id), html_url, created_at, body, user };
}

/** Takes the comment back, as when what it announced did not come to pass. Never throws. */
export async function removeComment(
  client: GitHubClient,
  place: RepositoryPlace,
  commentId: number,
): Promise<boolean> {
  try {
    await client.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...place,
      comment_id: commentId,
    });
    return true;
  } catch {
    return false;
  }
}

function asOther(comment: Comment): Once {
  return { first: false, url: comment.html_url, at: new Date(comment.created_at) };
}

function isHeldBy({ body }: Pick<Comment, 'body'>, holder: string): boolean {
  const memory = readMemory(body);
  const value: unknown = memory.kept ? memory.value : null;
  return typeof value === 'object' && value !== null && 'holder' in value && value.holder === holder;
}

function earlier(than: Date, seconds: number): Date {
  return new Date(than.getTime() - seconds * 1000);
}

/** As the API writes times: whole seconds. */
function seconds(time: Date): string {
  return new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
