/** Requests to the service: a gentle stream of good ones, and slow ones that keep its places taken. */

import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Traffic {
  /** What the stream's answers were, by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** From now on so many clients at a time send their bodies slowly; 0: none. */
  slow(clients: number): void;
  stop(): Promise<void>;
}

const pauseMs = 100;
/** Above the objective of a second. */
const slowMs = 1_500;

export function startTraffic(url: string, body: string): Traffic {
  const statuses = new Map<number, number>();
  let going = true;
  let wanted = 0;
  const clients: Promise<void>[] = [];
  const stream = async (): Promise<void> => {
    while (going) {
      await fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
        .then(async (response) => {
          await response.arrayBuffer();
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        })
        .catch(() => {
          // The service is down, which is what the test is about then.
        });
      await sleep(pauseMs);
    }
  };
  const slowClient = async (index: number): Promise<void> => {
    while (going && index < wanted) {
      await sendSlowly(url, body).catch(() => sleep(pauseMs));
    }
  };
  const streaming = stream();
  return {
    statuses,
    slow(count) {
      wanted = count;
      for (let index = 0; index < count; index++) clients.push(slowClient(index));
    },
    async stop() {
      going = false;
      await Promise.all([streaming, ...clients]);
    },
  };
}

/** The body in two parts, with a pause between them. */
function sendSlowly(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.resume();
      response.once('end', resolve);
    });
    sent.write(body.slice(0, 5));
    setTimeout(() => sent.end(body.slice(5)), slowMs);
  });
}
