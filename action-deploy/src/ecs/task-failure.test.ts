import { describe, expect, test } from 'vitest';
import type { Task } from './model.ts';
import { certainFailure, failureOf, grouped, sentenceOf } from './task-failure.ts';
import { at, type Container, container, failures, task } from './testing.ts';

function sentence(fields: Partial<Task>, telling = ''): string | null {
  const failure = failureOf(task(fields));
  return failure === null ? null : sentenceOf(failure, telling);
}

const startsWith = (stoppedReason: string) => sentence({ stoppedReason });

/**
 * Texts of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html, task_cannot_pull_image,
 * resource-initialization-error, and of issues in which people quote theirs.
 */
describe('a task that never ran', () => {
  test.each([
    [
      "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'.",
      /^the task failed to start: the image is built for another architecture .* - CannotPullContainerError/,
    ],
    [
      'CannotPullContainerError: failed to find a descriptor for platform {linux/amd64}',
      /another architecture/,
    ],
    [
      'CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref "docker.io/library/api:latest": pull access denied, repository does not exist or may require authorization',
      /the image is not in the registry/,
    ],
    [
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/1: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.',
      /the registry limits pulls/,
    ],
    [
      'CannotPullContainerError: AccessDeniedException: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ecr:GetAuthorizationToken',
      /the execution role may not pull it/,
    ],
    [
      'CannotPullContainerError: Error response from daemon: write /var/lib/docker/tmp/GetImageBlob: no space left on device',
      /the disk of the instance is full/,
    ],
    [
      'CannotPullContainerError: Error response from daemon: Get https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      /no way from the task to the registry/,
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 1.2.3.4:443: i/o timeout',
      /no way from the task to the secrets or to ECR/,
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:1:secret:db from secrets manager: AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue',
      /the execution role may not read the secret/,
    ],
    [
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
      /the secret does not exist/,
    ],
    [
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character 'p' in literal true (expecting 'r')",
      /does not hold the JSON key/,
    ],
    [
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
      /the log group of the container does not exist/,
    ],
    [
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-1.efs.eu-west-1.amazonaws.com"',
      /the EFS volume cannot be mounted/,
    ],
    [
      'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:370: starting container process caused: exec: "serve": executable file not found in $PATH: unknown',
      /the command of the container is not in the image/,
    ],
    [
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      /AWS has no capacity/,
    ],
    [
      'Timeout waiting for network interface provisioning to complete.',
      /no network interface or address is free/,
    ],
    [
      'ECS was unable to assume the role arn:aws:iam::1:role/x that was provided for this task.',
      /cannot assume the role/,
    ],
  ])('%s', (reason, expected) => {
    expect(startsWith(reason)).toMatch(expected);
  });

  test('a container says more than the task', () => {
    const containers = [
      container({ name: 'proxy' }),
      container({ reason: 'CannotPullContainerError: api: not found' }),
    ];
    expect(sentence({ stoppedReason: 'Task failed to start', containers })).toBe(
      'container app failed to start: the image is not in the registry (deleted, or another account or region) - CannotPullContainerError: api: not found',
    );
  });
});

