/**
 * Service deployments: what starts them, how they go on, how they end. Sources:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html (states),
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html (rolling).
 */

import { converge, retireEmpty } from './converge.ts';
import { complete, finish } from './endings.ts';
import { detectFailure, watchAlarms } from './failure-detection.ts';
import { newShortId, serviceDeploymentArn } from './names.ts';
import { beginRollback, goOnRollingBack } from './rollback.ts';
import { shift } from './shifting.ts';
import {
  liveDeployment,
  primaryOf,
  type ServiceDeploymentState,
  type ServiceState,
  type TaskDefinitionState,
  terminalStatuses,
} from './state.ts';
import { addDeployment, addRevision, deploymentOf, say, type World } from './world.ts';

/** A service deployment is PENDING for so long; from 1.6 s between createdAt and startedAt in the CLI's own example. */
const pendingMs = 2_000;
/** With alarms, "the default bake time is less than 5 minutes" (deployment-alarm-failure). */
const alarmBakeMs = 3 * 60_000;

/**
 * A new revision of the service, its deployment, and the service deployment that brings it about. One that is going on ends:
 * the newer one takes its place.
 */
export function startServiceDeployment(
  world: World,
  service: ServiceState,
  definition: TaskDefinitionState,
): ServiceDeploymentState {
  const { state } = world;
  const sources = service.deployments
    .filter(({ retired }) => !retired)
    .map(({ id, revision }) => ({ deployment: id, revision }));
  for (const other of service.serviceDeployments) {
    if (!terminalStatuses.includes(other.status)) {
      other.status = 'STOP_REQUESTED';
      other.updatedAt = state.now;
    }
  }
  const revision = addRevision(world, service, definition, false);
  const deployment = addDeployment(world, service, revision);
  service.steady = false;
  const id = newShortId(state);
  const { configuration } = service;
  const breaker = configuration.deploymentCircuitBreaker?.enable === true;
  const alarms = configuration.alarms?.enable === true;
  const made: ServiceDeploymentState = {
    arn: serviceDeploymentArn(state, service, id),
    id,
    deployment: deployment.id,
    target: revision.arn,
    sources,
    configuration: structuredClone(configuration),
    createdAt: state.now,
    startedAt: null,
    finishedAt: null,
    stoppedAt: null,
    updatedAt: state.now,
    status: 'PENDING',
    statusReason: null,
    stage: null,
    stageSince: state.now,
    step: 0,
    hooks: [],
    weights: null,
    breaker: { status: breaker ? 'MONITORING' : 'DISABLED', failures: 0, threshold: 0 },
    alarms: { status: alarms ? 'MONITORING' : 'DISABLED', triggered: [] },
    rollback: null,
    settledAt: null,
  };
  service.serviceDeployments.push(made);
  return made;
}

/** One second of the service's deployments. */
export function drive(world: World, service: ServiceState): void {
  for (const deployment of service.serviceDeployments.slice(0, -1)) endStopped(world, deployment);
  const live = liveDeployment(service);
  if (live === null) steady(world, service);
  else step(world, service, live);
  retireEmpty(world, service);
}

function step(world: World, service: ServiceState, live: ServiceDeploymentState): void {
  const { now } = world.state;
  switch (live.status) {
    case 'PENDING':
      if (now - live.createdAt < pendingMs) return;
      live.status = 'IN_PROGRESS';
      live.startedAt = now;
      live.updatedAt = now;
      live.stageSince = now;
      watchAlarms(world, live);
      return;
    case 'IN_PROGRESS':
      if ((live.configuration.strategy ?? 'ROLLING') === 'ROLLING') roll(world, service, live);
      else shift(world, service, live);
      if (live.status === 'IN_PROGRESS') detectFailure(world, service, live);
      return;
    case 'ROLLBACK_REQUESTED':
      beginRollback(world, service, live, live.statusReason ?? 'Service deployment rolled back.');
      return;
    case 'ROLLBACK_IN_PROGRESS':
      goOnRollingBack(world, service, live);
      return;
    case 'STOP_REQUESTED':
      endStopped(world, live);
      return;
    default:
      return;
  }
}

function roll(world: World, service: ServiceState, live: ServiceDeploymentState): void {
  const { now } = world.state;
  if (!converge(world, service)) {
    live.settledAt = null;
    return;
  }
  live.settledAt ??= now;
  const alarms = live.alarms.status === 'MONITORING' ? alarmBakeMs : 0;
  const minutes = live.configuration.bakeTimeInMinutes;
  const bake = minutes === undefined ? alarms : minutes * 60_000;
  if (now - live.settledAt >= bake) succeed(world, service, live);
}

function succeed(world: World, service: ServiceState, live: ServiceDeploymentState): void {
  finish(world, live, 'SUCCESSFUL');
  complete(world, service);
}

function endStopped(world: World, deployment: ServiceDeploymentState): void {
  if (deployment.status !== 'STOP_REQUESTED') return;
  if (world.state.now - deployment.updatedAt < pendingMs) return;
  finish(world, deployment, 'STOPPED');
}

/** No deployment goes on: dead tasks are replaced, the count is kept, what is left of others is stopped. */
function steady(world: World, service: ServiceState): void {
  const last = service.serviceDeployments.at(-1);
  const primary = primaryOf(service);
  // "A deployment in FAILED state doesn't launch any new tasks" (Deployment.rolloutState).
  const stalled =
    primary.rolloutState === 'FAILED' ||
    (last?.status === 'STOPPED' && deploymentOf(service, last.deployment) === primary);
  if (stalled) return;
  const settled = converge(world, service);
  if (!settled) service.steady = false;
  else if (primary.rolloutState === 'IN_PROGRESS') complete(world, service);
  else if (!service.steady) {
    service.steady = true;
    say(world, service, `(service ${service.name}) has reached a steady state.`);
  }
}
