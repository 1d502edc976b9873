import { register, requestStop } from './operations/index.ts';
import { startServiceDeployment } from './rollout.ts';
import type { Others } from './scenario.ts';
import { liveDeployment, primaryOf, type ServiceState, tasksOf } from './state.ts';
import { taskFailures } from './task-failures.ts';
import { endTask, stopTasks } from './task-life.ts';
import { addLogLines } from './task-logs.ts';
import { findTaskDefinition, resolveTaskDefinition, say, type World } from './world.ts';

/** What others do changes the state as their calls would; none of it stands in the journal. */
export function othersOf(world: World): Others {
  const { state } = world;
  const serviceNamed = (name: string): ServiceState => {
    const service = state.services.find((s) => s.name === name);
    if (service === undefined) throw new Error(`the simulator has no service ${name}`);
    return service;
  };
  const definitionNamed = (reference: string) => {
    const definition = resolveTaskDefinition(state, reference);
    if (definition === null) throw new Error(`the simulator has no task definition ${reference}`);
    return definition;
  };
  return {
    deploy(name, what) {
      const service = serviceNamed(name);
      const definition =
        'image' in what
          ? register(world, withImage(world, service, what.image))
          : definitionNamed(what.taskDefinition);
      startServiceDeployment(world, service, definition);
    },
    scale(name, desiredCount) {
      serviceNamed(name).desiredCount = desiredCount;
    },
    deleteService(name) {
      const service = serviceNamed(name);
      service.status = 'DRAINING';
      service.desiredCount = 0;
      // "When you delete a service, Amazon ECS deletes the corresponding service deployments" (service-deployment).
      service.serviceDeployments.length = 0;
      const running = tasksOf(state, service).filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
      stopTasks(world, service, running, 'Service deleted');
    },
    killTask(name, how = 'spot') {
      const service = serviceNamed(name);
      const task = tasksOf(state, service).find(
        (t) => t.lastStatus === 'RUNNING' && t.desiredStatus === 'RUNNING',
      );
      if (task === undefined) throw new Error(`no task of ${name} runs`);
      const failure = taskFailures[how];
      const container = findTaskDefinition(state, task.taskDefinition).containers[0];
      const balancer = service.loadBalancers[0];
      const context = {
        service: name,
        task: task.id,
        container: container?.name ?? '',
        image: container?.image ?? '',
        port: balancer?.containerPort ?? 8080,
        targetGroup: balancer?.targetGroupArn ?? '',
        account: state.account,
        region: state.region,
      };
      addLogLines(world, task, failure.logLines);
      const reason = failure.stoppedReason(context);
      endTask(
        world,
        task,
        failure.stopCode,
        reason,
        failure.exitCode,
        failure.containerReason?.(context) ?? null,
      );
    },
    setAlarm(name, value) {
      const alarm = state.alarms.find((a) => a.name === name);
      if (alarm === undefined) throw new Error(`the simulator has no alarm ${name}`);
      alarm.value = value;
      alarm.updatedAt = state.now;
      alarm.reason =
        value === 'ALARM'
          ? 'Threshold Crossed: 1 datapoint [42.0] was greater than the threshold (10.0).'
          : 'Threshold Crossed: no longer.';
    },
    rollBack(name) {
      const live = liveDeployment(serviceNamed(name));
      if (live === null) throw new Error(`no deployment of ${name} goes on`);
      requestStop(world, live, 'ROLLBACK');
    },
    deregisterTaskDefinition(reference) {
      definitionNamed(reference).deregisteredAt = state.now;
    },
    log(group, stream, message) {
      state.logs.push({ group, stream, at: state.now, message });
    },
    event(name, message) {
      say(world, serviceNamed(name), message);
    },
  };
}

function withImage(world: World, service: ServiceState, image: string) {
  const { spec } = findTaskDefinition(world.state, primaryOf(service).taskDefinition);
  const [first, ...rest] = spec.containerDefinitions ?? [];
  return { ...spec, containerDefinitions: [{ ...first, image }, ...rest] };
}
