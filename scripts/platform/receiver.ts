/** Stands where a pager would: takes Alertmanager's webhooks and says what has changed. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As far as it is looked at: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
interface Message {
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly fingerprint: string;
  }[];
}

export interface Receiver {
  readonly url: string;
  stop(): void;
}

/** @param say One line for each alert that begins or ends to fire, by the name of the receiver that it came to. */
export async function startReceiver(say: (line: string) => void): Promise<Receiver> {
  const states = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? '';
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as Message;
      for (const { status, labels, annotations, fingerprint } of alerts) {
        if (states.get(fingerprint) === status) continue;
        states.set(fingerprint, status);
        say(`${status} -> ${name}: ${labels.alertname} (${labels.severity}): ${annotations.summary ?? ''}`);
      }
      response.end();
    } catch {
      response.writeHead(400).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
