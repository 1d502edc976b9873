/**
 * Gentle traffic for the inference service: ten requests a second, one in forty that it must refuse, now and then some
 * whose bodies come slowly, and now and then more at once than it takes.
 */

import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Tumours as in the training data of the demo's model, in the order of its columns. */
const rows = [
  [17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3001, 0.1471],
  [13.54, 14.36, 87.46, 566.3, 0.09779, 0.08129, 0.06664, 0.04781],
  [9.504, 12.44, 60.34, 273.9, 0.1024, 0.06492, 0.02956, 0.02076],
  [19.81, 22.15, 130, 1260, 0.09831, 0.1027, 0.1479, 0.09498],
];
const tickMs = 100;
/** In ticks. */
const [refusedEvery, slowEvery, rushEvery] = [40, 50, 300];
const slowMs = 1_300;
/** More than the service's QUEUE_MAX_REQUESTS of the demo. */
export const rushSize = 12;

/** Runs until the signal comes. What goes wrong with a request is what the service's own metrics show. */
export async function sendTraffic(url: string, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const send = (body: string, slow = 0): void => {
    void post(`${url}/predict`, body, slow, agent, signal).catch(() => {});
  };
  for (let tick = 0; !signal.aborted; tick++) {
    const row = rows[tick % rows.length] ?? [];
    const body = JSON.stringify({ instances: [row] });
    if (tick % refusedEvery === refusedEvery / 2)
      send(JSON.stringify({ instances: [[...row.slice(1), 'x']] }));
    else if (tick % slowEvery === slowEvery - 1) send(body, slowMs);
    else send(body);
    if (tick % rushEvery === (rushEvery * 2) / 3) for (let i = 0; i < rushSize; i++) send(body, slowMs);
    await sleep(tickMs, undefined, { signal }).catch(() => {});
  }
  agent.destroy();
}

/** @param slow Milliseconds between the two halves of the body. */
async function post(
  url: string,
  body: string,
  slow: number,
  agent: Agent,
  signal: AbortSignal,
): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(url, { method: 'POST', headers, agent, signal });
  const answered = once(sent, 'response');
  // Without it, an error before somebody waits for the answer would end the process.
  answered.catch(() => {});
  const half = Math.floor(body.length / 2);
  if (slow > 0) {
    sent.write(body.slice(0, half));
    await sleep(slow, undefined, { signal });
    sent.end(body.slice(half));
  } else sent.end(body);
  const [response] = await answered;
  response.resume();
}
