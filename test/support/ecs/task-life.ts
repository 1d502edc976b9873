/**
 * How tasks begin, run and end. The states are those of
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html; the times are made up.
 */

import { newHexId, taskArn } from './names.ts';
import type { Fate, StartedTask } from './scenario.ts';
import type { DeploymentState, ServiceState, TaskPlan, TaskState } from './state.ts';
import { type FailureContext, type TaskFailure, taskFailures } from './task-failures.ts';
import { addLogLines } from './task-logs.ts';
import { findTaskDefinition, revisionOf, say, sayOnce, type World } from './world.ts';

const pendingAfter = 8_000;
const pullAfter = 10_000;
const runningAfter = 25_000;
/**
 * "If a task has no essential containers with a health check defined, the service scheduler will wait for 40 seconds after
 * a task reaches a RUNNING state" (DeploymentConfiguration.minimumHealthyPercent). With checks of any kind: our own 30.
 */
const healthyWithoutChecks = 40_000;
const healthyWithChecks = 30_000;
/** SIGTERM, and with a load balancer the draining of connections before it. */
const stopTime = 15_000;
const drainTime = 20_000;
/** "The scheduler begins to incrementally increase the time between retries": service-throttle-logic. */
const firstRetryMs = 5_000;
const longestRetryMs = 15 * 60_000;

/** Starts up to `count` tasks of a deployment; fewer where there is no place for them. */
export function startTasks(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  count: number,
): void {
  const { state } = world;
  if (count <= 0 || state.now < deployment.nextStartAt) return;
  const started: string[] = [];
  for (let i = 0; i < count; i++) {
    const definition = findTaskDefinition(state, deployment.taskDefinition);
    const id = newHexId(state);
    const fate = fateOf(world, service, deployment);
    deployment.started++;
    if (fate.kind === 'unplaced') {
      // "A task is considered a failure if the service scheduler can't launch the task" (Deployment.failedTasks).
      sayOnce(world, service, `(service ${service.name}) was unable to place a task${placementReason(fate)}`);
      failed(world, service, deployment);
      break;
    }
    state.tasks.push({
      id,
      arn: taskArn(state, service.cluster, id),
      cluster: service.cluster,
      service: service.name,
      deployment: deployment.id,
      taskDefinition: definition.arn,
      createdAt: state.now,
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      pullStartedAt: null,
      startedAt: null,
      healthyAt: null,
      stoppingAt: null,
      stoppedAt: null,
      stopCode: null,
      stoppedReason: null,
      health: 'UNKNOWN',
      exitCode: null,
      containerReason: null,
      plan: planOf(world, service, deployment, id, fate),
    });
    started.push(`(task ${id})`);
  }
  if (started.length === 0) return;
  const replaced = Math.min(started.length, deployment.unhealthyReplaced);
  deployment.unhealthyReplaced -= replaced;
  const why = replaced > 0 ? ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.` : '';
  say(
    world,
    service,
    `(service ${service.name}) has started ${started.length} tasks: ${started.join(' ')}.${why}`,
  );
}

/** Lets tasks stop that are no longer wanted. */
export function stopTasks(
  world: World,
  service: ServiceState,
  tasks: readonly TaskState[],
  reason: string,
): void {
  if (tasks.length === 0) return;
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  for (const task of tasks) endTask(world, task, 'ServiceSchedulerInitiated', reason, null, null);
  if (running.length > 0) {
    const names = running.map(({ id }) => `(task ${id})`).join(' ');
    say(world, service, `(service ${service.name}) has stopped ${running.length} running tasks: ${names}.`);
  }
  if (running.length < tasks.length) {
    say(world, service, `(service ${service.name}) stopped ${tasks.length - running.length} pending tasks.`);
  }
}

export function endTask(
  world: World,
  task: TaskState,
  stopCode: string,
  stoppedReason: string,
  exitCode: number | null,
  containerReason: string | null,
): void {
  task.desiredStatus = 'STOPPED';
  task.stoppingAt = world.state.now;
  task.stopCode = stopCode;
  task.stoppedReason = stoppedReason;
  // 143: SIGTERM was obeyed. What never ran has no exit code.
  task.exitCode = exitCode ?? (task.lastStatus === 'RUNNING' ? 143 : null);
  task.containerReason = containerReason;
  task.lastStatus = task.lastStatus === 'RUNNING' ? 'STOPPING' : 'DEPROVISIONING';
}

/** Brings the tasks of a service to the present. */
export function advanceTasks(world: World, service: ServiceState): void {
  const { now, tasks } = world.state;
  for (const task of tasks) {
    if (task.service !== service.name || task.cluster !== service.cluster || task.lastStatus === 'STOPPED')
      continue;
    if (task.stoppingAt !== null) {
      const drain = service.loadBalancers.length > 0 ? drainTime : 0;
      const past = now - task.stoppingAt;
      if (past >= stopTime + drain) {
        task.lastStatus = 'STOPPED';
        task.stoppedAt = now;
      } else if (past >= stopTime + drain - 5_000) task.lastStatus = 'DEPROVISIONING';
      continue;
    }
    const age = now - task.createdAt;
    const { plan } = task;
    if (plan.end !== null && age >= plan.end.after) {
      die(world, service, task, plan.end);
      continue;
    }
    if (task.lastStatus === 'PROVISIONING' && age >= pendingAfter) task.lastStatus = 'PENDING';
    if (task.pullStartedAt === null && age >= pullAfter) task.pullStartedAt = now;
    if (task.startedAt === null && plan.runningAfter !== null && age >= plan.runningAfter) {
      task.lastStatus = 'RUNNING';
      task.startedAt = now;
    }
    if (task.healthyAt === null && plan.healthyAfter !== null && age >= plan.healthyAfter) {
      becameHealthy(world, service, task);
    }
  }
}

function becameHealthy(world: World, service: ServiceState, task: TaskState): void {
  task.healthyAt = world.state.now;
  if (hasHealthCheck(world, task)) task.health = 'HEALTHY';
  const group = service.loadBalancers[0]?.targetGroupArn;
  if (group !== undefined) {
    say(world, service, `(service ${service.name}) registered 1 targets in (target-group ${group})`);
  }
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  // resetOnHealthyTask: "The failure count resets to 0 each time a task reaches a healthy state", the default.
  const breaker = service.configuration.deploymentCircuitBreaker;
  if (deployment !== undefined && breaker?.resetOnHealthyTask !== false) deployment.failedTasks = 0;
}

function die(world: World, service: ServiceState, task: TaskState, end: NonNullable<TaskPlan['end']>): void {
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  const ran = task.startedAt !== null;
  addLogLines(world, task, ran ? end.logLines : []);
  if (end.event !== '') say(world, service, end.event);
  if (end.unhealthy && hasHealthCheck(world, task)) task.health = 'UNHEALTHY';
  endTask(world, task, end.stopCode, end.stoppedReason, end.exitCode, end.containerReason);
  if (!ran) task.exitCode = end.exitCode;
  if (deployment === undefined) return;
  if (end.unhealthy) {
    deployment.unhealthyReplaced++;
    say(world, service, `(service ${service.name}) has stopped 1 running tasks: (task ${task.id}).`);
  }
  if (end.counts && task.healthyAt === null) failed(world, service, deployment);
}

/** Counts a failure, and makes the scheduler wait before it tries again. */
function failed(world: World, service: ServiceState, deployment: DeploymentState): void {
  deployment.failedTasks++;
  deployment.updatedAt = world.state.now;
  const wait = Math.min(firstRetryMs * 2 ** Math.min(deployment.failedTasks - 1, 20), longestRetryMs);
  deployment.nextStartAt = world.state.now + wait;
  if (deployment.failedTasks >= 5) {
    sayOnce(
      world,
      service,
      `(service ${service.name}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
    );
  }
}

