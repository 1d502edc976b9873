/** What the parts of the simulator share. */

import { digestOf, newNumericId, newUuid, revisionArn } from './names.ts';
import type { Scenario } from './scenario.ts';
import type { DeploymentState, RevisionState, ServiceState, State, TaskDefinitionState } from './state.ts';

export interface World {
  readonly state: State;
  readonly scenario: Scenario;
}

/** An event of the service, as `DescribeServices` tells it. */
export function say(world: World, service: ServiceState, message: string): void {
  service.events.push({ id: newUuid(world.state), at: world.state.now, message });
}

/**
 * "Duplicate event messages are omitted until either the cause is resolved or six hours passes."
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html
 */
export function sayOnce(world: World, service: ServiceState, message: string): void {
  const since = world.state.now - 6 * 3_600_000;
  if (!service.events.some((event) => event.message === message && event.at > since)) {
    say(world, service, message);
  }
}

export function findTaskDefinition(state: State, arn: string): TaskDefinitionState {
  const found = state.taskDefinitions.find((definition) => definition.arn === arn);
  if (found === undefined) throw new Error(`no task definition ${arn}`);
  return found;
}

/** `family:revision`, an ARN, or a family, which stands for its latest active revision. */
export function resolveTaskDefinition(state: State, reference: string): TaskDefinitionState | null {
  const byArn = state.taskDefinitions.find(({ arn }) => arn === reference);
  if (byArn !== undefined) return byArn;
  const name = /^arn:[^/]+:task-definition\/(.+)$/.exec(reference)?.[1] ?? reference;
  const [family, revision] = name.split(':');
  const ofFamily = state.taskDefinitions.filter((definition) => definition.family === family);
  if (revision !== undefined) return ofFamily.find((d) => d.revision === Number(revision)) ?? null;
  return ofFamily.filter(({ deregisteredAt }) => deregisteredAt === null).at(-1) ?? null;
}

/**
 * The digest of each image is taken once, when the revision is made, and all its tasks run it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-container-image-stability.html
 */
export function addRevision(
  world: World,
  service: ServiceState,
  definition: TaskDefinitionState,
  initial: boolean,
): RevisionState {
  const { state } = world;
  const revision: RevisionState = {
    arn: revisionArn(state, service, newNumericId(state)),
    taskDefinition: definition.arn,
    createdAt: state.now,
    images: definition.containers.map(({ name = '', image = '' }) => ({
      container: name,
      image,
      digest: digestOf(image),
    })),
    initial,
  };
  service.revisions.push(revision);
  return revision;
}

export function addDeployment(world: World, service: ServiceState, revision: RevisionState): DeploymentState {
  const { state } = world;
  const id = `ecs-svc/${newNumericId(state)}`;
  for (const other of service.deployments) other.status = 'ACTIVE';
  const deployment: DeploymentState = {
    id,
    revision: revision.arn,
    taskDefinition: revision.taskDefinition,
    createdAt: state.now,
    updatedAt: state.now,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    completed: false,
    started: 0,
    nextStartAt: state.now,
    unhealthyReplaced: 0,
    retired: false,
  };
  service.deployments.push(deployment);
  return deployment;
}

export function revisionOf(service: ServiceState, arn: string): RevisionState {
  const found = service.revisions.find((revision) => revision.arn === arn);
  if (found === undefined) throw new Error(`service ${service.name} has no revision ${arn}`);
  return found;
}

export function deploymentOf(service: ServiceState, id: string): DeploymentState {
  const found = service.deployments.find((deployment) => deployment.id === id);
  if (found === undefined) throw new Error(`service ${service.name} has no deployment ${id}`);
  return found;
}
