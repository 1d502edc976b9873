/** What a service runs, in one line. Pure. */

import { type Hook, lastPart, type Service, type ServiceDeployment } from './model.ts';

/** `service web of cluster prod: web:41 runs 2 of 2 tasks; web:42 runs 0 of 2 (being rolled out)` */
export function leftOf(service: Service | null, name: string): string {
  if (service === null || service.status === 'INACTIVE') return `${name} is gone`;
  if (service.status !== 'ACTIVE') return `${name} is being deleted (${service.status})`;
  const parts = service.deployments.map(({ taskDefinition, running, desired, rolloutState, status }) => {
    const of = status === 'PRIMARY' ? ` of ${desired}` : '';
    return `${lastPart(taskDefinition)} runs ${running}${of} tasks${wordOf(rolloutState, status)}`;
  });
  return `${name}: ${parts.join('; ')}`;
}

function wordOf(rolloutState: string | null, status: string): string {
  if (status !== 'PRIMARY') return rolloutState === 'FAILED' ? ' (failed)' : ' (being replaced)';
  switch (rolloutState) {
    case 'IN_PROGRESS':
      return ' (being rolled out)';
    case 'FAILED':
      return ' (failed)';
    default:
      return '';
  }
}

/** The pause that a deployment is at; null: none. */
export function pauseOf(deployment: ServiceDeployment | null): Hook | null {
  if (deployment?.status !== 'IN_PROGRESS') return null;
  return (
    deployment.hooks.find(({ kind, status }) => kind === 'PAUSE' && status === 'AWAITING_ACTION') ?? null
  );
}

/** `; paused at POST_SCALE_UP until …, when ECS does ROLLBACK`; nothing where it is not. */
export function pausedText(deployment: ServiceDeployment | null): string {
  const pause = pauseOf(deployment);
  if (pause === null || deployment === null) return '';
  const { expiresAt, timeoutAction } = pause;
  const until =
    expiresAt === null
      ? ''
      : ` until ${expiresAt.toISOString()}, when ECS does ${timeoutAction ?? 'ROLLBACK'}`;
  return `; paused at ${deployment.stage ?? 'a hook'}${until}`;
}

export function nameOf(service: { readonly name: string; readonly cluster: string }): string {
  return `service ${service.name} of cluster ${service.cluster}`;
}
