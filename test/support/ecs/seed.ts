/** The state that a simulator begins with: services whose last deployment ended well, and whose tasks run. */

import type {
  ContainerDefinition,
  DeploymentConfiguration,
  LoadBalancer,
  RegisterTaskDefinitionRequest,
  Tag,
} from '@aws-sdk/client-ecs';
import {
  listenerRuleArn,
  newHexId,
  newShortId,
  roleArn,
  serviceArn,
  serviceDeploymentArn,
  targetGroupArn,
  taskArn,
} from './names.ts';
import { register } from './operations/index.ts';
import type { ServiceState } from './state.ts';
import { addDeployment, addRevision, say, type World } from './world.ts';

export interface ServiceSpec {
  readonly name: string;
  /** Default: `prod`. */
  readonly cluster?: string;
  /** Of the container `app`. Default: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1.0`. */
  readonly image?: string;
  /** In place of one with the container `app` on port 8080, logs in `/ecs/<family>`, Fargate, 256 CPU units and 512 MiB. */
  readonly taskDefinition?: RegisterTaskDefinitionRequest;
  /** Members that are added to that container, or replace what it has. */
  readonly container?: Partial<ContainerDefinition>;
  /** Default: the service's name. */
  readonly family?: string;
  /** Which one runs; those before it are there, too. Default: 3. */
  readonly revision?: number;
  /** Default: 2. */
  readonly desiredCount?: number;
  /** Default: `ECS`. */
  readonly controller?: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  /** Added to 200 and 100 percent and a circuit breaker that is off. */
  readonly configuration?: DeploymentConfiguration;
  /** `plain`: one target group; `shifting`: with all that blue/green deployments need. Default: none. */
  readonly loadBalancer?: 'none' | 'plain' | 'shifting';
  readonly healthCheckGracePeriodSeconds?: number;
  readonly tags?: readonly Tag[];
  /** How the deployment that runs ended: COMPLETED, or never, so that there is nothing to roll back to. */
  readonly rollout?: 'COMPLETED' | 'FAILED';
}

export function addService(world: World, spec: ServiceSpec): void {
  const { state } = world;
  const { name, cluster = 'prod', revision = 3, desiredCount = 2, rollout = 'COMPLETED' } = spec;
  const controller = spec.controller ?? 'ECS';
  if (!state.clusters.includes(cluster)) state.clusters.push(cluster);
  const input = spec.taskDefinition ?? defaultTaskDefinition(world, spec);
  let definition = register(world, input);
  while (definition.revision < revision) definition = register(world, input);
  const service: ServiceState = {
    name,
    arn: serviceArn(state, cluster, name),
    cluster,
    controller,
    launchType: 'FARGATE',
    capacityProviderStrategy: [],
    createdAt: state.now,
    tags: spec.tags ?? [],
    status: 'ACTIVE',
    desiredCount,
    configuration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      ...(controller === 'ECS' ? { strategy: 'ROLLING' } : {}),
      ...spec.configuration,
    },
    loadBalancers: loadBalancers(world, spec),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002'],
        securityGroups: ['sg-0a1b2c3d4e5f60001'],
        assignPublicIp: 'DISABLED',
      },
    },
    platformVersion: 'LATEST',
    healthCheckGracePeriodSeconds: spec.healthCheckGracePeriodSeconds ?? 0,
    revisions: [],
    deployments: [],
    serviceDeployments: [],
    events: [],
    steady: true,
  };
  state.services.push(service);
  const first = addRevision(world, service, definition, true);
  const deployment = addDeployment(world, service, first);
  deployment.completed = rollout === 'COMPLETED';
  deployment.rolloutState = rollout;
  deployment.rolloutStateReason =
    rollout === 'COMPLETED'
      ? `ECS deployment ${deployment.id} completed.`
      : 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.started = desiredCount;
  for (let i = 0; i < desiredCount; i++) addTask(world, service, deployment.id, definition.arn);
  if (controller === 'ECS') addServiceDeployment(world, service, first.arn, deployment.id, rollout);
  if (rollout === 'COMPLETED') say(world, service, `(service ${name}) has reached a steady state.`);
}

function addTask(world: World, service: ServiceState, deployment: string, taskDefinition: string): void {
  const { state } = world;
  const id = newHexId(state);
  state.tasks.push({
    id,
    arn: taskArn(state, service.cluster, id),
    cluster: service.cluster,
    service: service.name,
    deployment,
    taskDefinition,
    createdAt: state.now - 3_600_000,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    pullStartedAt: state.now - 3_590_000,
    startedAt: state.now - 3_575_000,
    healthyAt: state.now - 3_535_000,
    stoppingAt: null,
    stoppedAt: null,
    stopCode: null,
    stoppedReason: null,
    health: 'UNKNOWN',
    exitCode: null,
    containerReason: null,
    plan: { runningAfter: 25_000, healthyAfter: 65_000, end: null },
  });
}

function addServiceDeployment(
  world: World,
  service: ServiceState,
  revision: string,
  deployment: string,
  rollout: 'COMPLETED' | 'FAILED',
): void {
  const { state } = world;
  const id = newShortId(state);
  service.serviceDeployments.push({
    arn: serviceDeploymentArn(state, service, id),
    id,
    deployment,
    target: revision,
    sources: [],
    configuration: structuredClone(service.configuration),
    createdAt: state.now,
    startedAt: state.now,
    finishedAt: state.now,
    stoppedAt: null,
    updatedAt: state.now,
    status: rollout === 'COMPLETED' ? 'SUCCESSFUL' : 'STOPPED',
    statusReason: null,
    stage: null,
    stageSince: state.now,
    step: 0,
    hooks: [],
    weights: null,
    breaker: { status: 'DISABLED', failures: 0, threshold: 0 },
    alarms: { status: 'DISABLED', triggered: [] },
    rollback: null,
    settledAt: null,
  });
}

function defaultTaskDefinition(world: World, spec: ServiceSpec): RegisterTaskDefinitionRequest {
  const { account, region } = world.state;
  const family = spec.family ?? spec.name;
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: roleArn(world.state, 'ecsTaskExecutionRole'),
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    containerDefinitions: [
      {
        name: 'app',
        image: spec.image ?? `${account}.dkr.ecr.${region}.amazonaws.com/api:1.0`,
        essential: true,
        portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
        environment: [{ name: 'LOG_LEVEL', value: 'info' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': `/ecs/${family}`,
            'awslogs-region': region,
            'awslogs-stream-prefix': 'ecs',
          },
        },
        ...spec.container,
      },
    ],
  };
}

function loadBalancers(world: World, { name, loadBalancer = 'none' }: ServiceSpec): readonly LoadBalancer[] {
  const { state } = world;
  const blue = {
    targetGroupArn: targetGroupArn(state, `${name}-blue`),
    containerName: 'app',
    containerPort: 8080,
  };
  switch (loadBalancer) {
    case 'none':
      return [];
    case 'plain':
      return [blue];
    case 'shifting':
      return [
        {
          ...blue,
          advancedConfiguration: {
            alternateTargetGroupArn: targetGroupArn(state, `${name}-green`),
            productionListenerRule: listenerRuleArn(state, `${name}-production`),
            testListenerRule: listenerRuleArn(state, `${name}-test`),
            roleArn: roleArn(state, 'ecsInfrastructureRole'),
          },
        },
      ];
  }
}
