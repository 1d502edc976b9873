/**
 * A way to the API server that can be cut after so many requests: to the cluster, a run whose calls no longer arrive is a run
 * that was killed there.
 */

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
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

/**
 * `after`: so many requests are let through; the next one arrives (its answer is lost) or does not.
 */
export async function openWay(
  cluster: ControlPlane,
  after: number,
  last: 'arrives' | 'is lost',
): Promise<Way> {
  const { authority } = cluster.credentials;
  const { key, cert } = makeCertificate({ commonName: 'way', names: ['127.0.0.1'], authority });
  const agent = new Agent({ ca: cluster.ca, keepAlive: true });
  const requests: string[] = [];
  let isCut = false;
  const cut = (): void => {
    isCut = true;
    server.closeAllConnections();
  };
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    if (isCut || (requests.length >= after && last === 'is lost')) {
      cut();
      return;
    }
    const isLast = requests.length >= after;
    requests.push(`${incoming.method} ${incoming.url?.replace(/\?.*$/, '')}`);
    const onward = request(
      new URL(incoming.url ?? '/', cluster.url),
      {
        method: incoming.method,
        headers: { ...incoming.headers, host: new URL(cluster.url).host },
        agent,
      } as never,
      (answer) => {
        if (isLast) {
          answer.destroy();
          cut();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
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