function fateOf(world: World, service: ServiceState, deployment: DeploymentState): Fate {
  const revision = revisionOf(service, deployment.revision);
  const number = deployment.started + 1;
  const task: StartedTask = {
    service: service.name,
    taskDefinition: revision.taskDefinition,
    images: revision.images.map(({ image }) => image),
    number,
  };
  for (const { of, fate, first = Number.POSITIVE_INFINITY } of world.scenario.fates ?? []) {
    const fits = typeof of === 'function' ? of(task) : of === (revision.initial ? 'old' : 'new');
    if (fits && number <= first) return fate;
  }
  return { kind: 'runs' };
}

function planOf(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  id: string,
  fate: Exclude<Fate, { kind: 'unplaced' }>,
): TaskPlan {
  const checked = service.loadBalancers.length > 0 || hasHealthCheck(world, deployment);
  const healthy = runningAfter + (checked ? healthyWithChecks : healthyWithoutChecks);
  switch (fate.kind) {
    case 'runs':
      return { runningAfter, healthyAfter: healthy, end: null };
    case 'pending':
      return { runningAfter: null, healthyAfter: null, end: null };
    case 'unhealthy':
      return { runningAfter, healthyAfter: null, end: null };
    case 'dies': {
      const failure: TaskFailure = typeof fate.of === 'string' ? taskFailures[fate.of] : fate.of;
      const context = contextOf(world, service, deployment, id);
      const grace = failure.unhealthy ? service.healthCheckGracePeriodSeconds * 1000 : 0;
      const after = Math.max(fate.afterMs ?? failure.afterMs, grace);
      const atStart = failure.phase === 'start';
      return {
        runningAfter: atStart ? null : runningAfter,
        // An unhealthy task was never healthy; another one may be, if it lives that long.
        healthyAfter: atStart || failure.unhealthy ? null : healthy,
        end: {
          after: atStart ? after : runningAfter + after,
          stopCode: failure.stopCode,
          stoppedReason: failure.stoppedReason(context),
          exitCode: failure.exitCode,
          containerReason: failure.containerReason?.(context) ?? null,
          logLines: fate.logLines ?? failure.logLines,
          event: failure.event?.(context) ?? '',
          unhealthy: failure.unhealthy,
          counts: failure.counts,
        },
      };
    }
  }
}

function contextOf(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  task: string,
): FailureContext {
  const definition = findTaskDefinition(world.state, deployment.taskDefinition);
  const container = definition.containers.find(({ essential }) => essential !== false);
  const balancer = service.loadBalancers[0];
  return {
    service: service.name,
    task,
    container: container?.name ?? '',
    image: container?.image ?? '',
    port: balancer?.containerPort ?? 8080,
    targetGroup: balancer?.targetGroupArn ?? '',
    account: world.state.account,
    region: world.state.region,
  };
}

function hasHealthCheck(world: World, { taskDefinition }: { readonly taskDefinition: string }): boolean {
  return findTaskDefinition(world.state, taskDefinition).containers.some(
    ({ essential, healthCheck }) => essential !== false && healthCheck !== undefined,
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
function placementReason({ reason }: Extract<Fate, { kind: 'unplaced' }>): string {
  return (
    reason ??
    ' because no container instance met all of its requirements. The closest matching (container-instance 3f4de1c5-ffdd-4954-af7e-75b4be0c8841) has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'
  );
}
