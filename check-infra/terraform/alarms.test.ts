import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { alarmMetrics, alarmShape } from './alarms.ts';
import type { Planned } from './plan.ts';
import { planned, said } from './testing.ts';

function alarm(values: JsonObject): Planned {
  return planned('aws_cloudwatch_metric_alarm', {
    alarm_name: 'api-errors',
    comparison_operator: 'GreaterThanThreshold',
    evaluation_periods: 3,
    ...values,
  });
}

const on = (namespace: string, metric_name: string, ...dimensions: string[]): Planned =>
  alarm({
    namespace,
    metric_name,
    period: 60,
    statistic: 'Sum',
    dimensions: Object.fromEntries(dimensions.map((name) => [name, 'x'])),
  });

const metric = { namespace: 'AWS/ApplicationELB', metric_name: 'RequestCount', period: 60, stat: 'Sum' };

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
test.each([
  on('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'LoadBalancer'),
  on('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'TargetGroup', 'LoadBalancer'),
  on('AWS/ApplicationELB', 'UnHealthyHostCount', 'LoadBalancer', 'TargetGroup'),
  on('AWS/ApplicationELB', 'RequestCountPerTarget', 'TargetGroup'),
  on('ECS/ContainerInsights', 'RunningTaskCount', 'ClusterName', 'ServiceName'),
  on('AWS/ECS', 'CPUUtilization', 'ClusterName', 'ServiceName'),
  on('MlPlatform/api', 'LogErrors'),
  on('AWS/ApplicationELB', 'PeakLCUs', 'LoadBalancer'),
])('$values.metric_name with $values.dimensions is there', (one) => {
  expect(said(alarmMetrics, one)).toEqual([]);
});

test.each<[Planned, string, string]>([
  [
    on('AWS/ApplicationELB', 'UnhealthyHostCount', 'LoadBalancer', 'TargetGroup'),
    'AWS/ApplicationELB has no metric UnhealthyHostCount',
    'did you mean UnHealthyHostCount?',
  ],
  [
    on('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 'LoadBalancer', 'TargetGroup'),
    'AWS/ApplicationELB has no HTTPCode_ELB_5XX_Count with LoadBalancer, TargetGroup',
    'it is there with LoadBalancer; or with AvailabilityZone, LoadBalancer',
  ],
  [
    on('AWS/ApplicationELB', 'UnHealthyHostCount', 'LoadBalancer'),
    'AWS/ApplicationELB has no UnHealthyHostCount with LoadBalancer',
    'it is there with LoadBalancer, TargetGroup; or with AvailabilityZone, LoadBalancer, TargetGroup',
  ],
  [
    on('ECS/ContainerInsights', 'RunningTaskCount', 'ServiceName'),
    'ECS/ContainerInsights has no RunningTaskCount with ServiceName',
    'it is there with ClusterName, ServiceName',
  ],
  [
    on('AWS/ECS', 'RunningTaskCount', 'ClusterName', 'ServiceName'),
    'AWS/ECS has no metric RunningTaskCount',
    'it is in the namespace ECS/ContainerInsights',
  ],
  [
    on('AWS/ECS', 'CPUUtilization'),
    'AWS/ECS has no CPUUtilization with no dimensions',
    'it is there with ClusterName; or with ClusterName, ServiceName',
  ],
])('$1.message', (one, message, mend) => {
  expect(alarmMetrics.run([one])).toEqual([{ address: one.address, message, mend }]);
});

test('metrics of expressions are looked at, with dimensions whose values are known later', () => {
  const values = {
    alarm_name: 'api',
    metric_query: [
      { id: 'm', metric: [{ ...metric, dimensions: {} }] },
      { id: 'n', metric: [{ ...metric, dimensions: { TargetGroup: 'x' } }] },
    ],
  };
  const unknown = {
    metric_query: [{ metric: [{ dimensions: { LoadBalancer: true } }] }, { metric: [{ dimensions: {} }] }],
  };
  expect(said(alarmMetrics, planned('aws_cloudwatch_metric_alarm', values, unknown))).toEqual([
    'aws_cloudwatch_metric_alarm.this: AWS/ApplicationELB has no RequestCount with TargetGroup',
  ]);
});

const share = [
  { id: 'failed', metric: [metric], return_data: false },
  { id: 'taken', metric: [metric], return_data: false },
  { id: 'share', expression: 'IF(taken > 20, 100 * FILL(failed, 0) / taken, 0)', return_data: true },
];

test.each<[string, Planned]>([
  ['one metric', alarm({ metric_name: 'X', namespace: 'Y', period: 300 })],
  ['expressions', alarm({ metric_query: share, datapoints_to_alarm: 2 })],
  [
    'texts in expressions',
    alarm({ metric_query: [{ id: 'e', expression: "SEARCH('some words', 'Sum')", return_data: true }] }),
  ],
])('%s are taken', (_, one) => {
  expect(said(alarmShape, one)).toEqual([]);
});

test.each<[string, Planned]>([
  ['it needs 4 of 3 periods', alarm({ datapoints_to_alarm: 4 })],
  ['there is no comparison GreaterThan', alarm({ comparison_operator: 'GreaterThan' })],
  ['missing data cannot be notbreaching', alarm({ treat_missing_data: 'notbreaching' })],
  ['its period is 45 s, and periods are 10, 20, 30 or multiples of 60', alarm({ period: 45 })],
  [
    'it looks back 777600 s, and CloudWatch looks back a week at most',
    alarm({ period: 86_400, evaluation_periods: 9 }),
  ],
  [
    'it has a metric and expressions, and CloudWatch takes one of them',
    alarm({ metric_name: 'X', metric_query: share, datapoints_to_alarm: 2 }),
  ],
  [
    '0 of its expressions return data, and one is what the threshold is held against',
    alarm({ metric_query: share.slice(0, 2) }),
  ],
  [
    'the expression share is of taken, which no metric_query has as its id',
    alarm({
      metric_query: [share[0] ?? {}, { ...share[2], expression: 'failed / taken' }],
    }),
  ],
  [
    'the id Failed does not begin with a lower-case letter',
    alarm({ metric_query: [{ id: 'Failed', metric: [metric], return_data: true }] }),
  ],
  [
    'it fills up missing data and needs 3 of 3 periods: the latest minute is often late, and then it cannot go off',
    alarm({ metric_query: share }),
  ],
])('%s', (message, one) => {
  expect(said(alarmShape, one)).toEqual([`aws_cloudwatch_metric_alarm.this: ${message}`]);
});
