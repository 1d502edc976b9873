/** Clusters, services and their listing. */

import type {
  DescribeClustersRequest,
  DescribeServicesRequest,
  ListClustersRequest,
  ListServicesRequest,
} from '@aws-sdk/client-ecs';
import { clusterArn, lastPart, serviceArn } from '../names.ts';
import { type DeploymentState, type ServiceState, type State, tasksOf } from '../state.ts';
import { ApiError } from './api-error.ts';
import {
  clusterOf,
  findService,
  given,
  type Json,
  type Operation,
  page,
  reads,
  seconds,
} from './operation.ts';

export const serviceOperations: Readonly<Record<string, Operation>> = {
  ListClusters: reads(({ state }, input: ListClustersRequest) => {
    const { items, ...rest } = page(state.clusters, input, 100);
    return { clusterArns: items.map((name) => clusterArn(state, name)), ...rest };
  }),
  DescribeClusters: reads(({ state }, input: DescribeClustersRequest) => {
    const names = (input.clusters ?? ['default']).map(lastPart);
    return {
      clusters: names.filter((name) => state.clusters.includes(name)).map((name) => cluster(state, name)),
      failures: names
        .filter((name) => !state.clusters.includes(name))
        .map((name) => ({ arn: clusterArn(state, name), reason: 'MISSING' })),
    };
  }),
  ListServices: reads((world, input: ListServicesRequest) => {
    const name = clusterOf(world, input.cluster);
    const found = world.state.services.filter((s) => s.cluster === name && s.status !== 'INACTIVE');
    const { items, ...rest } = page(found, { ...input, maxResults: input.maxResults ?? 10 }, 100);
    return { serviceArns: items.map(({ arn }) => arn), ...rest };
  }),
  DescribeServices: reads((world, input: DescribeServicesRequest) => {
    const name = clusterOf(world, input.cluster);
    const asked = input.services ?? [];
    // "You may specify up to 10 services to describe in a single operation."
    if (asked.length > 10) {
      throw new ApiError('InvalidParameterException', 'Services cannot have more than 10 elements.');
    }
    const tags = input.include?.includes('TAGS') === true;
    const found = asked.map((service) => findService(world, name, service));
    return {
      services: found.filter((s) => s !== null).map((s) => renderedService(world.state, s, tags)),
      failures: asked
        .filter((_, i) => found[i] === null)
        .map((service) => ({ arn: serviceArn(world.state, name, lastPart(service)), reason: 'MISSING' })),
    };
  }),
};

export function renderedService(state: State, service: ServiceState, tags: boolean): Json {
  const counts = countsOf(state, service);
  const ecs = service.controller === 'ECS';
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const last = service.serviceDeployments.at(-1);
  const shown = service.deployments.filter(({ retired }) => !retired);
  return given({
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: clusterArn(state, service.cluster),
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts,
    launchType: service.capacityProviderStrategy.length > 0 ? null : service.launchType,
    capacityProviderStrategy:
      service.capacityProviderStrategy.length > 0 ? service.capacityProviderStrategy : null,
    platformVersion: service.launchType === 'FARGATE' ? service.platformVersion : null,
    platformFamily: service.launchType === 'FARGATE' ? 'Linux' : null,
    taskDefinition: primary?.taskDefinition,
    deploymentConfiguration: service.configuration,
    deploymentController: { type: service.controller },
    // "This is used only when a service uses the ECS deployment controller type" (Deployment); others have task sets.
    deployments: ecs ? [...shown].sort(primaryFirst).map((d) => deployment(state, service, d)) : [],
    taskSets: ecs ? null : shown.map((d) => taskSet(state, service, d)),
    loadBalancers: service.loadBalancers,
    serviceRegistries: [],
    events: service.events
      .slice(-100)
      .reverse()
      .map(({ id, at, message }) => ({ id, createdAt: seconds(at), message })),
    createdAt: seconds(service.createdAt),
    currentServiceDeployment: ecs ? last?.arn : null,
    currentServiceRevisions: ecs
      ? shown.map((d) => ({
          arn: d.revision,
          requestedTaskCount: wanted(state, service, d),
          runningTaskCount: countsOf(state, service, d).runningCount,
          pendingTaskCount: countsOf(state, service, d).pendingCount,
        }))
      : null,
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: service.networkConfiguration,
    healthCheckGracePeriodSeconds:
      service.loadBalancers.length > 0 ? service.healthCheckGracePeriodSeconds : null,
    schedulingStrategy: 'REPLICA',
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'DISABLED',
    tags: tags ? service.tags : null,
  });
}

export function countsOf(
  state: State,
  service: ServiceState,
  of?: DeploymentState,
): { readonly runningCount: number; readonly pendingCount: number } {
  const tasks = tasksOf(state, service, of);
  return {
    runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingCount: tasks.filter(
      ({ lastStatus, desiredStatus }) =>
        desiredStatus === 'RUNNING' && (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING'),
    ).length,
  };
}

/** Tasks that the scheduler wants of a deployment. */
export function wanted(state: State, service: ServiceState, of: DeploymentState): number {
  if (of.status === 'PRIMARY') return service.desiredCount;
  return tasksOf(state, service, of).filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
}

function cluster(state: State, name: string): Json {
  const tasks = state.tasks.filter((task) => task.cluster === name);
  return {
    clusterArn: clusterArn(state, name),
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'PENDING').length,
    activeServicesCount: state.services.filter((s) => s.cluster === name && s.status === 'ACTIVE').length,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  };
}

function deployment(state: State, service: ServiceState, of: DeploymentState): Json {
  return given({
    id: of.id,
    status: of.status,
    taskDefinition: of.taskDefinition,
    desiredCount: wanted(state, service, of),
    ...countsOf(state, service, of),
    failedTasks: of.failedTasks,
    createdAt: seconds(of.createdAt),
    updatedAt: seconds(of.updatedAt),
    launchType: service.capacityProviderStrategy.length > 0 ? null : service.launchType,
    capacityProviderStrategy:
      service.capacityProviderStrategy.length > 0 ? service.capacityProviderStrategy : null,
    platformVersion: service.launchType === 'FARGATE' ? service.platformVersion : null,
    platformFamily: service.launchType === 'FARGATE' ? 'Linux' : null,
    networkConfiguration: service.networkConfiguration,
    rolloutState: of.rolloutState,
    rolloutStateReason: of.rolloutStateReason,
  });
}

function taskSet(state: State, service: ServiceState, of: DeploymentState): Json {
  const { runningCount, pendingCount } = countsOf(state, service, of);
  return given({
    id: of.id,
    taskSetArn: `${service.arn.replace(':service/', ':task-set/')}/${of.id}`,
    serviceArn: service.arn,
    clusterArn: clusterArn(state, service.cluster),
    status: of.status,
    taskDefinition: of.taskDefinition,
    computedDesiredCount: service.desiredCount,
    runningCount,
    pendingCount,
    createdAt: seconds(of.createdAt),
    updatedAt: seconds(of.updatedAt),
    launchType: service.launchType,
    loadBalancers: service.loadBalancers,
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: 'STEADY_STATE',
    stabilityStatusAt: seconds(of.updatedAt),
    tags: [],
  });
}

function primaryFirst(a: DeploymentState, b: DeploymentState): number {
  if (a.status !== b.status) return a.status === 'PRIMARY' ? -1 : 1;
  return b.createdAt - a.createdAt;
}
