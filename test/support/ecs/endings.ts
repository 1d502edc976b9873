/** How deployments end. */

import { primaryOf, type ServiceDeploymentState, type ServiceState } from './state.ts';
import { say, type World } from './world.ts';

/** The primary deployment has reached a steady state. */
export function complete(world: World, service: ServiceState): void {
  const primary = primaryOf(service);
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.completed = true;
  primary.failedTasks = 0;
  primary.updatedAt = world.state.now;
  say(world, service, `(service ${service.name}) (deployment ${primary.id}) deployment completed.`);
  say(world, service, `(service ${service.name}) has reached a steady state.`);
  service.steady = true;
}

export function finish(
  world: World,
  live: ServiceDeploymentState,
  status: 'SUCCESSFUL' | 'STOPPED' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED',
): void {
  const { now } = world.state;
  live.status = status;
  live.updatedAt = now;
  if (status === 'STOPPED') live.stoppedAt = now;
  live.finishedAt = now;
  if (live.breaker.status === 'MONITORING') live.breaker.status = 'MONITORING_COMPLETE';
  if (live.alarms.status === 'MONITORING') live.alarms.status = 'MONITORING_COMPLETE';
}
