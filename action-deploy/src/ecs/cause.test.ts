import { describe, expect, test } from 'vitest';
import { causesOf, type Evidence } from './cause.ts';
import { at, failures } from './testing.ts';

describe('the root cause', () => {
  const empty: Evidence = {
    failures: [],
    events: [],
    alarms: [],
    logLines: new Map(),
    statusReason: null,
    failedHooks: [],
  };
  const event = (message: string, seconds = 0) => ({
    id: message,
    at: new Date(at.getTime() + seconds * 1_000),
    message,
  });
  const placement = event(
    '(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1) has insufficient CPU units available.',
    5,
  );
  const impaired = event('(service web) is unable to consistently start tasks successfully.', 1);

  test('tasks, then events, then alarms, then hooks, then what ECS says', () => {
    const causes = causesOf(
      {
        ...empty,
        failures: failures(
          ['CannotStartContainerError: x', 2],
          ['CannotPullContainerError: api: not found', 1],
        ),
        events: [impaired, placement],
        alarms: [{ name: 'api-5xx', reason: null }],
        failedHooks: ['arn:aws:lambda:eu-west-1:1:function:smoke'],
        statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      },
      'web',
    );
    expect(causes.map(({ source, reason, text }) => [source, reason, text])).toEqual([
      [
        'unit',
        'CannotStartContainerError',
        'the task failed to start: CannotStartContainerError: x (2 tasks, as 00000000)',
      ],
      [
        'unit',
        'CannotPullContainerError',
        expect.stringMatching(/not in the registry .* \(task 10000000\)$/),
      ],
      [
        'event',
        'UnableToPlaceTask',
        'service web was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1) has insufficient CPU units available - the cluster has no room for the task',
      ],
      ['event', 'TaskStartImpaired', 'service web is unable to consistently start tasks successfully'],
      ['alarm', 'ALARM', 'the alarm api-5xx went off while the new revision rolled out'],
      ['platform', 'LifecycleHookFailed', 'the lifecycle hook smoke did not let the deployment go on'],
      [
        'platform',
        'DeploymentFailed',
        'ECS on service web: Service deployment rolled back because the circuit breaker threshold was exceeded.',
      ],
    ]);
  });

  test.each([
    [
      '(service web) was unable to place a task. Reason: CannotPullContainerError: image Manifest does not contain descriptor matching platform linux/amd64.',
      'CannotPullContainerError',
      /the image is built for another architecture/,
    ],
    [
      "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
      'UnableToPlaceTask',
      /a quota of the account is used up$/,
    ],
    [
      '(service web) (task 0123456789abcdef0123456789abcdef) (port 8080) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web-tg/0123456789abcdef) due to (reason Health checks failed with these codes: [502]).',
      'Unhealthy',
      /^service web \(task 01234567\) \(port 8080\) is unhealthy in \(target-group web-tg\) due to \(reason Health checks failed with these codes: \[502\]\)$/,
    ],
    [
      '(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
      'DeploymentConfiguration',
      /leave no room to replace a task$/,
    ],
  ])('an event: %s', (message, reason, text) => {
    expect(causesOf({ ...empty, events: [event(message)] }, 'web')).toMatchObject([
      { source: 'event', reason, text: expect.stringMatching(text) },
    ]);
  });

  test.each([
    '(service web) has started 2 tasks: (task 1) (task 2).',
    '(service web) has reached a steady state.',
    '(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.',
    '(service web) rolling back to deployment ecs-svc/0.',
  ])('no cause: %s', (message) => {
    expect(causesOf({ ...empty, events: [event(message)] }, 'web')).toEqual([]);
  });

  test('log lines are of the container, one line each, and nothing in them commands', () => {
    const [failure] = failures(['CannotStartContainerError: x', 1]);
    if (failure === undefined) throw new Error('no failure');
    const lines = ['ok', 'ValueError: bad shape', 'bye'];
    const [cause] = causesOf(
      { ...empty, failures: [failure], logLines: new Map([[failure.task, lines]]) },
      'web',
    );
    expect(cause?.logLines).toEqual(lines);
    expect(cause?.text).toContain('ValueError: bad shape');
  });
});
