/**
 * How a service deployment goes back to the revision before it. The former deployment becomes the primary one again and
 * keeps its id: "When the rollback starts, the deployment changes from a COMPLETED to IN_PROGRESS".
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */

import { threshold } from './breaker.ts';
import { converge } from './converge.ts';
import { complete, finish } from './endings.ts';
import type { DeploymentState, ServiceDeploymentState, ServiceState } from './state.ts';
import { primaryOf } from './state.ts';
import { deploymentOf, say, type World } from './world.ts';

export function beginRollback(
  world: World,
  service: ServiceState,
  live: ServiceDeploymentState,
  reason: string,
): void {
  const { now } = world.state;
  const failed = deploymentOf(service, live.deployment);
  const candidate = rollbackCandidate(service, failed);
  live.statusReason = reason;
  live.updatedAt = now;
  if (failed.rolloutState !== 'FAILED') {
    failed.rolloutState = 'FAILED';
    failed.rolloutStateReason = reason;
  }
  failed.updatedAt = now;
  if (candidate === null) {
    // The words are those that the service itself gave: status and event of a first deployment that failed.
    live.statusReason = 'No rollback candidate was found to run the rollback.';
    say(
      world,
      service,
      `(service ${service.name}) (deployment ${live.id}) rollback has failed. ${live.statusReason}`,
    );
    finish(world, live, 'ROLLBACK_FAILED');
    return;
  }
  live.status = 'ROLLBACK_IN_PROGRESS';
  live.rollback = { reason, startedAt: now, revision: candidate.revision };
  if (live.weights !== null) live.weights = { production: 0, test: 0 };
  for (const deployment of service.deployments) deployment.status = 'ACTIVE';
  candidate.status = 'PRIMARY';
  candidate.retired = false;
  candidate.rolloutState = 'IN_PROGRESS';
  candidate.rolloutStateReason =
    live.breaker.status === 'TRIGGERED'
      ? `ECS deployment circuit breaker: rolling back to deploymentId ${candidate.id}.`
      : `ECS deployment ${candidate.id} in progress.`;
  candidate.failedTasks = 0;
  candidate.nextStartAt = now;
  candidate.updatedAt = now;
  service.steady = false;
  say(world, service, `(service ${service.name}) rolling back to deployment ${candidate.id}.`);
}

export function goOnRollingBack(world: World, service: ServiceState, live: ServiceDeploymentState): void {
  const primary = primaryOf(service);
  if (converge(world, service)) {
    finish(world, live, 'ROLLBACK_SUCCESSFUL');
    complete(world, service);
    return;
  }
  const breaker = live.configuration.deploymentCircuitBreaker;
  if (breaker?.enable !== true || primary.failedTasks < threshold(breaker, service.desiredCount)) return;
  primary.rolloutState = 'FAILED';
  primary.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  primary.updatedAt = world.state.now;
  say(
    world,
    service,
    `(service ${service.name}) (deployment ${primary.id}) deployment failed: tasks failed to start.`,
  );
  finish(world, live, 'ROLLBACK_FAILED');
}

/** "It looks for the most recent deployment that is in a COMPLETED state." */
function rollbackCandidate(service: ServiceState, failed: DeploymentState): DeploymentState | null {
  return (
    service.deployments.filter((d) => d !== failed && d.completed && d.rolloutState === 'COMPLETED').at(-1) ??
    null
  );
}
