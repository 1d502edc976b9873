/** The module monitoring, by its example: what its alarms say of minutes that are known. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockIn, ofType, type Planned } from '../../../check-infra/terraform/plan.ts';
import { runtimeChecks } from '../../../check-infra/terraform/runtime.ts';
import { at, type JsonObject, listAt, textAt } from '../../../core/kubernetes/index.ts';
import { plannedBy, problemsOfModule } from './planned.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

const service = resolve(import.meta.dirname, '../../../reference-infra/ml-api/src');

let folder: TerraformFolder;
let plan: readonly Planned[];
beforeAll(async () => {
  folder = await terraformFolder('modules/monitoring/examples/alarms');
  plan = await plannedBy(folder);
});
afterAll(async () => await folder?.remove());

function alarm(name: string): JsonObject {
  const alarms = ofType(plan, 'aws_cloudwatch_metric_alarm');
  const found = alarms.find(({ values }) => textAt(values, 'alarm_name') === `ml-api-${name}`);
  if (found === undefined) throw new Error(`there is no alarm ${name}`);
  return found.values;
}

/** What CloudWatch counted in a minute, by the name of the metric; what is not there has no data. */
type Minute = Readonly<Record<string, number>>;

/** The value that the threshold of an alarm is held against. Of the functions of metric math, those that are used here. */
function readingOf(name: string, minute: Minute): number {
  const queries = listAt(alarm(name), 'metric_query');
  const known = new Map<string, number | undefined>();
  const fill = (value: number | undefined, by: number): number => value ?? by;
  const choose = (condition: boolean, yes: number, no: number): number => (condition ? yes : no);
  const value = (query: (typeof queries)[number]): number | undefined => {
    const metric = blockIn(query, 'metric');
    if (metric !== undefined) {
      const group = textAt(metric, 'dimensions', 'TargetGroup').includes('green') ? ' green' : '';
      return minute[`${textAt(metric, 'metric_name')}${group}`];
    }
    // First those that this one is made of.
    const others = queries.filter((other) => other !== query && used(query, other));
    for (const other of others) known.set(textAt(other, 'id'), value(other));
    const names = [...known.keys()];
    const body = `return ${textAt(query, 'expression')}`;
    const result: unknown = new Function('FILL', 'IF', ...names, body)(fill, choose, ...known.values());
    return typeof result === 'number' ? result : Number.NaN;
  };
  const returned = queries.find((query) => at(query, 'return_data') === true);
  return returned === undefined ? Number.NaN : (value(returned) ?? Number.NaN);
}

function used(query: Parameters<typeof textAt>[0], other: Parameters<typeof textAt>[0]): boolean {
  return new RegExp(`\\b${textAt(other, 'id')}\\b`).test(textAt(query, 'expression'));
}

test('CloudWatch has nothing against the plan, and each metric is there with its dimensions', () => {
  expect(ofType(plan, 'aws_cloudwatch_metric_alarm')).toHaveLength(6);
  expect(runtimeChecks.flatMap((check) => check.run(plan))).toEqual([]);
});

describe('errors', () => {
  test.each<[string, Minute, number]>([
    ['nobody asked', {}, 0],
    ['all is well', { RequestCount: 100 }, 0],
    ['one of a hundred fails', { RequestCount: 100, HTTPCode_Target_5XX_Count: 1 }, 1],
    ['the service fails', { RequestCount: 100, HTTPCode_Target_5XX_Count: 100 }, 100],
    ['tasks crash, and the load balancer answers 502', { RequestCount: 100, HTTPCode_ELB_5XX_Count: 30 }, 30],
    ['there is no task', { HTTPCode_ELB_5XX_Count: 50, HTTPCode_ELB_503_Count: 50 }, 100],
    [
      'tasks are there for half of the requests',
      { RequestCount: 50, HTTPCode_ELB_5XX_Count: 50, HTTPCode_ELB_503_Count: 50 },
      50,
    ],
    ['all of too few fail', { RequestCount: 19, HTTPCode_Target_5XX_Count: 19 }, 0],
    ['all of just enough fail', { RequestCount: 20, HTTPCode_Target_5XX_Count: 20 }, 100],
  ])('where %s', (_, minute, percent) => {
    expect(readingOf('errors', minute)).toBeCloseTo(percent, 10);
  });

  test('go off above 5%, in two of three minutes', () => {
    expect(alarm('errors')).toMatchObject({
      threshold: 5,
      comparison_operator: 'GreaterThanThreshold',
      datapoints_to_alarm: 2,
      evaluation_periods: 3,
      treat_missing_data: 'notBreaching',
    });
  });
});

