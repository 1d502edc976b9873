/** What a service runs, in one line. Pure. */

import { lastPart, type Service } from './model.ts';

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

export function nameOf(service: { readonly name: string; readonly cluster: string }): string {
  return `service ${service.name} of cluster ${service.cluster}`;
}
