/** What makes ECS itself call a deployment failed: the circuit breaker, and alarms. */

import { threshold } from './breaker.ts';
import { beginRollback } from './rollback.ts';
import type { ServiceDeploymentState, ServiceState } from './state.ts';
import { deploymentOf, say, type World } from './world.ts';

/**
 * "If an alarm is in the ALARM state at the beginning of a deployment, Amazon ECS will not monitor alarms for the duration
 * of that deployment." https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export function watchAlarms(world: World, live: ServiceDeploymentState): void {
  if (live.alarms.status === 'MONITORING' && ringing(world, live).length > 0) live.alarms.status = 'DISABLED';
}

export function detectFailure(world: World, service: ServiceState, live: ServiceDeploymentState): void {
  const deployment = deploymentOf(service, live.deployment);
  live.breaker.threshold = threshold(service.configuration.deploymentCircuitBreaker, service.desiredCount);
  live.breaker.failures = deployment.failedTasks;
  if (live.breaker.status === 'MONITORING' && deployment.failedTasks >= live.breaker.threshold) {
    live.breaker.status = 'TRIGGERED';
    fail(world, service, live, {
      rolloutReason: 'ECS deployment circuit breaker: tasks failed to start.',
      event: 'tasks failed to start.',
      reason: 'the circuit breaker threshold was exceeded.',
      rollback: live.configuration.deploymentCircuitBreaker?.rollback === true,
    });
    return;
  }
  const alarms = live.alarms.status === 'MONITORING' ? ringing(world, live) : [];
  if (alarms.length > 0) {
    live.alarms.status = 'TRIGGERED';
    live.alarms.triggered.push(...alarms);
    // Words of the reasons are not known; those of the event are.
    fail(world, service, live, {
      rolloutReason: 'ECS deployment failed: alarm detected.',
      event: 'alarm detected.',
      reason: 'one or more alarms were detected.',
      rollback: live.configuration.alarms?.rollback === true,
    });
  }
}

/** `event` and `reason` end their sentences. */
export function fail(
  world: World,
  service: ServiceState,
  live: ServiceDeploymentState,
  how: {
    readonly event: string;
    readonly reason: string;
    readonly rolloutReason?: string;
    readonly rollback: boolean;
  },
): void {
  const deployment = deploymentOf(service, live.deployment);
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = how.rolloutReason ?? how.reason;
  deployment.updatedAt = world.state.now;
  say(
    world,
    service,
    `(service ${service.name}) (deployment ${deployment.id}) deployment failed: ${how.event}`,
  );
  if (how.rollback) {
    beginRollback(world, service, live, `Service deployment rolled back because ${how.reason}`);
    return;
  }
  live.status = 'STOP_REQUESTED';
  live.statusReason = `Service deployment stopped because ${how.reason}`;
  live.updatedAt = world.state.now;
}

function ringing(world: World, live: ServiceDeploymentState): readonly string[] {
  const names = live.configuration.alarms?.alarmNames ?? [];
  return world.state.alarms
    .filter(({ name, value }) => names.includes(name) && value === 'ALARM')
    .map((a) => a.name);
}
