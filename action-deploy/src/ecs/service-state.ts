/** How a service stands before a rollout: whether it is settled, and what could be restored. Pure. */

import { RunError } from '../../../core/inputs/index.ts';
import { type History, ongoing, type PastDeployment, rollingBack } from './history.ts';
import type { Deployment, Service } from './model.ts';

export type ServiceState =
  | { readonly kind: 'settled' }
  /** `name`: of the deployment. */
  | { readonly kind: 'going'; readonly name: string }
  | { readonly kind: 'rolling-back'; readonly name: string }
  /** It ended badly. */
  | { readonly kind: 'failed' };

export function primaryOf(service: Service): Deployment {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY') ?? service.deployments[0];
  if (primary !== undefined) return primary;
  throw new RunError(`service ${service.name} of cluster ${service.cluster} has no deployment`);
}

export function stateOf(service: Service, primary: Deployment, history: History): ServiceState {
  const going =
    history.kind === 'known' ? history.deployments.find(({ status }) => ongoing.has(status)) : undefined;
  if (going !== undefined) {
    const isOfPrimary = going.revision?.taskDefinition === primary.taskDefinition;
    return {
      kind: rollingBack.has(going.status) ? 'rolling-back' : 'going',
      // One that is being stopped may go on beside the newest.
      name: isOfPrimary ? going.arn : primary.id,
    };
  }
  switch (primary.rolloutState) {
    case 'COMPLETED':
      return { kind: 'settled' };
    case 'FAILED':
      return { kind: 'failed' };
    case null:
      return service.deployments.length === 1 && primary.running >= primary.desired
        ? { kind: 'settled' }
        : { kind: 'going', name: primary.id };
    default:
      return { kind: 'going', name: primary.id };
  }
}

/** What ran well last, other than what is about to be brought. */
export function formerOf(
  service: Service,
  primary: Deployment,
  history: History,
  registered: string | null,
): string | null {
  const candidates = [
    ...(primary.rolloutState === 'COMPLETED' ? [primary.taskDefinition] : []),
    ...service.deployments
      .filter(({ rolloutState }) => rolloutState === 'COMPLETED')
      .map(({ taskDefinition }) => taskDefinition),
    ...(history.kind === 'known' ? succeededOf(history.deployments) : []),
    ...service.deployments
      .filter((each) => each !== primary && each.running > 0)
      .map(({ taskDefinition }) => taskDefinition),
    ...(primary.rolloutState === null ? [primary.taskDefinition] : []),
  ];
  return candidates.find((arn) => arn !== registered) ?? null;
}

function succeededOf(deployments: readonly PastDeployment[]): readonly string[] {
  return deployments
    .filter(({ status }) => status === 'SUCCESSFUL')
    .flatMap(({ revision }) => (revision === null ? [] : [revision.taskDefinition]));
}
