/** What the tests of core/github share: a context as the runner gives it and a client without real waits. */

import Bottleneck from 'bottleneck';
import { afterEach } from 'vitest';
import {
  type ClientOptions,
  createClient,
  type EventContext,
  type GitHubClient,
  readContext,
} from '../../core/github/index.ts';
import type { Log } from '../../core/report/log.ts';
import { type GitHubServer, type ServerOptions, startGitHubServer } from './github-server.ts';

const HEAD = 'a'.repeat(40);

export interface Recorded extends Log {
  readonly lines: string[];
}

export function recordingLog(): Recorded {
  const lines: string[] = [];
  const add = (level: string) => (line: string) => void lines.push(`${level}: ${line}`);
  return { lines, info: add('info'), notice: add('notice'), warning: add('warning'), debug: () => {} };
}

/** A second of waiting takes a millisecond, and writes are not spaced out. */
export function testClient(server: GitHubServer, options: Partial<ClientOptions> = {}): GitHubClient {
  const group = (): Bottleneck.Group => new Bottleneck.Group({ maxConcurrent: 1 });
  return createClient({
    token: 'test-token',
    apiUrl: server.url,
    userAgent: 'ml-gates',
    log: recordingLog(),
    millisecondsPerSecond: 1,
    timeoutMs: 5000,
    queues: { write: group(), notifications: group() },
    ...options,
  });
}

/** A server for one test; whatever GitHub would not have understood fails the test. */
export function serverForTests(): (options?: ServerOptions) => Promise<GitHubServer> {
  const servers: GitHubServer[] = [];
  afterEach(async () => {
    const used = servers.splice(0);
    await Promise.all(used.map((server) => server.close()));
    for (const server of used) server.expectNoViolations();
  });
  return async (options) => {
    const server = await startGitHubServer(options);
    servers.push(server);
    return server;
  };
}

export interface PullRequestEvent {
  readonly fork?: boolean;
  readonly private?: boolean;
  readonly eventName?: string;
  readonly actor?: string;
}

export function pullRequestContext(apiUrl: string, event: PullRequestEvent = {}): EventContext {
  const payload = {
    repository: { id: 1, full_name: 'octo/models', private: event.private ?? false },
    pull_request: {
      number: 7,
      head: { sha: HEAD, repo: { full_name: event.fork === true ? 'mallory/models' : 'octo/models' } },
      base: { repo: { full_name: 'octo/models' } },
    },
  };
  const env = {
    GITHUB_EVENT_NAME: event.eventName ?? 'pull_request',
    GITHUB_EVENT_PATH: 'event.json',
    GITHUB_REPOSITORY: 'octo/models',
    GITHUB_SHA: 'b'.repeat(40),
    GITHUB_RUN_ID: '99',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_ACTOR: event.actor ?? 'ada',
    GITHUB_API_URL: apiUrl,
    GITHUB_WORKSPACE: '/home/runner/work/models/models',
  };
  return readContext(env, () => JSON.stringify(payload));
}
