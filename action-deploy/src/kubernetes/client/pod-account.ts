/**
 * The service account of the pod that the job runs in.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Connection, ConnectionWorld } from './connection.ts';
import { tokenFileCredentials } from './credentials.ts';

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Null outside a pod. @throws RunError when the pod has no token. `folder` is where the account is mounted. */
export async function podConnection(world: ConnectionWorld, folder = mounted): Promise<Connection | null> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = world.env;
  if (host === '' || port === '') return null;
  const ca = await textOf(join(folder, 'ca.crt'));
  const token = await textOf(join(folder, 'token'));
  if (token === null) {
    throw new RunError(
      'the job runs in a pod without the token of a service account (automountServiceAccountToken), and no kubeconfig is there',
    );
  }
  const namespace = await textOf(join(folder, 'namespace'));
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    ca,
    insecure: false,
    serverName: null,
    proxy: null,
    credentials: tokenFileCredentials(
      join(folder, 'token'),
      "of the pod's service account",
      null,
      world.clock,
    ),
    impersonation: {},
    namespace: namespace?.trim() || null,
    shown: "the pod's service account",
    notices: [],
  };
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
