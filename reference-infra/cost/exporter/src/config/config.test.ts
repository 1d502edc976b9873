import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Environment, readConfig } from './config.ts';
import { variables, variablesTable } from './variables.ts';

const read = (environment: Environment) => readConfig(environment, '/app');

test('an empty environment asks three questions three times a day, for no more than 24 requests', () => {
  expect(read({})).toEqual({
    host: '0.0.0.0',
    port: 9105,
    statePath: '/data/costs.json',
    intervalMs: 8 * 3_600_000,
    requestsPerDay: 24,
    mostPages: 5,
    metric: 'UnblendedCost',
    tag: 'model',
    settleMs: 24 * 3_600_000,
    weeks: 8,
    forecastLevel: 80,
    logLevel: 'info',
    endpoint: null,
  });
});

test('questions can be left out', () => {
  expect(read({ COST_TAG: 'none', FORECAST: 'false', MAX_REQUESTS_PER_DAY: '1' })).toMatchObject({
    tag: null,
    forecastLevel: null,
    requestsPerDay: 1,
  });
});

test('every mistake is named at once, with its value and what is allowed', () => {
  const mistakes = {
    PORT: 'http',
    REFRESH_INTERVAL: '5s',
    SETTLE_TIME: '8d',
    COST_METRIC: 'UnblendedCosts',
    COST_TAG: 'a$b',
    ANOMALY_WEEKS: '3',
    FORECAST: 'yes',
    LOG_LEVEL: 'debug',
    AWS_ENDPOINT_URL: 'user:secret@host',
    STATE_PATH: 's3://bucket/costs.json',
    COST_TAGS: 'model',
  };
  let message = '';
  try {
    read(mistakes);
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  const lines = message.split('\n');
  const lineOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `)) ?? '';
  expect(lines).toHaveLength(Object.keys(mistakes).length);
  expect(lineOf('REFRESH_INTERVAL')).toBe(
    'REFRESH_INTERVAL: "5s" is out of range; allowed: times from 1m to 7d',
  );
  expect(lineOf('COST_METRIC')).toMatch(
    /"UnblendedCosts" is not one of its values; allowed: Unb.*mean `UnblendedCost`/,
  );
  expect(lineOf('ANOMALY_WEEKS')).toBe(
    'ANOMALY_WEEKS: "3" is out of range; allowed: whole numbers from 4 to 52',
  );
  expect(lineOf('COST_TAGS')).toBe('COST_TAGS: there is no such variable; did you mean `COST_TAG`?');
  expect(lineOf('AWS_ENDPOINT_URL')).not.toContain('secret');
});

test('a budget that is too small for one round is a mistake', () => {
  expect(() => read({ MAX_REQUESTS_PER_DAY: '2' })).toThrow(
    'MAX_REQUESTS_PER_DAY: 2 is not enough to ask each of 3 questions once; allowed: whole numbers from 3 to 1000',
  );
});

test('the variables of other programs are none of its business', () => {
  expect(read({ COST_CENTER: '17', AWS_REGION: 'eu-west-1', MAX_OLD_SPACE: '1', PATH: '/bin' }).tag).toBe(
    'model',
  );
});

test('the README has the table of the variables, and each example is taken', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../../../README.md'), 'utf8');
  expect(readme).toContain(variablesTable());
  for (const [name, { example }] of Object.entries(variables))
    expect(() => read({ [name]: example })).not.toThrow();
});
