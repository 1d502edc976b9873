/**
 * How tasks die, in the words of Amazon ECS. Sources:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html (stop codes and messages),
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resolve-stopped-errors.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html,
 * https://repost.aws/knowledge-center/ecs-task-stopped (exit codes).
 */

/** What the messages speak of. */
export interface FailureContext {
  readonly service: string;
  readonly task: string;
  readonly container: string;
  readonly image: string;
  readonly port: number;
  readonly targetGroup: string;
  readonly account: string;
  readonly region: string;
}

export interface TaskFailure {
  /** `start`: before it runs; `run`: while it does. */
  readonly phase: 'start' | 'run';
  /** Milliseconds after the creation (`start`) or after it began to run (`run`). */
  readonly afterMs: number;
  readonly stopCode: string;
  readonly stoppedReason: (context: FailureContext) => string;
  readonly exitCode: number | null;
  readonly containerReason: ((context: FailureContext) => string) | null;
  readonly logLines: readonly string[];
  /** What the events of the service say; null: nothing. */
  readonly event: ((context: FailureContext) => string) | null;
  /** The scheduler stops the task and starts another in its place. */
  readonly unhealthy: boolean;
  /** Whether a deployment counts it as a failure; an interruption is none. */
  readonly counts: boolean;
}

const startFailure = (message: (context: FailureContext) => string): TaskFailure => ({
  phase: 'start',
  afterMs: 25_000,
  stopCode: 'TaskFailedToStart',
  stoppedReason: message,
  exitCode: null,
  containerReason: null,
  logLines: [],
  event: null,
  unhealthy: false,
  counts: true,
});

const exit = (exitCode: number, logLines: readonly string[], containerReason?: string): TaskFailure => ({
  phase: 'run',
  afterMs: 5_000,
  stopCode: 'EssentialContainerExited',
  stoppedReason: () => 'Essential container in task exited',
  exitCode,
  containerReason: containerReason === undefined ? null : () => containerReason,
  logLines,
  event: null,
  unhealthy: false,
  counts: true,
});

const pullFailure = (message: (context: FailureContext) => string): TaskFailure => ({
  ...startFailure((context) => `CannotPullContainerError: ${message(context)}`),
  containerReason: (context) => `CannotPullContainerError: ${message(context)}`,
});

export const taskFailures = {
  'cannot-pull-not-found': pullFailure(
    ({ image }) =>
      `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
  ),
  'cannot-pull-platform': pullFailure(
    () =>
      `pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'`,
  ),
  'cannot-pull-denied': pullFailure(
    ({ image, account, region }) =>
      `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: pulling from host ${account}.dkr.ecr.${region}.amazonaws.com failed with status code [manifests latest]: 403 Forbidden`,
  ),
  'cannot-pull-network': pullFailure(
    ({ image }) =>
      `pull image manifest has been retried 5 time(s): failed to resolve ref ${image}: failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp 34.205.13.154:443: i/o timeout`,
  ),
  'init-secrets': startFailure(
    ({ account, region }) =>
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:${region}:${account}:secret:db-AbCdEf from secrets manager: AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/ecsTaskExecutionRole/0123456789abcdef is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:${region}:${account}:secret:db-AbCdEf because no identity-based policy allows the secretsmanager:GetSecretValue action`,
  ),
  'init-logs': startFailure(
    () =>
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  ),
  'cannot-start': {
    ...startFailure(() => 'CannotStartContainerError: failed to get container status: exit status 127'),
    containerReason: () => 'CannotStartContainerError: failed to get container status: exit status 127',
  },
  'runtime-timeout': {
    ...startFailure(
      () => 'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s',
    ),
    afterMs: 180_000,
  },
  'out-of-memory': exit(
    137,
    ['loading model', 'allocating 3.1 GiB'],
    'OutOfMemoryError: Container killed due to memory usage',
  ),
  'exit-1': exit(1, [
    'starting server',
    'Traceback (most recent call last):',
    '  File "/app/serve.py", line 12, in <module>',
    "KeyError: 'MODEL_PATH'",
  ]),
  'exit-0': exit(0, ['done']),
  'exec-format': exit(1, ['exec /usr/local/bin/serve: exec format error']),
  'container-health': {
    phase: 'run',
    afterMs: 120_000,
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: () => 'Task failed container health checks',
    exitCode: 137,
    containerReason: null,
    logLines: ['GET /health 503'],
    event: ({ service, task }) => `(service ${service}) (task ${task}) failed container health checks.`,
    unhealthy: true,
    counts: true,
  },
  'elb-health': {
    phase: 'run',
    afterMs: 90_000,
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: ({ targetGroup }) => `Task failed ELB health checks in (target-group ${targetGroup})`,
    exitCode: 143,
    containerReason: null,
    logLines: ['GET /ready 500'],
    event: ({ service, task, port, targetGroup }) =>
      `(service ${service}) (task ${task}) (port ${port}) is unhealthy in (target-group ${targetGroup}) due to (reason Health checks failed with these codes: [500]).`,
    unhealthy: true,
    counts: true,
  },
  spot: {
    phase: 'run',
    afterMs: 60_000,
    stopCode: 'SpotInterruption',
    stoppedReason: () => 'Your Spot Task was interrupted.',
    exitCode: 143,
    containerReason: null,
    logLines: [],
    event: null,
    unhealthy: false,
    counts: false,
  },
  'stopped-by-user': {
    phase: 'run',
    afterMs: 30_000,
    stopCode: 'UserInitiated',
    stoppedReason: () => 'Task stopped by user',
    exitCode: 143,
    containerReason: null,
    logLines: [],
    event: null,
    unhealthy: false,
    counts: false,
  },
} as const satisfies Record<string, TaskFailure>;

export type FailureName = keyof typeof taskFailures;
