/** Why alarms went off, in CloudWatch's words. */

import * as sdk from '@aws-sdk/client-cloudwatch';
import { isFailure } from './call-failure.ts';
import type { Calls, Scope } from './calls.ts';
import { once } from './command.ts';
import { explained } from './explain.ts';

export interface AlarmReasons {
  /** By name; without those that are over, or are not metric or composite alarms of this account. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
}

/** ECS takes at most ten alarms; so many are asked for at once. */
const mostNames = 100;

/** What cannot be read is left out, with a notice. */
export async function readAlarmReasons(
  client: () => Promise<sdk.CloudWatchClient>,
  calls: Calls,
  names: readonly string[],
  scope: Scope,
): Promise<AlarmReasons> {
  if (names.length === 0) return { reasons: new Map(), notices: [] };
  try {
    const cloudwatch = await client();
    const input = {
      AlarmNames: names.slice(0, mostNames),
      AlarmTypes: [sdk.AlarmType.MetricAlarm, sdk.AlarmType.CompositeAlarm],
    };
    const output = await calls.read(
      'DescribeAlarms',
      scope,
      (options) => cloudwatch.send(once(new sdk.DescribeAlarmsCommand(input)), options),
      3,
    );
    const found = [...(output.MetricAlarms ?? []), ...(output.CompositeAlarms ?? [])];
    const reasons = new Map<string, string>();
    for (const { AlarmName: name, StateValue: state, StateReason: reason } of found) {
      if (name !== undefined && state === 'ALARM' && reason !== undefined) reasons.set(name, reason);
    }
    return { reasons, notices: [] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { reasons: new Map(), notices: [`why an alarm went off was not read: ${explained(error)}`] };
  }
}
