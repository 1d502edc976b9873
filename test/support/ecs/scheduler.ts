/** One second of the service scheduler's life. */

import { drive } from './rollout.ts';
import { type ServiceState, tasksOf } from './state.ts';
import { advanceTasks, stopTasks } from './task-life.ts';
import { say, type World } from './world.ts';

/** "Stopped tasks only appear in the returned results for at least one hour" (ListTasks). */
const stoppedTasksKept = 3_600_000;

export function tick(world: World): void {
  const { state } = world;
  for (const service of state.services) {
    advanceTasks(world, service);
    if (service.status === 'DRAINING') drain(world, service);
    else if (service.status === 'ACTIVE' && service.controller === 'ECS') drive(world, service);
  }
  const kept = state.tasks.filter(
    ({ stoppedAt }) => stoppedAt === null || state.now - stoppedAt < stoppedTasksKept,
  );
  if (kept.length < state.tasks.length) state.tasks.splice(0, state.tasks.length, ...kept);
}

function drain(world: World, service: ServiceState): void {
  const left = tasksOf(world.state, service).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const running = left.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  stopTasks(world, service, running, 'Service deleted');
  if (left.length > 0) return;
  service.status = 'INACTIVE';
  for (const deployment of service.deployments) deployment.retired = true;
  say(world, service, `(service ${service.name}) has reached a steady state.`);
}
