/** Which tasks start and stop, so that a service comes to what it should run. */

import { type DeploymentState, primaryOf, type ServiceState, type TaskState, tasksOf } from './state.ts';
import { startTasks, stopTasks } from './task-life.ts';
import type { World } from './world.ts';

/**
 * Brings the service towards `desiredCount` tasks of its primary deployment within its minimum and maximum, as a rolling
 * update does (DeploymentConfiguration.minimumHealthyPercent and maximumPercent). True: it is there, and no task of another
 * deployment is left.
 */
export function converge(world: World, service: ServiceState, mayStart = true): boolean {
  const { state } = world;
  const primary = primaryOf(service);
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.configuration;
  const desired = service.desiredCount;
  const minimum = Math.ceil((desired * minimumHealthyPercent) / 100);
  const maximum = Math.floor((desired * maximumPercent) / 100);
  const all = tasksOf(state, service).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const wanted = all.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const mine = wanted.filter(({ deployment }) => deployment === primary.id);
  const others = wanted.filter(({ deployment }) => deployment !== primary.id);

  if (mine.length > desired) {
    stopTasks(world, service, mine.slice(desired), scalingReason(primary));
  }
  // A desired count of zero leaves room for none, and needs none.
  const room = Math.max(0, maximum - wanted.length);
  if (mayStart) startTasks(world, service, primary, Math.min(desired - mine.length, room));

  // Tasks that are not healthy keep nothing up: they go first.
  const ailing = others.filter((task) => task.healthyAt === null);
  const healthy = wanted.filter(isHealthy).length;
  const needed = Math.max(minimum, Math.min(desired, mine.filter(isHealthy).length));
  const spare = Math.max(0, healthy - needed);
  const replaced = mine.filter(isHealthy).length + others.length - desired;
  const crowded = room === 0 && mine.length < desired ? 1 : 0;
  const surplus = Math.max(0, Math.min(spare, Math.max(replaced, crowded)));
  stopTasks(
    world,
    service,
    [...ailing, ...others.filter((task) => task.healthyAt !== null).slice(0, surplus)],
    scalingReason(primary),
  );
  return (
    mine.length === desired &&
    mine.every(isHealthy) &&
    all.every((task) => task.deployment === primary.id && task.desiredStatus === 'RUNNING')
  );
}

/** Starts what a deployment lacks of `count` tasks, and stops what it has too many. True: all are healthy. */
export function keep(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  count: number,
): boolean {
  const wanted = tasksOf(world.state, service, deployment).filter(
    ({ desiredStatus }) => desiredStatus === 'RUNNING',
  );
  startTasks(world, service, deployment, count - wanted.length);
  stopTasks(world, service, wanted.slice(count), scalingReason(primaryOf(service)));
  return wanted.length === count && wanted.every(isHealthy);
}

/** Deployments other than the primary leave the answers when their last task is gone. */
export function retireEmpty(world: World, service: ServiceState): void {
  for (const deployment of service.deployments) {
    if (deployment.status === 'PRIMARY' || deployment.retired) continue;
    const left = tasksOf(world.state, service, deployment).some(({ lastStatus }) => lastStatus !== 'STOPPED');
    if (!left) deployment.retired = true;
  }
}

export function isHealthy({ healthyAt, desiredStatus, health }: TaskState): boolean {
  return healthyAt !== null && desiredStatus === 'RUNNING' && health !== 'UNHEALTHY';
}

function scalingReason({ id }: DeploymentState): string {
  return `Scaling activity initiated by (deployment ${id})`;
}
