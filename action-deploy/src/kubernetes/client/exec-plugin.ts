/**
 * Credentials from a program that the kubeconfig names, as client-go runs it.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */

import { dirname, resolve } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  oneLine,
  runProgram,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import {
  bearer,
  type Credential,
  type Credentials,
  type Expiring,
  renewedCredentials,
} from './credentials.ts';

export interface ExecPlugin {
  readonly apiVersion: string;
  /** A name on PATH, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string;
  /** What the program is told of the cluster; null: it does not ask. */
  readonly cluster: JsonObject | null;
  /** Of the kubeconfig's user, for messages. */
  readonly user: string;
}

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const timeoutMs = 60_000;
const mostBytes = 1024 * 1024;

/** @throws RunError when the entry cannot be used. */
export function readExecPlugin(
  exec: JsonObject,
  user: string,
  folder: string,
  cluster: JsonObject,
): ExecPlugin {
  const apiVersion = textAt(exec, 'apiVersion');
  const command = textAt(exec, 'command');
  if (command === '')
    throw new RunError(`user ${user} of the kubeconfig has an exec plugin without a command`);
  if (!versions.includes(apiVersion)) {
    throw new RunError(
      `user ${user} of the kubeconfig has an exec plugin of the version ${apiVersion === '' ? '(none)' : apiVersion}; allowed: ${versions.join(', ')}. ` +
        `Update ${command.split('/').at(-1)} and make the kubeconfig anew.`,
    );
  }
  if (textAt(exec, 'interactiveMode') === 'Always')
    throw new RunError(
      `the exec plugin of user ${user} wants a terminal (interactiveMode: Always); a job has none`,
    );
  const pairs = listAt(exec, 'env').map((item) => [textAt(item, 'name'), textAt(item, 'value')] as const);
  return {
    apiVersion,
    // As client-go: a path is relative to the kubeconfig, a bare name is looked for on PATH.
    command: /[/\\]/.test(command) ? resolve(folder, command) : command,
    args: listAt(exec, 'args').map(String),
    env: Object.fromEntries(pairs.filter(([name]) => name !== '')),
    installHint: textAt(exec, 'installHint'),
    cluster: exec.provideClusterInfo === true ? cluster : null,
    user,
  };
}

export interface PluginWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; where the program runs. */
  readonly workspace: string;
  readonly clock: () => Date;
}

export function execCredentials(
  plugin: ExecPlugin,
  certificate: Credential['certificate'],
  world: PluginWorld,
): Credentials {
  return renewedCredentials((signal) => ask(plugin, certificate, world, signal), world.clock);
}

async function ask(
  plugin: ExecPlugin,
  certificate: Credential['certificate'],
  { env, workspace }: PluginWorld,
  signal: AbortSignal,
): Promise<Expiring> {
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.cluster === null ? {} : { cluster: plugin.cluster }) },
  };
  const name = plugin.command.split(/[/\\]/).at(-1) ?? plugin.command;
  const what = `the exec plugin ${name} of the kubeconfig's user ${plugin.user}`;
  const end = await runProgram({
    command: plugin.command,
    args: plugin.args,
    folder: workspace,
    env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    timeoutMs,
    mostBytes,
    signal,
  });
  switch (end.is) {
    case 'missing': {
      const hint = plugin.installHint === '' ? '' : `; ${oneLine(plugin.installHint)}`;
      const why = end.code === 'ENOENT' ? 'is not there' : `cannot be run (${end.code})`;
      throw new RunError(`${what} ${why}${hint}`);
    }
    case 'too-long':
      throw new RunError(`${what} did not end within ${timeoutMs / 1000} s`);
    case 'too-much':
      throw new RunError(`${what} wrote more than ${mostBytes / 1024} KiB`);
    case 'cancelled':
      throw new RunError(`${what} was stopped, as the job was cancelled`);
    case 'ended': {
      if (end.code !== 0) {
        const last = withoutFolder(end.errors.trim().split('\n').at(-1) ?? '', plugin.command);
        throw new RunError(`${what} ended with code ${end.code}${last === '' ? '' : `: ${oneLine(last)}`}`);
      }
      return credentialOf(end.output, plugin.apiVersion, what, certificate);
    }
  }
}

function credentialOf(
  output: string,
  apiVersion: string,
  what: string,
  certificate: Credential['certificate'],
): Expiring {
  let answer: Json;
  try {
    answer = JSON.parse(output) as Json;
  } catch {
    throw new RunError(`${what} wrote no JSON`);
  }
  if (!isObject(answer) || textAt(answer, 'kind') !== 'ExecCredential')
    throw new RunError(`${what} wrote no ExecCredential`);
  if (textAt(answer, 'apiVersion') !== apiVersion) {
    throw new RunError(
      `${what} answers in the version ${textAt(answer, 'apiVersion')}, and was asked in ${apiVersion}`,
    );
  }
  const token = textAt(answer, 'status', 'token');
  const cert = textAt(answer, 'status', 'clientCertificateData');
  const key = textAt(answer, 'status', 'clientKeyData');
  if (token === '' && (cert === '' || key === ''))
    throw new RunError(`${what} gave neither a token nor a client certificate with its key`);
  const expires = Date.parse(textAt(answer, 'status', 'expirationTimestamp'));
  return {
    credential: {
      authorization: token === '' ? null : bearer(token),
      certificate: cert === '' || key === '' ? certificate : { cert, key },
    },
    expiresAt: Number.isNaN(expires) ? null : expires,
  };
}

function withoutFolder(text: string, command: string): string {
  return /[/\\]/.test(command) ? text.replaceAll(`${dirname(command)}/`, '') : text;
}
