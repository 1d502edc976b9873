/** A user of a kubeconfig as credentials. */

import { resolve } from 'node:path';
import { quote, RunError } from '../../../../../core/inputs/index.ts';
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../../../../../core/kubernetes/index.ts';
import type { ConnectionWorld } from '../connection.ts';
import {
  basic,
  bearer,
  type Credential,
  type Credentials,
  fixedCredentials,
  tokenFileCredentials,
} from '../credentials.ts';
import { execCredentials, readExecPlugin } from '../exec-plugin.ts';
import type { Entry } from './merge.ts';
import { pemOf } from './pem.ts';
import { type Places, shownPath } from './place.ts';

export interface UserCredentials {
  readonly credentials: Credentials;
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
  /** Something is sent that nobody may read. */
  readonly hasSecrets: boolean;
}

/** Digits alone would be a number to YAML, and nothing would be sent. */
const texts = ['token', 'tokenFile', 'username', 'password'];

/** @throws RunError when the user's entry contradicts itself or cannot be used. */
export async function userCredentials(
  user: Entry,
  execCluster: JsonObject,
  world: ConnectionWorld,
  places: Places,
): Promise<UserCredentials> {
  const { body } = user;
  const what = `user ${user.name} of the kubeconfig ${user.shown}`;
  const provider = textAt(body, 'auth-provider', 'name');
  if (provider !== '') {
    throw new RunError(
      `${what} has the auth-provider ${quote(provider)}, which Kubernetes has dropped; use an exec plugin${insteadOf(provider)}`,
    );
  }
  for (const field of texts) {
    const value = body[field] ?? '';
    if (typeof value !== 'string')
      throw new RunError(`${what} has a ${field} that is not a text; put it in quotes`);
  }
  const certificate = await certificateOf(user, what, places);
  const token = textAt(body, 'token');
  const tokenFile = textAt(body, 'tokenFile');
  const name = textAt(body, 'username');
  const exec = body.exec;
  const ways = [
    ...(token !== '' || tokenFile !== '' ? ['a token'] : []),
    ...(name !== '' ? ['a user name'] : []),
    ...(isObject(exec) ? ['an exec plugin'] : []),
  ];
  if (ways.length > 1) throw new RunError(`${what} has ${ways.join(' and ')}; leave one`);
  const impersonation = impersonationOf(body);
  const hasSecrets = ways.length > 0;
  if (isObject(exec)) {
    const plugin = readExecPlugin(exec, user.name, user.folder, execCluster);
    return { credentials: execCredentials(plugin, certificate, world), impersonation, hasSecrets };
  }
  // As client-go: the file counts where both are given.
  if (tokenFile !== '') {
    const path = resolve(user.folder, tokenFile);
    const credentials = tokenFileCredentials(path, shownPath(path, places), certificate, world.clock);
    return { credentials, impersonation, hasSecrets };
  }
  const authorization =
    token !== '' ? bearer(token) : name !== '' ? basic(name, textAt(body, 'password')) : null;
  return { credentials: fixedCredentials({ authorization, certificate }), impersonation, hasSecrets };
}

async function certificateOf(user: Entry, what: string, places: Places): Promise<Credential['certificate']> {
  const cert = await pemOf(user, 'client-certificate', places);
  const key = await pemOf(user, 'client-key', places);
  if (cert === null && key === null) return null;
  if (cert === null || key === null) {
    throw new RunError(
      `${what} has a client ${cert === null ? 'key without its certificate' : 'certificate without its key'}`,
    );
  }
  return { cert, key };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonationOf(body: JsonObject): Record<string, string | readonly string[]> {
  const as = textAt(body, 'as');
  if (as === '') return {};
  const groups = listAt(body, 'as-groups').map(String);
  const extra = Object.entries(objectAt(body, 'as-user-extra')).map(
    ([key, values]) =>
      [
        `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
        Array.isArray(values) ? values.map(String) : [],
      ] as const,
  );
  return {
    'impersonate-user': as,
    ...(textAt(body, 'as-uid') === '' ? {} : { 'impersonate-uid': textAt(body, 'as-uid') }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups }),
    ...Object.fromEntries(extra),
  };
}

function insteadOf(provider: string): string {
  switch (provider) {
    case 'gcp':
      return ': gke-gcloud-auth-plugin';
    case 'azure':
      return ': kubelogin';
    case 'oidc':
      return ': kubectl oidc-login';
    default:
      return '';
  }
}
