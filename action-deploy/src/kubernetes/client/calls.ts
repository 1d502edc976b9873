/** Calls to the API server: repeated where that helps, with new credentials where they are refused, and one kind of failure. */

import { isKubeObject, type Json, type KubeObject } from '../../../../core/kubernetes/index.ts';
import type { Connection } from './connection.ts';
import { ApiFailure, type Asked, answerFailure, connectionFailure, credentialsFailure } from './failure.ts';
import { type RetryWorld, withRetries } from './retry.ts';
import { LostConnection, type Request, type Response, Transport } from './transport.ts';

/** What each call may use; `signal` ends it. */
export type ApiWorld = Pick<RetryWorld, 'sleep' | 'tell'> & {
  readonly env: Readonly<Record<string, string | undefined>>;
};

export class Calls {
  private readonly connection: Connection;
  private readonly transport: Transport;
  private readonly world: ApiWorld;

  constructor(connection: Connection, world: ApiWorld) {
    this.connection = connection;
    this.world = world;
    this.transport = new Transport(connection, world.env);
  }

  close(): void {
    this.transport.close();
  }

  /** One call with its repetitions; new credentials after one 401. @throws ApiFailure */
  async send(request: Request, asked: Asked): Promise<Response> {
    const { sleep, tell } = this.world;
    const { signal } = request;
    try {
      const once = (): Promise<Response> =>
        withRetries(() => this.transport.send(request), { sleep, tell, signal });
      const response = await once();
      if (response.status !== 401) return response;
      if (!this.connection.credentials.renew())
        throw answerFailure(401, response.body, asked, this.connection);
      return await once();
    } catch (error) {
      throw this.failure(error, signal);
    }
  }

  /** JSON, a value a line, as they come. @throws ApiFailure, at once or from the lines. */
  async *lines(request: Request, asked: Asked): AsyncGenerator<Json> {
    try {
      const { status, lines } = await this.transport.lines(request);
      if (status !== 200) {
        let body = '';
        for await (const line of lines) body += line;
        throw answerFailure(status, body, asked, this.connection);
      }
      for await (const line of lines) if (line.trim() !== '') yield parse(line);
    } catch (error) {
      throw this.failure(error, request.signal);
    }
  }

  /** @throws ApiFailure */
  objectOf(response: Response, asked: Asked): KubeObject {
    this.refuse(response, asked);
    const value = parse(response.body);
    if (isKubeObject(value)) return value;
    throw new ApiFailure(
      `the API server ${this.connection.server.origin} answers what is no object of Kubernetes`,
      { code: response.status, reason: 'NotKubernetes', said: '' },
    );
  }

  /** @throws ApiFailure where the answer is one. */
  refuse(response: Response, asked: Asked): void {
    if (response.status >= 400) throw answerFailure(response.status, response.body, asked, this.connection);
  }

  /** Whatever ends a call is an ApiFailure: credentials that are refused half way must not end a rollout unseen. */
  private failure(error: unknown, signal: AbortSignal): ApiFailure {
    if (error instanceof ApiFailure) return error;
    if (error instanceof LostConnection) return connectionFailure(error, this.connection);
    return credentialsFailure(error, this.connection, signal);
  }
}

/** @throws ApiFailure */
export function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new ApiFailure('the API server answers what is no JSON: is its address right?', {
      code: null,
      reason: 'NotJson',
      said: text.slice(0, 200),
    });
  }
}
