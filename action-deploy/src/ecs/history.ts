/** Service deployments, where this ECS and the role have them; without them, `deployments` of the service must do. */

import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import type { EcsApi } from './api.ts';
import { isFailure } from './call-failure.ts';
import type { Scope } from './calls.ts';
import { explained } from './explain.ts';
import type { Service, ServiceRevision } from './model.ts';

export interface PastDeployment {
  readonly arn: string;
  readonly status: ServiceDeploymentStatus;
  readonly createdAt: Date;
  /** Null: what it brought is no longer known. */
  readonly revision: ServiceRevision | null;
}

export type History =
  /** The newest first, at most ten. */
  | { readonly kind: 'known'; readonly deployments: readonly PastDeployment[] }
  | { readonly kind: 'unavailable'; readonly why: string };

const most = 10;

export const ongoing: ReadonlySet<ServiceDeploymentStatus> = new Set<ServiceDeploymentStatus>([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]);

export const rollingBack: ReadonlySet<ServiceDeploymentStatus> = new Set<ServiceDeploymentStatus>([
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]);

/** @param after only what was created since */
export async function historyOf(
  api: EcsApi,
  service: Service,
  after: Date | null,
  scope: Scope,
): Promise<History> {
  try {
    const briefs = (await api.serviceDeployments(service, after, scope)).slice(0, most);
    const targets = [...new Set(briefs.map(({ target }) => target).filter((target) => target !== ''))];
    const revisions = new Map(
      (await api.serviceRevisions(targets, scope)).map((revision) => [revision.arn, revision]),
    );
    return {
      kind: 'known',
      deployments: briefs.map(({ arn, status, createdAt, target }) => ({
        arn,
        status,
        createdAt,
        revision: revisions.get(target) ?? null,
      })),
    };
  } catch (error) {
    // Older stand-ins of ECS answer 500 to operations that they do not have.
    if (!isFailure(error, 'denied', 'no-such-operation', 'server')) throw error;
    return { kind: 'unavailable', why: explained(error) };
  }
}
