/**
 * Sends calls: again where that is safe, never past the deadline, and never on after the job was cancelled.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */

import type { World } from '../types.ts';
import { CallFailure, type FailureKind, failureOf } from './call-failure.ts';

/** How long calls may go on. */
export interface Scope {
  readonly signal: AbortSignal;
  readonly until: Date;
}

/** For what must be known or done after the job was cancelled: a runner gives some seconds. */
export function shortScope(clock: () => Date): Scope {
  return { signal: new AbortController().signal, until: new Date(clock().getTime() + 6_000) };
}

export type Timing = Pick<World, 'clock' | 'sleep'>;

/** In milliseconds; the last one again and again. */
const pauses = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
const passing: ReadonlySet<FailureKind> = new Set(['throttled', 'lost', 'server']);
/** Attempts of a call that only reads. */
const readAttempts = 7;
/** A call that changes something is given this long after the job was cancelled, in milliseconds. */
const graceMs = 3_000;

export interface Sending {
  readonly abortSignal: AbortSignal;
}

export class Calls {
  private readonly timing: Timing;

  constructor(timing: Timing) {
    this.timing = timing;
  }

  /**
   * Reads. Sent again when it was throttled, or no good answer came; once again with credentials that may be fresh by then.
   *
   * @throws CallFailure
   */
  async read<Output>(
    operation: string,
    scope: Scope,
    send: (options: Sending) => Promise<Output>,
    attempts = readAttempts,
  ): Promise<Output> {
    for (let attempt = 1; ; attempt++) {
      this.check(operation, scope);
      try {
        return await send({ abortSignal: scope.signal });
      } catch (error) {
        const failure = failureOf(error, operation, scope.signal.aborted);
        counted(error, attempt);
        const again = passing.has(failure.kind)
          ? attempt < attempts
          : failure.kind === 'credentials' && attempt === 1;
        if (!again) throw failure;
        await this.pause(attempt, failure, scope);
      }
    }
  }

  /**
   * Changes something. Sent again only when it was surely not carried out; once with credentials that may be fresh by then.
   *
   * @throws CallFailure of the kinds `lost` and `server` where it may have been carried out: look.
   */
  async change<Output>(
    operation: string,
    scope: Scope,
    send: (options: Sending) => Promise<Output>,
  ): Promise<Output> {
    for (let attempt = 1; ; attempt++) {
      this.check(operation, scope);
      const grace = new Grace(scope.signal);
      try {
        return await send({ abortSignal: grace.signal });
      } catch (error) {
        // An answer that was given up is a lost one: the call may have been carried out.
        const failure = failureOf(error, operation, false);
        counted(error, attempt);
        const again = failure.kind === 'throttled' || (failure.kind === 'credentials' && attempt === 1);
        if (!again) throw failure;
        await this.pause(attempt, failure, scope);
      } finally {
        grace.end();
      }
    }
  }

  /** Waits for the time between two attempts. @throws the failure where there is no time for another. */
  async pause(attempt: number, failure: CallFailure, scope: Scope): Promise<void> {
    const ms = pauses[Math.min(attempt, pauses.length) - 1] ?? 0;
    if (this.timing.clock().getTime() + ms >= scope.until.getTime()) throw failure;
    await this.timing.sleep(ms, scope.signal);
    if (scope.signal.aborted) throw ended(failure.operation);
  }

  private check(operation: string, scope: Scope): void {
    if (scope.signal.aborted || this.timing.clock() >= scope.until) throw ended(operation);
  }
}

function ended(operation: string): CallFailure {
  return new CallFailure('ended', operation, 'Ended', 'the job was cancelled, or the time was up', null);
}

/** Where the SDK keeps how often it tried, which is once here; messages tell it. */
function counted(error: unknown, attempts: number): void {
  if (!(error instanceof Error) || !('$metadata' in error)) return;
  const metadata = error.$metadata;
  if (typeof metadata === 'object' && metadata !== null) Object.assign(metadata, { attempts });
}

/** Aborts some time after the other signal did. */
class Grace {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private readonly of: AbortSignal;
  private readonly begin = () => {
    this.timer = setTimeout(() => this.controller.abort(), graceMs);
  };

  constructor(of: AbortSignal) {
    this.of = of;
    of.addEventListener('abort', this.begin, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    this.of.removeEventListener('abort', this.begin);
    if (this.timer !== null) clearTimeout(this.timer);
  }
}
