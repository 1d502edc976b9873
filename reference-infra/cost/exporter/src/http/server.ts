/** What is asked over HTTP: is it alive, is it ready, what does it know. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { CostMetrics } from '../metrics/cost-metrics.ts';

export interface Exporter {
  readonly metrics: CostMetrics;
  /** Whether every question was asked once, well or not, or its answer is known from before. */
  readonly state: () => 'asking' | 'ready' | 'stopping';
}

/** Listens; returns the server and the port that it has. */
export function listen(
  exporter: Exporter,
  host: string,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(answering(exporter));
  // Nobody has more to send than a few headers.
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}

function answering({ metrics, state }: Exporter): RequestListener {
  return (request, response) => {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(body)}\n`);
    };
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (!['/health', '/ready', '/metrics'].includes(path))
      return send(404, { error: 'there is no such address', allowed: ['/health', '/ready', '/metrics'] });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(405, { error: `${path} is only read`, allowed: ['GET', 'HEAD'] });
    }
    if (path === '/health') return send(200, { status: 'live' });
    if (path === '/ready') return send(state() === 'ready' ? 200 : 503, { status: state() });
    metrics.expose().then(
      ({ contentType, text }) => {
        response.writeHead(200, { 'content-type': contentType });
        response.end(text);
      },
      () => send(500, { error: 'the metrics cannot be written' }),
    );
  };
}
