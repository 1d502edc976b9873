/** The state as JSON: what a restart finds, so that it does not pay for what is known. */

import type { Charge, Charges } from '../costs/charges.ts';
import { isDay } from '../costs/days.ts';
import type { Forecast, ForecastDay } from '../costs/month.ts';
import { type Asked, type Known, neverAsked, nothingKnown, type Used } from './questions.ts';

export interface Stored {
  readonly known: Known;
  readonly used: Used;
}

const version = 1;

/** @param settings What the answers depend on: others are not taken. */
export function storedText({ known, used }: Stored, settings: string): string {
  return JSON.stringify({ version, settings, used, known });
}

/**
 * The requests that were used count in any case; answers only when they were asked for by the same settings. Throws when the text
 * was not written by `storedText`.
 */
export function readStored(text: string, settings: string): Stored {
  const all = recordOf(JSON.parse(text), 'the file');
  if (all.version !== version)
    throw new Error(`the version is ${JSON.stringify(all.version)}, not ${version}`);
  const used = recordOf(all.used, 'used');
  const known = recordOf(all.known, 'known');
  return {
    used: { day: dayAt(used, 'day'), requests: numberAt(used, 'requests') },
    known:
      all.settings !== settings
        ? nothingKnown
        : {
            services: readAsked(known.services, readCharges),
            models: readAsked(known.models, readCharges),
            forecast: readAsked(known.forecast, readForecast),
          },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function readAsked<Value>(value: unknown, read: (value: Fields) => Value): Asked<Value> {
  if (value === undefined) return neverAsked;
  const asked = recordOf(value, 'a question');
  return {
    value: asked.value === null ? null : read(recordOf(asked.value, 'an answer')),
    failures: numberAt(asked, 'failures'),
    notBefore: numberAt(asked, 'notBefore'),
  };
}

function readCharges(fields: Fields): Charges {
  return {
    askedAt: numberAt(fields, 'askedAt'),
    start: dayAt(fields, 'start'),
    charges: listAt(fields, 'charges').map(readCharge),
    estimated: listAt(fields, 'estimated').map((day) => dayAt({ day }, 'day')),
  };
}

function readCharge(value: unknown): Charge {
  const fields = recordOf(value, 'a charge');
  return {
    day: dayAt(fields, 'day'),
    key: fields.key === null ? null : textAt(fields, 'key'),
    recordType: textAt(fields, 'recordType'),
    amount: numberAt(fields, 'amount'),
    currency: textAt(fields, 'currency'),
  };
}

function readForecast(fields: Fields): Forecast {
  return {
    askedAt: numberAt(fields, 'askedAt'),
    currency: textAt(fields, 'currency'),
    days: listAt(fields, 'days').map((value): ForecastDay => {
      const day = recordOf(value, 'a day');
      return {
        day: dayAt(day, 'day'),
        mean: numberAt(day, 'mean'),
        lower: numberAt(day, 'lower'),
        upper: numberAt(day, 'upper'),
      };
    }),
  };
}

function recordOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is not an object`);
  return Object.fromEntries(Object.entries(value));
}

function listAt(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  return value;
}

function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new Error(`${name} is not a text`);
  return value;
}

function dayAt(fields: Fields, name: string): string {
  const text = textAt(fields, name);
  if (!isDay(text)) throw new Error(`${name} is not a day`);
  return text;
}

function numberAt(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${name} is not a number`);
  return value;
}
