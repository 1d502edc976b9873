/** What the simulator holds. Plain data, so that a copy of it can answer reads that come too early. */

import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStatus,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  RegisterTaskDefinitionRequest,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  Tag,
} from '@aws-sdk/client-ecs';

/** The stages of `ServiceDeployment.lifecycleStage`, in their order. */
export type Stage =
  | 'RECONCILE_SERVICE'
  | 'PRE_SCALE_UP'
  | 'SCALE_UP'
  | 'POST_SCALE_UP'
  | 'TEST_TRAFFIC_SHIFT'
  | 'POST_TEST_TRAFFIC_SHIFT'
  | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  | 'PRODUCTION_TRAFFIC_SHIFT'
  | 'POST_PRODUCTION_TRAFFIC_SHIFT'
  | 'BAKE_TIME'
  | 'CLEAN_UP';

export interface TaskDefinitionState {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly spec: RegisterTaskDefinitionRequest;
  readonly containers: readonly ContainerDefinition[];
  readonly registeredAt: number;
  deregisteredAt: number | null;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html */
export interface RevisionState {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  readonly images: readonly { readonly container: string; readonly image: string; readonly digest: string }[];
  /** Of the state that the simulator began with. */
  readonly initial: boolean;
}

/** An entry of `Service.deployments`: the tasks of one revision. */
export interface DeploymentState {
  /** `ecs-svc/…` */
  readonly id: string;
  readonly revision: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  updatedAt: number;
  status: 'PRIMARY' | 'ACTIVE';
  rolloutState: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS';
  rolloutStateReason: string;
  /** Failures in a row, or in all where the circuit breaker counts so. */
  failedTasks: number;
  /** It ended well once: a rollback may go back to it. */
  completed: boolean;
  /** Tasks that were started, or could not be placed, so far. */
  started: number;
  /** No task is started before; after failures the scheduler waits. Milliseconds of virtual time. */
  nextStartAt: number;
  /** Its tasks that the scheduler stopped as unhealthy and whose replacement was not started yet. */
  unhealthyReplaced: number;
  /** Gone from the answers, and kept as what a rollback may go back to. */
  retired: boolean;
}

export interface HookState {
  readonly id: string;
  readonly stage: Stage;
  /** Of the traffic shift: linear and canary run hooks at each. */
  readonly step: number;
  readonly hook: DeploymentLifecycleHook;
  status: DeploymentLifecycleHookStatus;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly timeoutAction: DeploymentLifecycleHookAction;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
export interface ServiceDeploymentState {
  readonly arn: string;
  readonly id: string;
  /** Of `Service.deployments`. */
  readonly deployment: string;
  readonly target: string;
  readonly sources: readonly { readonly revision: string; readonly deployment: string }[];
  readonly configuration: DeploymentConfiguration;
  readonly createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  stoppedAt: number | null;
  updatedAt: number;
  status: ServiceDeploymentStatus;
  statusReason: string | null;
  stage: Stage | null;
  stageSince: number;
  /** Which shift of the production traffic, from 0. */
  step: number;
  readonly hooks: HookState[];
  /** Percent of the traffic that go to the target; null: ECS shifts no traffic. */
  weights: { production: number; test: number } | null;
  readonly breaker: { status: ServiceDeploymentRollbackMonitorsStatus; failures: number; threshold: number };
  readonly alarms: { status: ServiceDeploymentRollbackMonitorsStatus; readonly triggered: string[] };
  rollback: { readonly reason: string; readonly startedAt: number; readonly revision: string } | null;
  /** Of a rolling deployment: since when all tasks run and the old ones are gone. */
  settledAt: number | null;
}

export interface ServiceState {
  readonly name: string;
  readonly arn: string;
  /** Name. */
  readonly cluster: string;
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  readonly launchType: LaunchType | null;
  capacityProviderStrategy: readonly CapacityProviderStrategyItem[];
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  configuration: DeploymentConfiguration;
  loadBalancers: readonly LoadBalancer[];
  networkConfiguration: NetworkConfiguration | null;
  platformVersion: string;
  healthCheckGracePeriodSeconds: number;
  readonly revisions: RevisionState[];
  readonly deployments: DeploymentState[];
  /** Oldest first. */
  readonly serviceDeployments: ServiceDeploymentState[];
  /** Oldest first. */
  readonly events: { readonly id: string; readonly at: number; readonly message: string }[];
  /** The last steady state was told. */
  steady: boolean;
}

export interface TaskState {
  readonly id: string;
  readonly arn: string;
  readonly cluster: string;
  readonly service: string;
  readonly deployment: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED';
  desiredStatus: 'RUNNING' | 'STOPPED';
  pullStartedAt: number | null;
  startedAt: number | null;
  healthyAt: number | null;
  stoppingAt: number | null;
  stoppedAt: number | null;
  stopCode: string | null;
  stoppedReason: string | null;
  health: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  /** Of the container that the fate is about: the first essential one. */
  exitCode: number | null;
  containerReason: string | null;
  readonly plan: TaskPlan;
}

/** When what becomes of a task, decided when it starts; milliseconds after its creation. */
export interface TaskPlan {
  /** Null: it never runs. */
  readonly runningAfter: number | null;
  /** Null: it is never healthy. */
  readonly healthyAfter: number | null;
  /** Null: it lives until it is stopped. */
  readonly end: {
    readonly after: number;
    readonly stopCode: string;
    readonly stoppedReason: string;
    readonly exitCode: number | null;
    readonly containerReason: string | null;
    readonly logLines: readonly string[];
    /** What the service's events say at that moment; empty: nothing. */
    readonly event: string;
    /** The scheduler stops it and starts another in its place. */
    readonly unhealthy: boolean;
    /** A deployment counts it as a failure unless it was healthy before. */
    readonly counts: boolean;
  } | null;
}

export interface AlarmState {
  readonly name: string;
  value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  reason: string;
  updatedAt: number;
}

export interface State {
  readonly account: string;
  readonly region: string;
  /** Virtual time, milliseconds since 1970. */
  now: number;
  /** Names made so far. */
  serial: number;
  readonly clusters: string[];
  readonly taskDefinitions: TaskDefinitionState[];
  readonly services: ServiceState[];
  readonly tasks: TaskState[];
  readonly alarms: AlarmState[];
  /** Oldest first. */
  readonly logs: LogLine[];
}

export interface LogLine {
  readonly group: string;
  readonly stream: string;
  readonly at: number;
  readonly message: string;
}

export const terminalStatuses: readonly ServiceDeploymentStatus[] = [
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
];

/** The deployment that goes on, if one does. */
export function liveDeployment(service: ServiceState): ServiceDeploymentState | null {
  const last = service.serviceDeployments.at(-1);
  return last === undefined || terminalStatuses.includes(last.status) ? null : last;
}

export function primaryOf(service: ServiceState): DeploymentState {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) throw new Error(`service ${service.name} has no primary deployment`);
  return primary;
}

export function tasksOf(state: State, service: ServiceState, deployment?: DeploymentState): TaskState[] {
  return state.tasks.filter(
    (task) =>
      task.service === service.name &&
      task.cluster === service.cluster &&
      (deployment === undefined || task.deployment === deployment.id),
  );
}
