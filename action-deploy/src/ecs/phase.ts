/** Where a rollout stands, from what was read. Pure. */

import type { Deployment, Service, ServiceDeployment } from './model.ts';

/** The rollout that is watched. */
export interface Watched {
  /** ARN of the task definition that is wanted. */
  readonly taskDefinition: string;
  /** Among the service's deployments, `ecs-svc/…`; null: not seen yet. */
  readonly id: string | null;
  /** ARN of the service deployment; null: not found yet, or this ECS has none. */
  readonly arn: string | null;
  /** When it began, by ECS's clock where that is known. */
  readonly since: Date;
  /** Deployments that were there before it: when one of them is the newest again, that is a rollback. */
  readonly before: ReadonlySet<string>;
  /** ARNs of service deployments that were there before it. */
  readonly knownArns: ReadonlySet<string>;
}

export interface Snapshot {
  readonly at: Date;
  /** Null: it was deleted. */
  readonly service: Service | null;
  /** Null: see `Watched.arn`. */
  readonly deployment: ServiceDeployment | null;
}

export type Phase =
  | { readonly kind: 'going' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'rolling-back' }
  | { readonly kind: 'rolled-back' }
  | { readonly kind: 'rollback-failed' }
  /** It failed, or was stopped, and nothing is rolled back. */
  | { readonly kind: 'stopped' }
  /** Another one took its place. */
  | { readonly kind: 'superseded'; readonly by: Deployment }
  /** Another one of the same task definition took its place. */
  | { readonly kind: 'renewed'; readonly by: Deployment }
  | { readonly kind: 'gone' };

export function newestOf(service: Service): Deployment | null {
  return service.deployments.find(({ status }) => status === 'PRIMARY') ?? service.deployments[0] ?? null;
}

export function ownOf(service: Service, watched: Watched): Deployment | null {
  return service.deployments.find(({ id }) => id === watched.id) ?? null;
}

export function phaseOf(snapshot: Snapshot, watched: Watched): Phase {
  const { service, deployment } = snapshot;
  if (service === null || service.status !== 'ACTIVE') return { kind: 'gone' };
  const newest = newestOf(service);
  const newer = newest !== null && isNewer(newest, watched) ? newest : null;
  return deployment === null
    ? byDeployments(service, newest, newer, watched)
    : byServiceDeployment(service, deployment, newer, watched);
}

/** By the states of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
function byServiceDeployment(
  service: Service,
  deployment: ServiceDeployment,
  newer: Deployment | null,
  watched: Watched,
): Phase {
  switch (deployment.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
    case 'STOP_REQUESTED':
      return newer === null ? { kind: 'going' } : replaced(newer, watched);
    case 'SUCCESSFUL': {
      // The old tasks may be still on their way out: COMPLETED comes when they are gone.
      const own = ownOf(service, watched);
      const finishing = newer === null && own?.rolloutState === 'IN_PROGRESS';
      return { kind: finishing ? 'going' : 'succeeded' };
    }
    case 'STOPPED':
      return newer === null ? { kind: 'stopped' } : replaced(newer, watched);
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return { kind: 'rolling-back' };
    case 'ROLLBACK_SUCCESSFUL':
      return { kind: 'rolled-back' };
    case 'ROLLBACK_FAILED':
      return { kind: 'rollback-failed' };
  }
}

/** Without service deployments: by `rolloutState`, and by which deployment is the newest. */
function byDeployments(
  service: Service,
  newest: Deployment | null,
  newer: Deployment | null,
  watched: Watched,
): Phase {
  if (newer !== null) return replaced(newer, watched);
  if (newest === null || watched.id === null) return { kind: 'going' };
  if (newest.id === watched.id) {
    switch (newest.rolloutState) {
      case 'COMPLETED':
        return { kind: 'succeeded' };
      case 'FAILED':
        return { kind: rollsBack(service) ? 'rolling-back' : 'stopped' };
      case null:
        return { kind: settled(service, newest) ? 'succeeded' : 'going' };
      default:
        return { kind: 'going' };
    }
  }
  // A deployment from before is the newest again.
  if (newest.rolloutState === 'FAILED') return { kind: 'rollback-failed' };
  const complete =
    newest.rolloutState === null ? settled(service, newest) : newest.rolloutState === 'COMPLETED';
  return { kind: complete ? 'rolled-back' : 'rolling-back' };
}

function settled(service: Service, deployment: Deployment): boolean {
  const { running, pending, desired } = deployment;
  return service.deployments.length === 1 && pending === 0 && running >= desired;
}

function isNewer(newest: Deployment, { taskDefinition, id, since, before }: Watched): boolean {
  if (newest.id === id || before.has(newest.id)) return false;
  // It took the place of ours before ours was seen at all; the time of ours is the runner's then, and tells nothing.
  if (id === null) return newest.taskDefinition !== taskDefinition;
  return newest.createdAt === null || newest.createdAt >= since;
}

/**
 * Somebody else's deployment that is the newest by now, whatever became of ours; null: there is none.
 *
 * @param former what a rollback would bring is nothing that it would destroy
 */
export function othersOf(
  { service, deployment }: Snapshot,
  watched: Watched,
  former: string | null,
): Deployment | null {
  // What ECS rolls back to is a deployment of its own.
  if (service === null || deployment?.status.startsWith('ROLLBACK_') === true) return null;
  const newest = newestOf(service);
  if (newest === null || !isNewer(newest, watched)) return null;
  return newest.taskDefinition === watched.taskDefinition || newest.taskDefinition === former ? null : newest;
}

function replaced(by: Deployment, watched: Watched): Phase {
  return by.taskDefinition === watched.taskDefinition ? { kind: 'renewed', by } : { kind: 'superseded', by };
}

/** Whether ECS itself rolls a failed deployment back. */
export function rollsBack({ configuration }: Service): boolean {
  return ['deploymentCircuitBreaker', 'alarms'].some((name) => {
    const detector = configuration[name];
    if (typeof detector !== 'object' || detector === null || Array.isArray(detector)) return false;
    return 'enable' in detector && detector.enable === true && detector.rollback === true;
  });
}
