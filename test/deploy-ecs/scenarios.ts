/** What can go wrong with a rollout, and what must come of it. */

import type { Cause, Rollback, Rollout } from '../../action-deploy/src/types.ts';
import type {
  FailureName,
  Fate,
  FateRule,
  Others,
  SimulatorOptions,
  StartedTask,
} from '../support/ecs/index.ts';
import { analysisOf, type RunOptions } from './harness.ts';

export interface Scenario {
  readonly name: string;
  readonly simulator: Omit<SimulatorOptions, 'services'> & {
    readonly service?: Omit<SimulatorOptions['services'][number], 'name'>;
  };
  /** Made anew for each run: an analysis keeps what it was asked. */
  readonly options?: () => RunOptions;
  readonly outcome: Rollout['outcome'];
  readonly source: Cause['source'];
  /** The first cause's line. */
  readonly cause: RegExp;
  /** Who rolled back, and whether it was seen to; null: nobody did. */
  readonly rollback: Pick<Rollback, 'by' | 'verified'> | null;
  /** Calls that change something, in order. */
  readonly changes: readonly string[];
  /** What the service runs in the end: tasks by task definition. */
  readonly running: Readonly<Record<string, number>>;
  /** Without service deployments this cannot be seen, or is done in another way. */
  readonly needsServiceDeployments?: true;
}

const register = 'RegisterTaskDefinition';
const update = 'UpdateService';
const stop = 'StopServiceDeployment';
const resume = 'ContinueServiceDeployment';
const minute = 60_000;

const breaker = (rollback: boolean) => ({ deploymentCircuitBreaker: { enable: true, rollback } });
const alarms = (rollback: boolean) => ({ alarms: { alarmNames: ['api-5xx'], enable: true, rollback } });

/** Also in a new deployment of it, web:3 fares as web:3. */
const isNew = ({ taskDefinition }: StartedTask): boolean => !taskDefinition.endsWith(':3');
const news = (fate: Fate): FateRule[] => [{ of: isNew, fate }];
const all = (of: FailureName): FateRule[] => news({ kind: 'dies', of });
const meanwhile = (afterMs: number, act: (others: Others) => void) => [
  { when: { afterMs, since: 'deployment' as const }, do: act },
];

/** Each task dies in another way, so that nothing is certain before the circuit breaker says so. */
const various: FateRule[] = (['exit-1', 'out-of-memory', 'container-health'] as const).map((of, i) => ({
  of: (task: StartedTask) => isNew(task) && task.number % 3 === i,
  fate: { kind: 'dies', of, afterMs: 5_000 },
}));

/** Rolled back by the action, since it was certain or the time was up. */
const byAction = {
  outcome: 'rolled-back',
  rollback: { by: 'action', verified: true },
  changes: [register, update, stop],
  running: { 'web:3': 2 },
} as const;
const byPlatform = {
  outcome: 'rolled-back',
  rollback: { by: 'platform', verified: true },
  changes: [register, update],
  running: { 'web:3': 2 },
} as const;

const deaths: readonly (readonly [FailureName, RegExp])[] = [
  ['exit-1', /^container app exited with code 1: KeyError: 'MODEL_PATH' \(\d tasks, as [0-9a-f]{8}\)$/],
  ['exit-0', /^container app exited with code 0: it ended by itself; a container of a service must go on/],
  ['exec-format', /exited with code 1: the image is built for another architecture than the service runs on/],
  ['out-of-memory', /^container app exited with code 137: out of memory: raise `memory`.*OutOfMemoryError/],
  ['cannot-pull-not-found', /failed to start: the image is not in the registry .* CannotPullContainerError/],
  ['cannot-pull-platform', /failed to start: the image is built for another architecture/],
  ['cannot-pull-denied', /failed to start: the execution role may not pull it .*403 Forbidden/],
  ['cannot-pull-network', /failed to start: no way from the task to the registry .*i\/o timeout/],
  [
    'init-secrets',
    /failed to start: the execution role may not read the secret - ResourceInitializationError/,
  ],
  ['init-logs', /failed to start: the log group of the container does not exist/],
  ['cannot-start', /failed to start: .*CannotStartContainerError/],
  ['runtime-timeout', /failed to start: ContainerRuntimeTimeoutError: Could not transition to running/],
  ['container-health', /^container app failed its health check: GET \/health 503/],
  ['elb-health', /^the task failed the health checks of target group web-blue: GET \/ready 500/],
];

