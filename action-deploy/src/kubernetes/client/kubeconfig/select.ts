/** The current context of a kubeconfig as a connection. */

import { nearest } from '../../../../../core/gate/index.ts';
import { quote, RunError, redactUrl } from '../../../../../core/inputs/index.ts';
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../../../../../core/kubernetes/index.ts';
import type { Connection, ConnectionWorld } from '../connection.ts';
import type { Entry, MergedKubeconfig } from './merge.ts';
import { pemOf } from './pem.ts';
import type { Places } from './place.ts';
import { userCredentials } from './user.ts';

/** @throws RunError naming what is missing or contradicts itself. */
export async function selectContext(
  config: MergedKubeconfig,
  world: ConnectionWorld,
  places: Places,
): Promise<Connection> {
  const name = config.currentContext;
  const of = `the kubeconfig ${config.shown}`;
  if (name === '') {
    const names = [...config.contexts.keys()].join(', ');
    throw new RunError(
      `${of} has no current-context; set it with \`kubectl config use-context\`${names === '' ? '' : ` to one of ${names}`}`,
    );
  }
  const context = find(config.contexts, name, `the current-context ${quote(name)}`, 'context', of);
  const clusterName = textAt(context.body, 'cluster');
  const userName = textAt(context.body, 'user');
  const cluster = find(
    config.clusters,
    clusterName,
    `context ${name} names the cluster ${quote(clusterName)}`,
    'cluster',
    of,
  );
  const user =
    userName === ''
      ? null
      : find(config.users, userName, `context ${name} names the user ${quote(userName)}`, 'user', of);
  const trust = await trustOf(cluster, places);
  const server = serverOf(cluster);
  const { credentials, impersonation, hasSecrets } =
    user === null
      ? await userCredentials({ name: '', body: {}, folder: '', shown: '' }, {}, world, places)
      : await userCredentials(user, execCluster(cluster, trust.ca), world, places);
  if (hasSecrets && server.protocol === 'http:' && !isLoopback(server.hostname)) {
    throw new RunError(
      `cluster ${cluster.name} of ${of} is at http://: credentials are not sent without encryption`,
    );
  }
  const shown = `context ${name} of ${config.shown}`;
  return {
    ...trust,
    server,
    proxy: proxyOf(cluster),
    credentials,
    impersonation,
    namespace: textAt(context.body, 'namespace') || null,
    shown,
    notices: trust.insecure
      ? [
          `Cluster ${cluster.name} of the kubeconfig has insecure-skip-tls-verify: whoever stands between can read and change everything. Give its certificate-authority-data instead.`,
        ]
      : [],
  };
}

function find(
  entries: ReadonlyMap<string, Entry>,
  name: string,
  what: string,
  kind: string,
  of: string,
): Entry {
  const found = entries.get(name);
  if (found !== undefined) return found;
  const near = nearest(name, entries.keys());
  const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
  throw new RunError(`${what}, but ${of} has no ${kind} of that name${hint}`);
}

function serverOf(cluster: Entry): URL {
  const text = textAt(cluster.body, 'server');
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new RunError(
      `cluster ${cluster.name} of the kubeconfig ${cluster.shown} has the server ${quote(redactUrl(text))}; allowed: https:// addresses`,
    );
  }
  return new URL(text);
}

interface Trust {
  readonly ca: string | null;
  readonly insecure: boolean;
  readonly serverName: string | null;
}

async function trustOf(cluster: Entry, places: Places): Promise<Trust> {
  const ca = await pemOf(cluster, 'certificate-authority', places);
  const insecure = cluster.body['insecure-skip-tls-verify'] === true;
  if (insecure && ca !== null) {
    throw new RunError(
      `cluster ${cluster.name} of the kubeconfig ${cluster.shown} has both a certificate authority and insecure-skip-tls-verify; leave one out`,
    );
  }
  return { ca, insecure, serverName: textAt(cluster.body, 'tls-server-name') || null };
}

function proxyOf(cluster: Entry): URL | null {
  const text = textAt(cluster.body, 'proxy-url');
  if (text === '') return null;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new RunError(
    `cluster ${cluster.name} of the kubeconfig ${cluster.shown} has the proxy-url ${quote(redactUrl(text))}; allowed: http:// and https:// proxies`,
  );
}

/** What an exec plugin is told of the cluster, when it asks. */
function execCluster(cluster: Entry, ca: string | null): JsonObject {
  const extension = listAt(cluster.body, 'extensions').find(
    (item) => textAt(item, 'name') === 'client.authentication.k8s.io/exec',
  );
  const { body } = cluster;
  return {
    server: textAt(body, 'server'),
    ...(textAt(body, 'tls-server-name') === '' ? {} : { 'tls-server-name': textAt(body, 'tls-server-name') }),
    ...(body['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === null ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(textAt(body, 'proxy-url') === '' ? {} : { 'proxy-url': textAt(body, 'proxy-url') }),
    ...(isObject(extension) ? { config: objectAt(extension, 'extension') } : {}),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}
