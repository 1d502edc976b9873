/** Why GitHub refused something, in a sentence that says what to do about it. */

import { responseHeaders } from './client.ts';
import type { EventContext } from './context.ts';

/** `unreachable`: asking again for something else is as vain. */
export type FailureKind = 'permission' | 'token' | 'missing' | 'refused' | 'limit' | 'unreachable' | 'other';

export interface Failure {
  readonly kind: FailureKind;
  /** A clause without a final full stop, e.g. `the token lacks the permission …`. */
  readonly reason: string;
}

export interface FailureHints {
  readonly context: EventContext;
  /** What the call needs when GitHub's answer does not say, as workflows spell it: `checks: write`. */
  readonly permission: string;
  /** Never shown, even if an answer were to repeat it. */
  readonly secrets?: readonly string[];
}

export function describeFailure(error: unknown, hints: FailureHints): Failure {
  const failure = classify(error, hints);
  const reason = (hints.secrets ?? [])
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '***'), failure.reason);
  return { kind: failure.kind, reason };
}

function classify(error: unknown, hints: FailureHints): Failure {
  const status = statusOf(error);
  const said = messageOf(error);
  if (status === null) return { kind: 'other', reason: said };
  if (!hasResponse(error)) return { kind: 'unreachable', reason: unreachable(error, hints.context.apiUrl) };
  if (isRateLimit(error, status)) {
    return { kind: 'limit', reason: `GitHub limits the rate of requests (${status}${retryAfter(error)})` };
  }
  if (status >= 500) return { kind: 'unreachable', reason: `GitHub answered ${status} several times` };
  switch (status) {
    case 401:
      return { kind: 'token', reason: 'the token is not valid or has expired (401); check `github-token`' };
    case 403:
      return forbidden(error, said, hints);
    case 404: {
      const need = `it is gone, or the token cannot see it; the job needs ${permissions(error, hints)}`;
      return { kind: 'missing', reason: `GitHub answered 404: ${need}` };
    }
    default:
      return { kind: 'refused', reason: `GitHub refused it (${status}): ${said}` };
  }
}

function forbidden(error: unknown, said: string, hints: FailureHints): Failure {
  if (/\b(is|been) locked\b|conversation.*locked/i.test(said)) {
    return { kind: 'refused', reason: 'the conversation is locked (403)' };
  }
  // GITHUB_TOKEN, user tokens and fine-grained tokens, in this order.
  const lacks =
    /not accessible by (integration|personal access token)|must have .* (rights|access)|read[- ]only/i;
  const needed = permissions(error, hints);
  if (!lacks.test(said) && responseHeaders(error)['x-accepted-github-permissions'] === undefined) {
    return { kind: 'permission', reason: `GitHub refused it (403): ${said}; the job needs ${needed}` };
  }
  return {
    kind: 'permission',
    reason: `the token lacks the permission ${needed} (403 ${said})${whyReadOnly(hints.context)}`,
  };
}

function whyReadOnly(context: EventContext): string {
  if (context.pullRequest?.fork === true) return '; pull requests from forks get a read-only token';
  if (context.actor === 'dependabot[bot]')
    return '; runs started by Dependabot get a read-only token by default';
  return '';
}

/**
 * `issues=write; pull_requests=write` means either; `contents=read,checks=write` means both.
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
 */
function permissions(error: unknown, hints: FailureHints): string {
  const header = String(responseHeaders(error)['x-accepted-github-permissions'] ?? '');
  const either = header
    .split(';')
    .map((set) => [...set.matchAll(/([a-z_]+)=([a-z]+)/g)].map((m) => `\`${workflowName(m[1])}: ${m[2]}\``))
    .filter((set) => set.length > 0)
    .map((set) => set.join(' and '));
  return either.length > 0 ? [...new Set(either)].join(' or ') : `\`${hints.permission}\``;
}

/** The API says `pull_requests`, workflows say `pull-requests`. */
function workflowName(permission: string | undefined): string {
  return (permission ?? '').replaceAll('_', '-');
}

function unreachable(error: unknown, apiUrl: string): string {
  const codes = causes(error).flatMap((cause) => [cause.name, 'code' in cause ? String(cause.code) : '']);
  const host = URL.canParse(apiUrl) ? new URL(apiUrl).host : apiUrl;
  if (codes.includes('ENOTFOUND') || codes.includes('EAI_AGAIN')) return `the name ${host} does not resolve`;
  if (codes.includes('ECONNREFUSED')) return `${host} refuses connections`;
  if (codes.some((code) => /^TimeoutError$|ETIMEDOUT|UND_ERR_.*TIMEOUT/.test(code))) {
    return `${host} did not answer in time`;
  }
  if (codes.some((code) => /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(code))) {
    return `the connection to ${host} was lost several times`;
  }
  return `${host} could not be reached (${messageOf(error)})`;
}

function causes(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let next = error; next instanceof Error && found.length < 10; next = next.cause) found.push(next);
  return found;
}

function isRateLimit(error: unknown, status: number): boolean {
  if (status === 429) return true;
  const exhausted = responseHeaders(error)['x-ratelimit-remaining'] === '0';
  return status === 403 && (exhausted || /\brate limit\b/i.test(messageOf(error)));
}

function retryAfter(error: unknown): string {
  const seconds = responseHeaders(error)['retry-after'];
  return seconds === undefined ? '' : `, retry after ${seconds} s`;
}

export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : null;
}

function hasResponse(error: unknown): boolean {
  return error instanceof Error && 'response' in error && error.response !== undefined;
}

/** The first line, without the documentation link that Octokit appends, and not endless. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n', 1)[0] ?? '';
  const plain = line.replace(/ - https?:\/\/\S+/, '').trim();
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
}
