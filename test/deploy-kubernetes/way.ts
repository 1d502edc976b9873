/**
 * A way to the API server on which calls are lost, refused or cut off. To the cluster, a run whose calls no longer arrive is a
 * run that was killed there.
 */

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificates.ts';
import type { ControlPlane } from '../support/kubernetes/index.ts';

export interface Way {
  /** Path of a kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /** `PATCH /api/v1/…`, those that were let through, without queries. */
  readonly requests: readonly string[];
  /** Nothing comes through any more. */
  readonly isCut: boolean;
  stop(): Promise<void>;
}

export type Fate =
  | 'passes'
  /** It arrives; its answer does not. */
  | 'answer is lost'
  | 'is lost'
  /** Nothing comes through from now on, with the answer or before the call itself. */
  | 'last one'
  | 'too late'
  /** The API server is not asked. */
  | 429
  | 503;

/** `fate` of each call, counted from 0. */
export async function openWay(cluster: ControlPlane, fate: (call: number) => Fate): Promise<Way> {
  const { authority } = cluster.credentials;
  const { key, cert } = makeCertificate({ commonName: 'way', names: ['127.0.0.1'], authority });
  const agent = new Agent({ ca: cluster.ca, keepAlive: true });
  const requests: string[] = [];
  let calls = 0;
  let isCut = false;
  const cut = (): void => {
    isCut = true;
    server.closeAllConnections();
  };
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const what = isCut ? 'too late' : fate(calls++);
    if (what === 'too late') return cut();
    if (what === 'is lost') return void incoming.socket.destroy();
    if (typeof what === 'number') return refuse(what, outgoing);
    requests.push(`${incoming.method} ${incoming.url?.replace(/\?.*$/, '')}`);
    const url = new URL(incoming.url ?? '/', cluster.url);
    const headers = { ...incoming.headers, host: url.host };
    const onward = request(url, { method: incoming.method, headers, agent } as never, (answer) => {
      if (what === 'passes') {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
        return;
      }
      answer.destroy();
      if (what === 'last one') cut();
      else incoming.socket.destroy();
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const kubeconfig = join(cluster.folder, `way-${randomBytes(6).toString('hex')}.yaml`);
  const text = await readFile(cluster.kubeconfig, 'utf8');
  await writeFile(kubeconfig, text.replace(cluster.url, `https://127.0.0.1:${port}`), { mode: 0o600 });
  return {
    kubeconfig,
    requests,
    get isCut() {
      return isCut;
    },
    async stop() {
      cut();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(code: 429 | 503, outgoing: ServerResponse): void {
  outgoing.writeHead(code, { 'content-type': 'application/json', 'retry-after': '0' });
  outgoing.end(JSON.stringify({ kind: 'Status', code, message: 'the server is busy' }));
}
