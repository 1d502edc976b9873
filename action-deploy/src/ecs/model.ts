/** What ECS tells, as far as a rollout needs it; complete, where the SDK has everything optional. Times are ECS's own. */

import type * as sdk from '@aws-sdk/client-ecs';
import type { JsonObject } from './json.ts';

export interface Service {
  readonly arn: string;
  readonly name: string;
  /** Name; the ARN's last part. */
  readonly cluster: string;
  readonly clusterArn: string;
  /** `ACTIVE`, `DRAINING` or `INACTIVE` */
  readonly status: string;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL` */
  readonly controller: string;
  readonly desired: number;
  readonly running: number;
  /** ARN of what the service was last told to run. */
  readonly taskDefinition: string;
  readonly onFargate: boolean;
  readonly deployments: readonly Deployment[];
  /** The newest first, at most 100. */
  readonly events: readonly ServiceEvent[];
  /** As it came, with fields that the SDK does not know. */
  readonly configuration: JsonObject;
}

/** What DescribeServices tells of a deployment. */
export interface Deployment {
  /** `ecs-svc/0123456789`; tasks say it as `startedBy`. */
  readonly id: string;
  /** `PRIMARY`: the newest; `ACTIVE`: being replaced. */
  readonly status: string;
  readonly taskDefinition: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  readonly createdAt: Date | null;
  /** `IN_PROGRESS`, `COMPLETED` or `FAILED`; null: not told, as behind a Classic Load Balancer. */
  readonly rolloutState: string | null;
  readonly rolloutStateReason: string | null;
}

export interface ServiceEvent {
  readonly id: string;
  readonly at: Date;
  readonly message: string;
}

/** What DescribeServiceDeployments tells. */
export interface ServiceDeployment {
  readonly arn: string;
  readonly status: sdk.ServiceDeploymentStatus;
  readonly statusReason: string | null;
  readonly stage: sdk.ServiceDeploymentLifecycleStage | null;
  readonly createdAt: Date | null;
  /** ARNs of service revisions. */
  readonly sources: readonly string[];
  readonly target: string;
  /** Of the production traffic that the new revision gets, in percent; null: not told, as when rolling. */
  readonly weight: number | null;
  readonly hooks: readonly Hook[];
  readonly rollback: { readonly reason: string | null; readonly revision: string | null } | null;
  readonly triggeredAlarms: readonly string[];
  readonly circuitBreaker: string | null;
}

export interface Hook {
  readonly id: string;
  /** `PAUSE` or `AWS_LAMBDA` */
  readonly kind: string;
  readonly target: string | null;
  readonly status: string;
  readonly expiresAt: Date | null;
  readonly timeoutAction: string | null;
}

export interface ServiceRevision {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly images: readonly {
    readonly container: string;
    readonly image: string;
    readonly digest: string | null;
  }[];
}

export interface Task {
  readonly id: string;
  readonly taskDefinition: string;
  readonly startedBy: string | null;
  readonly lastStatus: string;
  readonly health: string | null;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  readonly stoppedAt: Date | null;
  readonly stopCode: string | null;
  readonly stoppedReason: string | null;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode: number | null;
    readonly reason: string | null;
    readonly health: string | null;
  }[];
}

export function serviceOf(service: sdk.Service, raw: JsonObject): Service {
  const clusterArn = service.clusterArn ?? '';
  const providers = service.capacityProviderStrategy?.map((each) => each.capacityProvider ?? '') ?? [];
  const configuration = raw.deploymentConfiguration;
  return {
    arn: service.serviceArn ?? '',
    name: service.serviceName ?? lastPart(service.serviceArn ?? ''),
    cluster: lastPart(clusterArn),
    clusterArn,
    status: service.status ?? 'ACTIVE',
    controller: service.deploymentController?.type ?? 'ECS',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    taskDefinition: service.taskDefinition ?? '',
    onFargate:
      service.launchType === 'FARGATE' ||
      (providers.length > 0 && providers.every((name) => name === 'FARGATE' || name === 'FARGATE_SPOT')),
    deployments: (service.deployments ?? []).map(deploymentOf),
    events: (service.events ?? []).map((event) => ({
      id: event.id ?? '',
      at: event.createdAt ?? new Date(0),
      message: event.message ?? '',
    })),
    configuration: isPlain(configuration) ? configuration : {},
  };
}

function isPlain(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function deploymentOf(deployment: sdk.Deployment): Deployment {
  return {
    id: deployment.id ?? '',
    status: deployment.status ?? '',
    taskDefinition: deployment.taskDefinition ?? '',
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    failed: deployment.failedTasks ?? 0,
    createdAt: deployment.createdAt ?? null,
    rolloutState: deployment.rolloutState ?? null,
    rolloutStateReason: deployment.rolloutStateReason ?? null,
  };
}

export function serviceDeploymentOf(deployment: sdk.ServiceDeployment): ServiceDeployment {
  const { rollback, targetServiceRevision: target } = deployment;
  return {
    arn: deployment.serviceDeploymentArn ?? '',
    status: deployment.status ?? 'PENDING',
    statusReason: deployment.statusReason ?? null,
    stage: deployment.lifecycleStage ?? null,
    createdAt: deployment.createdAt ?? null,
    sources: (deployment.sourceServiceRevisions ?? []).flatMap(({ arn }) => (arn === undefined ? [] : [arn])),
    target: target?.arn ?? '',
    weight: target?.requestedProductionTrafficWeight ?? null,
    hooks: (deployment.lifecycleHookDetails ?? []).map((hook) => ({
      id: hook.hookId ?? '',
      kind: hook.targetType ?? 'AWS_LAMBDA',
      target: hook.targetArn ?? null,
      status: hook.status ?? '',
      expiresAt: hook.expiresAt ?? null,
      timeoutAction: hook.timeoutAction ?? null,
    })),
    rollback:
      rollback === undefined || (rollback.reason === undefined && rollback.serviceRevisionArn === undefined)
        ? null
        : { reason: rollback.reason ?? null, revision: rollback.serviceRevisionArn ?? null },
    triggeredAlarms: deployment.alarms?.triggeredAlarmNames ?? [],
    circuitBreaker: deployment.deploymentCircuitBreaker?.status ?? null,
  };
}

export function serviceRevisionOf(revision: sdk.ServiceRevision): ServiceRevision {
  return {
    arn: revision.serviceRevisionArn ?? '',
    taskDefinition: revision.taskDefinition ?? '',
    images: (revision.containerImages ?? []).map((each) => ({
      container: each.containerName ?? '',
      image: each.image ?? '',
      digest: each.imageDigest ?? null,
    })),
  };
}

export function taskOf(task: sdk.Task): Task {
  return {
    id: lastPart(task.taskArn ?? ''),
    taskDefinition: task.taskDefinitionArn ?? '',
    startedBy: task.startedBy ?? null,
    lastStatus: task.lastStatus ?? '',
    health: task.healthStatus ?? null,
    createdAt: task.createdAt ?? null,
    startedAt: task.startedAt ?? null,
    stoppedAt: task.stoppedAt ?? null,
    stopCode: task.stopCode ?? null,
    stoppedReason: task.stoppedReason ?? null,
    containers: (task.containers ?? []).map((container) => ({
      name: container.name ?? '',
      exitCode: container.exitCode ?? null,
      reason: container.reason ?? null,
      health: container.healthStatus ?? null,
    })),
  };
}

/** `web:41` of `arn:aws:ecs:eu-west-1:123456789012:task-definition/web:41`, `prod` of a cluster's. */
export function lastPart(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** `web` of `web:41` or of its ARN. */
export function familyOf(taskDefinition: string): string {
  return lastPart(taskDefinition).replace(/:\d+$/, '');
}
