/** What a deploy asks of CloudWatch and of its logs. */

import type { DescribeAlarmsInput } from '@aws-sdk/client-cloudwatch';
import type { FilterLogEventsRequest, GetLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';
import { alarmArn } from '../names.ts';
import type { State } from '../state.ts';
import { ApiError, UnsimulatedError } from './api-error.ts';
import { type Json, type Operation, reads, seconds } from './operation.ts';

export const alarmOperations: Readonly<Record<string, Operation>> = {
  DescribeAlarms: reads(({ state }, input: DescribeAlarmsInput) => {
    const { AlarmNames, StateValue, AlarmNamePrefix = '', ...others } = input;
    const unknown = Object.keys(others).filter((name) => name !== 'AlarmTypes' && name !== 'MaxRecords');
    if (unknown.length > 0) throw new UnsimulatedError(`DescribeAlarms with ${unknown.join(', ')}`);
    const found = state.alarms
      .filter(({ name }) => AlarmNames === undefined || AlarmNames.includes(name))
      .filter(({ name }) => name.startsWith(AlarmNamePrefix))
      .filter(({ value }) => StateValue === undefined || value === StateValue);
    return {
      CompositeAlarms: [],
      MetricAlarms: found.map(({ name, value, reason, updatedAt }) => ({
        AlarmName: name,
        AlarmArn: alarmArn(state, name),
        ActionsEnabled: true,
        StateValue: value,
        StateReason: reason,
        StateUpdatedTimestamp: seconds(updatedAt),
        MetricName: 'HTTPCode_Target_5XX_Count',
        Namespace: 'AWS/ApplicationELB',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 10,
        ComparisonOperator: 'GreaterThanThreshold',
      })),
    };
  }),
};

export const logOperations: Readonly<Record<string, Operation>> = {
  GetLogEvents: reads(({ state }, input: GetLogEventsRequest) => {
    const group = groupOf(state, input);
    const stream = input.logStreamName ?? '';
    const lines = state.logs.filter((line) => line.group === group && line.stream === stream);
    if (lines.length === 0) notFound('The specified log stream does not exist.');
    const { limit = 10_000, startFromHead = false } = input;
    const shown = startFromHead ? lines.slice(0, limit) : lines.slice(-limit);
    return {
      events: shown.map(({ at, message }) => ({ timestamp: at, message, ingestionTime: at })),
      nextForwardToken: `f/${stream.length}`,
      nextBackwardToken: `b/${stream.length}`,
    };
  }),
  FilterLogEvents: reads(({ state }, input: FilterLogEventsRequest) => {
    const group = groupOf(state, input);
    if (input.filterPattern !== undefined) throw new UnsimulatedError('FilterLogEvents with a pattern');
    const { logStreamNames, logStreamNamePrefix = '', startTime = 0, limit = 10_000 } = input;
    const lines = state.logs.filter(
      (line) =>
        line.group === group &&
        (logStreamNames === undefined || logStreamNames.includes(line.stream)) &&
        line.stream.startsWith(logStreamNamePrefix) &&
        line.at >= startTime,
    );
    return {
      events: lines.slice(0, limit).map(
        ({ stream, at, message }, i): Json => ({
          logStreamName: stream,
          timestamp: at,
          message,
          ingestionTime: at,
          eventId: String(i),
        }),
      ),
    };
  }),
};

function groupOf(
  state: State,
  {
    logGroupName,
    logGroupIdentifier,
  }: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): string {
  const group = logGroupName ?? logGroupIdentifier?.replace(/^arn:aws:logs:[^:]*:\d*:log-group:/, '') ?? '';
  if (!state.logs.some((line) => line.group === group)) notFound('The specified log group does not exist.');
  return group;
}

function notFound(message: string): never {
  throw new ApiError('ResourceNotFoundException', message);
}
