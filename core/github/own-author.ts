/** What the token itself wrote, and what others did. */

import type { GitHubClient } from './client.ts';

export interface Author {
  readonly login: string;
  readonly type: string;
}

/**
 * Anyone can paste our marker into a comment, and a token that may write issues may edit everybody's, so the
 * marker alone must not decide. A user's token (its prefix tells) can ask who it is. The token of an app, and
 * GITHUB_TOKEN is one, cannot; it writes as `…[bot]` of type Bot, which no person's account has.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export interface OwnAuthor {
  /** Null: the token is an app's. */
  readonly login: string | null;
  is(user: Author | null | undefined): boolean;
}

export async function ownAuthor(client: GitHubClient): Promise<OwnAuthor> {
  const login = await userLogin(client);
  return { login, is: (user) => (login === null ? user?.type === 'Bot' : user?.login === login) };
}

async function userLogin(client: GitHubClient): Promise<string | null> {
  const auth: unknown = await client.auth();
  const token = typeof auth === 'object' && auth !== null && 'token' in auth ? String(auth.token) : '';
  if (!/^(ghp|gho|ghu|github_pat)_/.test(token)) return null;
  return (await client.request('GET /user')).data.login;
}

/** The first line that is not empty, where markers stand. */
export function firstLine(body: string | null | undefined): string {
  return (body ?? '').trimStart().split(/\r?\n/, 1)[0]?.trimEnd() ?? '';
}
