/** The last log lines of a container that died, where they are in CloudWatch Logs and may be read. */

import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { isFailure } from './call-failure.ts';
import type { Calls, Scope } from './calls.ts';
import { cleanLines } from './clean.ts';
import { once } from './command.ts';
import { explained } from './explain.ts';
import { isObject, type JsonObject, textIn } from './json.ts';
import { containerOf } from './task-definition.ts';
import type { TaskFailure } from './task-failure.ts';

/** @param region null: that of the service */
export type LogsClient = (region: string | null) => Promise<sdk.CloudWatchLogsClient>;

export interface LogPlace {
  readonly group: string;
  readonly stream: string;
  /** Null: that of the service. */
  readonly region: string | null;
}

/**
 * Null: the log is elsewhere. Without a prefix, only the instance's Docker knows the stream's name.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
export function logPlaceOf(definition: JsonObject, container: string, task: string): LogPlace | null {
  const configuration = containerOf(definition, container)?.logConfiguration;
  if (!isObject(configuration) || configuration.logDriver !== 'awslogs') return null;
  const options = isObject(configuration.options) ? configuration.options : {};
  const group = textIn(options, 'awslogs-group');
  const prefix = textIn(options, 'awslogs-stream-prefix');
  if (group === null || prefix === null) return null;
  return { group, stream: `${prefix}/${container}/${task}`, region: textIn(options, 'awslogs-region') };
}

export interface ReadLogs {
  /** By task. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly notices: readonly string[];
}

/** Events asked for; a message may have many lines. */
const limit = 20;

/** Of some tasks. What cannot be read is left out, with a notice. */
export async function readLogs(
  client: LogsClient,
  calls: Calls,
  definition: JsonObject,
  failures: readonly TaskFailure[],
  scope: Scope,
): Promise<ReadLogs> {
  const lines = new Map<string, readonly string[]>();
  for (const { container, task } of failures) {
    const place = container === null ? null : logPlaceOf(definition, container, task);
    if (place === null) continue;
    try {
      const logs = await client(place.region);
      const output = await calls.read(
        'GetLogEvents',
        scope,
        (options) =>
          logs.send(
            once(
              new sdk.GetLogEventsCommand({
                logGroupName: place.group,
                logStreamName: place.stream,
                limit,
                startFromHead: false,
              }),
            ),
            options,
          ),
        3,
      );
      lines.set(task, cleanLines((output.events ?? []).map(({ message }) => message ?? '')));
    } catch (error) {
      if (!isFailure(error)) throw error;
      // A container that never started has no stream.
      if (error.kind === 'refused') continue;
      return { lines, notices: [`the log of container ${container} was not read: ${explained(error)}`] };
    }
  }
  return { lines, notices: [] };
}
