/** Tables as people have them, and the whole schema that is written for each. */

import { beforeEach, describe, expect, it } from 'vitest';
import { loadSchema } from '../schema/index.ts';
import { inferSchema, renderSchema } from './index.ts';
import { numbersFrom, textSource, times, valueSource } from './testing.ts';
import type { RowSource } from './types.ts';

let random = numbersFrom(7);
beforeEach(() => {
  random = numbersFrom(7);
});

const between = (low: number, high: number) => low + random() * (high - low);
const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
const pick = <T>(values: readonly T[]): T => values[whole(0, values.length - 1)] as T;
const instant = () => new Date(whole(1_700_000_000, 1_715_000_000) * 1000).toISOString();
/** The value, or no cell at all. */
const sometimes = <T>(share: number, value: T): T | undefined => (random() < share ? value : undefined);

async function schemaText(title: string, sources: readonly RowSource[]) {
  const { schema, notes } = await inferSchema(sources, { title });
  const text = renderSchema(schema);
  // The gate has nothing to remark on what it wrote itself.
  expect(loadSchema(text, 'inferred.json').notices).toEqual([]);
  return { text, notes };
}

describe('the schema of', () => {
  it('users, in CSV', async () => {
    const rows = times(500, (index) => ({
      user_id: String(1001 + index),
      email: `user${index}@example.com`,
      age: sometimes(0.9, String(whole(18, 93))),
      country: pick(['DE', 'FR', 'PL', 'US']),
      zip: String(whole(1000, 99_999)).padStart(5, '0'),
      signed_up: instant().slice(0, 10),
      last_seen: instant(),
      newsletter: pick(['true', 'false']),
      fax: undefined,
      about: sometimes(0.5, `likes ${pick(['cats', 'dogs'])}, and "${'x'.repeat(whole(1, 30))}"`),
    }));
    const { text, notes } = await schemaText('users', [textSource(rows)]);
    expect(text).toBe(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "users",
  "description": "Inferred from 500 rows; ranges are rounded outwards.",
  "type": "object",
  "properties": {
    "user_id": {
      "description": "1,001 to 1,500",
      "type": "integer"
    },
    "email": {
      "type": "string",
      "format": "email"
    },
    "age": {
      "description": "18 to 93; 6.4% missing",
      "type": "integer",
      "minimum": 10,
      "maximum": 100
    },
    "country": {
      "description": "4 distinct values in 500 rows",
      "type": "string",
      "enum": ["DE", "FR", "PL", "US"]
    },
    "zip": {
      "type": "string",
      "pattern": "^[0-9]{5}$"
    },
    "signed_up": {
      "type": "string",
      "format": "date"
    },
    "last_seen": {
      "type": "string",
      "format": "date-time"
    },
    "newsletter": {
      "type": "boolean"
    },
    "fax": {
      "description": "no values"
    },
    "about": {
      "description": "51% missing",
      "type": "string"
    }
  },
  "required": ["user_id", "email", "country", "zip", "signed_up", "last_seen", "newsletter"],
  "additionalProperties": false
}
`);
    expect(notes).toEqual([]);
  });

  it('transactions, in two CSV files of which one lacks a column', async () => {
    const make = (index: number) => ({
      id: `TX-${String(index).padStart(6, '0')}`,
      account: String(whole(10_000_000, 99_999_999)),
      amount: random() < 0.01 ? 'n/a' : (5 / between(0.005, 1)).toFixed(2),
      fee: (5 / between(0.005, 1)).toFixed(2),
      currency: pick(['EUR', 'USD', 'GBP']),
      booked: instant().slice(0, 19).replace('T', ' '),
      balance: between(-370, 1220).toFixed(2),
      fraud: random() < 0.2 ? '1' : '0',
    });
    const { balance: _, ...columns } = make(0);
    const [first, second] = [times(200, make), times(200, (index) => make(200 + index))];
    const older = first.map(({ balance: __, ...row }) => row);
    const { text, notes } = await schemaText('transactions', [
      textSource(older, Object.keys(columns)),
      textSource(second),
    ]);
    expect(text).toBe(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "transactions",
  "description": "Inferred from 400 rows in 2 files; ranges are rounded outwards.",
  "type": "object",
  "properties": {
    "id": {
      "type": "string",
      "pattern": "^TX-[0-9]{6}$"
    },
    "account": {
      "description": "10,240,842 to 99,837,277",
      "type": "integer"
    },
    "amount": {
      "type": "string"
    },
    "fee": {
      "description": "5 to 735.5",
      "type": "number",
      "minimum": 0,
      "maximum": 2000
    },
    "currency": {
      "description": "3 distinct values in 400 rows",
      "type": "string",
      "enum": ["EUR", "GBP", "USD"]
    },
    "booked": {
      "type": "string",
      "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
    },
    "fraud": {
      "description": "0 to 1",
      "type": "integer",
      "enum": [0, 1]
    },
    "balance": {
      "description": "-363 to 1,211; 50% missing",
      "type": "number",
      "minimum": -1000,
      "maximum": 2000
    }
  },
  "required": ["id", "account", "amount", "fee", "currency", "booked", "fraud"],
  "additionalProperties": false
}
`);
    expect(notes).toEqual([
      '`amount` has numbers, but is a column of text because of 10 of 400 cells, the first is "n/a"; ' +
        '`null=n/a` in `csv-options` reads it as missing',
    ]);
  });

  it('sensor readings, in Parquet', async () => {
    const rows = times(400, (index) => ({
      sensor: pick(['north', 'south', 'roof']),
      time: 1_700_000_000 + index * 60,
      temperature: random() < 0.02 ? Number.NaN : between(-3.7, 12.2),
      humidity: sometimes(0.97, between(0.2, 0.98)),
      pressure: between(980, 1043),
      battery: whole(20, 100),
      address: pick(['10.0.0.1', '10.0.0.2', '10.0.0.3']),
      embedding: times(4, () => between(-1, 1)),
    }));
    const columns = Object.keys(rows[0] ?? {});
    const { text, notes } = await schemaText('readings', [valueSource(rows, columns)]);
    expect(text).toBe(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "readings",
  "description": "Inferred from 400 rows; ranges are rounded outwards.",
  "type": "object",
  "properties": {
    "sensor": {
      "description": "3 distinct values in 400 rows",
      "type": "string",
      "enum": ["north", "roof", "south"]
    },
    "time": {
      "description": "1,700,000,000 to 1,700,023,940",
      "type": "integer"
    },
    "temperature": {
      "description": "-3.682 to 12.18; 2% NaN or infinite"
    },
    "humidity": {
      "description": "0.2008 to 0.9771; 3% missing",
      "type": "number",
      "minimum": 0,
      "maximum": 1
    },
    "pressure": {
      "description": "980.4 to 1,043",
      "type": "number",
      "minimum": 900,
      "maximum": 1100
    },
    "battery": {
      "description": "20 to 100",
      "type": "integer",
      "minimum": 0,
      "maximum": 100
    },
    "address": {
      "description": "3 distinct values in 400 rows",
      "type": "string",
      "format": "ipv4"
    },
    "embedding": {
      "description": "4 elements",
      "type": "array",
      "items": {
        "description": "-0.9988 to 0.9994",
        "type": "number",
        "minimum": -1,
        "maximum": 1
      },
      "minItems": 4,
      "maxItems": 4
    }
  },
  "required": ["sensor", "time", "temperature", "pressure", "battery", "address", "embedding"],
  "additionalProperties": false
}
`);
    expect(notes).toEqual([
      '`temperature` holds NaN or infinite numbers (8), which are of no type of JSON Schema: nothing is asked of it',
    ]);
  });

  it('nested events, in JSON Lines', async () => {
    const rows = times(300, (index) => ({
      type: pick(['view', 'click', 'purchase']),
      at: instant(),
      user: {
        id: whole(1, 1_000_000),
        session: `0b55e2a4-9c3f-4c2e-8a51-${String(index).padStart(12, '0')}`,
        address: random() < 0.1 ? null : { city: pick(['Rome', 'Oslo']), lat: between(-90, 90) },
      },
      tags: times(whole(0, 3), () => pick(['new', 'sale'])),
      ...(random() < 0.3 ? { total: between(1, 48) } : {}),
      referrer: random() < 0.5 ? null : `https://example.com/${index}`,
    }));
    const { text, notes } = await schemaText('events', [valueSource(rows)]);
    expect(text).toBe(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "events",
  "description": "Inferred from 300 rows; ranges are rounded outwards.",
  "type": "object",
  "properties": {
    "type": {
      "description": "3 distinct values in 300 rows",
      "type": "string",
      "enum": ["click", "purchase", "view"]
    },
    "at": {
      "type": "string",
      "format": "date-time"
    },
    "user": {
      "type": "object",
      "properties": {
        "id": {
          "description": "1,144 to 993,298",
          "type": "integer"
        },
        "session": {
          "type": "string",
          "format": "uuid"
        },
        "address": {
          "description": "11% null",
          "type": ["object", "null"],
          "properties": {
            "city": {
              "description": "2 distinct values in 268 values",
              "type": "string",
              "enum": ["Oslo", "Rome"]
            },
            "lat": {
              "description": "-89.88 to 88.97",
              "type": "number",
              "minimum": -100,
              "maximum": 100
            }
          },
          "required": ["city", "lat"]
        }
      },
      "required": ["id", "session", "address"]
    },
    "tags": {
      "description": "0 to 3 elements",
      "type": "array",
      "items": {
        "description": "2 distinct values in 448 values",
        "type": "string",
        "enum": ["new", "sale"]
      }
    },
    "referrer": {
      "description": "50% null",
      "type": ["string", "null"],
      "format": "uri"
    },
    "total": {
      "description": "1.346 to 47.53; 69% missing",
      "type": "number",
      "minimum": 0,
      "maximum": 50
    }
  },
  "required": ["type", "at", "user", "tags", "referrer"]
}
`);
    expect(notes).toEqual([]);
  });

  it('three rows: no ranges, lists or patterns', async () => {
    const { text, notes } = await schemaText('few', [
      textSource([{ a: '1', b: 'x' }, { a: '2' }, { a: '3', b: 'y' }]),
    ]);
    expect(text).toBe(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "few",
  "description": "Inferred from 3 rows; ranges are rounded outwards.",
  "type": "object",
  "properties": {
    "a": {
      "description": "1 to 3",
      "type": "integer"
    },
    "b": {
      "description": "33% missing",
      "type": "string"
    }
  },
  "required": ["a"],
  "additionalProperties": false
}
`);
    expect(notes).toEqual(['only 3 rows: ranges, lists of values and patterns are inferred from 30 rows on']);
  });
});