describe('latency', () => {
  test.each<[string, Minute, number]>([
    ['nobody asked', {}, 0],
    ['requests are slow', { RequestCount: 100, TargetResponseTime: 1.2 }, 1.2],
    ['a handful is slow', { RequestCount: 19, TargetResponseTime: 9 }, 0],
    ['no request was answered', { RequestCount: 100 }, 0],
  ])('where %s', (_, minute, seconds) => {
    expect(readingOf('latency', minute)).toBe(seconds);
  });

  test('is the 95th percentile, against the objective of the service', async () => {
    const rules = await readFile(resolve(service, '../../monitoring/rules/performance.yml'), 'utf8');
    const objective = /alert: HighModelLatency\n\s+expr: \S+ > ([0-9.]+) /.exec(rules)?.[1];
    expect(at(alarm('latency'), 'threshold')).toBe(Number(objective));
    const stats = listAt(alarm('latency'), 'metric_query').map((query) =>
      textAt(blockIn(query, 'metric'), 'stat'),
    );
    expect(stats.filter((stat) => stat !== '').toSorted()).toEqual(['Sum', 'p95']);
  });
});

test.each<[string, Minute, number]>([
  ['all are ready', { UnHealthyHostCount: 0 }, 0],
  ['one of blue is not', { UnHealthyHostCount: 1 }, 1],
  ['one of green is not', { 'UnHealthyHostCount green': 1 }, 1],
  ['one of each is not', { UnHealthyHostCount: 1, 'UnHealthyHostCount green': 1 }, 2],
])('unhealthy tasks, where %s', (_, minute, tasks) => {
  expect(readingOf('unhealthy', minute)).toBe(tasks);
});

test.each<[string, Minute, number]>([
  ['all run', { DesiredTaskCount: 3, RunningTaskCount: 3 }, 0],
  ['one is lacking', { DesiredTaskCount: 3, RunningTaskCount: 2 }, 1],
  ['a deployment has more', { DesiredTaskCount: 3, RunningTaskCount: 6 }, -3],
  ['none is wanted', { DesiredTaskCount: 0, RunningTaskCount: 0 }, 0],
])('lacking tasks, where %s', (_, minute, tasks) => {
  expect(readingOf('tasks', minute)).toBe(tasks);
});

test('tasks that start in time are no alarm', () => {
  for (const name of ['unhealthy', 'tasks'])
    expect(Number(at(alarm(name), 'datapoints_to_alarm')) * 60).toBeGreaterThan(240);
});

test('where Container Insights tells nothing, people are told, and no deployment is stopped', () => {
  const { treat_missing_data, insufficient_data_actions: actions } = alarm('tasks');
  expect(treat_missing_data).toBe('missing');
  const unknown = ofType(plan, 'aws_cloudwatch_metric_alarm').find(({ address }) =>
    address.endsWith('.tasks'),
  )?.unknown;
  expect([actions, at(unknown, 'insufficient_data_actions')]).not.toEqual([null, undefined]);
});

test('the filters of the log look for what the service writes', async () => {
  const patterns = ofType(plan, 'aws_cloudwatch_log_metric_filter').map(({ values }) =>
    textAt(values, 'pattern'),
  );
  expect(patterns).toEqual([
    '{ ($.level = "error") || ($.level = "fatal") }',
    '{ $.message = "the new model cannot be served*" }',
  ]);
  const log = await readFile(resolve(service, 'lifecycle/log.ts'), 'utf8');
  expect(log).toContain("messageKey: 'message'");
  expect(log).toContain('level: (label: string) => ({ level: label })');
  expect(await readFile(resolve(service, 'model/model-host.ts'), 'utf8')).toContain(
    "'the new model cannot be served;",
  );
});

test('the key of the topic may be used by CloudWatch, without which nobody is told', () => {
  const [key] = ofType(plan, 'aws_kms_key');
  const policy: unknown = JSON.parse(textAt(key?.values, 'policy'));
  expect(policy).toMatchObject({
    Statement: [
      { Sid: 'Account' },
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      },
    ],
  });
  expect(ofType(plan, 'aws_sns_topic_subscription')).toHaveLength(2);
});

test('the module is valid, and refuses what it should, by its own tests', async () => {
  expect(await problemsOfModule('monitoring')).toEqual([]);
}, 600_000);
