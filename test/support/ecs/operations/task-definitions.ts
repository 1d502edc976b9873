/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */

import type {
  ContainerDefinition,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import { roleArn, taskDefinitionArn } from '../names.ts';
import type { State, TaskDefinitionState } from '../state.ts';
import { resolveTaskDefinition, type World } from '../world.ts';
import { ApiError } from './api-error.ts';
import { changes, given, type Json, type Operation, page, reads, seconds } from './operation.ts';

export const taskDefinitionOperations: Readonly<Record<string, Operation>> = {
  RegisterTaskDefinition: changes((world, input: RegisterTaskDefinitionRequest) => {
    const definition = register(world, input);
    return given({ taskDefinition: rendered(world.state, definition), tags: definition.spec.tags });
  }),
  DescribeTaskDefinition: reads((world, input: DescribeTaskDefinitionRequest) => {
    const definition = resolved(world, input.taskDefinition ?? '');
    const tags = input.include?.includes('TAGS') === true ? { tags: definition.spec.tags ?? [] } : {};
    return { taskDefinition: rendered(world.state, definition), ...tags };
  }),
  DeregisterTaskDefinition: changes((world, input: DeregisterTaskDefinitionRequest) => {
    const reference = input.taskDefinition ?? '';
    if (!/:\d+$/.test(reference)) throw new ApiError('InvalidParameterException', 'Revision is missing.');
    const definition = resolved(world, reference);
    definition.deregisteredAt ??= world.state.now;
    return { taskDefinition: rendered(world.state, definition) };
  }),
  ListTaskDefinitions: reads((world, input: ListTaskDefinitionsRequest) => {
    const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
    // "By default, task definitions are listed lexicographically by family name and in ascending numerical order by revision."
    const found = world.state.taskDefinitions
      .filter(({ family }) => familyPrefix === undefined || family === familyPrefix)
      .filter((definition) => statusOf(definition) === status)
      .sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : a.revision - b.revision));
    if (sort === 'DESC') found.reverse();
    const { items, ...rest } = page(found, input, 100);
    return { taskDefinitionArns: items.map(({ arn }) => arn), ...rest };
  }),
  ListTaskDefinitionFamilies: reads((world, input: ListTaskDefinitionFamiliesRequest) => {
    const { familyPrefix = '', status = 'ALL' } = input;
    const active = new Set(
      world.state.taskDefinitions.filter((d) => statusOf(d) === 'ACTIVE').map(({ family }) => family),
    );
    const families = [...new Set(world.state.taskDefinitions.map(({ family }) => family))]
      .filter((family) => family.startsWith(familyPrefix))
      .filter((family) => status === 'ALL' || active.has(family) === (status === 'ACTIVE'))
      .sort();
    const { items, ...rest } = page(families, input, 100);
    return { families: items, ...rest };
  }),
};

/** @throws ApiError where the service would refuse it; only the rules that a deploy may break are known here. */
export function register(world: World, spec: RegisterTaskDefinitionRequest): TaskDefinitionState {
  const { state } = world;
  const { family = '', containerDefinitions = [] } = spec;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
    throw new ApiError('ClientException', 'Family contains invalid characters.');
  }
  if (containerDefinitions.length === 0) {
    throw new ApiError('ClientException', 'Container list cannot be empty.');
  }
  for (const { name = '', image = '' } of containerDefinitions) {
    if (name === '') throw new ApiError('ClientException', 'Container.name should not be null or empty.');
    if (image === '') throw new ApiError('ClientException', 'Container.image should not be null or empty.');
  }
  if (spec.requiresCompatibilities?.includes('FARGATE') === true) {
    if (spec.networkMode !== 'awsvpc') {
      throw new ApiError('ClientException', "Fargate only supports network mode 'awsvpc'.");
    }
    if (spec.cpu === undefined || spec.memory === undefined) {
      throw new ApiError('ClientException', "Fargate requires that 'cpu' be defined at the task level.");
    }
  }
  const revision =
    Math.max(0, ...state.taskDefinitions.filter((d) => d.family === family).map((d) => d.revision)) + 1;
  const definition: TaskDefinitionState = {
    arn: taskDefinitionArn(state, family, revision),
    family,
    revision,
    spec: structuredClone(spec),
    containers: containerDefinitions.map(withDefaults),
    registeredAt: state.now,
    deregisteredAt: null,
  };
  state.taskDefinitions.push(definition);
  return definition;
}

/** What the service fills in, as its own example of RegisterTaskDefinition shows. */
function withDefaults(container: ContainerDefinition): ContainerDefinition {
  return {
    cpu: 0,
    portMappings: [],
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...structuredClone(container),
  };
}

export function rendered(state: State, definition: TaskDefinitionState): Json {
  const { tags: _, containerDefinitions: __, ...spec } = definition.spec;
  return given({
    ...spec,
    taskDefinitionArn: definition.arn,
    containerDefinitions: definition.containers,
    revision: definition.revision,
    status: statusOf(definition),
    volumes: spec.volumes ?? [],
    placementConstraints: spec.placementConstraints ?? [],
    compatibilities:
      spec.requiresCompatibilities?.includes('FARGATE') === true ? ['EC2', 'FARGATE'] : ['EC2'],
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
    registeredAt: seconds(definition.registeredAt),
    registeredBy: roleArn(state, 'deploy'),
    deregisteredAt: definition.deregisteredAt === null ? null : seconds(definition.deregisteredAt),
  });
}

function statusOf({ deregisteredAt }: TaskDefinitionState): 'ACTIVE' | 'INACTIVE' {
  return deregisteredAt === null ? 'ACTIVE' : 'INACTIVE';
}

function resolved({ state }: World, reference: string): TaskDefinitionState {
  const definition = resolveTaskDefinition(state, reference);
  if (definition === null) throw new ApiError('ClientException', 'Unable to describe task definition.');
  return definition;
}
