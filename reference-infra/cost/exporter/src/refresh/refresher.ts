/** When what is asked: each question by itself, kept while it fails, and never past the day's budget of requests. */

import { addDays, dayOf, startOf } from '../costs/days.ts';
import { CostFailure, failureOf, isPassing } from '../explorer/failure.ts';
import { messageOf } from '../message-of.ts';
import type { Answers, Asked, Known, QuestionName, Used } from './questions.ts';
import type { Store } from './store.ts';

export type Ask = { readonly [Name in QuestionName]: ((now: number) => Promise<Answers[Name]>) | null };

export interface RefresherOptions {
  readonly store: Store;
  readonly intervalMs: number;
  readonly requestsPerDay: number;
  readonly now: () => number;
  readonly onAnswered: (question: QuestionName) => void;
  readonly onFailed: (question: QuestionName, failure: CostFailure, nextAt: number) => void;
}

const firstWaitMs = 15 * 60_000;

export class Refresher {
  readonly #options: RefresherOptions;
  #known: Known;
  #used: Used;

  constructor(options: RefresherOptions) {
    this.#options = options;
    this.#known = options.store.found.known;
    this.#used = options.store.found.used;
  }

  get known(): Known {
    return this.#known;
  }

  requestsLeft(): number {
    const { requestsPerDay, now } = this.#options;
    const used = this.#used.day === dayOf(now()) ? this.#used.requests : 0;
    return Math.max(0, requestsPerDay - used);
  }

  /** Takes a request from today's budget, on the disk before it is sent; false: there is none left. */
  async take(): Promise<boolean> {
    if (this.requestsLeft() === 0) return false;
    const day = dayOf(this.#options.now());
    const before = this.#used.day === day ? this.#used.requests : 0;
    this.#used = { day, requests: before + 1 };
    try {
      await this.#save();
    } catch (error) {
      // What is not written down would not count after a restart.
      throw new CostFailure(
        'state_file',
        `the request is not sent, since it cannot be noted: ${messageOf(error)}`,
      );
    }
    return true;
  }

  /** Asks whatever is due, one after the other; returns when the next question is, in milliseconds since 1970. */
  async round(ask: Ask): Promise<number> {
    if (ask.services !== null)
      this.#known = {
        ...this.#known,
        services: await this.#asked('services', ask.services, this.#known.services),
      };
    if (ask.models !== null)
      this.#known = { ...this.#known, models: await this.#asked('models', ask.models, this.#known.models) };
    if (ask.forecast !== null)
      this.#known = {
        ...this.#known,
        forecast: await this.#asked('forecast', ask.forecast, this.#known.forecast),
      };
    await this.#save();
    const { services, models, forecast } = this.#known;
    const times = [
      ask.services === null ? Infinity : services.notBefore,
      ask.models === null ? Infinity : models.notBefore,
      ask.forecast === null ? Infinity : forecast.notBefore,
    ];
    return Math.min(...times);
  }

  async #asked<Value>(
    name: QuestionName,
    ask: (now: number) => Promise<Value>,
    before: Asked<Value>,
  ): Promise<Asked<Value>> {
    const { intervalMs, now, onAnswered, onFailed } = this.#options;
    const begun = now();
    // A time further ahead than any wait was written by a clock that was wrong, or by a longer interval.
    if (begun < before.notBefore && before.notBefore <= begun + Math.max(intervalMs, 86_400_000))
      return before;
    try {
      const value = await ask(begun);
      onAnswered(name);
      return { value, failures: 0, notBefore: begun + intervalMs };
    } catch (error) {
      const failure = failureOf(error);
      const failures = before.failures + 1;
      const notBefore = this.#nextAfter(failure, failures);
      onFailed(name, failure, notBefore);
      return { ...before, failures, notBefore };
    }
  }

  /** What passes is tried again soon, then more and more seldom; what does not, no more often than if it were well. */
  #nextAfter(failure: CostFailure, failures: number): number {
    const { intervalMs, now } = this.#options;
    const time = now();
    if (failure.reason === 'request_budget') return startOf(addDays(dayOf(time), 1));
    if (!isPassing(failure)) return time + intervalMs;
    return time + Math.min(intervalMs, firstWaitMs * 2 ** Math.min(20, failures - 1));
  }

  #save(): Promise<void> {
    return this.#options.store.save({ known: this.#known, used: this.#used });
  }
}
