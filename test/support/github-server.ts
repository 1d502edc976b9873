/**
 * A GitHub of the tests, on loopback. Every call is checked against GitHub's own description (`openapi.ts`):
 * method, path, query, headers and body; and so is every answer. What GitHub would not understand is a
 * violation, and `expectNoViolations` fails the test.
 *
 * It does not know: permissions (use `fail` with what GitHub answers), rate limits of its own, eventual
 * consistency, Markdown rendering.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deploymentHandlers } from './github-deployments.ts';
import { issueHandlers } from './github-issues.ts';
import { runHandlers } from './github-runs.ts';
import { type Answer, type Call, emptyState, handlers, type State } from './github-state.ts';
import { gitHubApi, type Operation } from './openapi.ts';

export interface Fault {
  /** Operation id, e.g. `issues/create-comment`; default: any. */
  readonly operation?: string;
  /** How often; default: always. */
  readonly times?: number;
  /** Calls that go through before the first fault. */
  readonly after?: number;
  readonly fault:
    | {
        readonly kind: 'status';
        readonly status: number;
        readonly message: string;
        readonly headers?: Record<string, string>;
      }
    /** The connection is reset before an answer; `done`: after the call has taken effect. */
    | { readonly kind: 'reset'; readonly done?: boolean }
    /** The answer ends in the middle of its body. */
    | { readonly kind: 'cut' }
    /** The answer comes after that many milliseconds. */
    | { readonly kind: 'slow'; readonly milliseconds: number };
}

/** What was asked, in order; faulty answers included. */
export interface Received {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface GitHubServer extends AsyncDisposable {
  readonly url: string;
  readonly state: State;
  readonly received: readonly Received[];
  readonly violations: readonly string[];
  fail(fault: Fault): void;
  /** Runs before the answer to that operation is made: what someone else does meanwhile. */
  meanwhile(operation: string, action: (state: State) => void): void;
  /** How often an operation was asked for. */
  count(operation: string): number;
  /** Throws with the list when a call was unknown or malformed. For `afterEach`. */
  expectNoViolations(): void;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly repository?: string;
  /** The identity of each token; default: `test-token` is GITHUB_TOKEN, i.e. github-actions[bot]. */
  readonly tokens?: Readonly<Record<string, { readonly login: string; readonly type: 'Bot' | 'User' }>>;
}

interface Pending {
  readonly fault: Fault;
  passed: number;
  used: number;
}

export async function startGitHubServer(options: ServerOptions = {}): Promise<GitHubServer> {
  const api = gitHubApi();
  const {
    repository = 'octo/models',
    tokens = { 'test-token': { login: 'github-actions[bot]', type: 'Bot' } },
  } = options;
  const received: Received[] = [];
  const violations: string[] = [];
  const faults: Pending[] = [];
  const actions: { operation: string; action: (state: State) => void }[] = [];
  const state = emptyState(repository);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', server.url);
    const method = request.method ?? 'GET';
    const text = await bodyOf(request);
    const operation = api.find(method, url.pathname);
    if (operation === null) {
      violations.push(`${method} ${url.pathname}: GitHub has no such operation`);
      return send(response, { status: 404, body: { message: 'Not Found' } });
    }
    const { body, problems } = readBody(request, text);
    violations.push(
      ...problems,
      ...headerProblems(request, operation),
      ...api.requestProblems(operation, url.searchParams, body),
    );
    const query = Object.fromEntries(url.searchParams);
    received.push({
      operation: operation.id,
      method,
      path: url.pathname,
      query,
      headers: request.headers,
      body,
    });

    const fault = nextFault(faults, operation.id);
    if (fault?.kind === 'slow') await sleep(fault.milliseconds);
    if (fault?.kind === 'status') {
      return send(response, {
        status: fault.status,
        body: {
          message: fault.message,
          documentation_url: 'https://docs.github.com/rest',
          status: String(fault.status),
        },
        headers: fault.headers ?? {},
      });
    }
    if (fault?.kind === 'reset' && fault.done !== true) return void request.socket.resetAndDestroy();
    for (const [i, { operation: id, action }] of [...actions.entries()].reverse()) {
      if (id === operation.id) {
        actions.splice(i, 1);
        action(state);
      }
    }
    const token = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const author = tokens[token];
    const call: Call = {
      parameters: operation.pathParameters,
      query,
      body: (body ?? {}) as Call['body'],
      author,
      url,
    };
    const made = respond(operation, call);
    if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
    if (fault?.kind === 'cut') {
      response.writeHead(made.status, { 'content-type': 'application/json', 'content-length': '1000' });
      return void response.write('[{"id":', () => request.socket.destroy());
    }
    send(response, made);
  };

  const respond = (operation: Operation, call: Call): Answer => {
    if (call.author === undefined) return { status: 401, body: { message: 'Bad credentials' } };
    const { owner, repo } = call.parameters;
    if (owner !== undefined && `${owner}/${repo}` !== repository) {
      return { status: 404, body: { message: 'Not Found' } };
    }
    const { id } = operation;
    const handler = handlers[id] ?? issueHandlers[id] ?? deploymentHandlers[id] ?? runHandlers[id];
    if (handler === undefined) {
      violations.push(`${operation.id}: the test server does not know it yet`);
      return { status: 501, body: { message: 'Not Implemented' } };
    }
    const made = handler({ ...call, author: call.author }, state, api);
    violations.push(
      ...api.responseProblems(operation, made.status, made.body).map((p) => `own answer: ${p}`),
    );
    return made;
  };

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      violations.push(`the test server failed: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  const server: GitHubServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    state,
    received,
    violations,
    fail: (fault) => void faults.push({ fault, passed: 0, used: 0 }),
    meanwhile: (operation, action) => void actions.push({ operation, action }),
    count: (operation) => received.filter((call) => call.operation === operation).length,
    expectNoViolations() {
      if (violations.length > 0) throw new Error(`GitHub would not understand:\n${violations.join('\n')}`);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return server;
}

function nextFault(faults: Pending[], operation: string): Fault['fault'] | null {
  for (const pending of faults) {
    const { fault } = pending;
    if (fault.operation !== undefined && fault.operation !== operation) continue;
    if (pending.passed < (fault.after ?? 0)) {
      pending.passed++;
      continue;
    }
    if (pending.used >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
    pending.used++;
    return fault.fault;
  }
  return null;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function readBody(request: IncomingMessage, text: string): { body: unknown; problems: readonly string[] } {
  if (text === '') return { body: undefined, problems: [] };
  const type = request.headers['content-type'] ?? '';
  const problems = /^application\/json\b/.test(type) ? [] : [`content-type of a body: ${type}`];
  try {
    return { body: JSON.parse(text) as unknown, problems };
  } catch {
    return { body: undefined, problems: [...problems, 'the body is not JSON'] };
  }
}

/** https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#headers */
function headerProblems(request: IncomingMessage, operation: Operation): readonly string[] {
  const { headers } = request;
  const problems: string[] = [];
  if ((headers['user-agent'] ?? '') === '')
    problems.push(`${operation.id}: no user-agent, which GitHub refuses`);
  if (!/^(token|bearer) \S+$/i.test(headers.authorization ?? '')) problems.push(`${operation.id}: no token`);
  const accepted = /application\/(vnd\.github(\.v3|\.raw)?\+)?json|\*\/\*/.test(headers.accept ?? '');
  if (!accepted) problems.push(`${operation.id}: accept is ${headers.accept}`);
  const version = headers['x-github-api-version'];
  if (version !== '2022-11-28') problems.push(`${operation.id}: x-github-api-version is ${String(version)}`);
  return problems;
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
