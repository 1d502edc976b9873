/** Whether a service answers. */

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

export type Probe = { readonly status: number } | { readonly error: string };

const probeTimeoutMs = 5000;

/** One GET that takes no longer than `mostMs`, redirects not followed. Not `fetch`, which refuses some ports. */
export function probe(url: string, mostMs: number, signal: AbortSignal): Promise<Probe> {
  const timeout = Math.min(probeTimeoutMs, mostMs);
  return new Promise((resolve) => {
    const { username, password, protocol } = new URL(url);
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const options = {
      agent: false as const,
      timeout,
      signal,
      ...(username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
    };
    const request = send(url, options, (response) => {
      resolve({ status: response.statusCode ?? 0 });
      response.destroy();
    });
    request.on('timeout', () =>
      request.destroy(new Error(`no answer within ${Math.round(timeout) / 1000} s`)),
    );
    request.on('error', (error) => resolve({ error: errorText(error) }));
    request.end();
  });
}

/** Node joins the failures of several addresses of one name without a message of its own. */
function errorText(error: Error): string {
  if (error.message !== '') return error.message;
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return first instanceof Error ? first.message : error.name;
}

/** Whether something accepts connections there. */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
