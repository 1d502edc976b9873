/**
 * What the words of ECS, of its agents and of exit codes usually mean, for one line on a telephone. Sources:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 * https://repost.aws/knowledge-center/ecs-task-stopped (exit codes)
 */

interface Hint {
  readonly when: RegExp;
  readonly hint: string;
  /** Another attempt cannot end otherwise. */
  readonly lasting?: true;
}

/** The first that fits is shown. */
const hints: readonly Hint[] = [
  {
    when: /exec format error|descriptor (?:matching|for) platform|no matching manifest|image operating system/i,
    hint: 'the image is built for another architecture than the service runs on',
    lasting: true,
  },
  { when: /OutOfMemory/i, hint: 'out of memory: raise `memory`, or use less' },
  { when: /no space left on device/i, hint: 'the disk of the instance is full' },
  {
    when: /toomanyrequests|pull rate limit/i,
    hint: 'the registry limits pulls; pull through ECR, or with credentials',
  },
  {
    when: /CannotPull.*(?:not found|manifest unknown|does not exist|NotFound)/is,
    hint: 'the image is not in the registry (deleted, or another account or region)',
    lasting: true,
  },
  {
    when: /CannotPull.*(?:403|denied|unauthorized|no basic auth|authorization)/is,
    hint: 'the execution role may not pull it',
    lasting: true,
  },
  {
    when: /CannotPull.*(?:timeout|timed out|canceled|deadline|no such host|dial tcp|connection re)/is,
    hint: 'no way from the task to the registry (subnet, NAT, endpoint, security group)',
  },
  {
    when: /AccessDenied.*(?:secretsmanager|ssm|kms)|(?:secretsmanager|ssm|kms).*AccessDenied/is,
    hint: 'the execution role may not read the secret',
    lasting: true,
  },
  {
    when: /secret.*(?:ResourceNotFound|can't find|not found)|invalid ssm parameters|ParameterNotFound/is,
    hint: 'the secret does not exist',
    lasting: true,
  },
  {
    when: /did not contain json key|invalid character .* (?:literal|looking for)/is,
    hint: 'the secret does not hold the JSON key that the task definition asks for',
    lasting: true,
  },
  {
    when: /log (?:group|stream).*(?:does not exist|not found)|failed to create Cloudwatch log stream: ResourceNotFound/is,
    hint: 'the log group of the container does not exist',
    lasting: true,
  },
  {
    when: /log(?:ger|ging| group| stream).*AccessDenied|AccessDenied.*logs:/is,
    hint: 'the execution role may not write logs',
    lasting: true,
  },
  {
    when: /unable to pull secrets or registry auth.*(?:timeout|deadline|canceled|connection issue|dial tcp|network)/is,
    hint: 'no way from the task to the secrets or to ECR (subnet, NAT, endpoint, security group)',
  },
  { when: /EFS|efs/, hint: 'the EFS volume cannot be mounted (security group, DNS, access point)' },
  {
    when: /executable file not found|no such file or directory.*exec|exec: .*permission denied/is,
    hint: 'the command of the container is not in the image, or not executable',
    lasting: true,
  },
  {
    when: /(?:cannot|unable to) assume (?:the )?role|role.*(?:does not exist|cannot be assumed)/is,
    hint: 'ECS cannot assume the role of the task',
    lasting: true,
  },
  { when: /capacity is unavailable|insufficient capacity/i, hint: 'AWS has no capacity there now' },
  {
    when: /network interface provisioning|RESOURCE:ENI|insufficient.*(?:ip|address)/is,
    hint: 'no network interface or address is free in the subnet',
  },
];

/** Meanings of the shell and of signals; empty: none is known. */
export function hintOfExit(code: number): string {
  switch (code) {
    case 0:
      return 'it ended by itself; a container of a service must go on';
    case 126:
      return 'the command is not executable';
    case 127:
      return 'the command was not found in the image';
    case 134:
      return 'it aborted (SIGABRT)';
    case 137:
      return 'killed (SIGKILL): out of memory, or it did not stop in time';
    case 139:
      return 'segmentation fault; often a library for another architecture';
    case 143:
      return 'it was told to stop (SIGTERM)';
    default:
      return '';
  }
}

/** Null: nothing is known of it. */
export function hintOf(text: string): { readonly hint: string; readonly lasting: boolean } | null {
  const found = hints.find(({ when }) => when.test(text));
  return found === undefined ? null : { hint: found.hint, lasting: found.lasting === true };
}
