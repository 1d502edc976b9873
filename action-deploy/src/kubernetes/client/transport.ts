/** Single requests to the API server over HTTP/1.1: one attempt, with bounded time and size, that ends with the signal. */

import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Connection } from './connection.ts';
import type { Credential } from './credentials.ts';
import { environmentProxy, TunnelAgent } from './tunnel.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the server's address, with its query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Response {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** No answer, or none that is whole. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection';
  /** As Node names it, or `TIMEOUT`, `CANCELLED`, `TOO_LARGE`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const mostBytes = 64 * 1024 * 1024;
/** A watch or a log that is silent for longer has lost its peer: servers end watches by themselves before this. */
const keepAliveMs = 15_000;

export class Transport {
  private readonly connection: Connection;
  private readonly proxy: URL | null;
  private agent: Agent | HttpAgent;
  private agentOf: string | null = null;

  constructor(connection: Connection, env: Readonly<Record<string, string | undefined>>) {
    this.connection = connection;
    this.proxy = connection.proxy ?? environmentProxy(connection.server, env);
    this.agent = this.agentFor(null);
  }

  /** @throws LostConnection; RunError when there are no credentials. */
  async send(request: Request): Promise<Response> {
    const { message, done } = await this.open(request);
    const parts: Buffer[] = [];
    let size = 0;
    try {
      for await (const part of message) {
        size += part.length;
        if (size > mostBytes)
          throw new LostConnection('TOO_LARGE', `the answer is larger than ${mostBytes / 1024 / 1024} MiB`);
        parts.push(part);
      }
    } catch (error) {
      throw done.why ?? lost(error);
    } finally {
      done.end();
    }
    return {
      status: message.statusCode ?? 0,
      headers: message.headers,
      body: Buffer.concat(parts).toString('utf8'),
    };
  }

  /**
   * The lines of an answer as they come; `timeoutMs` bounds the whole. When the status is not 200 the only line is the body.
   * @throws LostConnection, also from the lines.
   */
  async lines(request: Request): Promise<{ status: number; lines: AsyncGenerator<string> }> {
    const { message, done } = await this.open(request);
    return { status: message.statusCode ?? 0, lines: linesOf(message, done) };
  }

  close(): void {
    this.agent.destroy();
  }

  private async open(request: Request): Promise<{ message: IncomingMessage; done: Ending }> {
    const credential = await this.connection.credentials.get(request.signal);
    const { server, impersonation } = this.connection;
    const url = new URL(server.pathname.replace(/\/$/, '') + request.path, server);
    const agent = this.agentWith(credential.certificate);
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const headers: Record<string, string | readonly string[]> = {
      accept: request.accept ?? 'application/json',
      'user-agent': 'ml-gates-deploy',
      ...impersonation,
      ...(credential.authorization === null ? {} : { authorization: credential.authorization }),
      ...(body === undefined
        ? {}
        : {
            'content-type': request.contentType ?? 'application/json',
            'content-length': String(body.length),
          }),
    };
    return new Promise((resolve, reject) => {
      const options = { method: request.method, headers, agent };
      const sent =
        url.protocol === 'https:' ? httpsRequest(url, options as never) : httpRequest(url, options as never);
      const done = new Ending(sent, request);
      sent.once('error', (error) => {
        done.end();
        reject(done.why ?? lost(error));
      });
      sent.once('response', (message) => resolve({ message, done }));
      sent.end(body);
    });
  }

  private agentWith(certificate: Credential['certificate']): Agent | HttpAgent {
    const key = certificate?.cert ?? null;
    if (key === this.agentOf) return this.agent;
    this.agent.destroy();
    this.agentOf = key;
    this.agent = this.agentFor(certificate);
    return this.agent;
  }

  private agentFor(certificate: Credential['certificate']): Agent | HttpAgent {
    const { server, ca, insecure, serverName } = this.connection;
    const usual = { keepAlive: true, keepAliveMsecs: keepAliveMs, scheduling: 'lifo' as const };
    if (server.protocol === 'http:') return new HttpAgent(usual);
    const options = {
      ...usual,
      rejectUnauthorized: !insecure,
      ...(ca === null ? {} : { ca }),
      ...(serverName === null ? {} : { servername: serverName }),
      ...(certificate === null ? {} : { cert: certificate.cert, key: certificate.key }),
    };
    return this.proxy === null ? new Agent(options) : new TunnelAgent(this.proxy, options);
  }
}

/** Ends a request by its time and its signal, and remembers which of them it was. */
class Ending {
  why: LostConnection | null = null;
  private readonly timer: NodeJS.Timeout;
  private readonly signal: AbortSignal;
  private readonly onAbort: () => void;

  constructor(sent: ClientRequest, { timeoutMs, signal }: Request) {
    const stop = (why: LostConnection): void => {
      this.why ??= why;
      sent.destroy(why);
    };
    this.timer = setTimeout(
      () => stop(new LostConnection('TIMEOUT', `no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    this.onAbort = () => stop(new LostConnection('CANCELLED', 'the request was cancelled'));
    this.signal = signal;
    signal.addEventListener('abort', this.onAbort, { once: true });
    if (signal.aborted) this.onAbort();
  }

  end(): void {
    clearTimeout(this.timer);
    this.signal.removeEventListener('abort', this.onAbort);
  }
}

async function* linesOf(message: IncomingMessage, done: Ending): AsyncGenerator<string> {
  message.setEncoding('utf8');
  let rest = '';
  try {
    for await (const part of message as AsyncIterable<string>) {
      rest += part;
      if (rest.length > mostBytes) throw new LostConnection('TOO_LARGE', 'a line of the answer is too long');
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } catch (error) {
    throw done.why ?? lost(error);
  } finally {
    done.end();
    message.destroy();
  }
}

function lost(error: unknown): LostConnection {
  if (error instanceof LostConnection) return error;
  if (!(error instanceof Error)) return new LostConnection('UNKNOWN', String(error));
  // Happy Eyeballs: several addresses, one error each, and an empty message of the whole.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const inner = first instanceof Error ? first : error;
  return new LostConnection('code' in inner ? String(inner.code) : inner.name, inner.message);
}
