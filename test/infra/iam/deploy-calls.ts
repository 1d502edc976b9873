/** Calls that the simulator of ECS has seen, as IAM sees them: each with the resources that it is asked about. */

import type { Call } from '../../../check-infra/iam/index.ts';
import { isObject, type JsonObject, listAt, textAt } from '../../../core/kubernetes/index.ts';
import { ecsArn } from './policies.ts';

interface Seen {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
}

/** @throws Error for an operation whose resources are not known here. */
export function iamCalls({ service, operation, input: given }: Seen): Call[] {
  const input: JsonObject = isObject(given) ? given : {};
  const action = `${service}:${operation}`;
  const cluster = last(textAt(input, 'cluster'));
  const of = (resources: readonly string[], context = {}): Call[] =>
    resources.map((resource) => ({ action, resource, context }));
  const texts = (key: string): string[] => listAt(input, key).map(String);
  const serviceArn = (name: string): string =>
    name.startsWith('arn:') ? name : ecsArn(`service/${cluster}/${name}`);
  switch (operation) {
    case 'DescribeServices':
      return of(texts('services').map(serviceArn));
    case 'UpdateService':
    case 'ListServiceDeployments':
      return of([serviceArn(textAt(input, 'service'))]);
    case 'DescribeServiceDeployments':
      return of(texts('serviceDeploymentArns'));
    case 'DescribeServiceRevisions':
      return of(texts('serviceRevisionArns'));
    case 'StopServiceDeployment':
    case 'ContinueServiceDeployment':
      return of([textAt(input, 'serviceDeploymentArn')]);
    case 'ListTasks':
      return of(['*'], { 'ecs:cluster': ecsArn(`cluster/${cluster}`) });
    case 'DescribeTasks':
      return of(texts('tasks'));
    case 'DescribeTaskDefinition':
      return of(['*']);
    case 'RegisterTaskDefinition': {
      const arn = ecsArn(`task-definition/${textAt(input, 'family')}:1`);
      const roles = ['taskRoleArn', 'executionRoleArn']
        .map((key) => textAt(input, key))
        .filter((role) => role !== '');
      return [
        ...of([arn]),
        { action: 'ecs:TagResource', resource: arn, context: { 'ecs:CreateAction': operation } },
        ...roles.map((resource) => ({
          action: 'iam:PassRole',
          resource,
          context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
        })),
      ];
    }
    case 'GetLogEvents': {
      const [group, stream] = [textAt(input, 'logGroupName'), textAt(input, 'logStreamName')];
      return of([`arn:aws:logs:eu-west-1:123456789012:log-group:${group}:log-stream:${stream}`]);
    }
    case 'DescribeAlarms':
      return of(texts('AlarmNames').map((name) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`));
    default:
      throw new Error(`${action} has resources that are not known here`);
  }
}

function last(text: string): string {
  return text.split('/').at(-1) ?? '';
}
