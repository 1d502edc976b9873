/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */

import { isDeepStrictEqual } from 'node:util';
import type { DeploymentConfiguration, LoadBalancer, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { startServiceDeployment } from '../rollout.ts';
import { primaryOf, type ServiceState, type TaskDefinitionState } from '../state.ts';
import { findTaskDefinition, resolveTaskDefinition, type World } from '../world.ts';
import { ApiError, UnsimulatedError } from './api-error.ts';
import { changes, clusterOf, type Operation, serviceOf } from './operation.ts';
import { renderedService } from './services.ts';

const known: ReadonlySet<string> = new Set([
  'cluster',
  'service',
  'desiredCount',
  'taskDefinition',
  'forceNewDeployment',
  'deploymentConfiguration',
  'networkConfiguration',
  'platformVersion',
  'healthCheckGracePeriodSeconds',
  'loadBalancers',
  'capacityProviderStrategy',
]);

export const updateService: Operation = changes((world, input: UpdateServiceRequest) => {
  const unknown = Object.keys(input).filter((member) => !known.has(member));
  if (unknown.length > 0) throw new UnsimulatedError(`UpdateService with ${unknown.join(', ')}`);
  const service = serviceOf(world, clusterOf(world, input.cluster), input.service ?? '');
  if (service.status !== 'ACTIVE') {
    throw new ApiError('ServiceNotActiveException', 'Service was not ACTIVE.');
  }
  if (service.controller !== 'ECS') refuseForeignController(service, input);
  const definition = wantedDefinition(world, service, input.taskDefinition);
  const loadBalancers = input.loadBalancers ?? service.loadBalancers;
  const configuration = merged(service.configuration, input.deploymentConfiguration);
  checkConfiguration(configuration, loadBalancers);
  checkContainers(definition, loadBalancers);

  const starts =
    input.forceNewDeployment === true ||
    definition.arn !== primaryOf(service).taskDefinition ||
    (input.networkConfiguration !== undefined &&
      !isDeepStrictEqual(input.networkConfiguration, service.networkConfiguration)) ||
    (input.platformVersion !== undefined && input.platformVersion !== service.platformVersion) ||
    (input.loadBalancers !== undefined && !isDeepStrictEqual(input.loadBalancers, service.loadBalancers));

  service.configuration = configuration;
  service.loadBalancers = loadBalancers;
  service.desiredCount = input.desiredCount ?? service.desiredCount;
  service.networkConfiguration = input.networkConfiguration ?? service.networkConfiguration;
  service.platformVersion = input.platformVersion ?? service.platformVersion;
  service.healthCheckGracePeriodSeconds =
    input.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds;
  service.capacityProviderStrategy = input.capacityProviderStrategy ?? service.capacityProviderStrategy;
  // Where the primary deployment ended badly, its task definition is what runs next only when it is forced.
  if (starts && service.controller === 'ECS') startServiceDeployment(world, service, definition);
  return { service: renderedService(world.state, service, false) };
});

/** The words are the service's for CODE_DEPLOY; those for EXTERNAL are taken from them. */
function refuseForeignController(service: ServiceState, input: UpdateServiceRequest): void {
  const { controller } = service;
  const instead =
    controller === 'CODE_DEPLOY'
      ? 'Use AWS CodeDeploy to trigger a new deployment.'
      : 'Use CreateTaskSet to trigger a new deployment.';
  const what =
    input.taskDefinition !== undefined
      ? 'Unable to update task definition'
      : input.networkConfiguration !== undefined
        ? 'Unable to update network parameters'
        : input.forceNewDeployment === true
          ? 'Cannot force a new deployment'
          : null;
  if (what !== null) {
    throw new ApiError(
      'InvalidParameterException',
      `${what} on services with a ${controller} deployment controller. ${instead}`,
    );
  }
}

function wantedDefinition(
  world: World,
  service: ServiceState,
  reference: string | undefined,
): TaskDefinitionState {
  if (reference === undefined) return findTaskDefinition(world.state, primaryOf(service).taskDefinition);
  const definition = resolveTaskDefinition(world.state, reference);
  if (definition === null) throw new ApiError('ClientException', 'TaskDefinition not found.');
  if (definition.deregisteredAt !== null) throw new ApiError('ClientException', 'TaskDefinition is inactive');
  return definition;
}

/**
 * Member by member; what is not given stays. Seen at the service: what belongs to another strategy is dropped without a
 * word.
 */
function merged(
  before: DeploymentConfiguration,
  change: DeploymentConfiguration | undefined,
): DeploymentConfiguration {
  if (change === undefined) return before;
  const { canaryConfiguration, linearConfiguration, ...rest } = { ...before, ...change };
  switch (rest.strategy) {
    case 'CANARY':
      return { ...rest, canaryConfiguration: canaryConfiguration ?? {} };
    case 'LINEAR':
      return { ...rest, linearConfiguration: linearConfiguration ?? {} };
    default:
      return rest;
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html: the synchronous errors. */
function checkConfiguration(
  configuration: DeploymentConfiguration,
  balancers: readonly LoadBalancer[],
): void {
  const refuse = (message: string): never => {
    throw new ApiError('InvalidParameterException', message);
  };
  const {
    strategy = 'ROLLING',
    lifecycleHooks = [],
    canaryConfiguration,
    linearConfiguration,
  } = configuration;
  if (strategy !== 'ROLLING' && balancers.some(({ advancedConfiguration }) => !advancedConfiguration)) {
    refuse(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
  }
  if (strategy === 'BLUE_GREEN' && configuration.bakeTimeInMinutes === undefined) {
    refuse('bakeTimeInMinutes is required when using the BLUE_GREEN deployment strategy');
  }
  outside(canaryConfiguration?.canaryPercent, 0.1, 100, 'canaryPercent', refuse);
  outside(canaryConfiguration?.canaryBakeTimeInMinutes, 0, 1440, 'canaryBakeTimeInMinutes', refuse);
  outside(linearConfiguration?.stepPercent, 3, 100, 'stepPercent', refuse);
  outside(linearConfiguration?.stepBakeTimeInMinutes, 0, 1440, 'stepBakeTimeInMinutes', refuse);
  outside(configuration.bakeTimeInMinutes, 0, 1440, 'bakeTimeInMinutes', refuse);
  for (const { targetType, lifecycleStages = [], hookTargetArn, timeoutConfiguration } of lifecycleHooks) {
    const pause = targetType === 'PAUSE';
    if (lifecycleStages.length === 0) refuse('lifecycleStages must not be empty');
    if (
      pause &&
      lifecycleStages.some((s) => s === 'TEST_TRAFFIC_SHIFT' || s === 'PRODUCTION_TRAFFIC_SHIFT')
    ) {
      refuse('Invalid lifecycle stage provided for Pause Hook');
    }
    if (!pause && hookTargetArn === undefined) refuse('hookTargetArn is required for AWS_LAMBDA hooks');
    outside(timeoutConfiguration?.timeoutInMinutes, 1, pause ? 20_160 : 1_440, 'timeoutInMinutes', refuse);
  }
}

function outside(
  value: number | undefined,
  least: number,
  most: number,
  name: string,
  refuse: (message: string) => never,
): void {
  if (value === undefined) return;
  if (value < least || value > most) refuse(`${name} must be between ${least} and ${most}`);
  // "Valid values are multiples of 0.1."
  if (Math.abs(value * 10 - Math.round(value * 10)) > 1e-9) refuse(`${name} must be a multiple of 0.1`);
}

function checkContainers(definition: TaskDefinitionState, balancers: readonly LoadBalancer[]): void {
  for (const { containerName } of balancers) {
    if (!definition.containers.some(({ name }) => name === containerName)) {
      throw new ApiError(
        'InvalidParameterException',
        `The container ${containerName} does not exist in the task definition.`,
      );
    }
  }
}
