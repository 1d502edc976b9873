/** A receiver of alerts on a free port: what a chat, a pager or the service that watches the Watchdog would be. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Told {
  readonly path: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** performance.now() of its arrival. */
  readonly at: number;
}

export interface Webhook {
  readonly url: string;
  /** In the order of arrival, one for each alert of each notification. */
  readonly told: readonly Told[];
  /** From now on what comes to this path is answered with 404 and not written down; null: nothing is. */
  refuse(path: string | null): void;
  /** Waits until an alert of this name, labels and status has arrived after `since`. */
  until(status: Told['status'], labels: Readonly<Record<string, string>>, since?: number): Promise<Told>;
  stop(): Promise<void>;
}

const patienceMs = 100_000;

export async function startWebhook(): Promise<Webhook> {
  const told: Told[] = [];
  let refused: string | null = null;
  const server = createServer((request, response) => {
    textOf(request)
      .then((text) => {
        if (request.url === refused) {
          response.writeHead(404).end();
          return;
        }
        const { alerts } = JSON.parse(text) as { alerts: Omit<Told, 'path' | 'at'>[] };
        for (const { status, labels, annotations } of alerts) {
          told.push({ path: request.url ?? '', status, labels, annotations, at: performance.now() });
        }
        response.end();
      })
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    told,
    refuse(path) {
      refused = path;
    },
    async until(status, labels, since = 0) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const found = told.find((each) => each.at >= since && each.status === status && has(each, labels));
        if (found !== undefined) return found;
        if (performance.now() > deadline) {
          const seen = told.map(({ status: was, labels: of }) => `${was} ${of.alertname}`);
          throw new Error(`${JSON.stringify(labels)} is not ${status}; told were: ${seen.join(', ')}`);
        }
        await sleep(100);
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function has({ labels }: Pick<Told, 'labels'>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
