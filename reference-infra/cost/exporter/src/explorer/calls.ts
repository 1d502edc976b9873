/** Calls that cost money: each is counted before it is sent, none goes past the day's budget, failures wait for a while. */

import { CostFailure, failureOf, isPassing } from './failure.ts';

/** As in the rights that a role needs: `ce:GetCostAndUsage`. */
export const operations = ['GetCostAndUsage', 'GetCostForecast'] as const;
export type Operation = (typeof operations)[number];

export interface CallOptions {
  /** Takes one request from the day's budget and keeps that; false: there is none left. */
  readonly take: () => Promise<boolean>;
  /** The budget in words, for the message. */
  readonly budget: string;
  /** Before anything is counted: a request that cannot be signed is never sent. */
  readonly credentials: () => Promise<unknown>;
  readonly onRequest: (operation: Operation) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type Call = <Answer>(operation: Operation, send: () => Promise<Answer>) => Promise<Answer>;

const attempts = 3;
const firstWaitMs = 2_000;

/**
 * Sends again what was throttled or did not arrive, twice, after up to 2 and 4 s: exponential back-off with full jitter (AWS
 * Architecture Blog, 2015). Throws a CostFailure.
 */
export function callsWith(options: CallOptions): Call {
  return async (operation, send) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await options.credentials();
        if (!(await options.take()))
          throw new CostFailure('request_budget', `no request is left of ${options.budget}`);
        options.onRequest(operation);
        return await send();
      } catch (error) {
        const failure = failureOf(error);
        if (attempt === attempts || !isPassing(failure)) throw failure;
        await options.sleep(options.random() * firstWaitMs * 2 ** (attempt - 1));
      }
    }
  };
}
