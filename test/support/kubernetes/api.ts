/** A small client of the Kubernetes API for fixtures; the code under test has one of its own. */

import { Agent, request } from 'node:https';
import { text as readText } from 'node:stream/consumers';

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
}

export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type PatchType = 'strategic-merge' | 'merge' | 'json' | 'apply';

/** What the API server answered in place of what was asked for. */
export class KubeError extends Error {
  readonly status: number;

  constructor(method: Method, path: string, status: number, message: string) {
    super(`${method} ${path}: ${status} ${message}`);
    this.name = 'KubeError';
    this.status = status;
  }
}

export class KubeApi {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  /** `ca`: PEM of the authority that the server's certificate must come from; `token`: empty for nobody. */
  constructor(url: string, ca: string, token: string) {
    this.#url = url;
    this.#token = token;
    this.#agent = new Agent({ ca, keepAlive: true });
  }

  /** @throws KubeError when the answer is not a success; `T` is taken on trust. */
  async call<T>(method: Method, path: string, body?: object, patch?: PatchType): Promise<T> {
    const { status, stream } = await this.#send(method, path, body, patch);
    const answer = await readText(stream);
    if (status >= 300) throw new KubeError(method, path, status, messageOf(answer));
    return (answer.startsWith('{') ? JSON.parse(answer) : answer) as T;
  }

  get<T>(path: string): Promise<T> {
    return this.call('GET', path);
  }

  create<T>(path: string, body: object): Promise<T> {
    return this.call('POST', path, body);
  }

  /** Undefined where there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Tells all objects of a collection, then each change, until the signal is aborted. A watch that ends or has fallen
   * behind begins anew: objects may be told twice, and what went meanwhile is told as DELETED.
   */
  async follow<T extends KubeObject>(
    path: string,
    tell: (event: WatchEvent<T>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const known = new Map<string, T>();
    while (!signal.aborted) {
      try {
        const list = await this.get<{ metadata: { resourceVersion: string }; items: T[] }>(path);
        const left = new Map(known);
        for (const object of list.items) {
          left.delete(object.metadata.uid);
          known.set(object.metadata.uid, object);
          tell({ type: 'ADDED', object });
        }
        for (const object of left.values()) {
          known.delete(object.metadata.uid);
          tell({ type: 'DELETED', object });
        }
        await this.#watch<T>(path, list.metadata.resourceVersion, signal, (event) => {
          if (event.type === 'DELETED') known.delete(event.object.metadata.uid);
          else known.set(event.object.metadata.uid, event.object);
          tell(event);
        });
      } catch (error) {
        if (signal.aborted) return;
        // 410: the version asked for is no longer kept, or the server is going.
        if (!(error instanceof KubeError) && !isNetworkError(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #watch<T extends KubeObject>(
    path: string,
    version: string,
    signal: AbortSignal,
    tell: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const query = `${path.includes('?') ? '&' : '?'}watch=true&resourceVersion=${version}`;
    const { status, stream } = await this.#send('GET', `${path}${query}`, undefined, undefined, signal);
    if (status !== 200) throw new KubeError('GET', path, status, messageOf(await readText(stream)));
    let rest = '';
    for await (const chunk of stream) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: { code: number } };
        if (event.type === 'ERROR') throw new KubeError('GET', path, event.object.code, 'watch ended');
        tell(event);
      }
    }
  }

  #send(
    method: Method,
    path: string,
    body?: object,
    patch: PatchType = 'strategic-merge',
    signal?: AbortSignal,
  ): Promise<{ status: number; stream: NodeJS.ReadableStream }> {
    const type = method === 'PATCH' ? patchTypes[patch] : 'application/json';
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.#url}${path}`,
        {
          method,
          agent: this.#agent,
          headers: {
            ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
            accept: 'application/json',
            // Node sends the body of a DELETE without its length, if it is not told.
            ...(text === undefined
              ? {}
              : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
          },
          ...(signal === undefined ? {} : { signal }),
        },
        (response) => {
          response.setEncoding('utf8');
          resolve({ status: response.statusCode ?? 0, stream: response });
        },
      );
      call.once('error', reject);
      call.end(text);
    });
  }
}

const patchTypes: Readonly<Record<PatchType, string>> = {
  'strategic-merge': 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { message?: string }).message ?? answer;
  } catch {
    return answer;
  }
}

function isNetworkError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
