/** From the environment to a complete configuration: every mistake is named, before anything else happens. */

import { nearest } from '../../../../../core/gate/index.ts';
import { InputReader, quote } from '../../../../../core/inputs/index.ts';
import { type CostMetric, costMetrics } from '../explorer/daily-charges.ts';
import { type LogLevel, logLevels } from '../log.ts';
import { type VariableName, variables } from './variables.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly statePath: string;
  readonly intervalMs: number;
  readonly requestsPerDay: number;
  readonly mostPages: number;
  readonly metric: CostMetric;
  /** Null: costs by model are not asked for. */
  readonly tag: string | null;
  readonly settleMs: number;
  readonly weeks: number;
  /** Percent; null: no forecast. */
  readonly forecastLevel: number | null;
  readonly logLevel: LogLevel;
  readonly endpoint: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const day = 86_400;

/** @throws InputError with every mistake that was found. */
export function readConfig(environment: Environment, workingDirectory: string): Config {
  const given = (name: VariableName): string => {
    const text = environment[name]?.trim() ?? '';
    return text === '' ? variables[name].fallback : text;
  };
  const reader = new InputReader({
    get: (name) => (isVariable(name) ? given(name) : ''),
    workspace: workingDirectory,
  });
  const whole = (name: VariableName, minimum: number, maximum: number): number =>
    reader.integer(name, minimum, { minimum, maximum });
  const seconds = (name: VariableName, minimum: number, allowed: string): number => {
    const value = reader.duration(name, minimum);
    if (value < minimum || value > 7 * day)
      reader.add({ input: name, message: `${quote(given(name))} is out of range`, allowed });
    return value;
  };

  reader.add(...misspelt(environment));
  const config: Config = {
    host: given('HOST'),
    port: whole('PORT', 0, 65_535),
    statePath: reader.path('STATE_PATH') ?? '',
    intervalMs: seconds('REFRESH_INTERVAL', 60, 'times from 1m to 7d') * 1000,
    requestsPerDay: whole('MAX_REQUESTS_PER_DAY', 1, 1000),
    mostPages: whole('MAX_PAGES', 1, 100),
    metric: reader.choice('COST_METRIC', costMetrics, 'UnblendedCost'),
    tag: readTag(reader),
    settleMs: seconds('SETTLE_TIME', 0, 'times from 0h to 7d') * 1000,
    weeks: whole('ANOMALY_WEEKS', 4, 52),
    forecastLevel: reader.boolean('FORECAST', true) ? whole('FORECAST_LEVEL', 51, 99) : null,
    logLevel: reader.choice('LOG_LEVEL', logLevels, 'info'),
    endpoint: reader.url('AWS_ENDPOINT_URL')?.href ?? null,
  };
  const questions = 1 + (config.tag === null ? 0 : 1) + (config.forecastLevel === null ? 0 : 1);
  if (config.requestsPerDay < questions)
    reader.add({
      input: 'MAX_REQUESTS_PER_DAY',
      message: `${config.requestsPerDay} is not enough to ask each of ${questions} questions once`,
      allowed: `whole numbers from ${questions} to 1000`,
    });
  reader.finish();
  return config;
}

/** "A tag key can have a maximum of 128 characters" (Using cost allocation tags). */
function readTag(reader: InputReader): string | null {
  const tag = reader.text('COST_TAG');
  if (tag === 'none') return null;
  if (tag.length > 128 || /[\u0000-\u001f\u007f$]/.test(tag))
    reader.add({
      input: 'COST_TAG',
      message: `${quote(tag)} is not the key of a tag`,
      allowed: 'up to 128 characters, without $; none',
    });
  return tag;
}

/** Names that are nearly one of ours: what is never read would be silently the default. */
function misspelt(environment: Environment): readonly { input: string; message: string; nearest: string }[] {
  const own = Object.keys(variables).filter((name) => name.includes('_') && !name.startsWith('AWS_'));
  return Object.keys(environment).flatMap((name) => {
    if (name in variables || !/^(?:STATE|REFRESH|MAX|COST|SETTLE|ANOMALY|FORECAST)_/.test(name)) return [];
    const guess = nearest(name, own);
    return guess === undefined ? [] : [{ input: name, message: 'there is no such variable', nearest: guess }];
  });
}

function isVariable(name: string): name is VariableName {
  return name in variables;
}
