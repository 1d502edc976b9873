/**
 * The kubelet's HTTPS endpoint, as far as logs go: `GET /containerLogs/<namespace>/<pod>/<container>`. It shows a
 * certificate of the cluster's authority, and answers only those who show one, too: the API server.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type Certificate, makeCertificate } from '../../certificates.ts';
import type { ContainerLog, LogQuery } from './logs.ts';

export interface LogServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Where the log of a container is; a text: why there is none; undefined: there is no such pod or container. */
export type FindLog = (
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
) => ContainerLog | string | undefined;

export async function startLogServer(authority: Certificate, find: FindLog): Promise<LogServer> {
  const { key, cert } = makeCertificate({ commonName: 'system:node', names: ['127.0.0.1'], authority });
  const server = createServer(
    { key, cert, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      void answer(request, response, find);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, find: FindLog): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://127.0.0.1');
  const [, namespace, pod, container] =
    /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (namespace === undefined || pod === undefined || container === undefined) {
    response.writeHead(404).end('404 page not found\n');
    return;
  }
  const query = queryOf(url.searchParams);
  const log = find(namespace, pod, container, query.previous);
  if (log === undefined) {
    response.writeHead(404).end(`container "${container}" not found in pod "${pod}"`);
    return;
  }
  if (typeof log === 'string') {
    response.writeHead(400).end(log);
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  for await (const text of log.read(query, gone.signal)) response.write(text);
  response.end();
}

function queryOf(params: URLSearchParams): LogQuery {
  const number = (name: string): number | null => {
    const value = params.get(name);
    return value === null ? null : Number(value);
  };
  return {
    follow: params.get('follow') === 'true',
    previous: params.get('previous') === 'true',
    timestamps: params.get('timestamps') === 'true',
    tailLines: number('tailLines'),
    sinceSeconds: number('sinceSeconds'),
    sinceTime: params.get('sinceTime'),
    limitBytes: number('limitBytes'),
  };
}
