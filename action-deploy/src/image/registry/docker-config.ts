/**
 * Credentials as `docker login` leaves them. Helpers are programs, and are not run: what they would say is not known.
 * https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */

import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import { isRecord } from '../manifest.ts';

export type Login =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** Of a token server, given by it at login. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** For the registry itself. */
  | { readonly kind: 'registry-token'; readonly token: string };

export interface FoundLogin {
  /** Null: none is written in the file. */
  readonly login: Login | null;
  /** Name of the program that keeps it instead: `docker-credential-ecr-login`; null: none. */
  readonly helper: string | null;
  readonly file: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const mostBytes = 1024 * 1024;

/**
 * @param registry as references name it: `docker.io`, `ghcr.io`, `localhost:5000`
 * @throws RunError when the file is there and cannot be read.
 */
export async function findLogin(registry: string, env: Environment): Promise<FoundLogin> {
  const file = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json');
  const config = await readConfig(file);
  const auths = isRecord(config?.auths) ? Object.entries(config.auths) : [];
  const names = hostNames(registry);
  const logins = names.flatMap((name) =>
    auths.filter(([key]) => hostOf(key) === name).map(([, entry]) => readEntry(entry, file, registry)),
  );
  const login = logins.find((each) => each !== null) ?? null;
  return { login, helper: login === null ? helperOf(config, names) : null, file };
}

async function readConfig(file: string): Promise<Readonly<Record<string, unknown>> | null> {
  let text: string;
  try {
    if ((await stat(file)).size > mostBytes) throw new RunError(`${file} has more than ${mostBytes} bytes`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof RunError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new RunError(`the credentials of Docker in ${file} cannot be read (${code})`);
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (isRecord(value)) return value;
  } catch {
    // The parser's message would show what is in the file.
  }
  throw new RunError(`the credentials of Docker in ${file} are not a JSON object`);
}

function readEntry(entry: unknown, file: string, registry: string): Login | null {
  if (!isRecord(entry)) return null;
  const text = (name: string): string => {
    const value = entry[name];
    return typeof value === 'string' ? value : '';
  };
  if (text('registrytoken') !== '') return { kind: 'registry-token', token: text('registrytoken') };
  if (text('identitytoken') !== '') return { kind: 'identity-token', token: text('identitytoken') };
  if (text('username') !== '' && text('password') !== '')
    return { kind: 'password', user: text('username'), password: text('password') };
  if (text('auth') === '') return null;
  const decoded = Buffer.from(text('auth'), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) throw new RunError(`the login for ${registry} in ${file} is not readable: log in again`);
  // Docker ends the password at NUL characters.
  const password = decoded.slice(colon + 1).replace(/\0+$/, '');
  return { kind: 'password', user: decoded.slice(0, colon), password };
}

function helperOf(config: Readonly<Record<string, unknown>> | null, names: readonly string[]): string | null {
  const helpers = isRecord(config?.credHelpers) ? Object.entries(config.credHelpers) : [];
  const own = helpers.find(([key]) => names.includes(hostOf(key)))?.[1];
  const helper = own ?? config?.credsStore;
  return typeof helper === 'string' && /^[\w.-]{1,100}$/.test(helper) ? `docker-credential-${helper}` : null;
}

/** Docker Hub has been written in several ways. */
function hostNames(registry: string): readonly string[] {
  return registry === 'docker.io' ? ['index.docker.io', 'docker.io', 'registry-1.docker.io'] : [registry];
}

/** `https://index.docker.io/v1/` as `index.docker.io` */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
}