const shifting = { loadBalancer: 'shifting' } as const;
const pauseAt = (
  stage: 'POST_TEST_TRAFFIC_SHIFT' | 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  timeoutInMinutes?: number,
) => ({
  targetType: 'PAUSE' as const,
  lifecycleStages: [stage],
  ...(timeoutInMinutes === undefined
    ? {}
    : { timeoutConfiguration: { timeoutInMinutes, action: 'ROLLBACK' as const } }),
});
const lambdaAt = (stage: 'POST_TEST_TRAFFIC_SHIFT') => ({
  targetType: 'AWS_LAMBDA' as const,
  hookTargetArn: 'arn:aws:lambda:eu-west-1:123456789012:function:smoke-test',
  roleArn: 'arn:aws:iam::123456789012:role/ecsHooks',
  lifecycleStages: [stage],
});
const blueGreen = { kind: 'blue-green', bakeMinutes: 5 } as const;
const canary = { kind: 'canary', percent: 10, stepBakeMinutes: 5, bakeMinutes: 5 } as const;
const configured = (strategy: 'BLUE_GREEN' | 'CANARY') => ({
  strategy,
  bakeTimeInMinutes: 5,
  ...(strategy === 'CANARY'
    ? { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } }
    : {}),
});

export const scenarios: readonly Scenario[] = [
  ...deaths.map(
    ([of, cause]): Scenario => ({
      name: `every task dies: ${of}`,
      simulator: { service: { loadBalancer: 'plain' }, scenario: { fates: all(of) } },
      ...byAction,
      source: 'unit',
      cause,
    }),
  ),
  {
    name: 'no instance has room for a task',
    simulator: { scenario: { fates: news({ kind: 'unplaced' }) } },
    ...byAction,
    source: 'event',
    cause: /^service web was unable to place a task/,
  },
  {
    name: 'tasks stay pending',
    simulator: { scenario: { fates: news({ kind: 'pending' }) } },
    ...byAction,
    source: 'deadline',
    cause: /^service web of cluster prod was not steady in time: 0 of 2 tasks of web:4 run$/,
  },
  {
    name: 'the circuit breaker rolls back',
    simulator: { service: { configuration: breaker(true) }, scenario: { fates: various } },
    ...byPlatform,
    source: 'unit',
    cause: /^container app /,
  },
  {
    name: 'the circuit breaker stops, and the action restores',
    simulator: { service: { configuration: breaker(false) }, scenario: { fates: various } },
    ...byAction,
    changes: [register, update, update],
    source: 'unit',
    cause: /^container app /,
  },
  {
    name: 'it is certain, and the circuit breaker is left to roll back where the action may not',
    simulator: { service: { configuration: breaker(true) }, scenario: { fates: all('exit-1') } },
    options: () => ({ rollback: false }),
    ...byPlatform,
    source: 'unit',
    cause: /KeyError/,
  },
  {
    name: 'it is certain, and nobody may roll back',
    simulator: { scenario: { fates: all('exit-1') } },
    options: () => ({ rollback: false }),
    outcome: 'failed',
    rollback: null,
    changes: [register, update],
    running: { 'web:3': 2 },
    source: 'unit',
    cause: /KeyError/,
  },
  {
    name: 'the time is up, and nobody may roll back',
    simulator: { scenario: { fates: news({ kind: 'pending' }) } },
    options: () => ({ rollback: false, timeoutMs: 5 * minute }),
    outcome: 'timed-out',
    rollback: null,
    changes: [register, update],
    running: { 'web:3': 2 },
    source: 'deadline',
    cause: /was not steady in time/,
  },
  {
    name: 'an alarm rolls back',
    simulator: {
      alarms: ['api-5xx'],
      service: { configuration: alarms(true) },
      scenario: { happenings: meanwhile(50_000, (others) => others.setAlarm('api-5xx', 'ALARM')) },
    },
    ...byPlatform,
    source: 'alarm',
    cause: /^the alarm api-5xx went off while the new revision rolled out: /,
    needsServiceDeployments: true,
  },
  {
    name: 'an alarm stops, and the action restores',
    simulator: {
      alarms: ['api-5xx'],
      service: { configuration: alarms(false) },
      scenario: { happenings: meanwhile(50_000, (others) => others.setAlarm('api-5xx', 'ALARM')) },
    },
    ...byAction,
    changes: [register, update, update],
    source: 'alarm',
    cause: /^the alarm api-5xx/,
    needsServiceDeployments: true,
  },
  {
    name: 'the analysis does not promote a rolling deployment',
    simulator: {},
    options: () => ({ analysis: analysisOf(() => false) }),
    ...byAction,
    changes: [register, update, update],
    source: 'analysis',
    cause:
      /^the analysis when the new tasks are steady does not promote: error_rate < 1%: 3.4% is not below 1%$/,
  },
  {
    name: 'the analysis does not promote at a pause',
    simulator: {
      service: {
        ...shifting,
        configuration: { ...configured('BLUE_GREEN'), lifecycleHooks: [pauseAt('POST_TEST_TRAFFIC_SHIFT')] },
      },
    },
    options: () => ({ config: { strategy: blueGreen }, analysis: analysisOf(() => false) }),
    ...byAction,
    changes: [register, update, resume],
    source: 'analysis',
    cause: /^the analysis at the pause POST_TEST_TRAFFIC_SHIFT does not promote/,
    needsServiceDeployments: true,
  },
  {
    name: 'the analysis does not promote a canary',
    simulator: { service: { ...shifting, configuration: configured('CANARY') } },
    options: () => ({ config: { strategy: canary }, analysis: analysisOf(() => false) }),
    ...byAction,
    source: 'analysis',
    cause: /^the analysis after 10% of the traffic does not promote/,
    needsServiceDeployments: true,
  },
  {
    name: 'a function at a lifecycle hook says no',
    simulator: {
      service: {
        ...shifting,
        configuration: { ...configured('BLUE_GREEN'), lifecycleHooks: [lambdaAt('POST_TEST_TRAFFIC_SHIFT')] },
      },
      scenario: { hooks: { POST_TEST_TRAFFIC_SHIFT: 'FAILED' } },
    },
    options: () => ({ config: { strategy: blueGreen } }),
    ...byPlatform,
    source: 'platform',
    cause: /^the lifecycle hook smoke-test did not let the deployment go on/,
    needsServiceDeployments: true,
  },
  {
    name: 'nobody ends a pause, and ECS rolls back',
    simulator: {
      service: {
        ...shifting,
        configuration: {
          ...configured('BLUE_GREEN'),
          lifecycleHooks: [pauseAt('POST_TEST_TRAFFIC_SHIFT', 10)],
        },
      },
    },
    options: () => ({ config: { strategy: blueGreen } }),
    ...byPlatform,
    source: 'platform',
    cause: /pause hook timed out/,
    needsServiceDeployments: true,
  },
  {
    name: 'somebody else deploys meanwhile',
    simulator: {
      scenario: { happenings: meanwhile(20_000, (others) => others.deploy('web', { image: 'repo/api:9' })) },
    },
    outcome: 'superseded',
    rollback: null,
    changes: [register, update],
    running: { 'web:3': 2 },
    source: 'platform',
    cause: /^a newer deployment of somebody else, with web:5, took its place/,
  },
  {
    name: 'somebody else rolls it back',
    simulator: { scenario: { happenings: meanwhile(20_000, (others) => others.rollBack('web')) } },
    ...byPlatform,
    source: 'platform',
    cause: /^ECS on service web: /,
    needsServiceDeployments: true,
  },
  {
    name: 'the service is deleted meanwhile',
    simulator: { scenario: { happenings: meanwhile(20_000, (others) => others.deleteService('web')) } },
    outcome: 'failed',
    rollback: null,
    changes: [register, update],
    running: {},
    source: 'platform',
    cause: /^service web of cluster prod was deleted while it was being deployed to$/,
  },
  {
    name: 'there is no former state',
    simulator: { service: { rollout: 'FAILED', desiredCount: 1 }, scenario: { fates: all('exit-1') } },
    outcome: 'rollback-failed',
    rollback: { by: 'action', verified: false },
    changes: [register, update, stop],
    running: {},
    source: 'unit',
    cause: /KeyError/,
    needsServiceDeployments: true,
  },
  {
    name: 'the circuit breaker rolls back, and the former state does not come up again',
    simulator: {
      service: { configuration: { minimumHealthyPercent: 0, maximumPercent: 100, ...breaker(true) } },
      scenario: { fates: [...various, { of: () => true, fate: { kind: 'dies', of: 'exit-1' } }] },
    },
    outcome: 'rollback-failed',
    rollback: { by: 'platform', verified: false },
    changes: [register, update],
    running: {},
    source: 'unit',
    cause: /^container app /,
  },
  {
    name: 'the action rolls back, and the former state does not come up again',
    simulator: {
      service: { configuration: { minimumHealthyPercent: 0, maximumPercent: 100 } },
      scenario: { fates: [{ of: () => true, fate: { kind: 'dies', of: 'exit-1' } }] },
    },
    outcome: 'rollback-failed',
    rollback: { by: 'action', verified: false },
    changes: [register, update, stop],
    running: {},
    source: 'unit',
    cause: /KeyError/,
  },
];
