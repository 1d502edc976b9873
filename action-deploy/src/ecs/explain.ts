/** Failures of calls as sentences. */

import { RunError } from '../../../core/inputs/index.ts';
import { explain } from '../aws/index.ts';
import { type CallFailure, isFailure } from './call-failure.ts';
import { cleanLine } from './clean.ts';

const doing: Readonly<Record<string, string>> = {
  DescribeServices: 'reading the service',
  DescribeTaskDefinition: 'reading the task definition',
  RegisterTaskDefinition: 'registering the task definition',
  UpdateService: 'updating the service',
  ListServiceDeployments: 'listing the deployments of the service',
  DescribeServiceDeployments: 'reading the deployment of the service',
  DescribeServiceRevisions: 'reading the revisions of the service',
  StopServiceDeployment: 'stopping the deployment',
  ContinueServiceDeployment: 'going on with the paused deployment',
  ListTasks: 'listing the tasks of the service',
  DescribeTasks: 'reading the tasks of the service',
  ListClusters: 'listing the clusters',
  ListServices: 'listing the services of the cluster',
  GetLogEvents: 'reading the log of a container',
  DescribeAlarms: 'reading the alarms of the service',
};

/** What the permission must cover, where AWS does not say. */
const resources: Readonly<Record<string, string>> = {
  RegisterTaskDefinition: '*',
  DescribeTaskDefinition: '*',
  ListClusters: '*',
  GetLogEvents: 'the log group of the container',
};

/** One line, without a full stop: what went wrong, and what to do where that is known. */
export function explained(failure: CallFailure): string {
  const { kind, operation, action, origin } = failure;
  const what = doing[operation] ?? operation;
  if (kind === 'ended') return `${what}: the time was up, or the job was cancelled`;
  if (kind === 'no-such-operation') return `${what}: this ECS does not know ${operation}`;
  const resource = resources[operation] ?? 'the service';
  return cleanLine(explain(origin, { doing: what, action, resource }).message, 700);
}

/**
 * Runs what changes nothing that runs; a failed call becomes the error that a user sees.
 *
 * @throws RunError
 */
export async function reading<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw new RunError(explained(error));
  }
}
