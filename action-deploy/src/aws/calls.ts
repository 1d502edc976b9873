/**
 * What the action asks of AWS, and which permissions that takes. The table is the source of the README's policy; the
 * clients keep record of the calls that were made, so that a test can hold one against the other.
 */

/** A call that was made. */
export interface AwsCall {
  /** Prefix of the IAM action: `ecs`. */
  readonly service: string;
  /** `UpdateService` */
  readonly operation: string;
  /** `ecs:UpdateService` */
  readonly action: string;
}

export interface IamNeed {
  /** What it is for; the README's policy says it. */
  readonly why: string;
  /** Actions that AWS asks for beside the operation's own. */
  readonly also?: readonly string[];
  /** The action does without it, and says so in a notice. */
  readonly optional?: true;
}

/** IAM's prefix by the name of the SDK's client. */
const services: Readonly<Record<string, string>> = {
  ECSClient: 'ecs',
  ECRClient: 'ecr',
  EKSClient: 'eks',
  CloudWatchClient: 'cloudwatch',
  CloudWatchLogsClient: 'logs',
};

/**
 * Every action that a call of ours may need. For the operations used, IAM's action has the operation's name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const iamNeeds: Readonly<Record<string, IamNeed>> = {
  'ecr:BatchGetImage': { why: 'the digest of a tag, and what an image was built for' },
  'ecr:GetDownloadUrlForLayer': { why: 'what an image that is no index was built for' },
  'ecr:DescribeImages': { why: 'names the tags nearest to one that does not exist', optional: true },
  'ecr:DescribeRepositories': {
    why: 'names the repositories nearest to one that does not exist',
    optional: true,
  },
  'ecr:DescribeImageScanFindings': { why: '`max-scan-severity`' },
  'eks:DescribeCluster': { why: 'address and certificate of the cluster' },
  'ecs:DescribeServices': { why: 'what runs' },
  'ecs:DescribeTaskDefinition': { why: 'what the new task definition is made from' },
  'ecs:RegisterTaskDefinition': { why: 'the new task definition', also: ['iam:PassRole', 'ecs:TagResource'] },
  'ecs:UpdateService': { why: 'starts the rollout, and restores what was there', also: ['iam:PassRole'] },
  'ecs:ListServiceDeployments': { why: 'finds the rollout, and others beside it' },
  'ecs:DescribeServiceDeployments': { why: 'how the rollout goes' },
  'ecs:DescribeServiceRevisions': { why: 'which images run' },
  'ecs:StopServiceDeployment': { why: 'rolls back' },
  'ecs:ContinueServiceDeployment': { why: 'goes on after a pause, or rolls back' },
  'ecs:ListTasks': { why: 'the tasks of the rollout' },
  'ecs:DescribeTasks': { why: 'why tasks stopped' },
  'ecs:ListClusters': { why: 'names the clusters nearest to one that does not exist', optional: true },
  'ecs:ListServices': { why: 'names the services nearest to one that does not exist', optional: true },
  'logs:GetLogEvents': { why: 'the last log lines of tasks that stopped', optional: true },
  'cloudwatch:DescribeAlarms': { why: 'why an alarm went off', optional: true },
};

/** The calls in the order in which they were made, repeated attempts not counted. */
export class CallRecord {
  private readonly made: AwsCall[] = [];

  get calls(): readonly AwsCall[] {
    return this.made;
  }

  /** Each action once, sorted. */
  get actions(): readonly string[] {
    return [...new Set(this.made.map(({ action }) => action))].sort();
  }

  /** @param client name of the SDK's class: `ECSClient` @param command `UpdateServiceCommand` */
  add(client: string, command: string): void {
    this.made.push(callOf(client, command));
  }
}

export function callOf(client: string, command: string): AwsCall {
  const service = services[client] ?? client.replace(/Client$/, '').toLowerCase();
  const operation = command.replace(/Command$/, '');
  return { service, operation, action: `${service}:${operation}` };
}

/** Actions of the record that the table does not know; empty is right. */
export function unlistedActions(record: CallRecord): readonly string[] {
  return record.actions.filter((action) => iamNeeds[action] === undefined);
}