describe('a task that ended', () => {
  const exited = (...containers: Container[]): Partial<Task> => ({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers,
  });
  test.each<[string, Partial<Task>, string, string]>([
    [
      'by itself',
      exited(container({ exitCode: 0 })),
      '',
      'container app exited with code 0: it ended by itself; a container of a service must go on',
    ],
    [
      'with an error of its own',
      exited(container({ exitCode: 1 })),
      'KeyError: x',
      'container app exited with code 1: KeyError: x',
    ],
    [
      'killed',
      exited(container({ exitCode: 137 })),
      '',
      'container app exited with code 137: killed (SIGKILL): out of memory, or it did not stop in time',
    ],
    [
      'out of memory',
      exited(container({ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' })),
      '',
      'container app exited with code 137: out of memory: raise `memory`, or use less - OutOfMemoryError: Container killed due to memory usage',
    ],
    [
      'segmentation fault',
      exited(container({ exitCode: 139 })),
      '',
      'container app exited with code 139: segmentation fault; often a library for another architecture',
    ],
    [
      'the wrong architecture, as its log says',
      exited(container({ exitCode: 255 })),
      'exec /bin/serve: exec format error',
      'container app exited with code 255: the image is built for another architecture than the service runs on - exec /bin/serve: exec format error',
    ],
    [
      'with others that were killed after it',
      exited(
        container({ name: 'proxy', exitCode: 143 }),
        container({ exitCode: 3 }),
        container({ name: 'agent', exitCode: 137 }),
      ),
      '',
      'container app exited with code 3',
    ],
  ])('%s', (_what, fields, telling, expected) => {
    expect(sentence(fields, telling)).toBe(expected);
  });

  test('while it stops, its exit code is waited for', () => {
    expect(sentence({ ...exited(container()), lastStatus: 'STOPPING' })).toBeNull();
    expect(sentence({ ...exited(container({ exitCode: 1 })), lastStatus: 'DEPROVISIONING' })).toBe(
      'container app exited with code 1',
    );
  });

  test('health checks', () => {
    const stopCode = 'ServiceSchedulerInitiated';
    const group = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/0123456789abcdef';
    expect(
      sentence({ stopCode, stoppedReason: `Task failed ELB health checks in (target-group ${group})` }),
    ).toBe('the task failed the health checks of target group web');
    const containers = [container({ name: 'proxy' }), container({ health: 'UNHEALTHY', exitCode: 137 })];
    expect(sentence({ stopCode, stoppedReason: 'Task failed container health checks', containers })).toBe(
      'container app failed its health check',
    );
  });

  test.each([
    ['ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)'],
    ['UserInitiated', 'Task stopped by user'],
    ['SpotInterruption', 'Your Spot Task was interrupted.'],
    ['TerminationNotice', 'Task is stopped by AWS'],
    [
      'InfrastructureHealth',
      'Amazon ECS is performing maintenance on the underlying infrastructure hosting the task.',
    ],
  ])('%s is no failure', (stopCode, stoppedReason) => {
    expect(sentence({ stopCode, stoppedReason })).toBeNull();
  });
});

describe('certainty', () => {
  test('what lasts is certain the second time, anything else the third', () => {
    const lasting = 'CannotPullContainerError: api: not found';
    const other =
      'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s';
    expect(certainFailure(failures([lasting, 1], [other, 2]))).toBeNull();
    expect(certainFailure(failures([lasting, 2]))?.first.reason).toBe('CannotPullContainerError');
    expect(certainFailure(failures([other, 3]))?.count).toBe(3);
  });

  test('tasks that were started together are one attempt', () => {
    const seconds = (from: number) => new Date(at.getTime() + from * 1_000);
    const wave = (number: number, size: number) =>
      Array.from({ length: size }, (_, i) => {
        const failed = failureOf(
          task({
            id: `${number}${i}`.padEnd(32, '0'),
            stopCode: 'EssentialContainerExited',
            containers: [container({ exitCode: 1 })],
            createdAt: seconds(60 * number),
            stoppedAt: seconds(60 * number + 30 + i),
          }),
        );
        if (failed === null) throw new Error('no failure');
        return failed;
      });
    expect(certainFailure(wave(0, 10))).toBeNull();
    expect(certainFailure([...wave(0, 1), ...wave(1, 1)])).toBeNull();
    expect(certainFailure([...wave(0, 10), ...wave(1, 1)])).toMatchObject({ count: 11, attempts: 2 });
    expect(certainFailure([...wave(0, 1), ...wave(1, 1), ...wave(2, 1)])?.count).toBe(3);
  });

  test('numbers and names of an attempt make no difference', () => {
    const groups = grouped(
      failures(
        [
          'CannotPullContainerError: pull has been retried 1 time(s): request 0123456789abcdef: dial tcp 1.2.3.4:443',
          1,
        ],
        [
          'CannotPullContainerError: pull has been retried 5 time(s): request fedcba9876543210: dial tcp 4.3.2.1:443',
          1,
        ],
        ['CannotStartContainerError: x', 1],
      ),
    );
    expect(groups.map(({ count }) => count)).toEqual([2, 1]);
  });
});
