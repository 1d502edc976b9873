/**
 * The header Authorization that a registry asks for.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */

import { RunError } from '../../../../core/inputs/index.ts';
import { isRecord } from '../manifest.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Login } from './docker-config.ts';
import { type HttpAnswer, type HttpClient, isLoopback } from './http.ts';

export interface TokenRequest {
  readonly registry: string;
  /** `octo/api` */
  readonly path: string;
  readonly login: Login | null;
  /** For messages. */
  readonly what: string;
}

const mostBytes = 256 * 1024;

/**
 * Null: the registry wants credentials, and there are none.
 * @throws RunError when it asks in a way that is not known, or no token is to be had.
 */
export async function authorize(
  header: string,
  request: TokenRequest,
  http: HttpClient,
): Promise<string | null> {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return bearerToken(bearer, request, http);
  if (challenges.some(({ scheme }) => scheme === 'basic')) return basic(request.login);
  const asked = challenges.map(({ scheme }) => scheme).join(', ') || 'nothing that can be read';
  throw new RunError(`${request.what}: ${request.registry} asks for ${asked}; known are Bearer and Basic`);
}

async function bearerToken(
  challenge: Challenge,
  request: TokenRequest,
  http: HttpClient,
): Promise<string | null> {
  const { login, what, registry } = request;
  if (login?.kind === 'registry-token') return `Bearer ${checkToken(login.token, what)}`;
  const realm = readRealm(challenge, request);
  const service = challenge.parameters.get('service') ?? '';
  // Only to read, and only this repository, whatever the registry asks for.
  const scope = `repository:${request.path}:pull`;
  const question = { limit: mostBytes, what: `a token for ${registry}` };
  if (login?.kind === 'identity-token') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service,
      scope,
      client_id: 'ml-gates-deploy',
      refresh_token: login.token,
    });
    return readToken(await http.get(realm.href, { ...question, headers: {}, form }), realm, what);
  }
  if (service !== '') realm.searchParams.set('service', service);
  realm.searchParams.set('scope', scope);
  const authorization = basic(login);
  const headers: Record<string, string> = authorization === null ? {} : { authorization };
  const answer = await http.get(realm.href, { ...question, headers });
  if ((answer.status === 401 || answer.status === 403) && login === null) return null;
  return readToken(answer, realm, what);
}

function readRealm(challenge: Challenge, { registry, what }: TokenRequest): URL {
  const text = challenge.parameters.get('realm') ?? '';
  if (!URL.canParse(text)) throw new RunError(`${what}: ${registry} does not say where tokens are given`);
  const realm = new URL(text);
  const ownMachine = isLoopback(realm.hostname) && isLoopback(new URL(`http://${registry}`).hostname);
  if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && ownMachine))
    throw new RunError(`${what}: ${registry} has tokens given at ${realm.origin}, which is not encrypted`);
  return realm;
}

function readToken({ status, body }: HttpAnswer, realm: URL, what: string): string {
  if (status === 401 || status === 403)
    throw new RunError(`${what}: ${realm.host} does not accept the login (${status}); log in again`);
  if (status !== 200) throw new RunError(`${what}: ${realm.host} gave no token (${status})`);
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    answer = null;
  }
  const { token, access_token: access } = isRecord(answer) ? answer : {};
  const given = typeof token === 'string' && token !== '' ? token : access;
  if (typeof given !== 'string' || given === '')
    throw new RunError(`${what}: ${realm.host} answered without a token`);
  return `Bearer ${checkToken(given, what)}`;
}

/** What cannot stand in a header would make an error that shows it. RFC 6750, 2.1. */
function checkToken(token: string, what: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new RunError(`${what}: the token for the registry holds characters that no token has`);
}

function basic(login: Login | null): string | null {
  if (login?.kind !== 'password') return null;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`, 'utf8').toString('base64')}`;
}
