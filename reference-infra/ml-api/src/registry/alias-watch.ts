/** Looks at an alias again and again, and offers the model behind it when it has moved. */

import type { MlflowClient } from '../../../../core/models/mlflow-client.ts';
import {
  MissingModelError,
  type RegisteredVersion,
  versionOfAlias,
} from '../../../../core/models/mlflow-resolve.ts';
import { messageOf } from '../message-of.ts';
import type { LoadedFiles, Logger, SourceObserver } from '../types.ts';
import type { FetchedVersion, RegistryUri } from './fetch.ts';
import { backoff, jittered, pause } from './waits.ts';

export interface AliasWatchOptions {
  readonly uri: RegistryUri & { readonly kind: 'alias' };
  readonly client: MlflowClient;
  readonly fetchNow: () => Promise<FetchedVersion>;
  /** Rejects when the model cannot be served; then the old one goes on. */
  readonly onChange: (next: LoadedFiles) => Promise<void>;
  readonly observer: SourceObserver;
  /** The version that is served; null: none. */
  readonly current: RegisteredVersion | null;
  readonly intervalMs: number;
  readonly log: Logger;
}

/** What is wrong with the registry, so that it is said once. */
type Trouble = 'none' | 'unreachable' | 'no alias';

/** Times the interval: the longest wait between two looks at a registry that does not answer. */
const longestBackoff = 10;
/** Looks after which a version that could not be fetched is tried again: 1, 2, 4, … up to this. */
const longestPatience = 64;

export class AliasWatch {
  private readonly options: AliasWatchOptions;
  private readonly abort = new AbortController();
  private current: RegisteredVersion | null;
  /** The version that could not be served: offered again only after the alias has moved. */
  private refused: RegisteredVersion | null = null;
  /** The version that could not be fetched, how often, and the looks until the next attempt. */
  private unfetched: { version: RegisteredVersion; failures: number; wait: number } | null = null;
  private trouble: Trouble = 'none';

  constructor(options: AliasWatchOptions) {
    this.options = options;
    this.current = options.current;
    void this.run();
  }

  stop(): void {
    this.abort.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    const { intervalMs } = this.options;
    let failures = 0;
    for (;;) {
      const wait = failures === 0 ? intervalMs : backoff(failures, intervalMs, longestBackoff * intervalMs);
      await pause(jittered(wait), signal);
      if (signal.aborted) return;
      const { answered, upToDate } = await this.look();
      if (signal.aborted) return;
      this.options.observer.upToDate(upToDate);
      failures = answered ? 0 : failures + 1;
    }
  }

  /** Whether the registry answered, and whether the version that it names is the one that goes on. */
  private async look(): Promise<{ answered: boolean; upToDate: boolean }> {
    let found: RegisteredVersion;
    try {
      found = await versionOfAlias(this.options.client, this.options.uri);
    } catch (error) {
      const missing = error instanceof MissingModelError;
      this.say(missing ? 'no alias' : 'unreachable', error);
      return { answered: missing, upToDate: false };
    }
    this.say('none');
    if (isSame(found, this.current)) {
      // Moved back: what was refused may be offered again when the alias moves there again.
      this.refused = null;
      this.unfetched = null;
    } else if (!isSame(found, this.refused)) await this.offer(found);
    return { answered: true, upToDate: isSame(found, this.current) };
  }

  private async offer(found: RegisteredVersion): Promise<void> {
    if (this.unfetched !== null && isSame(found, this.unfetched.version) && this.unfetched.wait > 0) {
      this.unfetched.wait -= 1;
      return;
    }
    let next: FetchedVersion;
    try {
      next = await this.options.fetchNow();
    } catch (error) {
      this.notFetched(found, error);
      return;
    }
    this.unfetched = null;
    if (this.abort.signal.aborted || isSame(next.registered, this.current)) return;
    try {
      await this.options.onChange(next.files);
      this.current = next.registered;
      this.refused = null;
    } catch {
      // Whoever refused it has said why.
      this.refused = next.registered;
    }
  }

  private notFetched(version: RegisteredVersion, error: unknown): void {
    const same = this.unfetched !== null && isSame(version, this.unfetched.version);
    const failures = same ? (this.unfetched?.failures ?? 0) + 1 : 1;
    this.unfetched = { version, failures, wait: backoff(failures, 1, longestPatience) - 1 };
    this.options.observer.failed();
    if (same) return;
    const { uri, log } = this.options;
    log.error(
      { version: version.version, reason: messageOf(error) },
      `${uri.uri} has moved to version ${version.version}, which cannot be fetched; ${this.goesOn()}`,
    );
  }

  private say(trouble: Trouble, error?: unknown): void {
    if (trouble === this.trouble) return;
    const { uri, client, log } = this.options;
    const reason = messageOf(error);
    if (trouble === 'none') log.info({}, `${uri.uri} can be followed again at ${client.server}`);
    else if (trouble === 'no alias')
      log.warn({ reason }, `${uri.uri} names no model any more; ${this.goesOn()}`);
    else
      log.warn(
        { reason },
        `the registry at ${client.server} cannot be asked about ${uri.uri}; ${this.goesOn()}`,
      );
    this.trouble = trouble;
  }

  private goesOn(): string {
    return this.current === null ? 'there is no model yet' : `version ${this.current.version} goes on`;
  }
}

function isSame(a: RegisteredVersion, b: RegisteredVersion | null): boolean {
  return b !== null && a.version === b.version && a.createdAt === b.createdAt;
}
