/** Tasks as `ListTasks` and `DescribeTasks` tell them. */

import type { DescribeTasksRequest, ListTasksRequest } from '@aws-sdk/client-ecs';
import { clusterArn, containerArn, lastPart, taskArn } from '../names.ts';
import type { ServiceState, State, TaskState } from '../state.ts';
import { deploymentOf, findTaskDefinition, revisionOf, type World } from '../world.ts';
import { ApiError, UnsimulatedError } from './api-error.ts';
import { clusterOf, given, type Json, type Operation, page, reads, seconds, serviceOf } from './operation.ts';

export const taskOperations: Readonly<Record<string, Operation>> = {
  ListTasks: reads((world, input: ListTasksRequest) => {
    const cluster = clusterOf(world, input.cluster);
    if (input.containerInstance !== undefined) throw new UnsimulatedError('ListTasks by container instance');
    // "The default status filter is RUNNING, which shows tasks that Amazon ECS has set the desired status to RUNNING."
    const { desiredStatus = 'RUNNING', serviceName, family, startedBy } = input;
    const service = serviceName === undefined ? null : serviceOf(world, cluster, serviceName);
    const found = world.state.tasks
      .filter((task) => task.cluster === cluster && task.desiredStatus === desiredStatus)
      .filter((task) => service === null || task.service === service.name)
      .filter((task) => startedBy === undefined || task.deployment === startedBy)
      .filter((task) => family === undefined || familyOf(world.state, task) === family);
    const { items, ...rest } = page(found, input, 100);
    return { taskArns: items.map(({ arn }) => arn), ...rest };
  }),
  DescribeTasks: reads((world, input: DescribeTasksRequest) => {
    const cluster = clusterOf(world, input.cluster);
    const ids = (input.tasks ?? []).map(lastPart);
    if (ids.length > 100) {
      throw new ApiError('InvalidParameterException', 'Tasks cannot have more than 100 elements.');
    }
    const found = ids.map((id) =>
      world.state.tasks.find((task) => task.cluster === cluster && task.id === id),
    );
    return {
      tasks: found.flatMap((task) => (task === undefined ? [] : [rendered(world, task)])),
      failures: ids
        .filter((_, i) => found[i] === undefined)
        .map((id) => ({ arn: taskArn(world.state, cluster, id), reason: 'MISSING' })),
    };
  }),
};

function rendered(world: World, task: TaskState): Json {
  const { state } = world;
  const service = state.services.find((s) => s.name === task.service && s.cluster === task.cluster);
  const definition = findTaskDefinition(state, task.taskDefinition);
  return given({
    taskArn: task.arn,
    clusterArn: clusterArn(state, task.cluster),
    taskDefinitionArn: task.taskDefinition,
    group: `service:${task.service}`,
    startedBy: task.deployment,
    desiredStatus: task.desiredStatus,
    lastStatus: task.lastStatus,
    healthStatus: task.health,
    createdAt: seconds(task.createdAt),
    pullStartedAt: time(task.pullStartedAt),
    startedAt: time(task.startedAt),
    stoppingAt: time(task.stoppingAt),
    stoppedAt: time(task.stoppedAt),
    executionStoppedAt: time(task.stoppedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    launchType: service?.launchType ?? null,
    availabilityZone: `${state.region}a`,
    cpu: definition.spec.cpu,
    memory: definition.spec.memory,
    version: 1,
    attachments: [],
    overrides: { containerOverrides: [] },
    containers: containers(state, service, task),
    tags: [],
  });
}

/** The container that a fate is about is the first essential one; the others end with it. */
function containers(state: State, service: ServiceState | undefined, task: TaskState): readonly Json[] {
  const definition = findTaskDefinition(state, task.taskDefinition);
  const subject = definition.containers.find(({ essential }) => essential !== false);
  const images = service === undefined ? [] : imagesOf(service, task);
  return definition.containers.map((container) => {
    const { name = '', image = '' } = container;
    const about = container === subject;
    const ran = task.startedAt !== null;
    return given({
      containerArn: containerArn(state, task.cluster, task.id, name),
      taskArn: task.arn,
      name,
      image,
      imageDigest: ran ? images.find((i) => i.container === name)?.digest : null,
      runtimeId: ran ? `${task.id}-0527074092` : null,
      lastStatus: containerStatus(task),
      exitCode: task.stoppedAt === null ? null : about ? task.exitCode : ran ? 143 : null,
      reason: about ? task.containerReason : null,
      networkBindings: [],
      networkInterfaces: [],
      healthStatus: container.healthCheck === undefined ? 'UNKNOWN' : task.health,
      cpu: String(container.cpu ?? 0),
      memory: container.memory === undefined ? null : String(container.memory),
    });
  });
}

function containerStatus({ lastStatus }: TaskState): string {
  switch (lastStatus) {
    case 'PROVISIONING':
    case 'PENDING':
      return 'PENDING';
    case 'RUNNING':
    case 'STOPPING':
      return 'RUNNING';
    case 'DEPROVISIONING':
    case 'STOPPED':
      return 'STOPPED';
  }
}

function imagesOf(service: ServiceState, task: TaskState) {
  return revisionOf(service, deploymentOf(service, task.deployment).revision).images;
}

function familyOf(state: State, task: TaskState): string {
  return findTaskDefinition(state, task.taskDefinition).family;
}

function time(milliseconds: number | null): number | null {
  return milliseconds === null ? null : seconds(milliseconds);
}
