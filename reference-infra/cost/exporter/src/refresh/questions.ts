/** What is asked, and what is known of each question: the state that a restart goes on from. */

import type { Charges } from '../costs/charges.ts';
import type { Forecast } from '../costs/month.ts';

/** They are a label. */
export const questionNames = ['services', 'models', 'forecast'] as const;
export type QuestionName = (typeof questionNames)[number];

export interface Answers {
  readonly services: Charges;
  readonly models: Charges;
  readonly forecast: Forecast;
}

export interface Asked<Value> {
  /** The last answer that could be used; null: there was none yet. */
  readonly value: Value | null;
  /** In a row, since then. */
  readonly failures: number;
  /** Not asked again before, in milliseconds since 1970. */
  readonly notBefore: number;
}

export type Known = { readonly [Name in QuestionName]: Asked<Answers[Name]> };

/** Requests of a day of UTC. */
export interface Used {
  readonly day: string;
  readonly requests: number;
}

export const neverAsked = { value: null, failures: 0, notBefore: 0 } as const;
export const nothingKnown: Known = { services: neverAsked, models: neverAsked, forecast: neverAsked };
